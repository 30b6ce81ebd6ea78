"""The HubSpot connector against the sandbox; what the sandbox cannot play, against a script."""

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from scripted_server import Answer, scripted_server
from tenant_folder import FAULTS, requests_made, set_clock, set_faults

from ingestion.catalogue import find_object
from ingestion.http import HttpError
from ingestion.sources.hubspot.connector import HubSpot
from runtime.errors import AuthenticationError, SourceError
from runtime.records import Connection, Window
from sandbox.hubspot import credentials

CONTACTS = find_object("hubspot", "contacts")
COMPANIES = find_object("hubspot", "companies")
EVENTS = find_object("hubspot", "email_events")
DAY = timedelta(days=1)
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
LATER = FIRST + 4 * DAY
WIDE = {f"company_specific_property_{i:04d}": f"v{i}" for i in range(300)}


def text(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record(number, moment, name, company=None, **fields):
    value = {
        "id": str(number),
        "properties": {"firstname": name},
        "createdAt": text(FIRST),
        "updatedAt": text(moment),
        "archived": False,
        **fields,
    }
    if company:
        link = {"id": str(company), "type": "contact_to_company"}
        value["associations"] = {"companies": {"results": [link]}}
    return value


# 650 contacts changed in one millisecond of the second day (an import), more than three pages.
IMPORTED = FIRST + DAY + timedelta(hours=3)
VERSIONS = [
    *(record(i, FIRST + timedelta(hours=1, seconds=i // 3), f"n{i}", i) for i in range(1, 251)),
    *(record(i, IMPORTED, f"imported {i}") for i in range(100, 750)),
    record(5, FIRST + DAY, "changed at midnight", 12),
    record(6, IMPORTED + timedelta(hours=1), "after the import"),
    record(7, FIRST + 2 * DAY, "n7", archived=True, archivedAt=text(FIRST + 2 * DAY)),
]
WIDE_COMPANIES = [
    record(i, FIRST + i * timedelta(minutes=1), "x", properties=WIDE) for i in range(1, 231)
]
MAIL = [
    {"id": f"e{i}", "created": int(FIRST.timestamp() * 1000) + i * 60_000, "type": "OPEN"}
    for i in range(2500)
]
TENANT_FILES = {
    "hubspot/contacts": VERSIONS,
    "hubspot/companies": WIDE_COMPANIES,
    "hubspot/email_events": MAIL,
}


def source(url, key=credentials.TOKEN, **extra):
    hubspot = HubSpot(Connection(url, password=key, extra=extra))
    hubspot.api.sleep = lambda seconds: None
    return hubspot


def extract(hubspot, start=None, end=LATER, entry=CONTACTS):
    return [r for page in hubspot.extract(entry, Window(start, end)) for r in page.records]


def shown(records):
    """What a warehouse needs of a contact, by id."""
    return {
        r["id"]: (r["properties"]["firstname"], r.get("associations"), r.get("_is_deleted", False))
        for r in records
    }


def latest(end):
    before = sorted(
        (r for r in VERSIONS if r["updatedAt"] < text(end)), key=lambda r: r["updatedAt"]
    )
    return shown(r | {"_is_deleted": r["archived"]} for r in before)


def without_links_of_archived(contacts):
    return {key: (a, None if gone else b, gone) for key, (a, b, gone) in contacts.items()}


def test_a_first_load_gives_every_record_once_as_it_stands(sandbox):
    records = extract(source(sandbox))
    assert len(records) == 749
    assert shown(records) == latest(LATER)


def test_the_vendors_own_object_is_kept(sandbox):
    (found,) = extract(source(sandbox), FIRST + DAY, FIRST + DAY + timedelta(hours=1))
    assert set(found) == {
        "id", "properties", "createdAt", "updatedAt", "archived", "associations"
    }  # fmt: skip
    assert found["associations"]["companies"]["results"][0]["id"] == "12"


def test_day_after_day_gives_the_same_as_once_at_the_end(sandbox):
    hubspot, found = source(sandbox), {}
    for day in range(4):
        start, end = FIRST + day * DAY, FIRST + (day + 1) * DAY
        set_clock(sandbox, end - timedelta(seconds=1))
        found |= shown(extract(hubspot, start if day else None, end))
        assert found == latest(end)


def test_adjacent_windows_share_no_record_and_lose_none(sandbox):
    ends = [None, *(FIRST + day * DAY for day in (1, 2, 3, 4))]
    windows = [extract(source(sandbox), *pair) for pair in itertools.pairwise(ends)]
    assert [len(records) for records in windows] == [96, 652, 1, 0]
    assert shown(r for records in windows for r in records) == latest(LATER)


def test_many_changes_of_one_millisecond_are_all_found(sandbox):
    records = extract(source(sandbox), IMPORTED, IMPORTED + timedelta(milliseconds=1))
    assert sorted(int(r["id"]) for r in records) == list(range(100, 750))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("start", [None, FIRST])
def test_faults_between_pages_change_nothing(sandbox, fault, start):
    set_faults(sandbox, {"every": 2, "vendor": "hubspot", "fault": fault})
    assert shown(extract(source(sandbox), start)) == latest(LATER)


@pytest.mark.parametrize("start", [None, FIRST])
def test_more_properties_than_a_url_holds(sandbox, start):
    before = len(requests_made(sandbox))
    records = extract(source(sandbox), start, entry=COMPANIES)
    assert len(records) == 230
    assert all(r["properties"].items() >= WIDE.items() for r in records)
    assert max(len(r["query"]) for r in requests_made(sandbox)[before:]) < 8_000


def test_dated_api_versions_have_their_own_paths(sandbox):
    before = len(requests_made(sandbox))
    dated = extract(source(sandbox, api_version="2026-03"), FIRST)
    assert shown(dated) == latest(LATER)
    paths = {r["path"] for r in requests_made(sandbox)[before:]}
    assert paths == {
        "/crm/properties/2026-03/contacts",
        "/crm/objects/2026-03/contacts",
        "/crm/objects/2026-03/contacts/search",
        "/crm/associations/2026-03/contacts/companies/batch/read",
    }


def test_email_events_of_a_window_end_exclusive(sandbox):
    first, last = MAIL[10]["created"], MAIL[2410]["created"]
    window = [datetime.fromtimestamp(moment / 1000, UTC) for moment in (first, last)]
    events = extract(source(sandbox), *window, entry=EVENTS)
    assert sorted(e["created"] for e in events) == [e["created"] for e in MAIL[10:2410]]
    assert len(extract(source(sandbox), entry=EVENTS)) == 2500


def test_a_bad_key_names_the_connection(sandbox):
    with pytest.raises(AuthenticationError, match="`hubspot_default`") as caught:
        extract(source(sandbox, "wrong-key"))
    assert "wrong-key" not in str(caught.value)


def test_a_version_the_vendor_ended_is_explained(sandbox):
    with pytest.raises(SourceError, match=r"404 .* api_version of .*`hubspot_default`"):
        extract(source(sandbox, api_version="v1"))


PROPERTIES = Answer({"results": [{"name": "firstname"}]})


def test_a_429_waits_for_the_interval_and_a_used_up_day_does_not_wait():
    interval = {"X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}
    busy = Answer({"policyName": "TEN_SECONDLY_ROLLING"}, 429, interval)
    used_up = Answer({"policyName": "DAILY", "message": "daily limit"}, 429, interval)
    with scripted_server(busy, used_up) as server:
        hubspot, waits = source(server.url), []
        hubspot.api.sleep = waits.append
        with pytest.raises(HttpError, match=r"DAILY.* until midnight of its time zone"):
            extract(hubspot)
    assert len(waits) == 1
    assert 10 <= waits[0] <= 12.5


def test_missing_scopes_are_explained():
    refusal = Answer({"status": "error", "category": "MISSING_SCOPES"}, status=403)
    with (
        scripted_server(refusal) as server,
        pytest.raises(HttpError, match=r"MISSING_SCOPES.* read access"),
    ):
        extract(source(server.url))


def test_a_search_is_paged_by_time_so_that_a_change_while_paging_loses_nothing():
    """A record that leaves the result moves all later ones forward; offsets would skip one."""
    page = [record(i, FIRST + timedelta(seconds=i), "n") for i in range(200)]
    rest = [record(i, FIRST + timedelta(seconds=i), "n") for i in range(199, 203)]
    nothing = Answer({"results": []})
    answers = [
        PROPERTIES,
        Answer({"results": page, "paging": {"next": {"after": "200"}}}),
        nothing,
        Answer({"results": rest}),
        nothing,
        nothing,
    ]
    with scripted_server(*answers) as server:
        found = extract(source(server.url), FIRST)
    assert [r["id"] for r in found] == [str(i) for i in range(203)]
    second = json.loads(server.requests[3][3])
    low, high = second["filterGroups"][0]["filters"]
    assert low["value"] == str(int((FIRST + timedelta(seconds=199)).timestamp() * 1000))
    assert (low["operator"], high["operator"]) == ("GTE", "LT")
    assert "after" not in second


def test_a_record_that_a_batch_read_fails_to_give_is_no_record_that_is_gone():
    wide = Answer({"results": [{"name": name} for name in WIDE]})
    listed = Answer({"results": [record(1, FIRST, "n"), record(2, FIRST, "n")]})
    gone = {"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"ids": ["2"]}}
    given = {"status": "COMPLETE", "results": [record(1, FIRST, "n")], "numErrors": 1}
    answers = [wide, listed, Answer(given | {"errors": [gone]}, 207), Answer({"results": []})]
    with scripted_server(*answers) as server:
        assert [r["id"] for r in extract(source(server.url), None)] == ["1"]

    failed = gone | {"category": "INTERNAL_ERROR"}
    with (
        scripted_server(wide, listed, Answer(given | {"errors": [failed]}, 207)) as server,
        pytest.raises(SourceError, match="contacts: properties: INTERNAL_ERROR"),
    ):
        extract(source(server.url), None)


def test_associations_that_a_list_cuts_short_are_completed():
    shown = {"results": [{"id": "1", "type": "contact_to_company"}]}
    cut = shown | {"paging": {"next": {"after": "1", "link": "https://api.hubapi.com/"}}}
    listed = [
        record(1, FIRST, "n", associations={"companies": cut}),
        record(2, FIRST, "n", associations={"companies": shown}),
        record(3, FIRST, "n"),
    ]
    linked = [
        {"toObjectId": n, "associationTypes": [{"typeId": 1, "label": "Primary"}]} for n in (1, 2)
    ]
    answers = [
        PROPERTIES,
        Answer({"results": listed}),
        Answer({"results": [{"from": {"id": "1"}, "to": linked}]}),
        Answer({"results": []}),
    ]
    with scripted_server(*answers) as server:
        found = extract(source(server.url), None)
    assert [
        len(r.get("associations", {"companies": {"results": []}})["companies"]["results"])
        for r in found
    ] == [2, 1, 0]
    assert json.loads(server.requests[2][3]) == {"inputs": [{"id": "1"}]}


def test_an_expired_offset_of_events_is_resumed_from_the_oldest_one_seen():
    first, later = (int(m.timestamp() * 1000) for m in (FIRST, LATER))
    events = [{"id": "b", "created": first + 9}, {"id": "a", "created": first + 5}]
    answers = [
        Answer({"events": events, "hasMore": True, "offset": "x"}),
        Answer({"status": "error", "message": "offset expired"}, status=400),
        Answer({"events": events[1:], "hasMore": False, "offset": ""}),
    ]
    with scripted_server(*answers) as server:
        found = extract(source(server.url), FIRST, entry=EVENTS)
    assert {e["id"] for e in found} == {"a", "b"}
    assert f"endTimestamp={later}" in server.requests[0][1]
    assert f"endTimestamp={first + 6}" in server.requests[2][1]
    assert "offset" not in server.requests[2][1]


@pytest.mark.parametrize("entry", [CONTACTS, EVENTS])
def test_a_page_that_comes_again_and_again_is_an_error(entry):
    listed = {"results": [], "paging": {"next": {"after": "same"}}}
    page = Answer(listed | {"events": [], "hasMore": True, "offset": "same"})
    with (
        scripted_server(*[page] * 9) as server,
        pytest.raises(SourceError, match="the same page is given again"),
    ):
        extract(source(server.url), entry=entry)
