"""A client we did not write, Zenpy, against the sandbox: only the base URL is another.

Zenpy asks for no token itself: it is given one of OAuth (client credentials), as its users do. It
compares `end_time` with the clock of this machine, so that the records lie well before it.
"""

from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit

import pytest
import requests
from tenant_folder import requests_made, set_clock, set_faults, write_tenant
from zenpy import Zenpy
from zenpy.lib.exception import APIException

from sandbox.zendesk import credentials

NOW = datetime(2025, 2, 1, tzinfo=UTC)
START = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
TICKETS, USERS, ORGANIZATIONS, EVENTS = 1_201, 30, 1_301, 130


def stamp(second):
    return datetime.fromtimestamp(START + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ticket(number):
    return {
        "id": number,
        "status": "deleted" if number == 7 else "open",
        "subject": f"㈱髙﨑 {number}",
        "generated_timestamp": START + number,
        "created_at": stamp(0),
        "updated_at": stamp(0),
        "custom_fields": [{"id": 27642, "value": "745"}],
        "satisfaction_rating": {"score": "good"},
    }


def audit(number):
    comment = {"id": number, "event_type": "Comment", "public": True, "body": "hello"}
    return {"id": number, "ticket_id": 1, "timestamp": START + number, "child_events": [comment]}


def timed(count, **fields):
    return [
        {"id": n, "created_at": stamp(0), "updated_at": stamp(n), **fields}
        for n in range(1, count + 1)
    ]


@pytest.fixture(scope="module")
def sandbox(start_sandbox, tmp_path_factory):
    metric = {"ticket_id": 1, "metric": "reply_time", "instance_id": 1, "type": "activate"}
    files = {
        "zendesk/tickets": [ticket(n) for n in range(1, TICKETS + 1)],
        "zendesk/users": timed(USERS, email="u@example.jp", active=True),
        "zendesk/organizations": timed(ORGANIZATIONS, name="㈱", external_id="0017"),
        "zendesk/ticket_events": [audit(n) for n in range(1, EVENTS + 1)],
        "zendesk/ticket_metric_events": [
            {"id": n, "time": stamp(n), **metric} for n in range(1, EVENTS + 1)
        ],
        "zendesk/satisfaction_ratings": timed(EVENTS, score="good", ticket_id=1),
        "zendesk/calls": timed(EVENTS, duration=3, ticket_id=1),
    }
    folder = write_tenant(tmp_path_factory.mktemp("tenant"), files)
    with start_sandbox(folder, NOW) as url:
        yield url


@pytest.fixture
def connect(sandbox, monkeypatch):
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", urlsplit(sandbox).netloc)
    set_clock(sandbox, NOW)
    set_faults(sandbox)
    return lambda **sign_in: Zenpy(subdomain="acme", **sign_in)


@pytest.fixture
def client(connect, sandbox):
    return connect(oauth_token=new_token(sandbox))


def new_token(sandbox):
    body = {
        "grant_type": "client_credentials",
        "client_id": credentials.CLIENT_ID,
        "client_secret": credentials.CLIENT_SECRET,
        "scope": "read",
    }
    return requests.post(f"{sandbox}/oauth/tokens", json=body, timeout=10).json()["access_token"]


def test_tickets_by_cursor(client, sandbox):
    export = client.tickets.incremental(start_time=START, per_page=500)
    tickets = list(export)
    assert [found.id for found in tickets] == list(range(1, TICKETS + 1))
    assert tickets[0].to_dict()["custom_fields"] == [{"id": 27642, "value": "745"}]
    assert (tickets[6].status, tickets[6].subject) == ("deleted", "㈱髙﨑 7")
    pages = [request["query"] for request in requests_made(sandbox)[-3:]]
    assert all("per_page=500" in query for query in pages)
    assert list(client.tickets.incremental(cursor=export.after_cursor)) == []


def test_tickets_by_time(client):
    ids = [found.id for found in client.tickets.incremental(START, paginate_by_time=True)]
    assert sorted(set(ids)) == list(range(1, TICKETS + 1))
    assert len(ids) == TICKETS + 1


def test_users(client):
    since = datetime.fromtimestamp(START + 10, UTC)
    assert [user.id for user in client.users.incremental(start_time=since)] == list(
        range(10, USERS + 1)
    )


def test_organizations_repeat_the_record_between_two_pages(client):
    ids = [found.id for found in client.organizations.incremental(start_time=START)]
    assert sorted(set(ids)) == list(range(1, ORGANIZATIONS + 1))
    assert [one for one in set(ids) if ids.count(one) > 1] == [1000]


def test_ticket_events_keep_their_comments_on_every_page(client):
    events = client.tickets.events(start_time=START, include=["comment_events"], per_page=100)
    bodies = {event.id: event.child_events[0]["body"] for event in events}
    assert bodies == dict.fromkeys(range(1, EVENTS + 1), "hello")


def test_metric_events(client):
    ids = [event.id for event in client.tickets.metrics_incremental(start_time=START)]
    assert ids == list(range(1, EVENTS + 1))


def test_satisfaction_ratings(client):
    since = datetime.fromtimestamp(START + 20, UTC)
    ratings = client.satisfaction_ratings(score="received", start_time=since)
    assert [rating.id for rating in ratings] == list(range(20, EVENTS + 1))


def test_calls(client):
    # As with Zendesk itself, Zenpy finds no end (its issue 489): an address to go on from follows the last page too.
    calls = client.talk.calls.incremental(start_time=START)
    assert [call.id for call in islice(calls, EVENTS + 2)] == [
        *range(1, EVENTS + 1),
        EVENTS,
        EVENTS,
    ]


def test_api_token(connect):
    account = connect(email=credentials.EMAIL, token=credentials.API_TOKEN)
    assert len(list(account.users.incremental(start_time=START))) == USERS


def test_errors_are_the_clients_own(client, connect):
    with pytest.raises(APIException, match="invalid_token"):
        connect(oauth_token="wrong").users.incremental(start_time=START)
    with pytest.raises(APIException, match="StartTimeTooRecent"):
        client.tickets.incremental(start_time=int(NOW.timestamp()) - 30)


def test_it_waits_as_long_as_a_429_says(client, sandbox):
    set_faults(sandbox, {"n": 1, "vendor": "zendesk", "object": "users", "fault": "rate_limit"})
    assert len(list(client.users.incremental(start_time=START))) == USERS
    assert [request["status"] for request in requests_made(sandbox)[-2:]] == [429, 200]
