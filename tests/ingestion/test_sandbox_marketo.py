"""Marketo as the sandbox plays it: over HTTP, and through the best-known Python client."""

import csv
import io
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from marketorestpython.client import MarketoClient
from marketorestpython.helper.exceptions import MarketoException
from sandbox_client import SandboxClient, write_tenant

from sandbox.marketo import credentials

TOKEN = "/identity/oauth/token"
CREATE = "/bulk/v1/leads/export/create.json"
SPAN = {"startAt": "2026-01-01T00:00:00Z", "endAt": "2026-02-01T00:00:00Z"}
NOW = "2026-01-31T15:05:00Z"


def _lead(number: int, day: int, **fields: Any) -> dict[str, Any]:
    moment = f"2026-01-{day:02d}T00:00:00Z"
    return {"id": number, "createdAt": "2025-12-01T00:00:00Z", "updatedAt": moment, **fields}


def _activity(number: int, hour: int, kind: int) -> dict[str, Any]:
    moment = f"2026-01-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z"
    record = {"marketoGUID": str(number), "leadId": 1, "activityTypeId": kind}
    return {**record, "activityDate": moment, "attributes": {"Device": "iPhone", "Is Bot": False}}


LEADS = [
    *(_lead(n, 1 + n % 20, email=f"p{n}@example.jp", firstName="花") for n in range(1, 31)),
    _lead(5, 25, email=None, company='a "b",\nc'),
    _lead(6, 26, isDeleted=True),
    _lead(7, 27, isDeleted=True, mergedInto=8),
]
LOG = [_activity(n, n, 1) for n in range(700)] + [_activity(999, 699, 10)]


