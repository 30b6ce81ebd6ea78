"""Every paging loop ends: pages that lead in a circle of two are an error after a few requests."""

from datetime import UTC, datetime, timedelta

import pytest
from scripted_server import Answer, scripted_server

from ingestion.catalogue import find_object
from ingestion.sources.hubspot.connector import HubSpot
from ingestion.sources.marketo.connector import Marketo
from ingestion.sources.salesforce.connector import Salesforce
from ingestion.sources.zendesk.connector import Zendesk
from runtime.errors import SourceError
from runtime.records import Connection, Window

START = datetime(2026, 11, 1, tzinfo=UTC)
SINCE = Window(START, START + timedelta(days=1))
EVER = Window(None, SINCE.end)
SECOND = int(START.timestamp())
TOKEN = {"access_token": "t0ken", "expires_in": 3600}
CSV = {"Content-Type": "text/csv", "Sforce-NumberOfRecords": "1"}
LISTED = {"results": [{"name": "email"}]}


def read(source, object_name, window, first, circle, **extra):
    """Requests made until the extraction of endlessly repeated ``circle`` answers ended in an error."""
    answers = [Answer(body) for body in first] + [Answer(*page) for page in circle] * 20
    with scripted_server(*answers) as server:
        first[0]["instance_url"] = server.url
        connector = source(Connection(server.url, "client", "secret", extra))
        connector.api.sleep = lambda _: None
        with pytest.raises(SourceError, match=r"again and again|repeats itself|older records"):
            for _ in connector.extract(find_object(*object_name.split(".")), window):
                pass
    return len(server.requests)


def salesforce(*more):
    field = {"name": "Id", "type": "id", "filterable": True}
    count = {"totalSize": 1, "done": True, "records": []}
    return [TOKEN | {}, {"sobjects": [{"name": "Lead"}]}, {"fields": [field]}, count, *more]


def test_salesforce_pages():
    pages = [
        ({"records": [], "done": False, "nextRecordsUrl": f"/services/data/v63.0/query/01g-{n}"},)
        for n in (1, 2)
    ]
    assert read(Salesforce, "salesforce.Lead", EVER, salesforce(), pages) <= 8


def test_salesforce_bulk_results():
    job = [{"id": "750"}, {"state": "JobComplete"}]
    pages = [(b"Id\n00Q\n", 200, CSV | {"Sforce-Locator": locator}) for locator in "AB"]
    found = read(Salesforce, "salesforce.Lead", EVER, salesforce(*job), pages, bulk_threshold=0)
    assert found <= 10


def test_hubspot_lists():
    pages = [({"results": [], "paging": {"next": {"after": after}}},) for after in "AB"]
    assert read(HubSpot, "hubspot.companies", EVER, [LISTED | {}], pages) <= 5


def test_a_hubspot_search_that_goes_back_in_time():
    record = {"id": "1", "properties": {}, "updatedAt": "2026-10-01T00:00:00Z"}
    page = {"results": [record], "paging": {"next": {"after": "200"}}}
    assert read(HubSpot, "hubspot.companies", SINCE, [LISTED | {}], [(page,)]) <= 3


def test_hubspot_searches_of_one_moment():
    records = [
        {"id": n, "properties": {}, "updatedAt": "2026-11-01T00:00:00.000Z"} for n in ("1", "2")
    ]
    pages = [({"results": [r], "paging": {"next": {"after": "1"}}},) for r in records]
    assert read(HubSpot, "hubspot.companies", SINCE, [LISTED | {}], pages) <= 6


@pytest.mark.parametrize("name", ["email_events", "subscription_changes"])
def test_hubspot_events(name):
    listed = {"email_events": "events", "subscription_changes": "timeline"}[name]
    pages = [({listed: [], "hasMore": True, "offset": offset},) for offset in "AB"]
    assert (
        read(
            HubSpot, f"hubspot.{name}", SINCE, [{listed: [], "hasMore": True, "offset": "A"}], pages
        )
        <= 4
    )


def test_hubspot_forms_and_submissions():
    pages = [({"results": [], "paging": {"next": {"after": after}}},) for after in "AB"]
    form = {"results": [{"id": "f"}]}
    assert read(HubSpot, "hubspot.form_submissions", SINCE, [form], pages) <= 5
    assert read(HubSpot, "hubspot.form_submissions", SINCE, [pages[0][0] | {}], pages) <= 5


def test_marketo_pages():
    types = {"success": True, "result": [{"id": 1}]}
    pages = [({"success": True, "moreResult": True, "nextPageToken": t},) for t in "AB"]
    first = [TOKEN | {}, types, {"success": True, "nextPageToken": "B"}]
    assert read(Marketo, "marketo.activities", SINCE, first, pages, activities_by="paged") <= 6


def test_zendesk_cursors():
    pages = [({"tickets": [], "after_cursor": c, "end_of_stream": False},) for c in "AB"]
    assert read(Zendesk, "zendesk.tickets", SINCE, [TOKEN | {}], pages) <= 5


def test_zendesk_lists():
    pages = [
        ({"satisfaction_ratings": [], "meta": {"has_more": True, "after_cursor": c}},) for c in "AB"
    ]
    assert read(Zendesk, "zendesk.satisfaction_ratings", SINCE, [TOKEN | {}], pages) <= 5


def test_zendesk_exports_that_go_back_in_time():
    pages = [
        ({"calls": [], "ticket_events": [], "count": 1_000, "end_time": SECOND + offset},)
        for offset in (5, 3)
    ]
    assert read(Zendesk, "zendesk.calls", SINCE, [TOKEN | {}], pages) <= 4
    assert read(Zendesk, "zendesk.ticket_events", SINCE, [TOKEN | {}], pages) <= 4
