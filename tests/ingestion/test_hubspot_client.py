"""HubSpot's own Python client, hubspot-api-client, against the sandbox: only the base URL is another."""

from datetime import UTC, datetime

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import (
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicFetchAssociationsBatchRequest,
)
from hubspot.crm.contacts import (
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectId,
)
from hubspot.crm.contacts.exceptions import ApiException, NotFoundException, UnauthorizedException
from hubspot.oauth.exceptions import ApiException as OAuthException
from tenant_folder import requests_made, set_clock, set_faults, write_tenant
from urllib3.util.retry import Retry

from sandbox.hubspot import credentials

NOW = datetime(2026, 11, 5, tzinfo=UTC)
CONTACTS = 250
EVENTS = [{"id": f"e{n}", "created": 1_761_955_200_000 + n, "type": "OPEN"} for n in range(30)]
OAUTH_APP = {
    "grant_type": "refresh_token",
    "client_id": credentials.CLIENT_ID,
    "client_secret": credentials.CLIENT_SECRET,
}


def contact(number, day=1, archived=False):
    links = [
        {"id": "7", "type": "contact_to_company"},
        {"id": "7", "type": "contact_to_company_unlabeled"},
        {"id": "8", "type": "contact_to_company_unlabeled"},
    ]
    return {
        "id": str(number),
        "properties": {"email": f"c{number}@example.jp", "firstname": "髙﨑", "seats": number},
        "createdAt": "2026-11-01T00:00:00.000Z",
        "updatedAt": f"2026-11-{day:02}T00:00:00.123Z",
        "archived": archived,
        "associations": {"companies": {"results": links if number == 1 else []}},
    }


@pytest.fixture(scope="module")
def sandbox(start_sandbox, tmp_path_factory):
    contacts = [contact(number) for number in range(1, CONTACTS + 1)]
    contacts += [contact(2, day=3), contact(3, day=4, archived=True)]
    files = {"hubspot/contacts": contacts, "hubspot/email_events": EVENTS}
    folder = write_tenant(tmp_path_factory.mktemp("tenant"), files)
    with start_sandbox(folder, NOW) as url:
        yield url


@pytest.fixture
def client(sandbox):
    set_clock(sandbox, NOW)
    set_faults(sandbox)
    return HubSpot(access_token=credentials.TOKEN, host=sandbox)


def search(client, **order):
    request = PublicObjectSearchRequest(**order)
    return client.crm.contacts.search_api.do_search(public_object_search_request=request)


def read(client, *ids):
    order = BatchReadInputSimplePublicObjectId(
        properties=["email"],
        properties_with_history=[],
        inputs=[SimplePublicObjectId(id=key) for key in ids],
    )
    return client.crm.contacts.batch_api.read(batch_read_input_simple_public_object_id=order)


def test_a_page(client):
    page = client.crm.contacts.basic_api.get_page(
        limit=2, properties=["email", "seats"], associations=["companies"]
    )
    first = page.results[0]
    assert (first.id, first.properties["email"], first.properties["seats"]) == (
        "1",
        "c1@example.jp",
        "1",
    )
    assert first.updated_at == datetime(2026, 11, 1, 0, 0, 0, 123_000, tzinfo=UTC)
    assert [link.id for link in first.associations["companies"].results] == ["7", "7", "8"]
    following = client.crm.contacts.basic_api.get_page(limit=2, after=page.paging.next.after)
    assert [record.id for record in following.results] == ["4", "5"]


def test_all_pages(client):
    alive = client.crm.contacts.get_all()
    assert len({record.id for record in alive}) == len(alive) == CONTACTS - 1
    assert len(client.crm.objects.get_all(object_type="contacts")) == CONTACTS - 1


def test_archived_records(client):
    (gone,) = client.crm.contacts.get_all(archived=True)
    assert (gone.id, gone.archived) == ("3", True)
    assert gone.archived_at == datetime(2026, 11, 4, 0, 0, 0, 123_000, tzinfo=UTC)


def test_one_record(client):
    found = client.crm.contacts.basic_api.get_by_id("1", properties=["firstname"])
    assert found.properties["firstname"] == "髙﨑"
    assert client.crm.contacts.basic_api.get_by_id("3", archived=True).archived
    with pytest.raises(NotFoundException):
        client.crm.contacts.basic_api.get_by_id("3")


