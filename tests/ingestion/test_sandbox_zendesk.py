"""Zendesk as the sandbox plays it, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sandbox_client import SandboxClient, write_tenant

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
CROWD = 1_500
TICKETS = "/api/v2/incremental/tickets/cursor.json"
EVENTS = "/api/v2/incremental/ticket_events.json"


def _ticket(number: int, second: int, status: str = "open") -> dict[str, Any]:
    return {"id": number, "status": status, "generated_timestamp": START + second}


def _ticket_event(number: int, second: int) -> dict[str, Any]:
    children = [
        {"event_type": "Comment", "public": True, "body": "hello"},
        {"event_type": "Change", "status": "open"},
    ]
    return {"id": number, "timestamp": START + second, "child_events": children}


@pytest.fixture(scope="module")
def url(start_sandbox, tmp_path_factory) -> Iterator[str]:
    tickets = [_ticket(n, 10 * (n // 3)) for n in range(30)]
    tickets += [_ticket(4, 5_000, "deleted"), _ticket(5, 6_000)]
    events = [_ticket_event(n, 100 * n) for n in range(1, 4)]
    events += [_ticket_event(n, 500) for n in range(10, 10 + CROWD)]
    events += [_ticket_event(5_000, 600), _ticket_event(5_001, 700)]
    organizations = [{"id": 1, "name": "one", "updated_at": "2026-01-01T00:00:30Z"}]
    folder = tmp_path_factory.mktemp("zendesk")
    write_tenant(
        folder,
        zendesk__tickets=tickets,
        zendesk__ticket_events=events,
        zendesk__organizations=organizations,
    )
    with start_sandbox(folder) as base_url:
        yield base_url


@pytest.fixture
def account(url: str) -> SandboxClient:
    client = SandboxClient(url)
    client.set_clock("2026-01-31T15:05:00Z")
    return client.zendesk()


def _pages(account: SandboxClient, per_page: int) -> Iterator[dict[str, Any]]:
    query: dict[str, Any] = {"start_time": 0, "per_page": per_page}
    while True:
        page = account.get(TICKETS, **query).json()
        yield page
        if page["end_of_stream"]:
            return
        query = {"cursor": page["after_cursor"], "per_page": per_page}


def test_sign_in(url: str) -> None:
    body = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    answer = SandboxClient(url).post("/oauth/tokens", body)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert SandboxClient(url).get(TICKETS).json() == {"error": "Couldn't authenticate you"}


def test_a_revoked_token(account: SandboxClient) -> None:
    account.send("POST", "/_sandbox/revoke_tokens")
    answer = account.get(TICKETS, start_time=0)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("per_page", [1, 4, 1000])
def test_pages_lose_and_repeat_nothing(account: SandboxClient, per_page: int) -> None:
    places = []
    for page in _pages(account, per_page):
        assert len(page["tickets"]) <= per_page
        places += [(t["generated_timestamp"], t["id"]) for t in page["tickets"]]
    assert places == sorted(places)
    assert sorted(key for _, key in places) == list(range(30))


def test_after_url_goes_on(account: SandboxClient) -> None:
    page = account.get(TICKETS, start_time=START + 80, per_page=3).json()
    assert [t["id"] for t in page["tickets"]] == [24, 25, 26]
    assert account.get(page["after_url"]).json()["tickets"][0]["id"] == 27


def test_the_last_cursor_serves_the_next_run(account: SandboxClient) -> None:
    account.set_clock("2026-01-01T01:00:00Z")
    *_, last = _pages(account, 1000)
    assert (len(last["tickets"]), last["end_of_stream"]) == (30, True)
    again = account.get(TICKETS, cursor=last["after_cursor"]).json()
    assert (again["tickets"], again["end_of_stream"]) == ([], True)
    account.set_clock("2026-01-02T00:00:00Z")
    changed = account.get(TICKETS, cursor=again["after_cursor"]).json()["tickets"]
    assert [(t["id"], t["status"]) for t in changed] == [(4, "deleted"), (5, "open")]


def test_the_last_minute_is_withheld(account: SandboxClient) -> None:
    account.set_clock("2026-01-01T00:02:29Z")
    shown = [t["id"] for page in _pages(account, 1000) for t in page["tickets"]]
    assert shown == list(range(27))
    account.set_clock("2026-01-01T00:02:30Z")
    shown = [t["id"] for page in _pages(account, 1000) for t in page["tickets"]]
    assert shown == list(range(30))


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"start_time": START + 100}, "StartTimeTooRecent"),
        ({"start_time": "now"}, "InvalidValue"),
        ({}, "InvalidValue"),
        ({"cursor": "nonsense"}, "InvalidValue"),
        ({"start_time": 0, "per_page": 1001}, "InvalidValue"),
    ],
)
def test_refused_exports(account: SandboxClient, query: dict[str, Any], error: str) -> None:
    account.set_clock("2026-01-01T00:02:39Z")
    answer = account.get(TICKETS, **query)
    status = 422 if error == "StartTimeTooRecent" else 400
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_time_based_pages_repeat_the_boundary_and_end(account: SandboxClient) -> None:
    page = account.get(EVENTS, start_time=0).json()
    counts, seen = [], []
    while True:
        counts.append(page["count"])
        seen += [event["id"] for event in page["ticket_events"]]
        if page["end_of_stream"]:
            break
        assert page["next_page"].endswith(f"start_time={page['end_time']}")
        page = account.get(page["next_page"]).json()
    # 1,500 events of one second: the second page grows until it is past them.
    assert counts == [1_000, CROWD + 1, 2]
    assert set(seen) == {1, 2, 3, *range(10, 10 + CROWD), 5_000, 5_001}


def test_comments_are_a_sideload(account: SandboxClient) -> None:
    (plain, *_) = account.get(EVENTS, start_time=START).json()["ticket_events"]
    assert plain["child_events"][0] == {
        "event_type": "Change",
        "comment_present": True,
        "comment_public": True,
    }
    answer = account.get(EVENTS, start_time=START, include="comment_events")
    assert answer.json()["ticket_events"][0]["child_events"][0]["body"] == "hello"


def test_organizations_by_time(account: SandboxClient) -> None:
    path = "/api/v2/incremental/organizations.json"
    page = account.get(path, start_time=START + 30).json()
    assert (page["count"], page["end_of_stream"]) == (1, True)
    empty = account.get(path, start_time=START + 31).json()
    assert (empty["count"], empty["end_time"], empty["end_of_stream"]) == (0, None, True)


def test_an_object_without_a_file_is_empty(account: SandboxClient) -> None:
    page = account.get("/api/v2/incremental/users/cursor.json", start_time=0).json()
    assert (page["users"], page["end_of_stream"]) == ([], True)
