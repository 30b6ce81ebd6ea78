"""The Zendesk connector against the sandbox; what the sandbox cannot play, against a script."""

from datetime import UTC, datetime, timedelta

import pytest
from scripted_server import Answer, scripted_server
from tenant_folder import FAULTS, requests_made, set_faults

from ingestion.catalogue import find_object
from ingestion.http import HttpError
from ingestion.sources.zendesk.connector import Zendesk
from runtime.errors import AuthenticationError, SourceError
from runtime.records import Connection, Window
from sandbox.zendesk import credentials

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=4)


def ticket(number, moment, status="open"):
    stamp = int(moment.timestamp())
    return {"id": number, "status": status, "tags": [], "generated_timestamp": stamp}


def user(number, moment, **fields):
    return {"id": number, "updated_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "active": True, **fields}


def event(number, moment):
    comment = {"event_type": "Comment", "public": True, "author_id": 7}
    stamp = int(moment.timestamp())
    return {"id": number, "ticket_id": 1, "timestamp": stamp, "child_events": [comment]}


TICKETS = [ticket(i, FIRST + timedelta(minutes=i)) for i in range(2300)] + [
    ticket(7, FIRST + timedelta(days=2), "deleted"),
    ticket(8, FIRST + timedelta(days=3), "solved"),
]
USERS = [user(1, FIRST), user(2, FIRST), user(2, FIRST + timedelta(days=1), active=False)]
# A page of 1,000 ends in the middle of a second, and one second holds more than a page.
EVENTS = [event(i, FIRST + timedelta(seconds=i // 7)) for i in range(1500)] + [
    event(i, FIRST + timedelta(days=1)) for i in range(1500, 2800)
]
ORGANIZATIONS = [user(i, FIRST + timedelta(hours=i)) for i in range(3)]
TENANT_FILES = {
    "zendesk/tickets": TICKETS,
    "zendesk/users": USERS,
    "zendesk/ticket_events": EVENTS,
    "zendesk/organizations": ORGANIZATIONS,
}


def source(url, secret=credentials.CLIENT_SECRET):
    zendesk = Zendesk(Connection(url, credentials.CLIENT_ID, secret))
    zendesk.api.sleep = lambda seconds: None
    return zendesk


def extract(url, name, start=None, end=LATER):
    entry = find_object("zendesk", name)
    return [r for page in source(url).extract(entry, Window(start, end)) for r in page.records]


def numbers(records):
    return [record["id"] for record in records]


def test_a_cursor_export_gives_every_ticket_once_as_it_stands(sandbox):
    tickets = extract(sandbox, "tickets")
    assert sorted(numbers(tickets)) == list(range(2300))
    (gone,) = [t for t in tickets if t.get("_is_deleted")]
    assert (gone["id"], gone["status"]) == (7, "deleted")


def test_only_changes_since_the_window_start_are_given(sandbox):
    assert numbers(extract(sandbox, "tickets", FIRST + timedelta(days=2))) == [7, 8]


def test_what_lies_behind_the_window_is_landed_too(sandbox):
    found = extract(sandbox, "tickets", FIRST + timedelta(days=2), FIRST + timedelta(days=2.5))
    assert numbers(found) == [7, 8]


def test_an_inactive_user_is_deleted(sandbox):
    users = extract(sandbox, "users")
    assert [(u["id"], u.get("_is_deleted")) for u in users] == [(1, None), (2, True)]


def test_an_inactive_organization_is_not_taken_for_a_deleted_user(sandbox):
    assert not [o for o in extract(sandbox, "organizations") if "_is_deleted" in o]


def test_a_time_export_drops_the_repeats_of_page_boundaries(sandbox):
    before = len(requests_made(sandbox))
    events = extract(sandbox, "ticket_events")
    assert sorted(numbers(events)) == list(range(2800))
    made = [r for r in requests_made(sandbox)[before:] if r["object"] == "ticket_events"]
    assert len(made) > 2


def test_events_show_their_comments(sandbox):
    (child,) = extract(sandbox, "ticket_events")[0]["child_events"]
    assert child == {"event_type": "Comment", "public": True, "author_id": 7}


@pytest.mark.parametrize("name", ["tickets", "ticket_events"])
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_between_pages_change_nothing(sandbox, name, fault):
    expected = extract(sandbox, name)
    set_faults(sandbox, {"every": 2, "vendor": "zendesk", "fault": fault})
    assert extract(sandbox, name) == expected


def test_bad_credentials_name_the_connection(sandbox):
    entry = find_object("zendesk", "tickets")
    with pytest.raises(AuthenticationError, match="`zendesk_default`") as caught:
        next(source(sandbox, "wrong-secret").extract(entry, Window(None, LATER)))
    assert "wrong-secret" not in str(caught.value)


TOKEN = Answer({"access_token": "t0ken", "token_type": "bearer"})


def scripted(name, *answers, start=FIRST):
    with scripted_server(TOKEN, *answers) as server:
        return extract(server.url, name, start), [path for _, path, _, _ in server.requests]


def test_a_cursor_that_does_not_move_is_an_error():
    page = Answer({"tickets": [], "after_cursor": "same", "end_of_stream": False})
    with pytest.raises(SourceError, match="tickets: the same page is given again and again"):
        scripted("tickets", page, page, page)


def test_a_second_that_does_not_end_is_an_error():
    start = int(FIRST.timestamp())
    page = {"ticket_events": [], "count": 1000, "end_time": start, "end_of_stream": False}
    with pytest.raises(SourceError, match=f"repeats itself .*{start}.*share one second"):
        scripted("ticket_events", Answer(page))


@pytest.mark.parametrize("name", ["ticket_events", "calls"])
def test_a_page_that_would_begin_too_recently_is_the_end(name):
    page = {name: [{"id": 1}], "count": 1000, "end_time": int(FIRST.timestamp()) + 9}
    refused = {"error": "StartTimeTooRecent", "description": "Too recent start_time. Use an older"}
    records, paths = scripted(name, Answer(page | {"end_of_stream": False}), Answer(refused, 422))
    assert [record["id"] for record in records] == [1]
    assert len(paths) == 3


@pytest.mark.parametrize(
    ("name", "status"), [("ticket_events", 422), ("ticket_events", 404), ("organizations", 404)]
)
def test_another_refusal_is_an_error(name, status):
    with pytest.raises(SourceError, match=f"HTTP {status}"):
        scripted(name, Answer({"error": "RecordNotFound", "description": "Not found"}, status))


def test_a_record_that_changes_while_paging_is_kept_in_both_states():
    first = {"tickets": [{"id": 1, "status": "open"}], "after_cursor": "a", "end_of_stream": False}
    again = {"id": 1, "status": "open"}
    last = {"tickets": [again, {"id": 1, "status": "solved"}], "after_cursor": "b"}
    found, _ = scripted("tickets", Answer(first), Answer(last | {"end_of_stream": True}))
    assert [t["status"] for t in found] == ["open", "solved"]


def test_an_older_account_ends_with_a_page_that_is_not_full():
    page = {"organizations": [{"id": 1}], "count": 1, "end_time": 5}
    found, paths = scripted("organizations", Answer(page))
    assert numbers(found) == [1]
    assert paths[-1].endswith(f"?start_time={int(FIRST.timestamp())}&per_page=1000")


def test_the_first_load_starts_at_the_beginning_of_time():
    page = Answer({"tickets": [], "after_cursor": "a", "end_of_stream": True})
    _, paths = scripted("tickets", page, start=None)
    assert paths[-1] == "/api/v2/incremental/tickets/cursor.json?per_page=1000&start_time=0"


def test_exports_are_for_administrators():
    with pytest.raises(HttpError, match="administrator"):
        scripted("tickets", Answer({"error": "Forbidden"}, status=403))
