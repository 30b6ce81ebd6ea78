"""A client we did not write, simple-salesforce, against the sandbox: only the base URL is another.

It always speaks https and builds host names of its own; the adapter below is where its base URL is
changed. Nothing else of it is.
"""

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)
from tenant_folder import requests_made, set_clock, write_tenant

from sandbox.salesforce import credentials

NOW = datetime(2026, 11, 5, tzinfo=UTC)
ACCOUNTS = [
    {
        "Id": f"001{number:012d}AAA",
        "SystemModstamp": "2026-11-01T09:00:00.000+0000",
        "CreatedDate": "2026-11-01T09:00:00.000+0000",
        "IsDeleted": number == 7,
        "Name": f'㈱髙﨑 "{number}",\nsecond line',
        "Seats__c": number,
    }
    for number in range(2500)
]


class BaseUrl(HTTPAdapter):
    """Sends what is meant for Salesforce to the sandbox."""

    def __init__(self, sandbox):
        self.host = urlsplit(sandbox).netloc
        super().__init__()

    def send(self, request, **options):
        address = urlsplit(request.url)
        request.url = address._replace(scheme="http", netloc=self.host).geturl()
        return super().send(request, **options)


@pytest.fixture(scope="module")
def sandbox(start_sandbox, tmp_path_factory):
    folder = write_tenant(tmp_path_factory.mktemp("tenant"), {"salesforce/Account": ACCOUNTS})
    with start_sandbox(folder, NOW) as url:
        yield url


def session_of(sandbox):
    session = requests.Session()
    session.mount("https://", BaseUrl(sandbox))
    return session


@pytest.fixture
def client(sandbox):
    set_clock(sandbox, NOW)
    return Salesforce(
        consumer_key=credentials.CLIENT_ID,
        consumer_secret=credentials.CLIENT_SECRET,
        domain="acme.my",
        version="63.0",
        session=session_of(sandbox),
    )


def test_client_credentials_are_refused_if_wrong(sandbox):
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid_client"):
        Salesforce(
            consumer_key=credentials.CLIENT_ID,
            consumer_secret="wrong",
            domain="acme.my",
            session=session_of(sandbox),
        )


def test_a_key_whose_certificate_was_uploaded_signs_in_by_jwt(sandbox):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    options = {
        "username": credentials.USERNAME,
        "consumer_key": credentials.CLIENT_ID,
        "privatekey": private,
        "session": session_of(sandbox),
    }
    requests.put(f"{sandbox}/_sandbox/salesforce_certificate", public, timeout=10)
    org = Salesforce(**options)
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 2499
    with pytest.warns(UserWarning), pytest.raises(SalesforceAuthenticationFailed, match="approved"):
        Salesforce(**options | {"username": "someone@else.example"})


def test_query_and_its_pages(client):
    first = client.query("SELECT Id, Name FROM Account ORDER BY Id")
    assert (first["totalSize"], len(first["records"]), first["done"]) == (2499, 2000, False)
    rest = client.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert (len(rest["records"]), rest["done"]) == (499, True)


def test_query_all(client):
    everything = client.query_all("SELECT Id, Name, IsDeleted FROM Account", include_deleted=True)
    assert [r["Name"] for r in everything["records"]] == [a["Name"] for a in ACCOUNTS]
    assert [r["IsDeleted"] for r in everything["records"]].count(True) == 1
    ids = [r["Id"] for r in client.query_all_iter("SELECT Id FROM Account")]
    assert len(ids) == len(set(ids)) == 2499


def test_describe(client):
    listed = client.describe()["sobjects"]
    assert [entry["name"] for entry in listed] == ["Account"]
    fields = {field["name"]: field["type"] for field in client.Account.describe()["fields"]}
    assert fields["Seats__c"] == "double"
    assert fields["SystemModstamp"] == "datetime"


def test_deleted(client):
    end = datetime(2026, 11, 2, tzinfo=UTC)
    gone = client.Account.deleted(end - timedelta(days=1), end)
    assert [record["id"] for record in gone["deletedRecords"]] == [ACCOUNTS[7]["Id"]]
    assert gone["latestDateCovered"].startswith("2026-11-02T00:00:00")


def test_limits(client):
    limits = client.limits()
    assert limits["DailyApiRequests"]["Max"] == 100_000
    assert limits["DailyBulkV2QueryJobs"]["Max"] == 10_000


@pytest.mark.parametrize(("everything", "count"), [(False, 2499), (True, 2500)])
def test_bulk_query_pages(client, everything, count):
    bulk = client.bulk2.Account
    read = bulk.query_all if everything else bulk.query
    pages = list(read("SELECT Id, Name, Seats__c FROM Account", max_records=1000, wait=0))
    records = [row for page in pages for row in csv.DictReader(io.StringIO(page, newline=""))]
    assert len(pages) == 3
    assert len(records) == count
    names = {record["Id"]: record["Name"] for record in records}
    assert names == {a["Id"]: a["Name"] for a in ACCOUNTS if everything or not a["IsDeleted"]}


def test_bulk_download(client, tmp_path):
    (result,) = client.bulk2.Account.download("SELECT Id FROM Account", str(tmp_path), wait=0)
    assert result["number_of_records"] == 2499
    assert len(list(tmp_path.glob("*.csv"))) == 1


def test_errors_are_the_clients_own(client):
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Nope'"):
        client.query("SELECT Nope FROM Account")
    with pytest.raises(SalesforceResourceNotFound):
        client.Lead.describe()


def test_it_signs_in_again_when_its_session_ends(client, sandbox):
    requests.post(f"{sandbox}/_sandbox/revoke_tokens", timeout=10)
    assert client.query("SELECT COUNT() FROM Account")["totalSize"] == 2499
    assert [request["status"] for request in requests_made(sandbox)[-3:]] == [401, 200, 200]
