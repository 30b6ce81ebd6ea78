"""Whatever is loaded and built when: the incremental facts end as one full build would have made them."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.incremental_project import Warehouse, open_warehouse

FIRST = date(2026, 3, 5)
VALID_NUMBER = "7000012050002"


def one_of(*values: Any) -> st.SearchStrategy:
    """One of a few values, so that records meet."""
    return st.sampled_from(values)


dates = st.integers(-40, 12).map(lambda days: (FIRST + timedelta(days=days)).isoformat())
instants = st.integers(-30, 12).map(
    lambda days: datetime.combine(FIRST + timedelta(days=days), time(6), UTC).isoformat()
)
accounts = one_of("a1", "a2", "a3", "a4", None)
contracts = one_of("k1", "k2", "k3", None)
orders = one_of("o1", "o2", "o3")
products = one_of("p1", "p2", "p3")
lines = one_of("l1", "l2", "l3", "l4")
tickets = one_of("t1", "t2", "t3")
people = one_of("u1", "u2")
items = one_of("i1", "i2", "i3")
charges = one_of("recurring", "one_time", None)

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
        },
    ),
    "salesforce__contract": (
        "Id",
        "SystemModstamp",
        {"Id": contracts.filter(bool), "AccountId": accounts, "PreviousContractId__c": contracts},
    ),
    "salesforce__product2": (
        "Id",
        "SystemModstamp",
        {"Id": products, "Family": one_of("f1", "f2", None), "ChargeType__c": charges},
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
        "updated_at",
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
        "created_at",
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
    "database__product__feature_use": (
        "use_id",
        "updated_at",
        {
            "use_id": one_of("d1", "d2"),
            "account_id": accounts,
            "use_date": dates,
            "user_id": one_of("n1", None),
            "uses": one_of("1", "2"),
        },
    ),
}
# Dropped files with a key: what a row may say.
KEYED = {
    "crm__order": {"order_id": orders, "account_id": accounts, "order_date": dates},
    "crm__order_line": {
        "order_line_id": lines,
        "order_id": orders,
        "product_id": products,
        "quantity": one_of("1", "2"),
        "amount_ex_tax": one_of("500", "700"),
    },
    "crm__subscription_line": {
        "line_id": lines,
        "account_id": accounts,
        "contract_id": contracts,
        "product_id": products,
        "amount_total_ex_tax": one_of("1200", "2400"),
        "start_date": dates,
        "end_date": one_of("2026-02-27", "2026-03-04", None),
    },
    "crm__contract": {
        "contract_id": contracts.filter(bool),
        "account_id": accounts,
        "previous_contract_id": contracts,
    },
    "support__ticket": {"ticket_id": tickets, "account_id": accounts, "created_at": instants},
    "support__csat_response": {
        "response_id": one_of("r1", "r2"),
        "ticket_id": one_of("t1", "t2", None),
        "ticket_external_id": one_of("x1", "x2", None),
        "score": one_of("1", "5"),
        "responded_at": instants,
    },
    "process__content_item": {
        "item_id": items,
        "account_id": accounts,
        "process_id": one_of("content_production", "training"),
        "created_at": instants,
    },
}
# Event feeds, replaced file by file.
FEEDS = {
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
    "product__login_event": {
        "account_id": accounts,
        "occurred_at": instants,
        "user_id": one_of("n1", None),
    },
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
# What is there before the first day: one record of every key, so that what changes has something to change.
WORLD: list[tuple[Any, ...]] = [
    (
        "salesforce__account",
        [
            ({"Id": f"a{n}", "Name": "甲社", "CorporateNumber__c": None}, -9, False)
            for n in (1, 2, 3)
        ],
    ),
    (
        "salesforce__contract",
        [
            ({"Id": f"k{n}", "AccountId": f"a{n}", "PreviousContractId__c": previous}, -9, False)
            for n, previous in ((1, None), (2, "k1"), (3, "k2"))
        ],
    ),
    (
        "salesforce__product2",
        [
            ({"Id": f"p{n}", "Family": "f1", "ChargeType__c": charge}, -9, False)
            for n, charge in ((1, "one_time"), (2, "recurring"), (3, "recurring"))
        ],
    ),
    (
        "salesforce__order",
        [
            (
                {
                    "Id": f"o{n}",
                    "AccountId": f"a{n}",
                    "ContractId": f"k{n}",
                    "EffectiveDate": "2026-02-10",
                    "Status": "Activated",
                },
                -9,
                False,
            )
            for n in (1, 2)
        ],
    ),
    (
        "salesforce__order_item",
        [
            (
                {
                    "Id": f"l{n}",
                    "OrderId": f"o{n % 2 + 1}",
                    "Product2Id": f"p{n}",
                    "Quantity": "1",
                    "TotalPrice": "1000",
                    "ServiceDate": "2026-01-10",
                    "EndDate": "2026-03-02" if n == 2 else None,
                },
                -9,
                False,
            )
            for n in (1, 2, 3)
        ],
    ),
    (
        "crm__order",
        (-9, "x"),
        [{"order_id": "o3", "account_id": "a3", "order_date": "2026-02-20"}],
    ),
    (
        "crm__order_line",
        (-9, "x"),
        [
            {
                "order_line_id": f"l{n}",
                "order_id": "o3",
                "product_id": "p1",
                "quantity": "1",
                "amount_ex_tax": "500",
            }
            for n in (1, 4)
        ],
    ),
    ("zendesk__organizations", [({"id": "g1", "external_id": "a1", "name": "乙社"}, -9, False)]),
    (
        "zendesk__users",
        [({"id": "u1", "role": "agent"}, -9, False), ({"id": "u2", "role": "end-user"}, -9, False)],
    ),
    (
        "zendesk__tickets",
        [
            (
                {
                    "id": f"t{n}",
                    "external_id": f"x{n}",
                    "organization_id": "g1",
                    "requester_id": "u2",
                    "status": "open",
                    "created_at": "2026-02-20T06:00:00+00:00",
                },
                -9,
                False,
            )
            for n in (1, 2)
        ],
    ),
    (
        "zendesk__ticket_events",
        [
            (
                {
                    "id": f"e{n}",
                    "ticket_id": f"t{n}",
                    "updater_id": f"u{n}",
                    "child_events": '[{"event_type": "Comment", "comment_public": true}]',
                },
                -8,
                False,
            )
            for n in (1, 2)
        ],
    ),
    (
        "support__csat_response",
        (-5, "x"),
        [
            {
                "response_id": "r1",
                "ticket_external_id": "x1",
                "score": "5",
                "responded_at": "2026-02-28T06:00:00+00:00",
            }
        ],
    ),
    (
        "process__content_item",
        (-9, "x"),
        [
            {
                "item_id": f"i{n}",
                "account_id": f"a{n}",
                "process_id": "training" if n == 3 else "content_production",
                "created_at": "2026-02-20T06:00:00+00:00",
            }
            for n in (1, 2, 3)
        ],
    ),
    (
        "process__stage_event",
        (-5, "x"),
        [
            {
                "item_id": f"i{n}",
                "stage_code": "planning",
                "event": "achieved",
                "achieved_at": "2026-02-22T06:00:00+00:00",
            }
            for n in (1, 2, 3)
        ],
    ),
    (
        "product__feature_use",
        (-5, "x"),
        [
            {
                "account_id": f"a{n}",
                "use_date": f"2026-02-{13 + n}",
                "user_id": "n1",
                "feature_code": "f",
                "uses": "1",
            }
            for n in (1, 2, 3)
        ],
    ),
    (
        "product__login_event",
        (-5, "x"),
        [{"account_id": "a1", "occurred_at": "2026-02-18T06:00:00+00:00", "user_id": "n1"}],
    ),
]
# A day: what lands, and how many days later the next build is.
days = st.tuples(
    st.lists(versions | drops | feeds, min_size=1, max_size=8), one_of(0, 1, 1, 1, 2, 8)
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The project's statements; of a second process another definition begins on the third day."""
    warehouse = open_warehouse(tmp_path_factory.mktemp("incremental"))
    for version, begin, end in (("v1", "2000-01-01", "2026-03-06"), ("v2", "2026-03-07", None)):
        warehouse.connection.execute(
            "insert into warehouse.seeds.activation_definition (process_id, version, valid_from, valid_to) "
            "values ('training', ?, ?, ?)",
            [version, begin, end],
        )
        warehouse.connection.execute(
            "insert into warehouse.seeds.process_stage "
            "(process_id, definition_version, stage_no, stage_code, target_days) "
            "values ('training', ?, 1, 'planning', 5)",
            [version],
        )
    return warehouse


def land(warehouse: Warehouse, landed: tuple[Any, ...], day: date) -> None:
    """What one object or file brings: versions of records around the day, or a file's rows."""
    if landed[0] in OBJECTS:
        table, changes = landed
        key, cursor, _ = OBJECTS[table]
        rows = []
        for number, (values, offset, is_deleted) in enumerate(changes):
            at = datetime.combine(day + timedelta(days=offset), time(5), UTC).isoformat()
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


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(days=st.lists(days, min_size=1, max_size=3))
def test_any_builds_end_as_one_full_build(warehouse: Warehouse, days: list[Any]) -> None:
    """Inserts, edits, deletions, other parents, merged accounts, late and future-dated records."""
    warehouse.empty()
    for one in WORLD:
        land(warehouse, one, FIRST)
    warehouse.build(FIRST - timedelta(days=1))
    day = FIRST
    for landed, pause in days:
        for one in landed:
            land(warehouse, one, day)
        warehouse.build(day)
        day += timedelta(days=pause)
    last = warehouse.since[0]
    built = warehouse.facts()
    warehouse.build(last, full=True)
    expected = warehouse.facts()
    for name, rows in expected.items():
        assert built[name] == rows, name
