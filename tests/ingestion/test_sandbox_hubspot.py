"""HubSpot as the sandbox plays it, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sandbox_client import SandboxClient, write_tenant

CONTACTS = 12_050
DAY_MS = 86_400_000
JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)


def _contact(number: int, day: int = 1, archived: bool = False, **properties: Any) -> dict:
    stamp = f"2026-01-{day:02}T00:00:00.000Z"
    link = {"id": "7", "type": "contact_to_company"}
    return {
        "id": str(number),
        "properties": {"email": f"c{number}@example.jp", **properties},
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": stamp,
        "archived": archived,
        "associations": {"companies": {"results": [link]}, "deals": {"results": []}},
    }


def _event(number: int, minute: int, kind: str = "OPEN") -> dict[str, Any]:
    return {"id": f"e{number}", "created": JANUARY + minute * 60_000, "type": kind}


@pytest.fixture(scope="module")
def url(start_sandbox, tmp_path_factory) -> Iterator[str]:
    contacts = [_contact(n) for n in range(1, CONTACTS + 1)]
    contacts += [_contact(n, 10, lead_score=n, jobtitle=None) for n in (2, 3, 4)]
    contacts += [_contact(3, 12, archived=True)]
    events = [_event(n, n // 2, "CLICK" if n % 3 else "OPEN") for n in range(1, 31)]
    folder = tmp_path_factory.mktemp("hubspot")
    write_tenant(folder, hubspot__contacts=contacts, hubspot__email_events=events)
    with start_sandbox(folder) as base_url:
        yield base_url


@pytest.fixture
def portal(url: str) -> SandboxClient:
    client = SandboxClient(url)
    client.set_clock("2026-01-31T15:05:00Z")
    return client.hubspot()


def _search(portal: SandboxClient, *filters: dict[str, Any], **body: Any) -> dict[str, Any]:
    body = {"filterGroups": [{"filters": list(filters)}] if filters else [], **body}
    return portal.post("/crm/objects/2026-03/contacts/search", body).json()


def _filter(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, "value": value}


def _ids(body: dict[str, Any]) -> list[str]:
    return [record["id"] for record in body["results"]]


def test_a_wrong_key_is_refused(url: str) -> None:
    answer = SandboxClient(url).get("/crm/v3/objects/contacts")
    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"


@pytest.mark.parametrize("root", ["/crm/v3/objects", "/crm/objects/2026-03"])
def test_a_list_is_paged_to_its_end(portal: SandboxClient, root: str) -> None:
    portal.set_clock("2026-01-10T00:00:00Z")
    body = portal.get(f"{root}/contacts", limit=100).json()
    first = _ids(body)
    assert first == [str(n) for n in range(1, 101)]
    following = portal.get(body["paging"]["next"]["link"]).json()
    assert _ids(following) == [str(n) for n in range(101, 201)]
    seen = 200
    while "paging" in following:
        after = following["paging"]["next"]["after"]
        following = portal.get(f"{root}/contacts", limit=100, after=after).json()
        seen += len(following["results"])
    assert seen == CONTACTS


def test_only_what_was_asked_for_is_returned(portal: SandboxClient) -> None:
    asked = "email,lead_score,jobtitle,unknown"
    listed = portal.get("/crm/v3/objects/contacts", limit=2, properties=asked).json()["results"]
    kept = {
        "createdate": "2026-01-01T00:00:00.000Z",
        "lastmodifieddate": "2026-01-10T00:00:00.000Z",
        "hs_object_id": "2",
    }
    given = {"email": "c2@example.jp", "lead_score": "2", "jobtitle": None}
    assert listed[1]["properties"] == kept | given
    assert listed[0]["properties"]["lead_score"] is None
    assert "associations" not in listed[1]


def test_defaults_and_associations(portal: SandboxClient) -> None:
    body = portal.get("/crm/v3/objects/contacts", limit=1, associations="companies").json()
    (contact,) = body["results"]
    assert set(contact["properties"]) == {"email", "createdate", "lastmodifieddate", "hs_object_id"}
    assert contact["associations"] == {
        "companies": {"results": [{"id": "7", "type": "contact_to_company"}]}
    }


def test_archived_records_are_listed_apart(portal: SandboxClient) -> None:
    archived = portal.get("/crm/v3/objects/contacts", archived="true").json()["results"]
    assert [(r["id"], r["archived"], r["archivedAt"]) for r in archived] == [
        ("3", True, "2026-01-12T00:00:00.000Z")
    ]
    assert "3" not in _ids(portal.get("/crm/v3/objects/contacts").json())
    portal.set_clock("2026-01-11T23:59:59Z")
    assert portal.get("/crm/v3/objects/contacts", archived="true").json() == {"results": []}
    assert "3" in _ids(portal.get("/crm/v3/objects/contacts").json())


@pytest.mark.parametrize(
    "query", [{"limit": 101}, {"limit": 0}, {"limit": "x"}, {"after": "!"}, {"after": "8J+Y"}]
)
def test_wrong_paging_is_a_validation_error(portal: SandboxClient, query: dict[str, Any]) -> None:
    answer = portal.get("/crm/v3/objects/contacts", **query)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_an_object_without_a_file_is_empty(portal: SandboxClient) -> None:
    assert portal.get("/crm/v3/objects/companies").json() == {"results": []}
    found = portal.post("/crm/v3/objects/companies/search", {}).json()
    assert found == {"total": 0, "results": []}
    names = [p["name"] for p in portal.get("/crm/v3/properties/companies").json()["results"]]
    assert names == ["hs_object_id", "createdate", "hs_lastmodifieddate"]


@pytest.mark.parametrize("root", ["/crm/v3/properties", "/crm/properties/2026-03"])
def test_properties_are_those_that_occur(portal: SandboxClient, root: str) -> None:
    listed = portal.get(f"{root}/contacts").json()["results"]
    assert {p["name"]: p["type"] for p in listed} == {
        "hs_object_id": "number",
        "createdate": "datetime",
        "lastmodifieddate": "datetime",
        "email": "string",
        "lead_score": "number",
        "jobtitle": "string",
    }


def test_batch_read_tells_what_is_missing(portal: SandboxClient) -> None:
    body = {"properties": ["email"], "inputs": [{"id": "2"}, {"id": "3"}, {"id": "99999"}]}
    answer = portal.post("/crm/v3/objects/contacts/batch/read", body)
    assert answer.status_code == 207
    assert _ids(answer.json()) == ["2"]
    assert answer.json()["errors"][0]["context"]["ids"] == ["3", "99999"]
    everything = portal.post("/crm/v3/objects/contacts/batch/read", {"inputs": [{"id": "2"}]})
    assert (everything.status_code, everything.json()["status"]) == (200, "COMPLETE")


@pytest.mark.parametrize("root", ["/crm/v4/associations", "/crm/associations/2026-03"])
def test_associations_of_records_that_have_some(portal: SandboxClient, root: str) -> None:
    body = {"inputs": [{"id": "2"}, {"id": "99999"}]}
    answer = portal.post(f"{root}/contacts/companies/batch/read", body)
    kind = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}
    found = [{"from": {"id": "2"}, "to": [{"toObjectId": "7", "associationTypes": [kind]}]}]
    assert (answer.status_code, answer.json()["results"]) == (207, found)
    (problem,) = answer.json()["errors"]
    assert problem["message"] == "No company is associated with contact 99999."
    assert problem["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert portal.post(f"{root}/contacts/deals/batch/read", body).json()["results"] == []
    one = portal.post(f"{root}/contacts/companies/batch/read", {"inputs": [{"id": "2"}]})
    assert (one.status_code, one.json()["results"]) == (200, found)


def test_search_by_time_of_change(portal: SandboxClient) -> None:
    since = _filter("lastmodifieddate", "GTE", str(JANUARY + 9 * DAY_MS))
    until = _filter("lastmodifieddate", "LT", "2026-01-10T00:00:00.001Z")
    body = _search(portal, since, until, sorts=["-hs_object_id"], properties=["email"])
    assert (body["total"], _ids(body)) == (2, ["4", "2"])
    assert set(body["results"][0]["properties"]) == {
        "email",
        "createdate",
        "lastmodifieddate",
        "hs_object_id",
    }
    assert _search(portal, _filter("lastmodifieddate", "GT", JANUARY + 9 * DAY_MS))["total"] == 0


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (_filter("lead_score", "GT", "2"), ["4"]),
        (_filter("lead_score", "HAS_PROPERTY"), ["2", "4"]),
        (_filter("email", "EQ", "C4@example.jp"), ["4"]),
        ({"propertyName": "hs_object_id", "operator": "IN", "values": ["4", "3"]}, ["4"]),
        (_filter("lead_score", "BETWEEN", "1") | {"highValue": "3"}, ["2"]),
    ],
)
def test_search_filters(portal: SandboxClient, condition: dict[str, Any], found: list) -> None:
    assert _ids(_search(portal, condition)) == found


def test_filter_groups_are_alternatives(portal: SandboxClient) -> None:
    groups = [{"filters": [_filter("hs_object_id", "EQ", key)]} for key in ("9", "4")]
    assert _ids(_search(portal, filterGroups=groups)) == ["4", "9"]


def test_search_ends_at_ten_thousand_results(portal: SandboxClient) -> None:
    body = _search(portal, limit=200, after="9800", sorts=["hs_object_id"])
    assert (body["total"], len(body["results"])) == (CONTACTS - 1, 200)
    assert body["paging"] == {"next": {"after": "10000"}}
    refused = _search(portal, limit=200, after="10000", sorts=["hs_object_id"])
    assert (refused["status"], refused["category"]) == ("error", "VALIDATION_ERROR")
    above = _filter("hs_object_id", "GT", "10001")
    rest = _search(portal, above, limit=200, after="2000", sorts=["hs_object_id"])
    assert (rest["total"], len(rest["results"])) == (CONTACTS - 10_001, 49)


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"after": "x"},
        {"sorts": ["email", "hs_object_id"]},
        {"filterGroups": [{"filters": [_filter("nope", "EQ", "1")]}]},
        {"filterGroups": [{"filters": [_filter("email", "LIKE", "1")]}]},
        {"filterGroups": [{"filters": [_filter("lead_score", "GT", "many")]}]},
        {"filterGroups": [{"filters": [_filter("email", "EQ", "1")] * 7}]},
        {"filterGroups": [{"filters": [_filter("email", "EQ", "1")]}] * 6},
    ],
)
def test_refused_searches(portal: SandboxClient, body: dict[str, Any]) -> None:
    answer = portal.post("/crm/v3/objects/contacts/search", body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_rate_headers_are_missing_on_search(portal: SandboxClient) -> None:
    name = "X-HubSpot-RateLimit-Interval-Milliseconds"
    assert portal.get("/crm/v3/objects/contacts").headers[name] == "10000"
    assert name not in portal.post("/crm/v3/objects/contacts/search", {}).headers


def test_events_come_latest_first(portal: SandboxClient) -> None:
    seen, query = [], {"limit": 7}
    while True:
        body = portal.get("/email/public/v1/events", **query).json()
        seen += [event["id"] for event in body["events"]]
        if not body["hasMore"]:
            break
        query["offset"] = body["offset"]
    assert len(seen) == 30
    minutes = [int(key[1:]) // 2 for key in seen]
    assert minutes == sorted(minutes, reverse=True)
    assert len(set(seen)) == 30


def test_events_of_an_interval_and_a_type(portal: SandboxClient) -> None:
    body = portal.get(
        "/email/public/v1/events",
        startTimestamp=JANUARY + 2 * 60_000,
        endTimestamp=JANUARY + 5 * 60_000,
        eventType="OPEN",
    ).json()
    assert [event["id"] for event in body["events"]] == ["e9", "e6"]
    assert body["hasMore"] is False


def test_an_offset_belongs_to_its_query(portal: SandboxClient) -> None:
    offset = portal.get("/email/public/v1/events").json()["offset"]
    answer = portal.get("/email/public/v1/events", offset=offset, eventType="OPEN")
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