def test_search(client):
    since = str(int(datetime(2026, 11, 2, tzinfo=UTC).timestamp() * 1000))
    changed = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": since}
    found = search(
        client,
        filter_groups=[{"filters": [changed]}],
        sorts=[{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}],
        properties=["email"],
        limit=200,
        after="0",
    )
    assert (found.total, [record.id for record in found.results]) == (1, ["2"])
    assert found.paging is None
    everything = search(client, limit=200)
    rest = search(client, limit=200, after=everything.paging.next.after)
    assert (everything.total, len(rest.results)) == (CONTACTS - 1, CONTACTS - 201)


def test_a_search_past_ten_thousand_and_by_words_is_refused(client):
    with pytest.raises(ApiException, match="10000") as refused:
        search(client, limit=200, after="10000")
    assert refused.value.status == 400
    with pytest.raises(ApiException, match="query is not supported"):
        search(client, query="c5", limit=200)


def test_batch_read_with_a_record_that_is_gone(client):
    assert [record.id for record in read(client, "1", "2").results] == ["1", "2"]
    partial = read(client, "1", "3", "999")
    assert [record.id for record in partial.results] == ["1"]
    assert partial.errors[0].context == {"ids": ["3", "999"]}


def test_properties(client):
    listed = client.crm.properties.core_api.get_all(object_type="contacts").results
    kinds = {found.name: found.type for found in listed}
    assert kinds["seats"] == "number"
    assert kinds["lastmodifieddate"] == "datetime"


def test_associations(client):
    order = BatchInputPublicFetchAssociationsBatchRequest(
        inputs=[PublicFetchAssociationsBatchRequest(id=key) for key in ("1", "2")]
    )
    answer = client.crm.associations.v4.batch_api.get_page(
        from_object_type="contacts",
        to_object_type="companies",
        batch_input_public_fetch_associations_batch_request=order,
    )
    (linked,) = answer.results
    assert linked._from.id == "1"
    kinds = {to.to_object_id: [kind.type_id for kind in to.association_types] for to in linked.to}
    assert kinds == {"7": [1, 279], "8": [279]}


def test_email_events_by_the_generic_call(sandbox):
    client = HubSpot(access_token=credentials.TOKEN, base_url=sandbox)
    query = {"limit": 20}
    newest = client.api_request({"path": "/email/public/v1/events", "qs": query}).json()
    query["offset"] = newest["offset"]
    oldest = client.api_request({"path": "/email/public/v1/events", "qs": query}).json()
    received = [event["id"] for event in newest["events"] + oldest["events"]]
    assert received == [event["id"] for event in reversed(EVENTS)]
    assert (newest["hasMore"], oldest["hasMore"]) == (True, False)


def test_a_wrong_token_is_refused(sandbox):
    with pytest.raises(UnauthorizedException, match="INVALID_AUTHENTICATION"):
        HubSpot(access_token="wrong", host=sandbox).crm.contacts.basic_api.get_page()


def test_oauth(sandbox):
    tokens = HubSpot(host=sandbox).oauth.tokens_api
    pair = tokens.create(**OAUTH_APP, refresh_token=credentials.REFRESH_TOKEN)
    assert pair.expires_in == 1800
    client = HubSpot(access_token=pair.access_token, host=sandbox)
    page, _, headers = client.crm.contacts.basic_api.get_page_with_http_info(limit=1)
    assert page.results
    assert "x-hubspot-ratelimit-remaining" in headers
    assert (
        "x-hubspot-ratelimit-daily" not in headers
    )  # HubSpot tells the day's to private apps only
    with pytest.raises(OAuthException, match=r"BAD_REFRESH_TOKEN.*invalid_grant"):
        tokens.create(**OAUTH_APP, refresh_token=credentials.REFRESH_TOKEN)


def test_its_retries_pass_the_quota_of_ten_seconds(client, sandbox):
    set_faults(sandbox, {"n": 1, "vendor": "hubspot", "object": "contacts", "fault": "rate_limit"})
    with pytest.raises(ApiException, match="TEN_SECONDLY_ROLLING") as refused:
        client.crm.contacts.basic_api.get_page(limit=1)
    assert refused.value.status == 429

    set_faults(sandbox, {"n": 1, "vendor": "hubspot", "object": "contacts", "fault": "rate_limit"})
    patient = HubSpot(
        access_token=credentials.TOKEN,
        host=sandbox,
        retry=Retry(total=3, status_forcelist=(429,)),
    )
    assert patient.crm.contacts.basic_api.get_page(limit=1).results
    assert [request["status"] for request in requests_made(sandbox)[-2:]] == [429, 200]
