"""Changes that a touched model could overlook: after each the incremental facts are those of a full build."""

from datetime import timedelta
from typing import Any

from tests.warehouse.incremental_project import Warehouse
from tests.warehouse.incremental_records import FIRST, land, version
from tests.warehouse.incremental_support import SUPPORT_CHANGES
from tests.warehouse.incremental_world import WORLD

ORDER = {"ContractId": "k1", "EffectiveDate": "2026-02-10", "Status": "Activated"}
BARE_ORDER = {**ORDER, "ContractId": None}
ITEM = {"Product2Id": "p1", "Quantity": "1", "TotalPrice": "1000", "ServiceDate": "2026-01-10"}
TICKET = {"requester_id": "u2", "status": "open", "created_at": "2026-02-20T06:00:00+00:00"}
USE = {"user_id": "n1", "feature_code": "f", "uses": "1"}
LICENCE = {"account_id": "a1", "purchased": "9", "assigned": "4", "activated": "3"}
COUNT = {"record_count": "10", "created": "4", "updated": "1"}
SHORT, SHORT_ORDER = "001000000000D01", "801000000000E01"
# A change a day, in this order; each is one that a touched model could overlook.
CHANGES: dict[str, tuple[Any, ...]] = {
    "an order moves to another account": version(
        "salesforce__order", Id="o2", AccountId="a3", **ORDER
    ),
    "a line moves to another order": version(
        "salesforce__order_item", Id="l1", OrderId="o1", **ITEM
    ),
    "a product's kind changes": version(
        "salesforce__product2", Id="p3", Family="f2", ChargeType__c="one_time"
    ),
    "a line is deleted, a dropped one of its id counts": version(
        "salesforce__order_item", is_deleted=True, Id="l1"
    ),
    "an order is deleted": version("salesforce__order", is_deleted=True, Id="o1"),
    "an order of the day after tomorrow": (
        "crm__order",
        (-1, "y"),
        [{"order_id": "o4", "account_id": "a1", "order_date": "2026-03-12"}],
    ),
    "its line": (
        "crm__order_line",
        (-1, "y"),
        [{"order_line_id": "l5", "order_id": "o4", "product_id": "p1", "quantity": "1"}],
    ),
    "it comes into view": version("zendesk__users", id="u9", role="agent"),
    "an account is merged away": version(
        "salesforce__account", is_deleted=True, Id="a2", Name="乙社", MasterRecordId="a1"
    ),
    "two lines of following contracts, with a gap": (
        "crm__subscription_line",
        (0, "x"),
        [
            {
                "line_id": f"s{number}",
                "account_id": account,
                "contract_id": contract,
                "product_id": "p2",
                "amount_total_ex_tax": "1200",
                "start_date": start,
                "end_date": end,
            }
            for number, account, contract, start, end in (
                (1, "a1", "k1", "2026-01-01", "2026-02-27"),
                (2, "a3", "k2", "2026-03-03", "2026-12-31"),
            )
        ],
    ),
    "the later contract follows no other": version(
        "salesforce__contract", Id="k2", AccountId="a2", PreviousContractId__c=None
    ),
    "it follows again": version(
        "salesforce__contract", Id="k2", AccountId="a2", PreviousContractId__c="k1"
    ),
    "its line begins later": (
        "crm__subscription_line",
        (0, "y"),
        [
            {
                "line_id": "s2",
                "account_id": "a3",
                "contract_id": "k2",
                "product_id": "p2",
                "amount_total_ex_tax": "1200",
                "start_date": "2026-06-03",
            }
        ],
    ),
    "its contract renews itself": version(
        "salesforce__contract",
        Id="k1",
        AccountId="a1",
        EndDate="2026-02-27",
        AutoRenew__c="true",
        Status="Activated",
    ),
    "notice is given": version(
        "salesforce__contract",
        Id="k1",
        AccountId="a1",
        EndDate="2026-02-27",
        AutoRenew__c="true",
        Status="Activated",
        CancelNoticeDate__c="2026-03-20",
    ),
    "a line begins on the day another ends": (
        "crm__subscription_line",
        (0, "z"),
        [
            {
                "line_id": f"s{number}",
                "account_id": "a1",
                "product_id": "p2",
                "amount_total_ex_tax": "900",
                "billing_period": "term",
                "start_date": start,
                "end_date": end,
            }
            for number, start, end in ((3, "2026-01-05", "2026-03-01"), (4, "2026-03-01", None))
        ],
    ),
    "a ticket takes another's external id": version(
        "zendesk__tickets", id="t2", external_id="x1", organization_id="g1", **TICKET
    ),
    "an agent becomes a customer": version("zendesk__users", id="u1", role="end-user"),
    "an older version of it, an agent's, comes late": version(
        "zendesk__users", offset=-30, id="u1", role="agent"
    ),
    "a ticket is deleted": version("zendesk__tickets", is_deleted=True, id="t1", **TICKET),
    "an organisation is another account's": version(
        "zendesk__organizations", id="g1", external_id="a3", name="丁社"
    ),
    "a rating is of another ticket": version(
        "zendesk__satisfaction_ratings", id="5", ticket_id="t1", score="bad"
    ),
    "a survey's answer is changed": version(
        "zendesk__survey_responses",
        id="01A",
        subjects='[{"zrn": "zen:ticket:t2"}]',
        answers='[{"rating": 5, "updated_at": "2026-03-06T05:00:00Z"}]',
    ),
    "an answer is of another ticket": (
        "support__csat_response",
        (0, "x"),
        [{"response_id": "r1", "ticket_id": "t2", "score": "1", "responded_at": "2026-03-01"}],
    ),
    "a file of stage events has lost some": (
        "process__stage_event",
        (-24, "x"),
        [{"item_id": "i1", "stage_code": "planning", "event": "achieved", "achieved_at": "x"}],
    ),
    "use before the first week": (
        "product__feature_use",
        (0, "y"),
        [{"account_id": "a3", "use_date": "2026-01-20", **USE}],
    ),
    "it goes again": ("product__feature_use", (-1, "y"), []),
    "log-ins before the feed": (
        "product__login_event",
        (0, "y"),
        [{"account_id": "a3", "occurred_at": "2026-02-03T06:00:00+00:00"}],
    ),
    "licences began earlier": (
        "product__license",
        (0, "x"),
        [{"license_id": "v1", "valid_from": "2026-01-12", **LICENCE}],
    ),
    "they did not, and end": (
        "product__license",
        (0, "y"),
        [{"license_id": "v1", "valid_from": "2026-02-23", "valid_to": "2026-03-08", **LICENCE}],
    ),
    "they are another account's": (
        "product__license",
        (0, "z"),
        [{"license_id": "v1", "valid_from": "2026-02-23", **LICENCE, "account_id": "a3"}],
    ),
    "records of weeks ago are counted": (
        "product__object_count",
        (0, "y"),
        [{"account_id": "a1", "count_date": "2026-02-10", "object_code": "case", **COUNT}],
    ),
    "their file goes": ("product__object_count", (-1, "y"), []),
    "one company's number on both accounts": version(
        "salesforce__account", Id="a3", Name="丙社", CorporateNumber__c="7000012050002"
    ),
    "of the other": version(
        "salesforce__account", Id="a1", Name="甲社", CorporateNumber__c="7000012050002"
    ),
    "and apart again": version("salesforce__account", Id="a3", Name="丙社"),
    "an order without a contract": version(
        "salesforce__order", Id="o5", AccountId="a1", **BARE_ORDER
    ),
    "its line, bought once": version(
        "salesforce__order_item", Id="l9", OrderId="o5", ChargeType__c="one_time", **ITEM
    ),
    "it moves to another account": version(
        "salesforce__order", Id="o5", AccountId="a3", **BARE_ORDER
    ),
    "an organisation with a domain": version(
        "zendesk__organizations", id="g7", name="己社", domain_names='["kou.example"]'
    ),
    "it is an account's": version(
        "salesforce__account", Id="a1", Name="甲社", Website="https://kou.example/"
    ),
    "its ticket": version("zendesk__tickets", id="t7", organization_id="g7", **TICKET),
    "a second organisation of another name voids it": version(
        "zendesk__organizations", id="g8", name="庚社", domain_names='["kou.example"]'
    ),
    "it goes by the same name": version(
        "zendesk__organizations", id="g8", name="株式会社己社", domain_names='["kou.example"]'
    ),
    "a line whose order never came": version(
        "salesforce__order_item", Id="l10", OrderId="o6", ChargeType__c="one_time", **ITEM
    ),
    "its order": version("salesforce__order", Id="o6", AccountId="a1", **BARE_ORDER),
    "uses of an account in 15 characters": (
        "product__feature_use",
        (0, "short"),
        [{"account_id": SHORT, "use_date": "2026-03-01", **USE}],
    ),
    "a dropped line of an order in 15 characters": (
        "crm__order_line",
        (0, "short"),
        [
            {
                "order_line_id": "l11",
                "order_id": SHORT_ORDER,
                "product_id": "p1",
                "quantity": "1",
                "amount_ex_tax": "700",
            }
        ],
    ),
    "an organisation linked to it": version(
        "zendesk__organizations", id="g7", external_id=SHORT, name="己社"
    ),
    "its record": version("salesforce__account", Id=f"{SHORT}AAE", Name="辛社"),
    "the order's record": version(
        "salesforce__order", Id=f"{SHORT_ORDER}AAE", AccountId=f"{SHORT}AAE", **BARE_ORDER
    ),
    "the record is deleted": version("salesforce__order", is_deleted=True, Id=f"{SHORT_ORDER}AAE"),
    "the account too": version("salesforce__account", is_deleted=True, Id=f"{SHORT}AAE"),
    "a dropped reply of tomorrow": (
        "support__ticket_event",
        (0, "tomorrow"),
        [
            {
                "ticket_id": "t2",
                "type": "comment",
                "is_public": "true",
                "actor_role": "agent",
                "occurred_at": "2026-04-03T03:00:00+00:00",
            }
        ],
    ),
    "it has happened": version("zendesk__users", id="u9", role="agent"),
    "a dropped stage of tomorrow": (
        "process__stage_event",
        (0, "tomorrow"),
        [
            {
                "item_id": "i1",
                "stage_code": "planning",
                "event": "achieved",
                "achieved_at": "2026-04-05T03:00:00+00:00",
            }
        ],
    ),
    "it is reached": version("zendesk__users", id="u9", role="end-user"),
    "its item moves to another account": (
        "process__content_item",
        (-1, "y"),
        [
            {
                "item_id": "i1",
                "account_id": "a3",
                "process_id": "content_production",
                "created_at": "2026-02-20T06:00:00+00:00",
            }
        ],
    ),
    "an item that is older than all": (
        "process__content_item",
        (0, "older"),
        [
            {
                "item_id": "i5",
                "account_id": "a2",
                "process_id": "content_production",
                "created_at": "2026-01-08T06:00:00+00:00",
            }
        ],
    ),
    "it is not, after all": (
        "process__content_item",
        (0, "older"),
        [
            {
                "item_id": "i5",
                "account_id": "a2",
                "process_id": "content_production",
                "created_at": "2026-03-08T06:00:00+00:00",
            }
        ],
    ),
    "another cadence was agreed": (
        "crm__contract",
        (0, "x"),
        [
            {
                "contract_id": "k7",
                "account_id": "a3",
                "start_date": "2026-01-01",
                "target_cadence_days": "200",
            }
        ],
    ),
    "an order was months ago": version(
        "salesforce__order",
        Id="o5",
        AccountId="a3",
        **{**BARE_ORDER, "EffectiveDate": "2025-12-10"},
    ),
    "another was not": version(
        "salesforce__order",
        Id="o5",
        AccountId="a3",
        **{**BARE_ORDER, "EffectiveDate": "2026-03-15"},
    ),
    "dollars have a rate": (
        "crm__exchange_rate",
        (0, "x"),
        [{"from_currency": "USD", "rate_date": "2026-01-01", "rate": "150"}],
    ),
    "the organisation's currency is ours": version(
        "salesforce__currency_type", Id="c1", IsoCode="JPY", ConversionRate="1", IsCorporate="true"
    ),
    "and it has a rate of its own": version(
        "salesforce__dated_conversion_rate",
        Id="r1",
        IsoCode="USD",
        ConversionRate="0.00625",
        StartDate="2026-02-01",
    ),
    "which is taken back": version("salesforce__dated_conversion_rate", is_deleted=True, Id="r1"),
    "a dropped line": (
        "crm__subscription_line",
        (0, "h"),
        [
            {
                "line_id": "s7",
                "account_id": "a1",
                "product_id": "p2",
                "amount_total_ex_tax": "1200",
                "start_date": "2026-01-10",
            }
        ],
    ),
    "an item of its id, of another account, hides it": version(
        "salesforce__order_item", Id="s7", OrderId="o5", ChargeType__c="recurring", **ITEM
    ),
    "a dropped order": (
        "crm__order",
        (0, "h"),
        [{"order_id": "o8", "account_id": "a1", "order_date": "2026-02-12"}],
    ),
    "with a line": (
        "crm__order_line",
        (0, "h"),
        [{"order_line_id": "l20", "order_id": "o8", "product_id": "p1", "quantity": "1"}],
    ),
    "an order of its id, of another account, hides it": version(
        "salesforce__order", Id="o8", AccountId="a3", **BARE_ORDER
    ),
}

CHANGES |= SUPPORT_CHANGES

TOGETHER = 12  # changes between two full builds, which cost most of this test's time


def test_each_change_is_seen(warehouse: Warehouse) -> None:
    """One change a day: after every few days the incremental builds have come to what a full one gives."""
    warehouse.empty()
    for one in WORLD:
        land(warehouse, one, FIRST)
    warehouse.build(FIRST - timedelta(days=1))
    names, day = list(CHANGES), FIRST
    for first in range(0, len(names), TOGETHER):
        seen = names[first : first + TOGETHER]
        for name in seen:
            land(warehouse, CHANGES[name], day)
            warehouse.build(day)
            day += timedelta(days=1)
        built = warehouse.facts()
        warehouse.build(day - timedelta(days=1), full=True)
        assert built == warehouse.facts(), seen
    assert all(built.values())
