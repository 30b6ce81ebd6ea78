"""The Marketo connector against the sandbox; what the sandbox cannot play, against a script."""

from datetime import UTC, datetime, timedelta

import pytest
from scripted_server import Answer, scripted_server
from tenant_folder import FAULTS, requests_made, set_faults

from ingestion.catalogue import find_object
from ingestion.sources.marketo.connector import Marketo
from runtime.errors import AuthenticationError, SourceError
from runtime.records import Connection, Window
from sandbox.marketo import credentials

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = FIRST + 90 * DAY
LEADS, ACTIVITIES = find_object("marketo", "leads"), find_object("marketo", "activities")
TYPES = find_object("marketo", "activity_types")


def text(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def lead(number, moment, **fields):
    fields = {"email": f"p{number}@example.jp", "company": None, **fields}
    return {"id": number, "createdAt": text(FIRST), "updatedAt": text(moment), **fields}


def activity(number, moment, kind=10, **fields):
    fields = {"leadId": number % 7 + 1, "attributes": {"Device": "iPhone"}, **fields}
    return {
        "marketoGUID": str(number),
        "activityDate": text(moment),
        "activityTypeId": kind,
        "primaryAttributeValue": f"Mail {number}",
        **fields,
    }


LEAD_VERSIONS = [
    *(lead(i, FIRST + i * 3 * DAY) for i in range(1, 21)),
    lead(21, FIRST + 31 * DAY),  # on the second in which one slice ends and the next one starts
    lead(1, FIRST + 70 * DAY, company="日本\0酒造, 「株式会社」\n東京"),
    lead(2, FIRST + 71 * DAY, isDeleted=True),
    lead(3, FIRST + 72 * DAY, isDeleted=True, mergedInto=4),
]
MERGE = activity(9_001, FIRST + 72 * DAY, 32, leadId=4, attributes={"Merge IDs": "[3]"})
LOG = [
    *(activity(i, FIRST + i * timedelta(hours=2), 10 if i % 400 > 350 else 1) for i in range(900)),
    activity(9_000, FIRST + 31 * DAY, 100_001),
    MERGE,
]
TENANT_FILES = {"marketo/leads": LEAD_VERSIONS, "marketo/activities": LOG}


def source(url, secret=credentials.CLIENT_SECRET, **extra):
    extra = {"since": "2026-08-01", **extra}
    marketo = Marketo(Connection(url, credentials.CLIENT_ID, secret, extra))
    marketo.waits = []
    marketo.api.sleep = marketo.waits.append
    return marketo


def extract(marketo, start=None, end=LATER, entry=LEADS):
    return [r for page in marketo.extract(entry, Window(start, end)) for r in page.records]


def ids(records):
    return sorted(int(r.get("id") or r["marketoGUID"]) for r in records)


def test_a_first_load_gives_every_lead_once_and_no_tombstone(sandbox):
    leads = extract(source(sandbox))
    assert ids(leads) == [1, *range(4, 22)]
    (first,) = [r for r in leads if r["id"] == "1"]
    assert first["company"] == "日本酒造, 「株式会社」\n東京"
    assert {r["company"] for r in leads if r is not first} == {None}


def test_slices_are_31_days_and_repeat_nothing(sandbox):
    before = len(requests_made(sandbox))
    activities = extract(source(sandbox), entry=ACTIVITIES)
    assert [a["marketoGUID"] for a in activities if a["marketoGUID"] == "9000"] == ["9000"]
    assert len({a["marketoGUID"] for a in activities}) == len(activities) == len(LOG) + 1
    made = [r["path"] for r in requests_made(sandbox)[before:]]
    assert made.count("/bulk/v1/activities/export/create.json") == 3


def test_a_window_gives_changes_and_tombstones(sandbox):
    found = extract(source(sandbox), FIRST + 69 * DAY)
    shown = {r["id"]: r.get("_is_deleted", False) for r in found}
    assert shown == {"1": False, "2": True, "3": True}
    assert {r["updatedAt"] for r in found if r["id"] != "1"} == {
        text(FIRST + 71 * DAY),
        text(FIRST + 72 * DAY),
    }


def test_the_deletion_of_a_lead_is_an_activity_too(sandbox):
    activities = extract(source(sandbox), FIRST + 69 * DAY, entry=ACTIVITIES)
    (deletion,) = [a for a in activities if a["activityTypeId"] in (37, "37")]
    assert deletion["leadId"] == 2


def test_paged_activities_are_the_same_as_exported_ones(sandbox):
    """Pages look at 300 activities of all types: most show nothing of the types asked for."""
    fields = ("marketoGUID", "leadId", "activityDate", "activityTypeId", "primaryAttributeValue")

    def shown(records):
        return sorted(tuple(str(r.get(name)) for name in fields) for r in records)

    paged = extract(source(sandbox, activities_by="paged"), entry=ACTIVITIES)
    assert shown(paged) == shown(extract(source(sandbox), entry=ACTIVITIES))
    assert paged[0]["attributes"] == {"Device": "iPhone"}


def test_activity_types(sandbox):
    kinds = {t["id"]: t["name"] for t in extract(source(sandbox), entry=TYPES)}
    assert (kinds[10], kinds[100_001]) == ("Open Email", "Custom activity 100001")


@pytest.mark.parametrize(
    "fault",
    [*FAULTS, "concurrency", "unavailable", "token_expired", "file_damaged"],
)
@pytest.mark.parametrize("entry", [LEADS, ACTIVITIES])
def test_faults_change_nothing(sandbox, entry, fault):
    expected = extract(source(sandbox), FIRST + 60 * DAY, entry=entry)
    set_faults(sandbox, {"every": 3, "vendor": "marketo", "fault": fault})
    assert extract(source(sandbox), FIRST + 60 * DAY, entry=entry) == expected


def test_bad_credentials_name_the_connection(sandbox):
    with pytest.raises(AuthenticationError, match="`marketo_default`") as caught:
        extract(source(sandbox, "wrong-secret"))
    assert "wrong-secret" not in str(caught.value)


def test_token_and_secret_are_in_no_address(sandbox):
    before = len(requests_made(sandbox))
    extract(source(sandbox), entry=TYPES)
    sign_in, *data = requests_made(sandbox)[before:]
    assert sign_in["path"] == "/identity/oauth/token"
    assert sign_in["query"] == ""
    assert not [r for r in data if "token" in r["query"]]


def envelope(*result, **more):
    return Answer({"requestId": "a#1", "success": True, "result": list(result), **more})


def token(left):
    return Answer({"access_token": f"t{left}", "token_type": "bearer", "expires_in": left})


def test_a_token_about_to_end_is_waited_for():
    with scripted_server(token(2), token(3599), envelope()) as server:
        marketo = source(server.url)
        extract(marketo, entry=TYPES)
    assert marketo.waits == [3]
    assert server.requests[-1][2]["Authorization"] == "Bearer t3599"


def export(status, *after):
    job = {"exportId": "e1", "format": "CSV"}
    fields = envelope({"id": 1, "rest": {"name": "id"}}, {"id": 2, "soap": {"name": "Old"}})
    created, queued = envelope(job | {"status": "Created"}), envelope(job | {"status": "Queued"})
    return [token(3599), fields, created, queued, envelope(job | status), *after]


def run_export(*answers):
    with scripted_server(*answers) as server:
        marketo = source(server.url, since="2026-10-29")
        return extract(marketo), marketo, server.requests


def test_a_job_is_polled_once_a_minute():
    running, done = {"status": "Processing"}, {"status": "Completed", "numberOfRecords": 0}
    found, marketo, requests = run_export(*export(running, envelope(running), envelope(done)))
    assert (found, marketo.waits) == ([], [60, 60])
    assert b'"fields": ["id"]' in requests[2][3]


def test_a_failed_job_is_an_error():
    status = {"status": "Failed", "errorMsg": "out of luck"}
    with pytest.raises(SourceError, match=r"export job e1: Failed \(out of luck\)"):
        run_export(*export(status))


@pytest.mark.parametrize(
    ("content", "records", "problem"),
    [
        (b"id\n1\n", 2, "1 records in a file of 2"),
        (b"id\n1,2\n", 1, "line 2 of the exported file"),
        (b"id\n\xff\n", 1, "line .* of the exported file"),
        (b'id\n"1\n', 1, "line .* of the exported file"),
    ],
)
def test_a_file_that_is_not_what_the_job_says_is_an_error(content, records, problem):
    status = {"status": "Completed", "numberOfRecords": records, "fileSize": len(content)}
    whole = Answer(content, headers={"Content-Type": "text/csv"})
    with pytest.raises(SourceError, match=problem):
        run_export(*export(status, whole))


def test_a_page_that_comes_again_and_again_is_an_error():
    page = envelope(nextPageToken="same", moreResult=True)
    with (
        scripted_server(token(3599), envelope({"id": 10}), page, page, page) as server,
        pytest.raises(SourceError, match="the same page is given again"),
    ):
        extract(source(server.url, activities_by="paged"), entry=ACTIVITIES)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("1003", "Invalid filter", "1003, Invalid filter"),
        ("1013", "Export job not found", r"1013.*host and api_version"),
        ("603", "Access denied", "Read-Only Lead"),
        (
            "607",
            "Daily API Requests quota",
            "daily API calls are used up until midnight US Central",
        ),
    ],
)
def test_an_error_with_status_200_is_an_error(code, message, expected):
    refusal = {"success": False, "errors": [{"code": code, "message": message}]}
    with scripted_server(token(3599), Answer(refusal)) as server:
        marketo = source(server.url)
        with pytest.raises(SourceError, match=expected):
            extract(marketo, entry=TYPES)
    assert marketo.waits == []


TOKEN = Answer({"access_token": "t0ken", "expires_in": 3600})


@pytest.mark.parametrize("code", ["500", "614"])
def test_what_passes_by_itself_is_waited_for(code):
    refused = {"success": False, "errors": [{"code": code, "message": "for a while"}]}
    types = {"success": True, "result": [{"id": 1, "name": "Visit Webpage"}]}
    with scripted_server(TOKEN, Answer(refused), Answer(types)) as server:
        marketo = source(server.url)
        assert ids(extract(marketo, entry=TYPES)) == [1]
    assert len(marketo.waits) == 1


def test_a_job_that_somebody_cancelled_is_an_error_at_once():
    made = {"success": True, "result": [{"exportId": "e", "status": "Created"}]}
    ended = {"success": True, "result": [{"exportId": "e", "status": "Canceled"}]}
    answers = (Answer({"success": True, "result": []}), Answer(made), Answer(made), Answer(ended))
    with scripted_server(TOKEN, *answers) as server:
        marketo = source(server.url)
        with pytest.raises(SourceError, match="export job e: Canceled"):
            extract(marketo, end=FIRST + DAY)
    assert marketo.waits == []
