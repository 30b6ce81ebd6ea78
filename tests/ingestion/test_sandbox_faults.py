"""Scripted misbehaviour, the request log and the command line."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from sandbox_client import SandboxClient, write_tenant

from runtime.settings import PROJECT_ROOT
from sandbox.fault_script import FaultScriptError, load_faults, parse_faults
from sandbox.faults import KINDS
from sandbox.vendors import vendor_classes

QUERY = "/services/data/v63.0/query"
ACCOUNTS = "SELECT Id FROM Account"
CONTACTS = "/crm/v3/objects/contacts"
TICKETS = "/api/v2/incremental/tickets/cursor.json"
STAMP = "2026-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    accounts = [{"Id": f"A{n}", "SystemModstamp": STAMP} for n in range(50)]
    orders = [{"Id": "O1", "SystemModstamp": STAMP}]
    contact = {"id": "1", "updatedAt": STAMP, "archived": False, "properties": {}}
    ticket = {"id": 1, "status": "open", "generated_timestamp": 1_700_000_000}
    return write_tenant(
        tmp_path_factory.mktemp("faults"),
        salesforce__Account=accounts,
        salesforce__Order=orders,
        hubspot__contacts=[contact],
        zendesk__tickets=[ticket],
    )


@pytest.fixture(scope="module")
def url(start_sandbox, folder: Path, tmp_path_factory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("script") / "faults.yml"
    script.write_text("- {n: 1, vendor: hubspot, fault: server_error}\n")
    with start_sandbox(folder, faults=script) as base_url:
        yield base_url


@pytest.fixture
def sandbox(url: str) -> Iterator[SandboxClient]:
    client = SandboxClient(url)
    yield client
    client.send("DELETE", "/_sandbox/faults")


def _statuses(client: SandboxClient, count: int, path: str = QUERY, **query: Any) -> list[int]:
    query = query or {"q": ACCOUNTS}
    return [client.get(path, **query).status_code for _ in range(count)]


def test_a_script_given_at_start_is_in_force(sandbox: SandboxClient) -> None:
    assert _statuses(sandbox.hubspot(), 2, CONTACTS, limit=1) == [502, 200]


def test_the_nth_request_and_those_after_it(sandbox: SandboxClient) -> None:
    sandbox.set_faults({"n": 2, "vendor": "salesforce", "fault": "server_error", "times": 2})
    assert _statuses(sandbox.salesforce(), 5) == [200, 503, 503, 200, 200]


def test_every_nth_request(sandbox: SandboxClient) -> None:
    sandbox.set_faults({"every": 2, "vendor": "salesforce", "fault": "rate_limit", "times": 2})
    assert _statuses(sandbox.salesforce(), 7) == [200, 403, 200, 403, 200, 200, 200]


def test_requests_are_counted_by_object(sandbox: SandboxClient) -> None:
    sandbox.set_faults({"n": 1, "vendor": "salesforce", "object": "Order", "fault": "server_error"})
    org = sandbox.salesforce()
    assert _statuses(org, 2) == [200, 200]
    assert _statuses(org, 2, q="SELECT Id FROM Order") == [503, 200]


def test_calls_that_give_no_records_do_not_count(sandbox: SandboxClient) -> None:
    sandbox.set_faults({"n": 1, "vendor": "salesforce", "fault": "server_error"})
    org = sandbox.salesforce()
    assert org.get("/services/data/v63.0/sobjects/Account/describe").status_code == 200
    assert SandboxClient(sandbox.url).get(QUERY, q=ACCOUNTS).status_code == 401
    assert _statuses(org, 2) == [503, 200]


def test_quotas_answer_as_the_vendors_do(sandbox: SandboxClient) -> None:
    vendors = ("salesforce", "hubspot", "zendesk")
    sandbox.set_faults(
        *({"n": 1, "vendor": v, "fault": "rate_limit", "retry_after": 3} for v in vendors)
    )
    refused = sandbox.salesforce().get(QUERY, q=ACCOUNTS)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert "Retry-After" not in refused.headers
    refused = sandbox.hubspot().get(CONTACTS)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert refused.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    refused = sandbox.zendesk().get(TICKETS, start_time=0)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert refused.text == "Number of allowed API requests per minute exceeded"


def test_hubspots_search_has_a_limit_of_its_own_and_no_hint(sandbox: SandboxClient) -> None:
    sandbox.set_faults({"n": 1, "vendor": "hubspot", "fault": "rate_limit"})
    refused = sandbox.hubspot().post(f"{CONTACTS}/search", {"limit": 1})
    assert (refused.status_code, refused.json()["policyName"]) == (429, "SECONDLY")
    assert refused.json()["message"] == "You have reached your secondly limit."
    assert [name for name in refused.headers if "ratelimit" in name.lower()] == []


def test_unauthorized_ends_the_token(sandbox: SandboxClient) -> None:
    sandbox.set_faults({"n": 1, "vendor": "zendesk", "fault": "unauthorized"})
    account = sandbox.zendesk()
    assert _statuses(account, 2, TICKETS, start_time=0) == [401, 401]
    assert _statuses(sandbox.zendesk(), 1, TICKETS, start_time=0) == [200]


def test_broken_bodies(sandbox: SandboxClient) -> None:
    sandbox.set_faults(
        {"n": 1, "vendor": "salesforce", "fault": "html"},
        {"n": 2, "vendor": "salesforce", "fault": "truncated"},
        {"n": 3, "vendor": "salesforce", "fault": "reset"},
    )
    org = sandbox.salesforce()
    page = org.get(QUERY, q=ACCOUNTS)
    assert (page.status_code, page.headers["Content-Type"][:9]) == (200, "text/html")
    cut = org.get(QUERY, q=ACCOUNTS)
    assert cut.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        cut.json()
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        org.get(QUERY, q=ACCOUNTS)
    assert org.get(QUERY, q=ACCOUNTS).json()["totalSize"] == 50


def test_requests_are_logged(sandbox: SandboxClient) -> None:
    before = len(sandbox.get("/_sandbox/requests").json())
    org = sandbox.salesforce()
    org.get(QUERY, q="SELECT Nope FROM Account")
    assert sandbox.get("/_sandbox/requests").json()[before:] == [
        {
            "vendor": "salesforce",
            "object": None,
            "method": "POST",
            "path": "/services/oauth2/token",
            "query": "",
            "status": 200,
        },
        {
            "vendor": "salesforce",
            "object": "Account",
            "method": "GET",
            "path": QUERY,
            "query": "q=SELECT+Nope+FROM+Account",
            "status": 400,
        },
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/_sandbox/clock", '{"now": "2026-01-01T00:00:00"}'),
        ("PUT", "/_sandbox/clock", "[]"),
        ("PUT", "/_sandbox/faults", "[{n: 1}]"),
        ("PUT", "/_sandbox/faults", "\xff"),
    ],
)
def test_wrong_admin_requests(sandbox: SandboxClient, method: str, path: str, body: str) -> None:
    answer = sandbox.send(method, path, data=body.encode("latin-1"))
    assert answer.status_code == 400
    assert answer.json()["error"]


@given(
    st.integers(1, 6),
    st.integers(1, 4),
    st.sampled_from(["n", "every"]),
    st.lists(st.tuples(st.sampled_from(["salesforce", "hubspot"]), st.sampled_from(["a", "b"]))),
)
def test_only_matching_requests_count(k: int, times: int, word: str, calls: list) -> None:
    script = parse_faults(
        f"- {{{word}: {k}, vendor: hubspot, object: a, fault: reset, times: {times}}}", "x"
    )
    matching, struck = 0, []
    for call in calls:
        matching += call == ("hubspot", "a")
        if script.next_for(*call):
            struck.append(matching)
            assert call == ("hubspot", "a")
    if word == "n":
        expected = [i for i in range(k, k + times) if i <= matching]
    else:
        expected = [i * k for i in range(1, times + 1) if i * k <= matching]
    assert struck == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- {n: 1, vendor: sap, fault: reset}", "rule 1: vendor: 'sap'"),
        ("- {n: 1, vendor: hubspot, fault: nap}", "rule 1: fault: 'nap'"),
        ("- {n: 0, vendor: hubspot, fault: reset}", "rule 1: n: 0"),
        ("- {vendor: hubspot, fault: reset}", "rule 1: n: "),
        ("- {n: 1, every: 2, vendor: hubspot, fault: reset}", "rule 1: n: "),
        ("- {n: true, vendor: hubspot, fault: reset}", "rule 1: n: True"),
        ("- {n: 1, vendor: hubspot, fault: reset, tmies: 2}", "rule 1: tmies: "),
        ("- {n: 1, vendor: hubspot, fault: reset, retry_after: soon}", "rule 1: retry_after"),
        ("- just text", "rule 1: is no mapping"),
        ("n: 1", "is no list"),
        ("[", "is no YAML"),
    ],
)
def test_a_bad_script_is_named_with_its_key(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "faults.yml"
    path.write_text(text)
    with pytest.raises(FaultScriptError) as error:
        load_faults(path)
    assert f"faults.yml: {problem}" in str(error.value)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", *arguments]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(*arguments), capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize(
    ("script", "tenant_line", "problem"),
    [
        ("- {n: 1, vendor: sap, fault: reset}", "", "faults.yml: rule 1: vendor"),
        ("[]", "timezone: Mars\n", "'timezone' is written twice"),
    ],
)
def test_a_bad_start_is_one_line_and_exit_2(
    tmp_path: Path, script: str, tenant_line: str, problem: str
) -> None:
    folder = write_tenant(tmp_path / "tenant")
    with (folder / "tenant.yml").open("a") as file:
        file.write(tenant_line)
    (tmp_path / "faults.yml").write_text(script)
    ended = _run("--tenant", str(folder), "--faults", str(tmp_path / "faults.yml"))
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert problem in line


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    ended = _run("--tenant", str(write_tenant(tmp_path / "tenant")), "--port", port)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert f"port {port} is none" in line


def test_the_default_clock_is_the_end_of_the_last_day(url: str) -> None:
    assert SandboxClient(url).get("/_sandbox/clock").json() == {"now": "2026-01-31T15:05:00+00:00"}


def test_it_ends_when_its_parent_is_killed(folder: Path) -> None:
    starter = (
        "import subprocess, time\n"
        f"subprocess.Popen({_command('--tenant', str(folder), '--exit-with-parent')!r})\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", starter]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        address = parent.stdout.readline().removeprefix("sandbox listening on ").strip()
        assert requests.get(f"{address}/_sandbox/clock", timeout=20).status_code == 200
        os.kill(parent.pid, signal.SIGKILL)
        # The pipe ends only when the last process that holds it, the sandbox, is gone.
        assert parent.communicate(timeout=20)[0] == ""


def test_the_page_of_the_sandbox_names_every_fault_and_every_credential() -> None:
    page = (PROJECT_ROOT / "docs/tenant.md").read_text(encoding="utf-8")
    kinds = {*KINDS, *(kind for vendor in vendor_classes().values() for kind in vendor.own_faults)}
    modules = [import_module(f"sandbox.{name}.credentials") for name in vendor_classes()]
    accepted = [text for module in modules for name, text in vars(module).items() if name.isupper()]
    assert [text for text in (*kinds, *accepted) if text not in page] == []