@pytest.fixture(scope="module")
def url(start_sandbox, tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("marketo")
    write_tenant(folder, marketo__leads=LEADS, marketo__activities=LOG)
    with start_sandbox(folder) as base_url:
        yield base_url


def _credentials(**changes: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": credentials.CLIENT_ID,
        "client_secret": credentials.CLIENT_SECRET,
        **changes,
    }


@pytest.fixture
def account(url: str) -> SandboxClient:
    client = SandboxClient(url)
    client.set_clock(NOW)
    client.set_faults()
    token = client.get(TOKEN, **_credentials()).json()["access_token"]
    client.session.headers["Authorization"] = f"Bearer {token}"
    return client


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def _export(account: SandboxClient, **order: Any) -> str:
    order = {"fields": ["id", "email", "company"], "filter": {"updatedAt": SPAN}} | order
    (job,) = account.post(CREATE, order).json()["result"]
    return f"/bulk/v1/leads/export/{job['exportId']}"


def test_the_same_token_with_what_is_left_of_it(account: SandboxClient) -> None:
    first = account.get(TOKEN, **_credentials()).json()
    account.set_clock("2026-01-31T15:35:00Z")
    second = account.get(TOKEN, **_credentials()).json()
    assert second["access_token"] == first["access_token"]
    assert (first["expires_in"] - second["expires_in"], second["token_type"]) == (1800, "bearer")
    account.set_clock("2026-01-31T18:00:00Z")
    assert _code(account.get("/rest/v1/activities/types.json")) == (200, "602")
    third = account.get(TOKEN, **_credentials()).json()
    assert third["access_token"] != first["access_token"]


def test_bad_credentials_are_the_one_401(account: SandboxClient) -> None:
    answer = account.get(TOKEN, **_credentials(client_secret="x"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_missing_and_unknown_tokens(url: str, account: SandboxClient) -> None:
    path = "/rest/v1/leads/describe.json"
    token = account.session.headers["Authorization"].split()[1]
    assert _code(SandboxClient(url).get(path, access_token=token)) == (200, "600")
    account.session.headers["Authorization"] = "Bearer other"
    assert _code(account.get(path)) == (200, "601")


def test_an_error_has_a_request_id(account: SandboxClient) -> None:
    account.set_faults({"n": 1, "vendor": "marketo", "fault": "rate_limit"})
    body = account.get("/rest/v1/leads/describe.json").json()
    assert re.fullmatch(r"[0-9a-f]+#[0-9a-f]+", body.pop("requestId"))
    message = "Max rate limit '100' exceeded with in '20' secs"
    assert body == {"success": False, "errors": [{"code": "606", "message": message}]}


def test_a_job_from_creation_to_file(account: SandboxClient) -> None:
    path = _export(account)
    assert account.get(f"{path}/file.json").status_code == 404
    (queued,) = account.post(f"{path}/enqueue.json", None).json()["result"]
    assert (queued["status"], queued["queuedAt"]) == ("Queued", NOW)
    (done,) = account.get(f"{path}/status.json").json()["result"]
    content = account.get(f"{path}/file.json").content
    assert (done["status"], done["fileSize"]) == ("Completed", len(content))
    assert done["fileChecksum"] == f"sha256:{sha256(content).hexdigest()}"
    header, *rows = csv.reader(io.StringIO(content.decode()))
    assert header == ["id", "email", "company"]
    assert len(rows) == done["numberOfRecords"] == 28
    assert ["5", "null", 'a "b",\nc'] in rows
    part = account.send("GET", f"{path}/file.json", headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.content) == (206, content[3:10])
    assert part.headers["content-range"] == f"bytes 3-9/{len(content)}"


def test_two_jobs_run_and_ten_wait(account: SandboxClient) -> None:
    account.set_clock("2026-02-10T00:00:00Z")
    account.session.headers["Authorization"] = (
        f"Bearer {account.get(TOKEN, **_credentials()).json()['access_token']}"
    )
    paths = [_export(account) for _ in range(11)]
    answers = [account.post(f"{path}/enqueue.json", None) for path in paths]
    assert [answer.json()["success"] for answer in answers] == [True] * 10 + [False]
    (problem,) = answers[-1].json()["errors"]
    assert problem == {"code": "1029", "message": "Too many jobs (10) in queue"}
    last = account.get(f"{paths[9]}/status.json").json()["result"][0]["status"]
    listed = account.get("/bulk/v1/leads/export.json").json()["result"]
    states = [job["status"] for job in listed if job["createdAt"] == "2026-02-10T00:00:00Z"]
    assert (last, states) == ("Queued", ["Processing"] * 2 + ["Queued"] * 8 + ["Created"])
    (problem,) = account.post(f"{paths[0]}/enqueue.json", None).json()["errors"]
    assert problem == {"code": "1029", "message": "Job already queued"}
    for path in paths:
        assert account.post(f"{path}/cancel.json", None).json()["success"]


def test_jobs_that_nobody_waits_for_end_too(account: SandboxClient) -> None:
    """A run that was killed leaves jobs behind: they must not hold the two places for good."""
    account.set_clock("2026-02-12T00:00:00Z")
    account.session.headers["Authorization"] = (
        f"Bearer {account.get(TOKEN, **_credentials()).json()['access_token']}"
    )
    paths = [_export(account) for _ in range(4)]
    for path in paths:
        account.post(f"{path}/enqueue.json", None)
    looks = [account.get(f"{paths[3]}/status.json").json()["result"][0] for _ in range(3)]
    assert [look["status"] for look in looks] == ["Queued", "Completed", "Completed"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"filter": {}}, "1003"),
        ({"filter": {"createdAt": SPAN, "updatedAt": SPAN}}, "1003"),
        ({"filter": {"updatedAt": SPAN | {"endAt": "2026-02-01T00:00:01Z"}}}, "1003"),
        ({"filter": {"updatedAt": SPAN | {"endAt": "soon"}}}, "1003"),
        ({"fields": []}, "1003"),
        ({"fields": ["shoeSize"]}, "1006"),
    ],
)
def test_refused_jobs(account: SandboxClient, order: dict[str, Any], code: str) -> None:
    order = {"fields": ["id"], "filter": {"updatedAt": SPAN}} | order
    assert _code(account.post(CREATE, order)) == (200, code)
    assert _code(account.get("/bulk/v1/leads/export/none/status.json")) == (200, "1013")


