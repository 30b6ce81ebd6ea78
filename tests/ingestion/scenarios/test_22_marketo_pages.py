"""Scenario 22: empty pages, paging tokens, 31-day slices, damaged files, a quota that ends half-way."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import Daily

from ingestion.http import HttpError
from runtime.errors import SourceError

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN, VISIT = 10, 1


def activity(number, moment, kind=OPEN, **more):
    guid, happened = str(number), f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    record = {"marketoGUID": guid, "activityDate": happened, "activityTypeId": kind, "leadId": 1}
    return record | {"attributes": {}} | more


# One opened mail among 600 page views; another at the second in which two slices meet.
LOG = [
    *(activity(i, FIRST + i * HOUR, VISIT) for i in range(600)),
    activity(1_000, FIRST + 599.5 * HOUR),
    activity(1_001, FIRST + 31 * 24 * HOUR),
    activity(1_002, FIRST + 80 * 24 * HOUR),
]


@pytest.fixture
def daily(play) -> Daily:
    marketo = play({"marketo/activities": LOG})
    marketo.extra["marketo"] = {"since": "2026-08-01"}
    return marketo


def guids(daily):
    return set(daily.state("marketo.activities"))


def test_an_empty_page_is_not_the_last(daily):
    daily.extra["marketo"] |= {"activities_by": "paged"}
    daily.run("2026-10-31", "marketo.activities")
    assert guids(daily) == {record["marketoGUID"] for record in LOG}


def test_no_paging_token_is_kept_between_runs(play):
    """A run asks for a new token at its watermark minus the look-back: what was written down late, with
    a time before the last token's, would never come after a token that is kept."""
    late = activity(1_003, FIRST + 89 * 24 * HOUR, _visible_from="2026-10-31T20:00:00Z")
    daily = play({"marketo/activities": [*LOG, late]})
    daily.extra["marketo"] = {"since": "2026-08-01", "activities_by": "paged"}
    daily.run("2026-10-30", "marketo.activities")
    assert "1003" not in guids(daily)
    daily.run("2026-11-01", "marketo.activities")
    assert "1003" in guids(daily)
    asked = [r for r in daily.requests("marketo") if r["path"].endswith("pagingtoken.json")]
    assert "2026-10-27T15" in asked[-1]["query"]


def test_slices_are_31_days_and_their_common_second_comes_once(daily):
    (manifest,) = daily.run("2026-10-31", "marketo.activities")
    assert manifest.rows == len(LOG)
    created = [r for r in daily.requests("marketo") if r["path"].endswith("create.json")]
    assert len(created) == 3


def test_a_damaged_file_is_fetched_again(daily):
    daily.set_faults({"n": 4, "vendor": "marketo", "object": "activities", "fault": "file_damaged"})
    daily.run("2026-10-31", "marketo.activities")
    assert guids(daily) == {record["marketoGUID"] for record in LOG}


def test_a_file_that_stays_damaged_lands_nothing(daily):
    daily.set_faults({"n": 4, "times": 2, "vendor": "marketo", "fault": "file_damaged"})
    with pytest.raises(SourceError, match=r"damaged: .* bytes, sha256 .* instead of"):
        daily.run("2026-10-31", "marketo.activities")
    assert daily.rows("marketo.activities") == []


def test_a_backfill_goes_on_the_next_day_where_the_quota_ended_it(daily):
    """Else a first load of more than a day's quota would begin again each day and never end."""
    daily.set_faults({"n": 5, "vendor": "marketo", "object": "activities", "fault": "export_quota"})
    (partial,) = daily.run("2026-10-30", "marketo.activities")
    assert partial.window_end == "2026-09-01T00:00:00+00:00"
    assert guids(daily) == {str(i) for i in range(600)} | {"1000", "1001"}
    (rest,) = daily.run("2026-10-31", "marketo.activities")
    assert rest.window_start == "2026-08-29T00:00:00+00:00"
    assert guids(daily) == {record["marketoGUID"] for record in LOG}


def test_a_quota_used_up_from_the_start_is_an_error(daily):
    daily.set_faults(
        {"n": 1, "times": 9, "vendor": "marketo", "object": "activities", "fault": "export_quota"}
    )
    with pytest.raises(HttpError, match="until midnight US Central"):
        daily.run("2026-10-31", "marketo.activities")


def test_day_after_day_equals_one_extraction_at_the_end(play):
    """Updates, a deletion, a merge and a late activity; 5 and 29 as Marketo shows them."""
    leads = [
        {"id": i, "email": f"p{i}@example.jp", "createdAt": day, "updatedAt": day}
        for i, day in enumerate(["2026-10-28T00:00:00Z"] * 3 + ["2026-10-29T14:59:59Z"], 1)
    ]
    leads += [
        leads[0] | {"email": "new@example.jp", "updatedAt": "2026-10-29T15:00:00Z"},
        leads[1] | {"isDeleted": True, "updatedAt": "2026-10-30T02:00:00Z"},
        leads[2] | {"isDeleted": True, "mergedInto": 4, "updatedAt": "2026-10-30T02:00:01Z"},
    ]
    merge = activity(1, datetime(2026, 10, 30, 2, 0, 1, tzinfo=UTC), 32, leadId=4)
    merge["attributes"] = {"Merge IDs": "[3]"}
    late = activity(2, datetime(2026, 10, 28, 12, tzinfo=UTC), _visible_from="2026-10-29T20:00:00Z")
    files = {"marketo/leads": leads, "marketo/activities": [merge, late]}
    names = ("marketo.leads", "marketo.activities")
    states = []
    for days in (["2026-10-28", "2026-10-29", "2026-10-30", "2026-10-31"], ["2026-10-31"]):
        daily = play(files)
        daily.extra["marketo"] = {"since": "2026-10-01"}
        for day in days:
            daily.run(day, *names)
        states.append([daily.state(name) for name in names])
    assert states[0] == states[1]
    people, log = states[0]
    assert set(people) == {"1", "4"}
    assert people["1"]["email"] == "new@example.jp"
    assert {a["activityTypeId"] for a in log.values()} == {"32", "37", "10"}
