"""Records that meet, of every object the incremental facts are built from; days on which some of them are loaded."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.warehouse.incremental_project import Warehouse

FIRST = date(2026, 3, 5)
VALID_NUMBER = "7000012050002"


def one_of(*values: Any) -> st.SearchStrategy:
    """One of a few values, so that records meet."""
    return st.sampled_from(values)


dates = st.integers(-70, 12).map(lambda days: (FIRST + timedelta(days=days)).isoformat())
instants = st.integers(-70, 12).map(
    lambda days: datetime.combine(FIRST + timedelta(days=days), time(6), UTC).isoformat()
)
accounts = one_of("a1", "a2", "a3", "a4", None)
contracts = one_of("k1", "k2", "k3", None)
orders = one_of("o1", "o2", "o3")
products = one_of("p1", "p2", "p3")
lines = one_of("l1", "l2", "l3", "l4")
tickets = one_of("t1", "t2", "t3")
people = one_of("u1", "u2")
names = one_of("n1", None)
items = one_of("i1", "i2", "i3")
charges = one_of("recurring", "one_time", None)
currencies = one_of(None, None, "JPY", "USD")

# Vendor objects: key, cursor, and what a version may say.
OBJECTS: dict[str, tuple[str, str, dict[str, st.SearchStrategy]]] = {
    "salesforce__account": (
        "Id",
        "SystemModstamp",
        {
            "Id": one_of("a1", "a2", "a3"),
            "Name": st.just("甲社"),
            "CorporateNumber__c": one_of(VALID_NUMBER, None),
            "MasterRecordId": one_of("a1", "a2", None, None),
        },
    ),
    "salesforce__order": (
        "Id",
        "SystemModstamp",
        {
            "Id": orders,
            "AccountId": accounts,
            "ContractId": contracts,
            "EffectiveDate": dates,
            "Status": one_of("Activated", "Cancelled"),
        },
    ),
    "salesforce__order_item": (
        "Id",
        "SystemModstamp",
        {
            "Id": lines,
            "OrderId": orders,
            "Product2Id": products,
            "Quantity": one_of("1", "3"),
            "TotalPrice": one_of("1000", "36500"),
            "ServiceDate": dates,
            "EndDate": one_of("2026-02-27", "2026-03-04", "2026-12-31", None),
            "ChargeType__c": charges,
            "ContractId__c": contracts,
            "CurrencyIsoCode": currencies,
            "FxRateFixed__c": one_of(None, None, "140"),
        },
    ),
    "salesforce__currency_type": (
        "Id",
        "SystemModstamp",
        {
            "Id": one_of("c1", "c2"),
            "IsoCode": one_of("JPY", "USD"),
            "ConversionRate": one_of("1", "0.00625"),
            "IsCorporate": one_of("true", "false"),
        },
    ),
    "salesforce__dated_conversion_rate": (
        "Id",
        "SystemModstamp",
        {
            "Id": one_of("r1", "r2", "r3"),
            "IsoCode": one_of("JPY", "USD"),
            "ConversionRate": one_of("1", "0.008"),
            "StartDate": dates,
        },
    ),
    "salesforce__contract": (
        "Id",
        "SystemModstamp",
        {
            "Id": contracts.filter(bool),
            "AccountId": accounts,
            "PreviousContractId__c": contracts,
            "EndDate": one_of("2026-02-27", "2026-03-04", None),
            "AutoRenew__c": one_of("true", None),
            "CancelNoticeDate__c": one_of("2026-03-02", None, None),
        },
    ),
    "salesforce__product2": (
        "Id",
        "SystemModstamp",
        {"Id": products, "Family": one_of("f1", "f2", None), "ChargeType__c": charges},
    ),
    "salesforce__case": (
        "Id",
        "SystemModstamp",
        {
            "Id": one_of("b1", "b2"),
            "CaseNumber": one_of("x1", "x9"),
            "AccountId": accounts,
            "Status": one_of("New", "Erledigt"),
            "IsClosed": one_of("true", "false"),
            "ClosedDate": instants | st.none(),
            "CreatedDate": instants,
        },
    ),
    "salesforce__case_history": (
        "Id",
        "CreatedDate",
        {
            "Id": one_of("h1", "h2", "h3"),
            "CaseId": one_of("b1", "b2"),
            "Field": one_of("Status", "Status", "Priority"),
            "OldValue": one_of("New", "Erledigt", None),
            "NewValue": one_of("New", "Erledigt", "Solved"),
        },
    ),
    "salesforce__task": (
        "Id",
        "SystemModstamp",
        {
            "Id": one_of("y1", "y2"),
            "AccountId": accounts,
            "IsClosed": one_of("true", "false"),
            "CompletedDateTime": instants,
        },
    ),
    "zendesk__calls": (
        "id",
        "updated_at",
        {
            "id": one_of("1", "2"),
            "ticket_id": tickets | st.none(),
            "customer_id": people,
            "completion_status": one_of("completed", "abandoned_in_queue"),
            "direction": st.just("inbound"),
            "created_at": instants,
        },
    ),
    "zendesk__organizations": (
        "id",
        "updated_at",
        {"id": one_of("g1", "g2"), "external_id": accounts, "name": st.just("乙社")},
    ),
    "zendesk__users": (
        "id",
        "updated_at",
        {"id": people, "role": one_of("end-user", "agent"), "external_id": one_of("c1", None)},
    ),
    "zendesk__tickets": (
        "id",
        "generated_timestamp",
        {
            "id": tickets,
            "external_id": one_of("x1", "x2", None),
            "organization_id": one_of("g1", "g2", None),
            "requester_id": people,
            "status": one_of("open", "solved"),
            "created_at": instants,
            "tags": one_of('["spam"]', None, None),
        },
    ),
    "zendesk__ticket_events": (
        "id",
        "timestamp",
        {
            "id": one_of("e1", "e2", "e3", "e4"),
            "ticket_id": tickets,
            "updater_id": people,
            "child_events": one_of(
                json.dumps([{"event_type": "Comment", "comment_public": True}]),
                json.dumps([{"event_type": "Change", "status": "solved"}]),
                json.dumps([{"event_type": "Change", "status": "open"}] * 2),
            ),
        },
    ),
    "zendesk__satisfaction_ratings": (
        "id",
        "updated_at",
        {"id": one_of("5", "6"), "ticket_id": tickets, "score": one_of("good", "bad", "offered")},
    ),
    "zendesk__survey_responses": (
        "id",
        "expires_at",
        {
            "id": one_of("01A", "01B"),
            "subjects": tickets.map(lambda ticket: f'[{{"zrn": "zen:ticket:{ticket}"}}]'),
            "answers": one_of(1, 5, None).map(
                lambda rating: json.dumps(
                    [{"rating": rating, "updated_at": "2026-03-01T05:00:00Z"}]
                )
            ),
        },
    ),
    "database__product__feature_use": (
        "use_id",
        "updated_at",
        {
            "use_id": one_of("d1", "d2"),
            "account_id": accounts,
            "use_date": dates,
            "user_id": names,
            "uses": one_of("1", "2"),
        },
    ),
}
# Dropped files with a key: what a row may say.
KEYED = {
    "crm__order": {"order_id": orders, "account_id": accounts, "order_date": dates},
    "crm__order_line": {
        "order_line_id": lines,
        "order_id": orders | st.none(),
        "product_id": products | st.none(),
        "quantity": one_of("1", "2"),
        "amount_ex_tax": one_of("500", "700"),
        "currency": currencies,
    },
    "crm__subscription_line": {
        "line_id": lines,
        "account_id": accounts,
        "contract_id": contracts,
        "product_id": products | st.none(),
        "amount_total_ex_tax": one_of("1200", "2400"),
        "start_date": dates,
        "end_date": one_of("2026-02-27", "2026-03-02", "2026-03-04", None),
        "currency": currencies,
    },
    "crm__contract": {
        "contract_id": contracts.filter(bool),
        "account_id": accounts,
        "previous_contract_id": contracts,
        "start_date": dates,
        "end_date": one_of("2026-02-27", "2026-03-04", None),
        "auto_renew": one_of("true", None),
        "target_cadence_days": one_of("7", "60", None),
    },
    "support__ticket": {"ticket_id": tickets, "account_id": accounts, "created_at": instants},
    "support__csat_response": {
        "response_id": one_of("r1", "r2"),
        "ticket_id": one_of("t1", "t2", None),
        "ticket_external_id": one_of("x1", "x2", None),
        "score": one_of("1", "5"),
        "responded_at": instants,
    },
    "support__call_log": {
        "call_id": one_of("q1", "q2"),
        "account_id": accounts,
        "direction": one_of("着信", "発信"),
        "ring_at": instants,
        "result": one_of("応答", "放棄"),
    },
    "product__license": {
        "license_id": one_of("v1", "v2"),
        "account_id": accounts,
        "valid_from": dates,
        "valid_to": one_of("2026-02-27", "2026-03-04", None),
        "purchased": one_of("5", "9"),
    },
    "product__user": {
        "user_id": one_of("n1", "n2"),
        "account_id": accounts,
        "department": one_of("営業", "人事", None),
    },
    "process__content_item": {
        "item_id": items,
        "account_id": accounts,
        "process_id": one_of("content_production", "content_production", "training"),
        "created_at": instants | st.none(),
        "planned_publish_date": one_of("2026-03-20", None),
        "cancelled_at": st.none() | instants,
    },
}
# Event feeds, replaced file by file.
FEEDS = {
    "crm__exchange_rate": {
        "from_currency": one_of("USD", "米ドル"),
        "rate_date": dates,
        "rate": one_of("150", "155"),
    },
    "support__ticket_event": {
        "ticket_id": tickets,
        "type": one_of("comment", "status_change"),
        "to_status": one_of("solved", "open"),
        "is_public": st.just("true"),
        "actor_role": one_of("agent", "end_user"),
        "occurred_at": instants,
    },
    "process__stage_event": {
        "item_id": items,
        "stage_code": one_of("planning", "interview"),
        "event": one_of("achieved", "achieved", "reverted"),
        "achieved_at": instants,
    },
    "product__feature_use": {
        "account_id": accounts,
        "use_date": dates,
        "user_id": one_of("n1", "n2", None),
        "feature_code": one_of("f", "g"),
        "uses": one_of("1", "4"),
    },
    "product__object_count": {
        "account_id": accounts,
        "count_date": dates,
        "object_code": one_of("story", "case"),
        "record_count": one_of("10", "20"),
    },
    "product__login_event": {"account_id": accounts, "occurred_at": instants, "user_id": names},
}
files = st.tuples(st.integers(-5, 3), st.sampled_from("xy"))
versions = st.sampled_from(sorted(OBJECTS)).flatmap(
    lambda table: st.tuples(
        st.just(table),
        st.lists(
            st.tuples(
                st.fixed_dictionaries(OBJECTS[table][2]),
                st.integers(-3, 2),
                one_of(*[False] * 4, True),
            ),
            min_size=1,
            max_size=3,
        ),
    )
)
drops = st.sampled_from(sorted(KEYED)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        files,
        st.lists(st.fixed_dictionaries(KEYED[name]), min_size=1, max_size=3),
    )
)
feeds = st.sampled_from(sorted(FEEDS)).flatmap(
    lambda name: st.tuples(
        st.just(name), files, st.lists(st.fixed_dictionaries(FEEDS[name]), max_size=4)
    )
)

# A day: what lands, how many days later the next build is, and whether this one is compared with a full one.
days = st.tuples(
    st.lists(versions | drops | feeds, min_size=1, max_size=3), one_of(0, 1, 1, 2, 8), st.booleans()
)


def version(
    table: str, offset: int = 0, is_deleted: bool = False, **values: Any
) -> tuple[Any, ...]:
    """One version of a vendor's record."""
    return (table, [(values, offset, is_deleted)])


def land(warehouse: Warehouse, landed: tuple[Any, ...], day: date) -> None:
    """What one object or file brings: versions of records around the day, or a file's rows."""
    if landed[0] in OBJECTS:
        table, changes = landed
        key, cursor, _ = OBJECTS[table]
        rows = []
        for number, (values, offset, is_deleted) in enumerate(changes):
            moment = datetime.combine(day + timedelta(days=offset), time(5), UTC)
            is_epoch = cursor.endswith("timestamp")
            at = str(int(moment.timestamp())) if is_epoch else moment.isoformat()
            kept = (
                {key: values[key]} if is_deleted and table.startswith(("sales", "data")) else values
            )
            rows.append({**kept, cursor: at, "_row": number, "_is_deleted": is_deleted})
        warehouse.land(table, rows)
        return
    name, (offset, file), rows = landed
    path = f"{name}/{day + timedelta(days=offset)}/{file}.csv"
    rows = [{**row, "_source_file": path, "_row": number} for number, row in enumerate(rows)]
    if not rows:
        rows = [{"_source_file": path, "_is_deleted": True}]
    warehouse.land(f"files__{name}", rows)
