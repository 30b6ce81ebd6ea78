"""Scenario 21, and 12, 26, 27 as Marketo answers them: errors that come with HTTP status 200."""

import pytest
from conftest import Daily

from ingestion.http import HttpError
from runtime.errors import SourceError

DAY = "2026-11-02"
EXTRA = {"since": "2026-10-20"}
LEADS = [
    {"id": i, "email": f"p{i}@example.jp", "createdAt": moment, "updatedAt": moment}
    for i, moment in enumerate(["2026-10-21T00:00:00Z", "2026-11-01T03:00:00Z"], 1)
]
OPENED = {"leadId": 1, "activityTypeId": 10, "attributes": {"Device": "iPhone"}}
ACTIVITIES = [
    OPENED | {"marketoGUID": str(i), "activityDate": f"2026-11-0{1 + i % 2}T0{i}:00:00Z"}
    for i in range(5)
]


@pytest.fixture
def daily(play) -> Daily:
    marketo = play({"marketo/leads": LEADS, "marketo/activities": ACTIVITIES})
    marketo.extra["marketo"] = EXTRA
    return marketo


def lead_ids(daily):
    return sorted(daily.state("marketo.leads"))


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        ("unauthorized", None),  # 601: sign in again, no wait
        ("token_expired", None),  # 602
        ("rate_limit", 20),  # 606: the window of 100 calls
        ("concurrency", 5),  # 615
        ("unavailable", 1),  # 608
        ("queue_full", 60),  # 1029, "Too many jobs (10) in queue"
        ("server_error", 1),
        ("html", 1),
        ("truncated", 1),
        ("reset", 1),
    ],
)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_any_request_may_fail_once(daily, fault, wait, n):
    """Describe, create, enqueue, status and file in turn; 12: one sign-in, no page twice."""
    daily.set_faults({"n": n, "vendor": "marketo", "object": "leads", "fault": fault})
    daily.run(DAY, "marketo.leads")
    assert lead_ids(daily) == ["1", "2"]
    assert len(daily.rows("marketo.leads")) == 2
    assert len(daily.waits) == (wait is not None)
    assert all(wait <= waited <= 1.25 * wait for waited in daily.waits)
    signed_in = [r for r in daily.requests("marketo") if r["path"].startswith("/identity")]
    assert len(signed_in) == 1 + (wait is None)


@pytest.mark.parametrize("fault", ["unauthorized", "token_expired"])
def test_a_token_that_is_refused_again_is_an_error(daily, fault):
    daily.set_faults({"n": 1, "times": 2, "vendor": "marketo", "fault": fault})
    with pytest.raises(SourceError, match=r"60[12], Access token .*`marketo_default`"):
        daily.run(DAY, "marketo.leads")


@pytest.mark.parametrize(
    ("fault", "what"),
    [("daily_limit", "607.* daily API calls"), ("export_quota", "1029.* daily export volume")],
)
def test_a_used_up_day_is_not_waited_for(daily, fault, what):
    daily.set_faults({"n": 2, "times": 99, "vendor": "marketo", "fault": fault})
    with pytest.raises(HttpError, match=rf"{what} are used up until midnight US Central"):
        daily.run(DAY, "marketo.leads")
    assert daily.waits == []
    assert daily.rows("marketo.leads") == []
    daily.set_faults()
    daily.run(DAY, "marketo.leads")
    assert lead_ids(daily) == ["1", "2"]


def test_a_queue_that_stays_full_is_given_up_for_now(daily):
    daily.set_faults({"n": 3, "times": 99, "vendor": "marketo", "fault": "queue_full"})
    with pytest.raises(SourceError, match=r"Too many jobs \(10\) in queue.*waiting"):
        daily.run(DAY, "marketo.leads")
    assert 300 <= sum(daily.waits) <= 600


def test_without_the_updated_filter_all_leads_are_read_and_the_changed_ones_kept(daily):
    """1035: the subscription filters by createdAt only."""
    rule = {"every": 2, "times": 1, "vendor": "marketo", "object": "leads"}
    daily.set_faults(rule | {"fault": "filter_unsupported"})
    daily.run("2026-10-31", "marketo.leads")
    assert lead_ids(daily) == ["1"]
    daily.set_faults(rule | {"fault": "filter_unsupported"})
    (manifest,) = daily.run(DAY, "marketo.leads")
    assert lead_ids(daily) == ["1", "2"]
    assert manifest.rows == 1


def test_a_failed_job_is_an_error_and_the_rerun_makes_a_new_one(daily):
    daily.set_faults({"n": 4, "vendor": "marketo", "object": "leads", "fault": "job_failed"})
    with pytest.raises(SourceError, match=r"Failed \(The export job failed\)"):
        daily.run(DAY, "marketo.leads")
    daily.run(DAY, "marketo.leads")
    assert lead_ids(daily) == ["1", "2"]
