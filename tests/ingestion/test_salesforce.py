"""The Salesforce connector against the sandbox; what the sandbox cannot play, against a script."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
import requests
from scripted_server import Answer, scripted_server
from tenant_folder import FAULTS, requests_made, set_clock, set_faults

from ingestion.catalogue import CatalogueObject, find_object
from ingestion.sources.salesforce.connector import Salesforce
from runtime.errors import AuthenticationError, SchemaError, SourceError
from runtime.records import Connection, Window
from sandbox.salesforce import credentials

ACCOUNT = find_object("salesforce", "Account")
DAY = timedelta(days=1)
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
LATER = FIRST + 4 * DAY
WIDE = {f"Customer{i:04d}SpecificField__c": f"v{i}" for i in range(900)}


def sobject(number, moment, **fields):
    return {
        "Id": f"001{number:012d}AAA",
        "SystemModstamp": moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "IsDeleted": False,
        **fields,
    }


# 4,500 accounts on the first day, all in two seconds; then changes, one exactly at midnight.
ACCOUNTS = [
    *(sobject(i, FIRST + timedelta(hours=9, seconds=i % 2), Name=f"n{i}") for i in range(4500)),
    sobject(1, FIRST + DAY, Name="changed at midnight"),
    sobject(2, FIRST + 1.5 * DAY, Name="㈱髙﨑 + 1"),
    sobject(3, FIRST + 2 * DAY - timedelta(seconds=1), Name="n3", IsDeleted=True),
    sobject(4, FIRST + 2.5 * DAY, Name="n4", BillingAddress={"city": "Tokyo"}),
]
CONTACTS = [sobject(i, FIRST, LastName=f"n{i}", **WIDE) for i in range(230)]
TENANT_FILES = {
    "salesforce/Account": ACCOUNTS,
    "salesforce/Contact": CONTACTS,
    "salesforce/Lead": [sobject(1, FIRST)],
}


def source(url, secret=credentials.CLIENT_SECRET, **extra):
    connection = Connection(url, credentials.CLIENT_ID, secret, extra)
    salesforce = Salesforce(connection)
    salesforce.api.sleep = lambda seconds: None
    return salesforce


def extract(salesforce, start=None, end=LATER, entry=ACCOUNT):
    pages = salesforce.extract(entry, Window(start, end))
    return [record for page in pages for record in page.records]


def latest(end):
    """What stands before ``end``, by id."""
    before = end.strftime("%Y-%m-%dT%H:%M:%S")
    return {r["Id"]: r["Name"] for r in ACCOUNTS if r["SystemModstamp"] < before}


def test_a_first_load_gives_every_record_once_as_it_stands(sandbox):
    records = extract(source(sandbox))
    assert len(records) == 4500
    assert {r["Id"]: r["Name"] for r in records} == latest(LATER)
    assert [r["Id"][-7:-3] for r in records if r.get("_is_deleted")] == ["0003"]


def test_records_hold_plain_fields_only(sandbox):
    (record,) = extract(source(sandbox), FIRST + 2.2 * DAY)
    assert set(record) == {"Id", "IsDeleted", "CreatedDate", "SystemModstamp", "Name"}


def test_day_after_day_gives_the_same_as_once_at_the_end(sandbox):
    salesforce, found = source(sandbox), {}
    for day in range(4):
        start, end = FIRST + day * DAY, FIRST + (day + 1) * DAY
        set_clock(sandbox, end - timedelta(seconds=1))
        found |= {r["Id"]: r["Name"] for r in extract(salesforce, start if day else None, end)}
        assert found == latest(end)


def test_adjacent_windows_share_no_record_and_lose_none(sandbox):
    ends = [None, *(FIRST + day * DAY for day in (1, 2, 3, 4))]
    windows = [extract(source(sandbox), *pair) for pair in itertools.pairwise(ends)]
    assert [len(records) for records in windows] == [4496, 3, 1, 0]
    assert {r["Id"]: r["Name"] for records in windows for r in records} == latest(LATER)


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_between_pages_change_nothing(sandbox, fault):
    set_faults(sandbox, {"n": 2, "vendor": "salesforce", "fault": fault, "times": 2})
    if fault == "unauthorized":
        set_faults(sandbox, {"every": 2, "vendor": "salesforce", "fault": fault})
    assert {r["Id"]: r["Name"] for r in extract(source(sandbox))} == latest(LATER)


def test_a_lost_locator_resumes_without_a_gap(sandbox):
    salesforce = source(sandbox)
    pages = salesforce.extract(ACCOUNT, Window(None, LATER))
    found = next(pages).records + next(pages).records
    url = f"{sandbox}/services/data/v63.0/query"
    for _ in range(200):
        soql = {"q": "SELECT Id FROM Lead LIMIT 1"}
        requests.get(url, soql, headers=salesforce.api._headers, timeout=10).raise_for_status()
    found += [record for page in pages for record in page.records]
    assert {r["Id"]: r["Name"] for r in found} == latest(LATER)
    assert len(found) == 4500, "the restart gives no record again"


def test_an_object_too_wide_for_one_url_is_read_whole(sandbox):
    entry = find_object("salesforce", "Contact")
    before = len(requests_made(sandbox))
    records = extract(source(sandbox), entry=entry)
    assert sorted(r["Id"] for r in records) == sorted(r["Id"] for r in CONTACTS)
    assert all(r.items() >= WIDE.items() for r in records)
    made = requests_made(sandbox)[before:]
    assert {r["status"] for r in made} == {200}
    assert max(len(r["query"]) for r in made) < 15_000


def test_an_object_the_org_lacks(sandbox):
    assert extract(source(sandbox), entry=find_object("salesforce", "Contract")) == []
    with pytest.raises(SourceError, match=r"Order: the org does not offer .*`salesforce_default`"):
        extract(source(sandbox), entry=find_object("salesforce", "Order"))


def test_bad_credentials_name_the_connection(sandbox):
    with pytest.raises(AuthenticationError, match="`salesforce_default`") as caught:
        extract(source(sandbox, "wrong-secret"))
    assert "wrong-secret" not in str(caught.value)


def test_a_version_the_vendor_ended_is_explained(sandbox):
    with pytest.raises(SourceError, match=r"410.* api_version of .*`salesforce_default`"):
        extract(source(sandbox, api_version="12.0"))


def test_it_stops_before_the_allowance_is_used_up(sandbox):
    with pytest.raises(SourceError, match=r"of 100,000 API calls .* api_usage_limit"):
        extract(source(sandbox, api_usage_limit=0.00001))


TOKEN = {"access_token": "t0ken", "token_type": "Bearer"}
COUNT = Answer({"totalSize": 1, "done": True, "records": []})
OBJECTS = Answer({"sobjects": [{"name": "Account", "queryable": True}]})
DONE = Answer({"done": True, "records": [{"Id": "1", "attributes": {}, "Name": {"a": 1}}]})


def described(*names, filterable=True):
    fields = [{"name": n, "type": "string", "filterable": filterable} for n in ("Id", *names)]
    return Answer({"fields": fields})


def refused(code):
    return Answer([{"errorCode": code, "message": "No such column 'Gone__c'"}], status=400)


def scripted(*answers, entry=ACCOUNT):
    with scripted_server(*answers) as server:
        server.answers.insert(0, Answer(TOKEN | {"instance_url": f"{server.url}/instance"}))
        records = extract(source(server.url), FIRST, entry=entry)
    return records, server.requests


def test_data_calls_go_to_the_instance_and_attributes_are_left_out():
    records, made = scripted(OBJECTS, described("SystemModstamp"), COUNT, DONE)
    assert [path.split("?")[0] for _, path, _, _ in made] == [
        "/services/oauth2/token",
        "/instance/services/data/v63.0/sobjects/",
        "/instance/services/data/v63.0/sobjects/Account/describe",
        "/instance/services/data/v63.0/queryAll",
        "/instance/services/data/v63.0/queryAll",
    ]
    assert records == [{"Id": "1", "Name": {"a": 1}}]


def test_a_field_hidden_since_the_describe_is_left_out():
    records, made = scripted(
        OBJECTS,
        described("Gone__c", "SystemModstamp"),
        COUNT,
        refused("INVALID_FIELD"),
        described("SystemModstamp"),
        DONE,
    )
    assert len(records) == 1
    assert "Gone__c" in made[4][1]
    assert "Gone__c" not in made[6][1]


def test_a_field_that_stays_unreadable_is_a_schema_error():
    fields, hidden = described("Gone__c", "SystemModstamp"), refused("INVALID_FIELD")
    with pytest.raises(SchemaError, match=r"Gone__c.*field-level security"):
        scripted(OBJECTS, fields, COUNT, hidden, fields, hidden)


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (described("SystemModstamp", "LastModifiedDate"), "SystemModstamp"),
        (described("LastModifiedDate", "CreatedDate"), "LastModifiedDate"),
        (described("LoginTime"), "LoginTime"),
        (described("SystemModstamp", filterable=False), None),
    ],
)
def test_the_best_filterable_field_is_the_cursor(answer, where):
    entry = CatalogueObject(source="salesforce", object="Account", area="crm", mode="query")
    _, made = scripted(OBJECTS, answer, COUNT, DONE, entry=entry)
    query = requests.utils.unquote(made[-1][1]).replace("+", " ")
    expected = (
        f"FROM Account WHERE {where} >= 2026-11-01T00:00:00Z AND {where} < 2026-11-05T00:00:00Z "
        f"ORDER BY {where}, Id"
    )
    assert query.endswith(expected if where else "FROM Account")


def test_a_locator_that_never_lives_ends_with_an_error():
    page = Answer({"done": False, "nextRecordsUrl": "/more", "records": []})
    lost = refused("INVALID_QUERY_LOCATOR")
    with pytest.raises(SourceError, match="INVALID_QUERY_LOCATOR"):
        scripted(OBJECTS, described("SystemModstamp"), COUNT, *[page, lost] * 20)
