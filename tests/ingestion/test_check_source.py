"""`make check-source` against the sandbox, a drop folder and a PostgreSQL: what it tells, and that it tells no secret."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from postgres_server import PASSWORD, as_owner, binaries, postgres_server
from rich.console import Console
from scripted_server import Answer, scripted_server
from tenant_folder import set_faults, write_tenant

from cli.check_source import check, check_objects, shown_address
from ingestion.lake import Lake
from pipeline.context import Context
from pipeline.extract import connected_objects
from runtime.errors import AuthenticationError, SourceError, StateError
from runtime.records import Connection
from runtime.settings import Settings
from runtime.tenant import load_tenant
from sandbox.hubspot import credentials as hubspot_account
from sandbox.marketo import credentials as marketo_account
from sandbox.salesforce import credentials as salesforce_account
from sandbox.zendesk import credentials as zendesk_account

STAMP = "2026-11-02T00:00:00.000+0000"
RECORD = {"Id": "001000000000001AAA", "Name": "n", "SystemModstamp": STAMP, "IsDeleted": False}
DAY = "2026-11-02T00:00:00Z"
SECOND = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
REQUIRED = ("Account", "Product2", "Order", "OrderItem")
SALESFORCE = (salesforce_account.CLIENT_ID, salesforce_account.CLIENT_SECRET)


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    files = {f"salesforce/{name}": [RECORD] for name in REQUIRED}
    files |= {
        "hubspot/contacts": [{"id": "1", "properties": {}, "createdAt": DAY, "updatedAt": DAY}],
        "marketo/leads": [{"id": 1, "createdAt": DAY, "updatedAt": DAY}],
        "zendesk/tickets": [{"id": 1, "generated_timestamp": SECOND, "updated_at": DAY}],
    }
    return write_tenant(tmp_path_factory.mktemp("tenant"), files)


@pytest.fixture(scope="module")
def url(start_sandbox, tenant):
    with start_sandbox(tenant, datetime(2026, 11, 10, tzinfo=UTC)) as url:
        yield url


@pytest.fixture
def context(tenant, tmp_path):
    settings = Settings(home=tmp_path, tenant=tenant)
    return Context(settings, load_tenant(tenant), Lake(settings.lake_root))


def told(function, *arguments):
    """What it returned and printed."""
    console = Console(file=io.StringIO(), soft_wrap=True, width=200)
    works = function(console, *arguments)
    return works, console.file.getvalue()


def test_a_vendor_that_works(url, context):
    works, text = told(check_objects, "salesforce", context, Connection(url, *SALESFORCE))
    assert works
    assert "✓ Account 1 records on the first page, 5 fields visible" in text
    assert "required but not visible: AccountId" in text
    assert "– Lead not in this org, nothing read" in text
    assert "scopes: api" in text
    assert "quota: Sforce-Limit-Info api-usage=" in text


def test_a_required_object_that_fails(url, context):
    set_faults(url, {"every": 1, "vendor": "salesforce", "object": "Order", "fault": "daily_limit"})
    works, text = told(check_objects, "salesforce", context, Connection(url, *SALESFORCE))
    set_faults(url)
    assert not works
    assert "✗ Order salesforce / Order: HTTP 403" in text
    assert "the connection" not in text


@pytest.mark.parametrize(
    ("source", "login", "password", "extra", "expected"),
    [
        (
            "hubspot",
            "",
            hubspot_account.TOKEN,
            {},
            ["✓ contacts 1 records", "scopes: not told", "quota: X-HubSpot-RateLimit-Daily 650000"],
        ),
        (
            "hubspot",
            hubspot_account.CLIENT_ID,
            hubspot_account.CLIENT_SECRET,
            {"refresh_token": hubspot_account.REFRESH_TOKEN},
            ["✓ contacts 1 records", "quota: X-HubSpot-RateLimit-Remaining 189"],
        ),
        (
            "marketo",
            marketo_account.CLIENT_ID,
            marketo_account.CLIENT_SECRET,
            {"poll_seconds": 0.01, "since": "2026-11-01"},
            ["✓ leads 1 records", "scopes: warehouse@sandbox.example", "quota: used today"],
        ),
        (
            "zendesk",
            zendesk_account.CLIENT_ID,
            zendesk_account.CLIENT_SECRET,
            {},
            [
                "✓ tickets 1 records",
                "– calls not in this account",
                "scopes: read",
                "X-Rate-Limit 700",
            ],
        ),
        (
            "zendesk",
            zendesk_account.EMAIL,
            zendesk_account.API_TOKEN,
            {"auth": "api_token"},
            ["✓ tickets 1 records", "scopes: not told"],
        ),
    ],
)
def test_every_vendor_tells_what_it_can(url, context, source, login, password, extra, expected):
    works, text = told(check_objects, source, context, Connection(url, login, password, extra))
    assert works
    assert [line for line in expected if line not in text] == []
    assert [s for s in (password, extra.get("refresh_token")) if s and s in text] == []


@pytest.mark.parametrize("source", ["salesforce", "hubspot", "marketo", "zendesk"])
def test_wrong_credentials_end_it_and_are_not_shown(url, context, source):
    connection = Connection(url, "wrong-login", "wr0ng-secret")
    with pytest.raises(AuthenticationError) as caught:
        told(check_objects, source, context, connection)
    assert "wr0ng-secret" not in str(caught.value)
    assert f"`{source}_default`" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "bodies"),
    [
        ("salesforce", [["no object"]]),
        ("salesforce", [{"access_token": "t"}]),
        ("salesforce", [{"access_token": "t", "instance_url": None}]),
        ("salesforce", [{"access_token": "t", "instance_url": "HERE"}, {"sobjects": None}]),
        ("marketo", [{"access_token": "t", "expires_in": None}]),
        ("zendesk", ["t0ken"]),
    ],
)
def test_a_sign_in_of_another_form_is_said_before_anything_is_read(context, source, bodies):
    with scripted_server() as server:
        server.answers = [
            Answer(json.loads(json.dumps(body).replace("HERE", server.url))) for body in bodies
        ]
        connection = Connection(server.url, "client", "s3cret")
        with pytest.raises(SourceError, match=f"{source} / sign-in: an answer has another form"):
            connected_objects(context, "crm", source, connection, date(2026, 3, 31))


def test_an_unreachable_vendor_is_said_once(context, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)  # between the attempts
    with pytest.raises(SourceError, match=r"no complete answer from 127\.0\.0\.1:9"):
        told(check_objects, "zendesk", context, Connection("http://127.0.0.1:9", "us", "wr0ng"))


def test_dropped_files(context, tmp_path):
    for name, content in {"a.csv": "account_id,name\nA1,Acme\n", "b.csv": "x\n1\n"}.items():
        path = tmp_path / "drop" / "crm__account" / "2026-11-02" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "drop" / "crm__weather").mkdir()
    works, text = told(check_objects, "files", context, Connection(str(tmp_path / "drop")))
    assert works
    assert "entities with a folder: crm__account, crm__weather" in text
    assert "✓ crm__account 1 records on the first page, 2 fields visible" in text
    assert "– crm__weather no known entity" in text


@pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed")
def test_a_database(context):
    with postgres_server() as address:
        with as_owner(address) as owner:
            owner.execute(
                "create table feature_use (use_id int primary key, updated_at timestamptz)"
            )
            owner.execute("insert into feature_use values (1, '2026-11-02')")
        host = f"postgresql+psycopg://{address}/postgres"
        works, text = told(check_objects, "database", context, Connection(host, "owner", PASSWORD))
    assert works
    assert "tables and views: feature_use" in text
    assert "✓ product__feature_use 1 records on the first page, 2 fields visible" in text
    assert "required but not visible: account_id, use_date, feature_code, uses" in text
    assert "– product__login_event" in text
    assert PASSWORD not in text


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("postgresql+psycopg://reader:p@ss/w:rd@db:5432/app", "postgresql+psycopg://db:5432/app"),
        ("postgresql+psycopg://reader:s3cret@db:5432/app", "postgresql+psycopg://db:5432/app"),
        ("sftp://u:s3cret@files:22/in", "sftp://files:22/in"),
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("", "the tenant folder"),
    ],
)
def test_an_address_is_shown_without_what_signs_in(host, shown):
    assert shown_address(host) == shown


def test_an_unknown_source_is_named():
    with pytest.raises(StateError, match="SOURCE=oracle is no source → choose salesforce"):
        check(Console(file=io.StringIO()), "oracle", "")
