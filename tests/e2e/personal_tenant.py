"""A tenant whose personal columns all hold one recognisable value, in records that fail every check they can.

Made from the contracts: a column that becomes personal is in it. One record is as it should be, apart from its
personal columns; in each further one another column holds what cannot be read, no value or an unknown code.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expectations.contracts import Column, Contract, all_contracts, load_contract
from ingestion.catalogue import load_catalogue

PERSON = "Himitsu7Kojin"
DAY = "2026-06-28"
MOMENT = 1_782_600_000  # of DAY, seconds since the epoch
SETTINGS = {
    "name": "personal",
    "timezone": "Asia/Tokyo",
    "reporting_currency": "JPY",
    "first_business_date": "2026-04-01",
    "last_business_date": DAY,
    "systems": ["salesforce", "hubspot", "marketo", "zendesk", "files"],
}
VENDORS = ("salesforce", "hubspot", "marketo", "zendesk")
BROKEN = "unreadable"
# what the sandbox itself looks at
READ_BY_SANDBOX = {"activityTypeId", "leadId"}


def write_personal_tenant(folder: Path) -> Path:
    """Write the tenant; returns its folder."""
    folder.mkdir(parents=True)
    (folder / "tenant.yml").write_text(json.dumps(SETTINGS), encoding="utf-8")
    for vendor in VENDORS:
        (folder / vendor).mkdir()
    first = {source: 1000 * number for number, source in enumerate((*VENDORS, "files"), 1)}
    for entry in load_catalogue():
        if entry.source in VENDORS and entry.object != "activity_types":  # the sandbox's own
            contract = load_contract("raw", entry.table)
            fixed = {*entry.key, entry.cursor, *READ_BY_SANDBOX}
            lines = [
                json.dumps(_as_vendor_writes(entry.source, entry.object, record))
                for record in _records(contract, fixed, first[entry.source])
            ]
            (folder / entry.source / f"{entry.object}.jsonl").write_text("\n".join(lines) + "\n")
        elif entry.source == "files":
            contract = load_contract("input", entry.object)
            records = list(_records(contract, set(entry.key), first[entry.source]))
            header = [column.name for column in contract.columns if not column.is_derived]
            rows = [[record.get(name) for name in header] for record in records]
            drop = folder / "files" / entry.object / DAY
            _csv(drop / "drop.csv", [header, *rows])
            if any(column.is_personal for column in contract.columns):
                _csv(drop / "headerless.csv", rows)
                _csv(
                    drop / "unknown_columns.csv", [[*header, "memo"], *([*r, PERSON] for r in rows)]
                )
                _csv(drop / "uneven.csv", [header, *rows, [PERSON] * (len(header) + 1)])
    return folder


def personal_columns() -> set[str]:
    """Every personal column of what lands, as layer.table.column."""
    return {
        f"{contract.layer}.{contract.table}.{column.name}"
        for layer in ("raw", "input")
        for contract in all_contracts(layer)
        for column in contract.columns
        if column.is_personal
    }


def _records(contract: Contract, fixed: set[str], first: int) -> Iterator[dict[str, Any]]:
    columns = [column for column in contract.columns if not column.is_derived]
    breakable = [c.name for c in columns if not c.is_personal and c.name not in fixed]
    for number, broken in enumerate([None, *breakable, *breakable]):
        record = {column.name: _value(contract, column, first + number) for column in columns}
        if broken:
            record[broken] = BROKEN if number <= len(breakable) else None
        yield record


def _value(contract: Contract, column: Column, number: int) -> Any:
    if column.is_personal:
        kind = column.logical_type
        address = f"{PERSON}{number}@example.jp"
        text = address if "mail" in column.name.lower() else f"{PERSON}{number}"
        return {"object": {"email": address}, "array": [{"value": address}]}.get(kind, text)
    for rule in contract.rules:
        if rule.column == column.name and rule.valid_values:
            return rule.valid_values[0]
    if column.reads_as in ("epoch_seconds", "epoch_milliseconds"):
        return MOMENT * (1000 if column.reads_as == "epoch_milliseconds" else 1)
    match column.logical_type:
        case "date":
            return DAY
        case "timestamp":
            return f"{DAY}T01:00:00Z"
        case "boolean":
            return False
        case "integer" | "number":
            return 1
        case "object":
            return {}
        case "array":
            return []
    return f"{number}"


def _as_vendor_writes(vendor: str, name: str, record: dict[str, Any]) -> dict[str, Any]:
    """The record with what the sandbox orders versions by, in the vendor's own notation."""
    if vendor == "salesforce":
        stamp = f"{DAY}T01:00:00.000+0000"
        return record | {"CreatedDate": stamp, "SystemModstamp": stamp, "IsDeleted": False}
    if name in ("contacts", "companies"):
        changed = {"createdate": f"{DAY}T01:00:00.000Z", "lastmodifieddate": f"{DAY}T01:00:00.000Z"}
        changed["name"] = f"株式会社{record['id']}"
        return record | {"properties": record["properties"] | changed, "archived": False}
    milliseconds = dict.fromkeys(("created", "submittedAt", "timestamp"), MOMENT * 1000)
    if vendor == "hubspot":
        return record | {key: value for key, value in milliseconds.items() if key in record}
    return record | ({"updated_at": f"{DAY}T01:00:00Z"} if name == "survey_responses" else {})


def _csv(path: Path, rows: list[list[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(rows)
