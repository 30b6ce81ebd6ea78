"""Salesforce's Bulk API 2.0 query jobs as the sandbox plays them, over HTTP."""

import csv
import io
from collections.abc import Iterator

import pytest
from sandbox_client import SandboxClient, write_tenant

JOBS = "/services/data/v63.0/jobs/query"
STAMP = "2026-01-01T09:00:00.000+0000"
LONG = "x" * 200_000
CELLS = ['a "quoted" word', "two\r\nlines, one comma", "nul\x00inside", "", None, LONG, "平仮名"]
csv.field_size_limit(1_000_000)


@pytest.fixture(scope="module")
def url(start_sandbox, tmp_path_factory) -> Iterator[str]:
    accounts = [
        {"Id": f"A{n}", "SystemModstamp": STAMP, "Text__c": cell, "Seats__c": 0, "Open__c": n == 1}
        for n, cell in enumerate(CELLS)
    ]
    leads = [{"Id": "L1", "SystemModstamp": STAMP, "Address": {"city": "Tokyo"}}]
    folder = tmp_path_factory.mktemp("bulk")
    write_tenant(
        folder,
        salesforce__Account=accounts,
        salesforce__Lead=leads,
        salesforce__CaseStatus=[{"Id": "S1", "SystemModstamp": STAMP}],
    )
    with start_sandbox(folder) as base_url:
        yield base_url


@pytest.fixture
def org(url: str) -> SandboxClient:
    SandboxClient(url).send("DELETE", "/_sandbox/faults")
    return SandboxClient(url).salesforce()


def _job(org: SandboxClient, soql: str = "SELECT Id, Text__c FROM Account", **settings: str) -> str:
    answer = org.post(JOBS, {"operation": "query", "query": soql, **settings})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def _completed(org: SandboxClient, *arguments: str, **settings: str) -> str:
    job = _job(org, *arguments, **settings)
    states = [org.get(f"{JOBS}/{job}").json()["state"] for _ in range(2)]
    assert states == ["InProgress", "JobComplete"]
    return job


def test_a_new_job_says_what_it_will_do(org: SandboxClient) -> None:
    soql = "SELECT Id FROM Account"
    job = org.post(JOBS, {"operation": "queryAll", "query": soql, "contentType": "CSV"}).json()
    assert job["id"].startswith("750")
    assert (job["state"], job["operation"], job["object"]) == (
        "UploadComplete",
        "queryAll",
        "Account",
    )
    assert (job["contentType"], job["columnDelimiter"], job["lineEnding"]) == ("CSV", "COMMA", "LF")
    assert job["apiVersion"] == 63.0


def test_the_last_locator_is_the_word_null(org: SandboxClient) -> None:
    job, locator, seen = _completed(org), None, []
    while locator != "null":
        query = {"maxRecords": 3} | ({"locator": locator} if locator else {})
        page = org.get(f"{JOBS}/{job}/results", **query)
        assert page.headers["Content-Type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(page.content.decode(), newline="")))
        assert len(rows) == int(page.headers["Sforce-NumberOfRecords"])
        seen += [row["Id"] for row in rows]
        locator = page.headers["Sforce-Locator"]
    assert seen == [f"A{n}" for n in range(len(CELLS))]


def test_cells_that_break_careless_readers(org: SandboxClient) -> None:
    soql = "SELECT Id, Text__c, SystemModstamp, Open__c FROM Account"
    page = org.get(f"{JOBS}/{_completed(org, soql)}/results")
    rows = list(csv.DictReader(io.StringIO(page.content.decode(), newline="")))
    assert [row["Text__c"] for row in rows] == [cell or "" for cell in CELLS]
    assert rows[0]["SystemModstamp"] == "2026-01-01T09:00:00.000Z"
    assert [row["Open__c"] for row in rows][:2] == ["false", "true"]


def test_a_whole_number_of_zero_may_have_a_point(org: SandboxClient) -> None:
    fields = {"salesforce": {"Account": {"Seats__c": {"type": "int"}}}}
    org.send("PUT", "/_sandbox/fields", json=fields)
    page = org.get(f"{JOBS}/{_completed(org, 'SELECT Seats__c FROM Account LIMIT 1')}/results")
    assert page.text == '"Seats__c"\n"0.0"\n'
    org.send("PUT", "/_sandbox/fields", json={})


def test_other_delimiters_and_line_ends(org: SandboxClient) -> None:
    soql = "SELECT Id, Open__c FROM Account LIMIT 1"
    job = _completed(org, soql, columnDelimiter="TAB", lineEnding="CRLF")
    assert org.get(f"{JOBS}/{job}/results").text == '"Id"\t"Open__c"\r\n"A0"\t"false"\r\n'


def test_results_belong_to_the_version_of_their_job(org: SandboxClient) -> None:
    job = _completed(org)
    other = org.get(f"/services/data/v62.0/jobs/query/{job}/results")
    assert other.status_code == 409


def test_there_are_no_results_before_the_end(org: SandboxClient) -> None:
    refused = org.get(f"{JOBS}/{_job(org)}/results")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


def test_a_job_can_be_stopped_and_removed(org: SandboxClient) -> None:
    job = _job(org)
    assert org.send("DELETE", f"{JOBS}/{job}").status_code == 400
    stopped = org.send("PATCH", f"{JOBS}/{job}", json={"state": "Aborted"})
    assert stopped.json()["state"] == "Aborted"
    assert org.get(f"{JOBS}/{job}").json()["state"] == "Aborted"
    assert org.send("PATCH", f"{JOBS}/{job}", json={"state": "Aborted"}).status_code == 400
    assert job in [entry["id"] for entry in org.get(JOBS).json()["records"]]
    removed = org.send("DELETE", f"{JOBS}/{job}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert org.get(f"{JOBS}/{job}").status_code == 404


def test_a_job_can_fail(org: SandboxClient) -> None:
    # Creating a job is a request about no object yet: only its query names it.
    org.set_faults({"n": 1, "vendor": "salesforce", "object": "Account", "fault": "job_failed"})
    answer = org.get(f"{JOBS}/{_job(org)}").json()
    assert (answer["state"], answer["errorMessage"][:19]) == ("Failed", "InternalServerError")


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT Id FROM CaseStatus", "INVALIDENTITY", "is not supported by the Bulk API"),
        ("SELECT Address FROM Lead", "FEATURENOTENABLED", "compound data not supported"),
        ("SELECT COUNT() FROM Lead", "FEATURENOTENABLED", "Aggregate"),
        ("SELECT Nope FROM Lead", "INVALID_FIELD", "No such column 'Nope'"),
        ("SELECT FROM", "MALFORMED_QUERY", "unexpected token"),
    ],
)
def test_refused_queries(org: SandboxClient, soql: str, code: str, message: str) -> None:
    answer = org.post(JOBS, {"operation": "query", "query": soql})
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, code)
    assert message in error["message"]


@pytest.mark.parametrize(
    "change", [{"operation": "insert"}, {"contentType": "JSON"}, {"lineEnding": "CR"}, {"query": 1}]
)
def test_refused_jobs(org: SandboxClient, change: dict) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Account"} | change
    assert org.post(JOBS, body).status_code == 400
