"""Scenarios 15 to 20, and 25 as HubSpot shows it: search, associations, archive, events, limits."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.http import HttpError
from runtime.errors import AuthenticationError
from sandbox.hubspot import credentials, search

CONTACTS, EVENTS = "hubspot.contacts", "hubspot.email_events"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = [f"2026-11-{day:02d}" for day in range(1, 11)]


def iso(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def contact(number, moment, name="a", company=None, **more):
    links = {"companies": {"results": [{"id": company, "type": "contact_to_company"}]}}
    return {
        "id": str(number),
        "properties": {"firstname": name, **more.pop("properties", {})},
        "createdAt": iso(FIRST),
        "updatedAt": iso(moment),
        "archived": False,
        **({"associations": links} if company else {}),
        **more,
    }


def names(daily):
    return {k: json.loads(r["properties"])["firstname"] for k, r in daily.state(CONTACTS).items()}


@pytest.mark.parametrize("spread", [timedelta(milliseconds=7), timedelta()])
def test_15_more_results_than_a_search_gives(play, monkeypatch, spread):
    """A window of more than the limit (lowered, for time), and as many in one millisecond."""
    monkeypatch.setattr(search, "RESULT_LIMIT", 400)
    noon = FIRST + timedelta(days=1, hours=12)
    many = [contact(i, noon + i * spread) for i in range(1, 1_101)]
    daily = play({"hubspot/contacts": [contact(5_000, FIRST), *many]})
    daily.run(DAYS[0], CONTACTS)
    (manifest,) = daily.run(DAYS[2], CONTACTS)
    assert len(daily.state(CONTACTS)) == 1_101
    assert manifest.rows >= 1_101
    searches = [r for r in daily.requests("hubspot") if r["path"].endswith("/search")]
    assert {r["status"] for r in searches} == {200}
    assert len(searches) < 20


def test_16_what_the_index_shows_late_comes_with_the_look_back(play):
    late = contact(1, FIRST + timedelta(hours=30), "late", _visible_from="2026-11-02T20:00:00Z")
    soon = contact(2, FIRST + timedelta(hours=38), "soon")
    daily = play({"hubspot/contacts": [contact(1, FIRST, "old"), late, soon]})
    for day in DAYS[:3]:
        daily.run(day, CONTACTS)
    assert names(daily) == {"1": "late", "2": "soon"}


def test_16_what_the_index_shows_after_the_look_back_comes_with_the_weekly_comparison(play):
    late = contact(1, FIRST + timedelta(hours=30), "late", _visible_from="2026-11-06T20:00:00Z")
    daily = play({"hubspot/contacts": [contact(1, FIRST, "old"), late]})
    for day in DAYS[:7]:
        daily.run(day, CONTACTS)
    assert names(daily) == {"1": "old"}
    daily.run(DAYS[7], CONTACTS)
    assert names(daily) == {"1": "late"}


def test_17_a_change_of_associations_alone_comes_with_the_weekly_comparison(play):
    moved = contact(1, FIRST, company="8", _visible_from="2026-11-02T03:00:00Z")
    daily = play({"hubspot/contacts": [contact(1, FIRST, company="7"), moved]})
    for day in DAYS[:8]:
        daily.run(day, CONTACTS)
    assert '"id":"8"' in daily.state(CONTACTS)["1"]["associations"]


def test_17_more_associations_than_a_page_and_an_answer_in_part(play):
    links = [{"id": str(i), "type": "contact_to_company"} for i in range(1_200)]
    wide = contact(1, FIRST + timedelta(days=1))
    wide["associations"] = {"companies": {"results": links}}
    plain, gone = (contact(i, FIRST + timedelta(days=1), company="7") for i in (2, 3))
    daily = play({"hubspot/contacts": [contact(9, FIRST), wide, plain, gone]})
    daily.run(DAYS[0], CONTACTS)
    daily.run(DAYS[1], CONTACTS)
    assert 207 in {request["status"] for request in daily.requests("hubspot")}
    state = daily.state(CONTACTS)
    assert state["1"]["associations"].count("contact_to_company") == 1_200
    assert '"id":"7"' in state["2"]["associations"]
    assert "associations" not in state["9"]


def test_18_archived_for_longer_than_it_is_kept(play):
    """90 days after, the archive forgets a record; here between two runs."""
    archived = contact(1, FIRST + timedelta(days=1), archived=True)
    forgotten = contact(1, FIRST, _purged=True, _visible_from="2026-11-08T00:00:00Z")
    kept = contact(2, FIRST)
    daily = play({"hubspot/contacts": [contact(1, FIRST), archived, forgotten, kept]})
    daily.run(DAYS[0], CONTACTS)
    daily.run(DAYS[1], CONTACTS)
    assert set(names(daily)) == {"2"}
    daily.run(DAYS[8], CONTACTS)
    assert set(names(daily)) == {"2"}
    outage = play({"hubspot/contacts": [contact(1, FIRST), archived, forgotten, kept]})
    outage.run(DAYS[0], CONTACTS)
    outage.run(DAYS[8], CONTACTS)
    assert set(names(outage)) == {"2"}


def test_18_merged_and_erased(play):
    """5: the loser of a merge is told by the winner only; an erased record by nothing."""
    winner = contact(2, FIRST + timedelta(days=1), properties={"hs_merged_object_ids": "1"})
    vanished = [
        contact(i, FIRST, _purged=True, _visible_from=iso(FIRST + timedelta(days=1)))
        for i in (1, 3)
    ]
    people = [contact(i, FIRST) for i in (1, 2, 3)]
    daily = play({"hubspot/contacts": [*people, winner, *vanished]})
    daily.run(DAYS[0], CONTACTS)
    assert set(names(daily)) == {"1", "2", "3"}
    daily.run(DAYS[1], CONTACTS)
    assert set(names(daily)) == {"2", "3"}
    daily.run(DAYS[7], CONTACTS)
    assert set(names(daily)) == {"2"}


def test_18_an_archived_record_that_is_restored(play):
    archived = contact(1, FIRST + timedelta(hours=20), archived=True)
    restored = contact(1, FIRST + timedelta(hours=50), "back")
    daily = play({"hubspot/contacts": [contact(1, FIRST), archived, restored]})
    for day in DAYS[:4]:
        daily.run(day, CONTACTS)
    assert names(daily) == {"1": "back"}


def mail(number, second):
    created = int((FIRST + timedelta(seconds=second)).timestamp() * 1000)
    return {"id": f"e{number}", "created": created, "type": "OPEN", "recipient": "a@example.jp"}


def test_19_an_offset_of_events_expires_half_way(play):
    """Newest first: the rest is asked for by time, and nothing lies between."""
    events = [mail(i, i // 2) for i in range(3_500)]
    daily = play({"hubspot/email_events": events})
    daily.set_faults({"n": 3, "vendor": "hubspot", "fault": "offset_expired"})
    daily.run(DAYS[0], EVENTS)
    assert len(daily.state(EVENTS)) == 3_500
    statuses = [r["status"] for r in daily.requests("hubspot")]
    assert statuses == [200, 200, 400, 200, 200]


def test_20_a_burst_is_waited_for_and_a_used_up_day_is_not(play):
    daily = play({"hubspot/contacts": [contact(1, FIRST)]})
    daily.set_faults({"n": 1, "vendor": "hubspot", "fault": "rate_limit"})
    daily.run(DAYS[0], CONTACTS)
    assert len(daily.waits) == 1
    assert 10 <= daily.waits[0] <= 12.5
    daily.set_faults({"n": 1, "times": 9, "vendor": "hubspot", "fault": "daily_limit"})
    with pytest.raises(HttpError, match=r"DAILY.* until midnight of its time zone"):
        daily.run(DAYS[1], CONTACTS)
    assert len(daily.waits) == 1
    daily.set_faults()
    daily.run(DAYS[2], CONTACTS)
    assert names(daily) == {"1": "a"}


def test_25_oauth_tokens_are_renewed_every_half_hour(play):
    daily = play({"hubspot/contacts": [contact(1, FIRST)]})
    daily.world.refresh_tokens.clear()
    daily.extra["hubspot"] = {"refresh_token": credentials.REFRESH_TOKEN}
    connection = type(daily.connection("hubspot"))
    daily.connection = lambda _: connection(
        daily.url,
        credentials.CLIENT_ID,
        credentials.CLIENT_SECRET,
        daily.extra["hubspot"],
    )
    for day in DAYS[:3]:
        daily.run(day, CONTACTS)
    assert names(daily) == {"1": "a"}
    exchanged = [r["status"] for r in daily.requests("hubspot") if "/oauth/" in r["path"]]
    assert exchanged == [200, 200, 200]
    daily.world.refresh_tokens["hubspot"] = "somebody else's"
    with pytest.raises(AuthenticationError, match="put the new refresh_token"):
        daily.run(DAYS[3], CONTACTS)
    daily.world.refresh_tokens.clear()


def test_subscription_changes_and_form_submissions(play):
    moments = [int((FIRST + timedelta(hours=h)).timestamp() * 1000) for h in (1, 2, 30)]
    changes = [
        {"timestamp": at, "recipient": "a@example.jp", "changes": [{"change": "UNSUBSCRIBED"}]}
        for at in moments
    ]
    submissions = [
        {"conversionId": f"{form}-{i}", "formId": form, "submittedAt": moments[0] + i, "values": []}
        for form in ("f1", "f2")
        for i in range(120)
    ]
    submissions.append(submissions[0] | {"conversionId": "late", "submittedAt": moments[2]})
    files = {"hubspot/subscription_changes": changes, "hubspot/form_submissions": submissions}
    daily = play(files)
    feeds = ("hubspot.subscription_changes", "hubspot.form_submissions")
    daily.run(DAYS[0], *feeds)
    assert [len(daily.state(name)) for name in feeds] == [2, 240]
    daily.run(DAYS[1], *feeds)
    assert [len(daily.state(name)) for name in feeds] == [3, 241]
    assert daily.state(feeds[1])["late"]["formId"] == "f1"
