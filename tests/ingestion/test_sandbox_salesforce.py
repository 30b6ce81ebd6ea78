"""Salesforce as the sandbox plays it, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_client import SandboxClient, write_tenant

ROWS = 450
DATA = "/services/data/v63.0"


def _account(number: int, day: int = 1, **fields: Any) -> dict[str, Any]:
    stamp = f"2026-01-{day:02}T00:00:00.000+0000"
    return {"Id": f"A{number:03}", "SystemModstamp": stamp, "Name": f"n{number}", **fields}


@pytest.fixture(scope="module")
def url(start_sandbox, tmp_path_factory) -> Iterator[str]:
    accounts = [_account(n) for n in range(ROWS)]
    accounts += [
        _account(0, 5, Name="renamed", Employees__c=12),
        _account(1, 6, IsDeleted=True, BillingAddress={"city": "Tokyo"}, OwnerId="U1"),
        _account(0, 20, Name="renamed twice"),
    ]
    folder = tmp_path_factory.mktemp("salesforce")
    order = {"Id": "O1", "SystemModstamp": "2026-01-01T00:00:00Z", "AccountId": "A001"}
    write_tenant(folder, salesforce__Account=accounts, salesforce__Order=[order])
    (folder / "salesforce" / "Broken.jsonl").write_text('{"Id": "x"}\n')
    with start_sandbox(folder) as base_url:
        yield base_url


@pytest.fixture
def org(url: str) -> SandboxClient:
    client = SandboxClient(url)
    client.set_clock("2026-01-31T15:05:00Z")
    return client.salesforce()


def _query(org: SandboxClient, soql: str, path: str = "query", **headers: str) -> Any:
    answer = org.send("GET", f"{DATA}/{path}", params={"q": soql}, headers=headers)
    return answer.json()


def _names(page: dict[str, Any]) -> list[str]:
    return [record["Name"] for record in page["records"]]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "other"}, "invalid_client_id"),
        ({"client_secret": "other"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_sign_in_is_refused(url: str, change: dict[str, str], error: str) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-salesforce-client",
        "client_secret": "sandbox-salesforce-secret",
    }
    answer = SandboxClient(url).send("POST", "/services/oauth2/token", data=form | change)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_sign_in_tells_the_instance_and_no_expiry(url: str) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-salesforce-client",
        "client_secret": "sandbox-salesforce-secret",
    }
    token = SandboxClient(url).send("POST", "/services/oauth2/token", data=form).json()
    assert (token["instance_url"], token["token_type"]) == (url, "Bearer")
    assert not {"expires_in", "refresh_token"} & token.keys()


def test_a_revoked_token_is_an_invalid_session(org: SandboxClient) -> None:
    assert org.get(f"{DATA}/limits").status_code == 200
    org.send("POST", "/_sandbox/revoke_tokens")
    answer = org.get(f"{DATA}/query", q="SELECT Id FROM Account")
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_pages_follow_the_locator_to_the_end(org: SandboxClient) -> None:
    soql = "SELECT Id, Name FROM Account ORDER BY SystemModstamp, Id"
    page = _query(org, soql, **{"Sforce-Query-Options": "batchSize=200"})
    sizes, ids = [len(page["records"])], [r["Id"] for r in page["records"]]
    while not page["done"]:
        assert page["totalSize"] == ROWS - 1
        page = org.get(page["nextRecordsUrl"]).json()
        sizes.append(len(page["records"]))
        ids += [r["Id"] for r in page["records"]]
    assert sizes == [200, 200, 49]
    assert sorted(ids) == sorted({f"A{n:03}" for n in range(ROWS)} - {"A001"})
    assert "nextRecordsUrl" not in page


def test_the_locator_keeps_the_result_while_the_clock_moves(org: SandboxClient) -> None:
    page = _query(
        org, "SELECT Id FROM Account ORDER BY Id", **{"Sforce-Query-Options": "batchSize=1"}
    )
    assert len(page["records"]) == 200
    org.set_clock("2026-01-01T00:00:00Z")
    rest = org.get(page["nextRecordsUrl"].replace("/query/", "/queryAll/")).json()
    assert (rest["totalSize"], rest["records"][0]["Id"]) == (ROWS - 1, "A201")


def test_an_unknown_locator(org: SandboxClient) -> None:
    answer = org.get(f"{DATA}/query/01g000000000001YAA-99999")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(
    ("now", "name"),
    [
        ("2026-01-04T23:59:59Z", "n0"),
        ("2026-01-05T00:00:00Z", "renamed"),
        ("2026-01-20T09:00:00+09:00", "renamed twice"),
    ],
)
def test_the_clock_decides_which_version_shows(org: SandboxClient, now: str, name: str) -> None:
    org.set_clock(now)
    assert _names(_query(org, "SELECT Name FROM Account WHERE Id = 'A000'")) == [name]


def test_nothing_shows_before_it_begins(org: SandboxClient) -> None:
    org.set_clock("2025-12-31T23:59:59Z")
    assert _query(org, "SELECT COUNT() FROM Account") == {
        "totalSize": 0,
        "done": True,
        "records": [],
    }


def test_deleted_records_show_in_query_all_only(org: SandboxClient) -> None:
    soql = "SELECT Id, IsDeleted FROM Account WHERE Id IN ('A001', 'A002') ORDER BY Id"
    assert [r["Id"] for r in _query(org, soql)["records"]] == ["A002"]
    everything = _query(org, soql, "queryAll")["records"]
    assert [(r["Id"], r["IsDeleted"]) for r in everything] == [("A001", True), ("A002", False)]


def test_records_hold_what_was_selected_and_null_for_what_is_missing(org: SandboxClient) -> None:
    soql = "SELECT id, Employees__c FROM account WHERE Id = 'A002'"
    assert _query(org, soql)["records"] == [
        {
            "attributes": {"type": "Account", "url": f"{DATA}/sobjects/Account/A002"},
            "Id": "A002",
            "Employees__c": None,
        }
    ]


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT Id FORM Account", "MALFORMED_QUERY", "ERROR at Row:1:Column:11"),
        ("", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id, Nope FROM Account", "INVALID_FIELD", "No such column 'Nope'"),
        ("SELECT Id FROM Opportunity", "INVALID_TYPE", "sObject type 'Opportunity'"),
        ("SELECT Id FROM Broken", "SANDBOX_TENANT_FILE", "salesforce/Broken.jsonl line 1"),
    ],
)
def test_refused_queries(org: SandboxClient, soql: str, code: str, message: str) -> None:
    answer = org.get(f"{DATA}/query", q=soql)
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, code)
    assert message in error["message"]


def test_describe_lists_standard_and_found_fields(org: SandboxClient) -> None:
    fields = {f["name"]: f for f in org.get(f"{DATA}/sobjects/Account/describe").json()["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "Id": "id",
        "IsDeleted": "boolean",
        "CreatedDate": "datetime",
        "SystemModstamp": "datetime",
        "Name": "string",
        "Employees__c": "double",
        "BillingAddress": "address",
        "OwnerId": "reference",
    }
    assert [n for n, f in fields.items() if f["custom"]] == ["Employees__c"]
    assert [n for n, f in fields.items() if not f["filterable"]] == ["BillingAddress"]
    order = org.get(f"{DATA}/sobjects/Order/describe").json()["fields"]
    assert [f["referenceTo"] for f in order if f["name"] == "AccountId"] == [["Account"]]


def test_only_objects_of_the_tenant_are_described(org: SandboxClient) -> None:
    listed = [entry["name"] for entry in org.get(f"{DATA}/sobjects/").json()["sobjects"]]
    assert listed == ["Account", "Broken", "Order"]
    answer = org.get(f"{DATA}/sobjects/Lead/describe")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_versions_limits_and_usage(org: SandboxClient) -> None:
    offered = [entry["version"] for entry in org.get("/services/data/").json()]
    assert "63.0" in offered
    assert org.get("/services/data/v99.0/limits").status_code == 404
    retired = org.get("/services/data/v12.0/limits")
    assert (retired.status_code, retired.json()[0]["errorCode"]) == (410, "UNSUPPORTED_API_VERSION")
    answer = org.get(f"{DATA}/limits")
    used, allowed = answer.headers["Sforce-Limit-Info"].removeprefix("api-usage=").split("/")
    daily = answer.json()["DailyApiRequests"]
    assert daily == {"Max": int(allowed), "Remaining": int(allowed) - int(used)}


def test_an_address_too_long(org: SandboxClient) -> None:
    assert org.get(f"{DATA}/query", q="SELECT " + "Id," * 6_000).status_code == 414


def test_the_date_header_is_the_clock(org: SandboxClient) -> None:
    assert org.get(f"{DATA}/limits").headers["Date"] == "Sat, 31 Jan 2026 15:05:00 GMT"
