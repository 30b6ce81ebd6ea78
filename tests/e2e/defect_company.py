"""A company of dropped files and Zendesk records that are collected row by row and written as a tenant folder."""

import csv
import io
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

DAY = "2026-06-30"
DROP = "2026-06-28"


class Company:
    """Rows of dropped files and of Zendesk, collected and written as a tenant folder."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.files: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.formats: dict[str, tuple[str, str]] = {}
        self.bytes: dict[str, bytes] = {}
        self.zendesk: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.feeds: dict[str, dict[str, Any]] = {}
        self.accounts = 0

    def account(self, file: str = "accounts.csv", **cells: Any) -> str:
        """A customer; returns its id, an 18-character Salesforce one."""
        self.accounts += 1
        digits = f"0010000000{self.accounts:05d}"
        identifier = f"{digits}AAA"
        row = {"account_id": identifier, "name": f"株式会社検証{self.accounts}"} | cells
        self.row("crm__account", file, **row)
        return identifier

    def line(self, account: str, file: str = "lines.csv", **cells: Any) -> str:
        """A subscription line of 100,000 a month since April; returns its id."""
        identifier = f"L{len(self.all('crm__subscription_line')) + 1}-{account[10:15]}"
        self.row(
            "crm__subscription_line",
            file,
            **{
                "line_id": identifier,
                "account_id": account,
                "product_id": "P1",
                "start_date": "2026-04-01",
                "end_date": "",
                "amount_total_ex_tax": "100000",
                "billing_period": "monthly",
                "currency": "",
            }
            | cells,
        )
        return cells.get("line_id", identifier)

    def order(
        self, account: str, amount: Any, day: str, status: str = "ordered", **line: Any
    ) -> str:
        """An order with one line; returns the line's id."""
        number = len(self.all("crm__order")) + 1
        self.row(
            "crm__order",
            "orders.csv",
            order_id=f"O{number}",
            account_id=account,
            order_date=day,
            status=status,
        )
        return self.order_line(f"O{number}", amount, **line)

    def order_line(self, order: str, amount: Any, **cells: Any) -> str:
        """A line of an order; returns its id."""
        identifier = f"OL{len(self.all('crm__order_line')) + 1}"
        self.row(
            "crm__order_line",
            "order_lines.csv",
            **{
                "order_line_id": identifier,
                "order_id": order,
                "product_id": "P2",
                "quantity": 1,
                "amount_ex_tax": amount,
                "returned_quantity": "",
            }
            | cells,
        )
        return cells.get("order_line_id", identifier)

    def ticket(self, external_id: str | None, domains: list[str], channel: str = "email") -> None:
        """A Zendesk ticket of an organisation of its own."""
        number = len(self.zendesk["tickets"]) + 1
        stamp = "2026-06-22T01:00:00Z"
        self.zendesk["organizations"].append(
            {
                "id": number,
                "name": f"組織{number}",
                "external_id": external_id,
                "domain_names": domains,
                "created_at": stamp,
                "updated_at": stamp,
            }
        )
        self.zendesk["tickets"].append(
            {
                "id": number,
                "status": "open",
                "priority": "normal",
                "via": {"channel": channel},
                "organization_id": number,
                "requester_id": 9000,
                "created_at": stamp,
                "updated_at": stamp,
                "generated_timestamp": 1782090000,
                "tags": [],
            }
        )
        self.zendesk["ticket_events"].append(
            {
                "id": number * 10,
                "ticket_id": number,
                "event_type": "Audit",
                "updater_id": 9000,
                "timestamp": 1782090000,
                "created_at": stamp,
                "via": {"channel": channel},
                "child_events": [{"event_type": "Create", "status": "new", "previous_value": None}],
            }
        )

    def row(self, entity: str, file: str, **cells: Any) -> None:
        """A row of a dropped file; ``file`` may carry its drop folder."""
        path = file if "/" in file else f"{DROP}/{file}"
        self.files[f"{entity}/{path}"].append(cells)

    def all(self, entity: str) -> list[dict[str, Any]]:
        """Every row of an entity so far."""
        return [
            row
            for path, rows in self.files.items()
            if path.startswith(f"{entity}/")
            for row in rows
        ]

    def write(self, folder: Path) -> Path:
        """Write the tenant; returns its folder."""
        settings = {
            "name": "defects",
            "reporting_currency": "JPY",
            "first_business_date": "2026-01-01",
            "last_business_date": DAY,
            "systems": ["files", "zendesk"],
            "files": self.feeds,
        }
        folder.mkdir(parents=True)
        (folder / "tenant.yml").write_text(json.dumps(settings))
        for path, rows in self.files.items():
            encoding, delimiter = self.formats.get(path, ("utf-8", ","))
            text = io.StringIO()
            names = list(dict.fromkeys(name for row in rows for name in row))
            writer = csv.DictWriter(text, names, restval="", delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
            self.bytes[path] = text.getvalue().encode(encoding)
        for path, content in self.bytes.items():
            target = folder / "files" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (folder / "zendesk").mkdir()
        for name, records in self.zendesk.items():
            lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
            (folder / "zendesk" / f"{name}.jsonl").write_text(lines, encoding="utf-8")
        return folder
