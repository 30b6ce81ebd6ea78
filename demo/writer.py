"""Collects the versions and dropped rows of the demo tenant and writes them as a tenant folder."""

import csv
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import yaml
from openpyxl import Workbook

from demo import times

XLSX_DROP = ("process__content_item", date(2025, 6, 30))
ENCODINGS = {
    ("success__nps_response", date(2025, 7, 31)): "cp932",
    ("success__nps_response", date(2026, 1, 31)): "utf-8-sig",
}
ZIP_DATE = (2025, 6, 30, 9, 0, 0)
TENANT = {
    "name": "demo",
    "timezone": "Asia/Tokyo",
    "reporting_currency": "JPY",
    "first_business_date": times.FIRST_DAY,
    "last_business_date": times.LAST_DAY,
    "systems": ["salesforce", "hubspot", "zendesk", "files"],
    "vars": {"zendesk_category_field": 36000001},
}
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Change = tuple[datetime, dict]


def salesforce_id(prefix: str, number: int) -> str:
    """An 18-character Salesforce id with the case checksum of its last three characters."""
    tail = ""
    for _ in range(5):
        number, digit = divmod(number, 62)
        tail = _BASE62[digit] + tail
    body = f"{prefix}J7000{prefix[-1]}p{tail}"
    blocks = (body[start : start + 5] for start in (0, 5, 10))
    bits = (sum(1 << n for n, c in enumerate(block) if "A" <= c <= "Z") for block in blocks)
    return body + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[value] for value in bits)


class Ledger:
    """What the tenant's systems have recorded; anything after the last moment is left out."""

    def __init__(self) -> None:
        self.objects: dict[str, list[tuple[datetime, dict]]] = defaultdict(list)
        self.drops: dict[str, dict[date, list[dict]]] = defaultdict(lambda: defaultdict(list))

    def salesforce(self, name: str, record_id: str, changes: Iterable[Change]) -> None:
        """Add the versions of a Salesforce record; ``IsDeleted`` may be a changed field."""
        history = _states(changes)
        for moment, fields in history:
            stamp = times.salesforce_time(moment)
            technical = {
                "CreatedDate": times.salesforce_time(history[0][0]),
                "LastModifiedDate": stamp,
                "SystemModstamp": stamp,
                "IsDeleted": fields.get("IsDeleted", False),
            }
            self._add(f"salesforce/{name}", moment, {"Id": record_id, **fields, **technical})

    def hubspot(self, name: str, record_id: str, changes: Iterable[Change]) -> None:
        """Add the versions of a HubSpot CRM record.

        ``archived`` and ``company_id`` among the fields are no properties.
        """
        history = _states(changes)
        created = times.hubspot_time(history[0][0])
        modified = "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"
        for moment, fields in history:
            stamp = times.hubspot_time(moment)
            archived = fields.pop("archived", False)
            company = fields.pop("company_id", None)
            record = {
                "id": record_id,
                "properties": {
                    **fields,
                    "hs_object_id": record_id,
                    "createdate": created,
                    modified: stamp,
                },
                "createdAt": created,
                "updatedAt": stamp,
                "archived": archived,
            }
            if archived:
                record["archivedAt"] = stamp
            if company:
                link = {"id": company, "type": "contact_to_company"}
                record["associations"] = {"companies": {"results": [link]}}
            self._add(f"hubspot/{name}", moment, record)

    def hubspot_event(self, moment: datetime, event: dict) -> None:
        """Add one e-mail event."""
        self._add("hubspot/email_events", moment, event)

    def zendesk(self, name: str, record_id: int, changes: Iterable[Change]) -> None:
        """Add the versions of a Zendesk user, organisation or ticket."""
        history = _states(changes)
        for moment, fields in history:
            stamp = times.zendesk_time(moment)
            record = {
                "id": record_id,
                **fields,
                "created_at": times.zendesk_time(history[0][0]),
                "updated_at": stamp,
            }
            if name == "tickets":
                record["generated_timestamp"] = times.epoch_seconds(moment)
            self._add(f"zendesk/{name}", moment, record)

    def zendesk_event(self, moment: datetime, event: dict) -> None:
        """Add one ticket event."""
        self._add("zendesk/ticket_events", moment, event)

    def drop(self, entity: str, day: date, row: dict) -> None:
        """Put a row into the file of ``entity`` dropped on ``day``."""
        if day <= times.LAST_DAY:
            self.drops[entity][day].append(row)

    def write(self, folder: Path) -> None:
        """Write the tenant folder; ``folder`` appears complete or not at all.

        Raises:
            FileExistsError: ``folder`` holds something already.
        """
        if folder.exists() and any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty")
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            self._write_into(building)
            building.chmod(0o755)
            building.replace(folder)
        except BaseException:
            shutil.rmtree(building)
            raise

    def _add(self, name: str, moment: datetime, record: dict) -> None:
        if moment <= times.LAST_MOMENT:
            self.objects[name].append((moment, record))

    def _write_into(self, folder: Path) -> None:
        text = yaml.safe_dump(TENANT, sort_keys=False, allow_unicode=True)
        (folder / "tenant.yml").write_text(text, encoding="utf-8")
        for name, versions in self.objects.items():
            path = folder / f"{name}.jsonl"
            path.parent.mkdir(exist_ok=True)
            versions.sort(key=lambda version: version[0])
            with path.open("w", encoding="utf-8") as stream:
                for _, record in versions:
                    stream.write(
                        json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
                    )
        for entity, days in self.drops.items():
            for day, rows in days.items():
                path = folder / "files" / entity / day.isoformat()
                path.mkdir(parents=True)
                _write_drop(path, entity, day, rows)


def _states(changes: Iterable[Change]) -> list[Change]:
    """Full states from partial changes, in order, each at its own second."""
    states: list[Change] = []
    current: dict = {}
    for moment, fields in sorted(changes, key=lambda change: change[0]):
        current = {**current, **fields}
        if states and moment <= states[-1][0]:
            moment = states[-1][0] + timedelta(seconds=1)
        states.append((moment, dict(current)))
    return states


def _write_drop(folder: Path, entity: str, day: date, rows: list[dict]) -> None:
    if (entity, day) == XLSX_DROP:
        (folder / f"{entity}.xlsx").write_bytes(_workbook(rows))
        return
    encoding = ENCODINGS.get((entity, day), "utf-8")
    with (folder / f"{entity}.csv").open("w", encoding=encoding, newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]), lineterminator="\r\n")
        table.writeheader()
        table.writerows(rows)


def _workbook(rows: list[dict]) -> bytes:
    """An XLSX file with date cells, packed again because openpyxl stamps it with the time."""
    book = Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    stamped = io.BytesIO()
    book.save(stamped)
    packed = io.BytesIO()
    with zipfile.ZipFile(stamped) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2025-06-30T00:00:00Z", content)
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return packed.getvalue()