def test_a_page_of_300_of_all_types(account: SandboxClient) -> None:
    path = "/rest/v1/activities/pagingtoken.json"
    token = account.get(path, sinceDatetime="2026-01-01").json()["nextPageToken"]
    shown = []
    while True:
        query = {"nextPageToken": token, "activityTypeIds": "10,11"}
        page = account.get("/rest/v1/activities.json", **query).json()
        shown.append([a["marketoGUID"] for a in page.get("result", [])])
        token = page["nextPageToken"]
        if not page["moreResult"]:
            break
    assert shown == [[], [], ["999"]]
    later = account.get("/rest/v1/activities.json", **query | {"nextPageToken": token}).json()
    assert (later["success"], later["moreResult"], "result" in later) == (True, False, False)


def test_a_long_list_of_values_by_post(account: SandboxClient) -> None:
    values = ",".join(f"{'x' * 60}{n}" for n in range(140)) + ",p1@example.jp"
    query = {"filterType": "email", "filterValues": values}
    assert account.get("/rest/v1/leads.json", **query).status_code == 414
    answer = account.send("POST", "/rest/v1/leads.json?_method=GET", data=query).json()
    assert [lead["id"] for lead in answer["result"]] == [1]


@pytest.fixture
def client(url: str, account: SandboxClient) -> MarketoClient:
    """The vendor-independent client marketo-rest-python; only its base URL is set."""
    client = MarketoClient("123-ABC-456", credentials.CLIENT_ID, credentials.CLIENT_SECRET)
    client.host = url
    return client


def test_marketo_rest_python_reads_leads_and_activities(client: MarketoClient) -> None:
    names = {field["rest"]["name"] for field in client.execute(method="describe")}
    assert {"id", "email", "company"} <= names
    (lead,) = client.execute(method="get_lead_by_id", id=1, fields=["id", "email"])
    assert lead == {"id": 1, "email": "p1@example.jp"}
    found = client.execute(
        method="get_multiple_leads_by_filter_type", filterType="id", filterValues=["2", "3", "6"]
    )
    assert [lead["id"] for lead in found] == [2, 3]
    opened = client.execute(
        method="get_lead_activities", activityTypeIds=["10"], sinceDatetime="2026-01-01"
    )
    assert opened[0]["attributes"][0] == {"name": "Device", "value": "iPhone"}
    (deletion,) = client.execute(method="get_deleted_leads", sinceDatetime="2026-01-01")
    assert (deletion["leadId"], deletion["activityTypeId"]) == (6, 37)
    assert len(client.execute(method="get_activity_types")) > 10


def test_marketo_rest_python_exports_in_bulk(client: MarketoClient) -> None:
    filters = {"createdAt": SPAN, "activityTypeIds": [10]}
    (job,) = client.execute(method="create_activities_export_job", filters=filters)
    key = job["exportId"]
    client.execute(method="enqueue_activities_export_job", job_id=key)
    (done,) = client.execute(method="get_activities_export_job_status", job_id=key)
    assert done["status"] == "Completed"
    content = client.execute(method="get_activities_export_job_file", job_id=key)
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert (row["marketoGUID"], row["campaignId"]) == ("999", "null")
    jobs = client.execute(method="get_activities_export_jobs_list")
    assert key in [job["exportId"] for job in jobs]


def test_marketo_rest_python_sees_errors(client: MarketoClient, account: SandboxClient) -> None:
    account.set_faults({"n": 1, "times": 9, "vendor": "marketo", "fault": "export_quota"})
    with pytest.raises(MarketoException, match="1029: Export daily quota 500MB exceeded"):
        client.create_leads_export_job(fields=["id"], filters={"updatedAt": SPAN})
