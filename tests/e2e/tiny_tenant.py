"""A tenant of twelve customers whose last three business dates bring every kind of change."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DATES = ("2026-06-28", "2026-06-29", "2026-06-30")
_START = "2026-04-01"


def write_tiny_tenant(folder: Path) -> Path:
    """Write the tenant; returns its folder.

    2026-06-28: everything so far. 06-29: an upsell, a late amendment, a ticket solved, a reverted stage, a file
    dropped again, account 8 merged into 9 (its orders, tickets and files go on naming 8). 06-30: a deleted account, a deleted line, a churn by a shortened term, a new customer.
    """
    accounts, orders, items, tickets, events = [], [], [], [], []
    for number in range(1, 13):
        accounts.append(_account(number, _START))
        orders.append(_order(number, _START))
        items.append(_item(number, _START, 12_000 * number))
        tickets.append(_ticket(number, "open", "2026-06-20"))
        events.append(_ticket_event(number, 1, "2026-06-20", None, "new"))
    orders.append(_order(13, _START, account=1))
    items.append(_item(13, _START, 90_000, charge="one_time", order=13))

    orders.append(_order(14, "2026-06-29", account=2))
    items.append(_item(14, "2026-06-29", 60_000, order=14))
    items.append(_item(3, _START, 48_000, changed="2026-06-29"))
    tickets.append(_ticket(4, "solved", "2026-06-20", changed="2026-06-29"))
    events.append(_ticket_event(4, 2, "2026-06-29", "new", "solved"))

    merged = _account(8, _START, changed="2026-06-29", deleted=True)
    accounts.append(merged | {"MasterRecordId": _id(9)})

    accounts.append(_account(5, _START, changed="2026-06-30", deleted=True))
    items.append(
        _item(13, _START, 90_000, charge="one_time", order=13, changed="2026-06-30", deleted=True)
    )
    items.append(_item(6, _START, 12_000 * 6, changed="2026-06-30", end="2026-06-29"))
    accounts.append(_account(15, "2026-06-30"))
    orders.append(_order(15, "2026-06-30"))
    items.append(_item(15, "2026-06-30", 36_000, order=15))

    product = _record("P1", _START) | {
        "Name": "Content Standard",
        "Family": "content",
        "ChargeType__c": "recurring",
        "IsActive": True,
    }
    settings = {
        "name": "tiny",
        "timezone": "Asia/Tokyo",
        "reporting_currency": "JPY",
        "first_business_date": _START,
        "last_business_date": DATES[-1],
        "systems": ["salesforce", "zendesk", "files"],
    }
    folder.mkdir(parents=True)
    (folder / "tenant.yml").write_text(json.dumps(settings), encoding="utf-8")
    _jsonl(folder / "salesforce/Account.jsonl", accounts)
    _jsonl(folder / "salesforce/Order.jsonl", orders)
    _jsonl(folder / "salesforce/OrderItem.jsonl", items)
    _jsonl(folder / "salesforce/Product2.jsonl", [product])
    _jsonl(folder / "zendesk/tickets.jsonl", tickets)
    _jsonl(folder / "zendesk/ticket_events.jsonl", events)
    organizations = [_organization(number) for number in range(1, 13)]
    _jsonl(folder / "zendesk/organizations.jsonl", organizations)
    _files(folder / "files")
    return folder


def _files(root: Path) -> None:
    item = [
        "item_id",
        "account_id",
        "process_id",
        "content_type",
        "created_at",
        "planned_publish_date",
    ]
    stage = ["item_id", "stage_code", "event", "achieved_at", "actor_role"]
    use = ["account_id", "user_id", "use_date", "feature_code", "uses"]
    items = [
        [f"I{n}", _id(n), "content_production", "story", "2026-06-01T01:00:00Z", "2026-07-10"]
        for n in range(1, 9)
    ]
    stages = [
        [f"I{n}", "planning", "achieved", "2026-06-03T01:00:00Z", "customer"] for n in range(1, 9)
    ]
    uses = [[_id(n), f"U{n}", f"2026-06-2{n % 8}", "editor", n] for n in range(1, 13)]
    day1, day2, day3 = DATES
    _csv(root / "process__content_item" / day1 / "items.csv", item, items)
    _csv(root / "process__stage_event" / day1 / "stages.csv", stage, stages)
    _csv(root / "product__feature_use" / day1 / "use.csv", use, uses)
    changed = [["I2", _id(2), "content_production", "report", "2026-06-01T01:00:00Z", "2026-07-20"]]
    _csv(root / "process__content_item" / day2 / "items.csv", item, changed)
    revert = [["I1", "planning", "reverted", "2026-06-29T01:00:00Z", "customer"]]
    _csv(root / "process__stage_event" / day2 / "stages.csv", stage, revert)
    _csv(root / "product__feature_use" / day2 / "use.csv", use, uses[:3] + uses[:1])
    assigned = [
        [f"I{n}", "assignment", "achieved", "2026-06-30T01:00:00Z", "customer"] for n in range(2, 5)
    ]
    _csv(root / "process__stage_event" / day3 / "stages.csv", stage, assigned)


def _id(number: int) -> str:
    return f"001{number:012d}AAA"


def _record(
    identifier: str, created: str, changed: str | None = None, deleted: bool = False
) -> dict[str, Any]:
    return {
        "Id": identifier,
        "CreatedDate": f"{created}T01:00:00.000+0000",
        "SystemModstamp": f"{changed or created}T03:00:00.000+0000",
        "IsDeleted": deleted,
    }


def _account(
    number: int, created: str, changed: str | None = None, deleted: bool = False
) -> dict[str, Any]:
    return _record(_id(number), created, changed, deleted) | {
        "Name": f"株式会社テスト{number}",
        "BillingState": "東京都" if number % 2 else "大阪府",
        "Type": "Customer",
    }


def _order(number: int, created: str, account: int | None = None) -> dict[str, Any]:
    return _record(f"O{number}", created) | {
        "AccountId": _id(account or number),
        "EffectiveDate": created,
        "Status": "Activated",
        "CurrencyIsoCode": "JPY",
    }


def _item(
    number: int,
    start: str,
    amount: int,
    charge: str = "recurring",
    order: int | None = None,
    changed: str | None = None,
    deleted: bool = False,
    end: str | None = None,
) -> dict[str, Any]:
    return _record(f"L{number}", start, changed, deleted) | {
        "OrderId": f"O{order or number}",
        "Product2Id": "P1",
        "Quantity": 1,
        "TotalPrice": amount,
        "ServiceDate": start,
        "EndDate": end,
        "BillingPeriod__c": "annual",
        "ChargeType__c": charge,
    }


def _organization(number: int) -> dict[str, Any]:
    stamp = f"{_START}T01:00:00Z"
    return {
        "id": number,
        "name": f"テスト{number}",
        "external_id": _id(number),
        "created_at": stamp,
        "updated_at": stamp,
    }


def _ticket(number: int, status: str, created: str, changed: str | None = None) -> dict[str, Any]:
    day = changed or created
    return {
        "id": number,
        "status": status,
        "priority": "normal",
        "via": {"channel": "email"},
        "organization_id": number,
        "requester_id": 1000 + number,
        "created_at": f"{created}T01:00:00Z",
        "updated_at": f"{day}T02:00:00Z",
        "generated_timestamp": _epoch(day),
        "tags": [],
    }


def _ticket_event(
    ticket: int, ordinal: int, day: str, before: str | None, after: str
) -> dict[str, Any]:
    child = {
        "event_type": "Change" if before else "Create",
        "status": after,
        "previous_value": before,
    }
    return {
        "id": ticket * 10 + ordinal,
        "ticket_id": ticket,
        "event_type": "Audit",
        "updater_id": 1,
        "timestamp": _epoch(day),
        "created_at": f"{day}T02:00:00Z",
        "child_events": [child],
    }


def _epoch(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC).timestamp())


def _jsonl(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8"
    )


def _csv(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    path.parent.mkdir(parents=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([header, *rows])
