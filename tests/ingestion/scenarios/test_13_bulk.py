"""Scenario 13: Bulk API 2.0, chosen by count; its CSV, its locators, its failures."""

import pytest
from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, names, purged, record
from scripted_server import Answer, scripted_server

import ingestion.sources.salesforce.bulk
from ingestion.catalogue import find_object
from ingestion.sources.salesforce.connector import Salesforce
from runtime.errors import SourceError
from runtime.records import Connection, Window

CELLS = [
    'a "quoted" word',
    "two\nlines",
    "carriage\r\nreturn, comma",
    "nul\x00inside",
    None,
    "x" * 200_000,
    "㈱髙﨑 ①",
    "null",
    "#N/A",
]
FIELDS = {"salesforce": {"Account": {"Seats__c": {"type": "int"}}}}
VERSIONS = [
    record(
        n,
        START + n * HOUR,
        Name=cell,
        Seats__c=n % 2,
        Price__c=0.1 * n,
        Open__c=n == 3,
        IsDeleted=n == 5,
        Since__c="2026-11-01T00:00:00.000+0000",
    )
    for n, cell in enumerate(CELLS)
]
BULK, REST = {"bulk_threshold": 0}, {}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(ingestion.sources.salesforce.bulk, "PAGE_SIZE", 4)


def paths(daily):
    return [r["path"].split("/services/")[1] for r in daily.requests("salesforce")]


def run(play, extra, *faults, versions=VERSIONS, fields=FIELDS):
    daily = play({"salesforce/Account": versions})
    daily.world.fields = fields
    daily.extra["salesforce"] = extra
    daily.set_faults(*faults)
    (manifest,) = daily.run(DAYS[0], ACCOUNT)
    return daily, manifest


def test_bulk_and_rest_land_the_same(play):
    """Scenario 13: quotes, line ends, NUL, a 200 KB cell, "0.0", Z: every field equal to REST's."""
    by_rest, _ = run(play, REST)
    by_bulk, manifest = run(play, BULK)
    expected = by_rest.state(ACCOUNT)
    assert by_bulk.state(ACCOUNT) == expected
    assert (manifest.rows, manifest.pages, manifest.tombstones) == (9, 3, 1)
    assert len(expected) == 8
    assert not any("/queryAll" in path for path in paths(by_bulk)[4:])


def test_the_count_decides(play):
    """Scenario 13: above bulk_threshold rows a job is made, up to it REST is asked."""
    below, _ = run(play, {"bulk_threshold": 9})
    assert not any("jobs" in path for path in paths(below))
    above, _ = run(play, {"bulk_threshold": 8})
    assert any("jobs" in path for path in paths(above))


def test_every_call_of_a_job_has_the_jobs_version_and_the_job_is_removed(play):
    """Scenario 13: results asked for with another version would be refused with 409."""
    daily, _ = run(play, BULK | {"api_version": "60.0"})
    assert {path.split("/")[1] for path in paths(daily) if "jobs" in path} == {"v60.0"}
    assert daily.requests("salesforce")[-1]["method"] == "DELETE"


@pytest.mark.parametrize("fault", ["html", "truncated", "reset", "server_error", "unauthorized"])
@pytest.mark.parametrize("request_number", [2, 4, 5, 6])
def test_a_page_that_comes_broken_is_asked_for_again(play, fault, request_number):
    """Scenario 13: a page cut between two records is good CSV; the record count tells."""
    daily, manifest = run(
        play, BULK, {"n": request_number, "vendor": "salesforce", "fault": fault, "times": 1}
    )
    assert manifest.rows == 9
    assert set(names(daily)) == {0, 1, 2, 3, 4, 6, 7, 8}


def test_a_job_that_fails_once_is_made_again(play):
    """Scenario 13: Failed without a result: one more job."""
    daily, manifest = run(
        play,
        BULK,
        {"n": 2, "vendor": "salesforce", "object": "Account", "fault": "job_failed"},
    )
    assert manifest.rows == 9
    created = [r for r in daily.requests("salesforce") if r["method"] == "POST"]
    assert len(created) == 3, "sign-in and two jobs"


def test_a_job_that_keeps_failing_is_left_for_rest(play):
    """Scenario 13: what Bulk cannot do REST does, only slower."""
    daily, manifest = run(
        play,
        BULK,
        {"n": 2, "vendor": "salesforce", "object": "Account", "fault": "job_failed", "times": 2},
    )
    assert manifest.rows == 9
    assert "queryAll" in paths(daily)[-1]


def test_objects_and_fields_bulk_does_not_know_come_by_rest(play):
    """Scenario 13: a field of a type Bulk refuses."""
    odd = [record(1, START, Name="x", Odd__c=["a"])]
    daily, manifest = run(play, BULK, versions=odd, fields={})
    assert manifest.rows == 1
    assert daily.rows(ACCOUNT)[0]["Odd__c"] == '["a"]'


def test_increments_and_comparisons_by_bulk(play):
    """Scenario 13: day after day by Bulk, with a late row and a purged one."""
    versions = [
        *VERSIONS,
        record(1, START + 2 * DAY, Name="changed", IsDeleted=False),
        record(20, START + HOUR, shown_at=START + 5 * DAY, Name="late"),
        purged(0, START + 4 * DAY),
    ]
    daily, _ = run(play, BULK, versions=versions)
    for day in DAYS[1:9]:
        daily.run(day, ACCOUNT)
    found = names(daily)
    assert set(found) == {1, 2, 3, 4, 6, 7, 8, 20}
    assert (found[1], found[20]) == ("changed", "late")


def test_a_version_mismatch_is_a_clear_error():
    """Scenario 13: 409 does not go away by asking again."""
    fields = [{"name": n, "type": "string", "filterable": True} for n in ("Id", "SystemModstamp")]
    mismatch = Answer([{"errorCode": "API_ERROR", "message": "not that of the job"}], status=409)
    with scripted_server() as server:
        server.answers += [
            Answer({"access_token": "t0ken", "instance_url": server.url}),
            Answer({"sobjects": [{"name": "Account"}]}),
            Answer({"fields": fields}),
            Answer({"totalSize": 10, "done": True, "records": []}),
            Answer({"id": "750A", "state": "UploadComplete"}),
            Answer({"id": "750A", "state": "JobComplete"}),
            mismatch,
        ]
        salesforce = Salesforce(Connection(server.url, "id", "secret", BULK))
        with pytest.raises(SourceError, match=r"409.*not that of the job.*api_version"):
            list(salesforce.extract(find_object("salesforce", "Account"), Window(None, START)))
        assert server.answers == []


def test_a_job_that_never_ends_is_aborted(play, monkeypatch):
    """Scenario 13: patience has an end; the job is stopped and named."""
    monkeypatch.setattr(ingestion.sources.salesforce.bulk, "PATIENCE", 0.0)
    with pytest.raises(SourceError, match=r"bulk job 750.* has not ended"):
        run(play, BULK)
