"""Collects the versions and dropped rows of a block of customers and adds them to a folder."""

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

from demo import times

XLSX_DROP = ("process__content_item", date(2025, 6, 30))
ENCODINGS = {
    ("success__nps_response", date(2025, 7, 31)): "cp932",
    ("success__nps_response", date(2026, 1, 31)): "utf-8-sig",
}
ZIP_DATE = (2025, 6, 30, 9, 0, 0)
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Change = tuple[datetime, dict]
# of these the last states are kept, for what changes them later
CHANGING = ("salesforce/Account", "salesforce/OrderItem", "zendesk/tickets")


def salesforce_id(prefix: str, number: int) -> str:
    """An 18-character Salesforce id with the case checksum of its last three characters."""
    tail = ""
    for _ in range(5):
        number, digit = divmod(number, 62)
        tail = _BASE62[digit] + tail
    pod = ""
    for _ in range(3):
        number, digit = divmod(number, 62)
        pod = _BASE62[digit] + pod
    body = f"{prefix}J7{pod}{prefix[-1]}p{tail}"
    blocks = (body[start : start + 5] for start in (0, 5, 10))
    bits = (sum(1 << n for n, c in enumerate(block) if "A" <= c <= "Z") for block in blocks)
    return body + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[value] for value in bits)


class Ledger:
    """What the tenant's systems have recorded of a block of customers within some days.

    Attributes:
        offset: the block's counted ids begin after it.
        days: recorded is what happened after the end of the first day (None = from the beginning)
            and up to the end of the second one; the rest is left out.
        objects: versions by ``system/object``, each with its moment.
        drops: rows by entity, date of the folder and name of the file.
        histories: id and states of every record of the ``CHANGING`` objects, recorded or not.
    """

    def __init__(
        self, offset: int = 0, days: tuple[date | None, date] = (None, times.LAST_DAY)
    ) -> None:
        self.offset = offset
        self.days = days
        self.objects: dict[str, list[tuple[datetime, dict]]] = defaultdict(list)
        self.drops: dict[tuple[str, date, str], list[dict]] = defaultdict(list)
        self.histories: dict[str, list[tuple[str | int, list[Change]]]] = defaultdict(list)
        self._after = times.last_moment(days[0]) if days[0] else datetime.min
        self._until = times.last_moment(days[1])

    def salesforce(self, name: str, record_id: str, changes: Iterable[Change]) -> None:
        """Add the versions of a Salesforce record; ``IsDeleted`` may be a changed field."""
        self._add_versions(f"salesforce/{name}", record_id, changes)

    def hubspot(self, name: str, record_id: str, changes: Iterable[Change]) -> None:
        """Add the versions of a HubSpot CRM record.

        ``archived`` and ``company_id`` among the fields are no properties.
        """
        self._add_versions(f"hubspot/{name}", record_id, changes)

    def hubspot_event(self, moment: datetime, event: dict, seen: datetime) -> None:
        """Add one e-mail event; one that is ``seen`` later than its moment is marked so."""
        late = {"_visible_from": times.hubspot_time(seen)} if seen > moment else {}
        if self._holds(seen):
            self.objects["hubspot/email_events"].append((moment, event | late))

    def zendesk(self, name: str, record_id: int, changes: Iterable[Change]) -> None:
        """Add the versions of a Zendesk user, organisation or ticket."""
        self._add_versions(f"zendesk/{name}", record_id, changes)

    def zendesk_event(self, moment: datetime, event: dict) -> None:
        """Add one ticket event."""
        if self._holds(moment):
            self.objects["zendesk/ticket_events"].append((moment, event))

    def amend(self, name: str, place: int, moment: datetime, fields: dict) -> None:
        """Add one version to the record at ``place`` of the histories of ``name``."""
        record_id, history = self.histories[name][place]
        state = [state for changed, state in history if changed < moment][-1] | fields
        self._add_version(name, record_id, history[0][0], moment, state)

    def drop(self, entity: str, day: date, row: dict, came: date | None = None) -> None:
        """Put a row into the file of ``entity`` dropped on ``day``.

        What ``came`` on a later day stands in a file of its own, in the folder of ``day``.
        """
        came = came or day
        if (self.days[0] or date.min) < came <= self.days[1]:
            name = entity if came == day else f"{entity}_late_{came:%Y%m%d}"
            self.drops[entity, day, name].append(row)

    def append_to(self, folder: Path) -> None:
        """Add everything to the files of a tenant folder, each object in order of time."""
        for name, versions in self.objects.items():
            path = folder / f"{name}.jsonl"
            path.parent.mkdir(exist_ok=True)
            versions.sort(key=lambda version: version[0])
            with path.open("a", encoding="utf-8") as stream:
                for _, record in versions:
                    stream.write(
                        json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
                    )
        for (entity, day, name), rows in self.drops.items():
            path = folder / "files" / entity / day.isoformat()
            path.mkdir(parents=True, exist_ok=True)
            _write_drop(path, entity, day, name, rows)

    def _add_versions(self, name: str, record_id: str | int, changes: Iterable[Change]) -> None:
        history = _states(changes)
        if name in CHANGING:
            self.histories[name].append((record_id, history))
        for moment, fields in history:
            self._add_version(name, record_id, history[0][0], moment, fields)

    def _add_version(
        self, name: str, record_id: str | int, created: datetime, moment: datetime, fields: dict
    ) -> None:
        if self._holds(moment):
            system, kind = name.split("/")
            record = _RECORDS[system](kind, record_id, created, moment, fields)
            self.objects[name].append((moment, record))

    def _holds(self, moment: datetime) -> bool:
        return self._after < moment <= self._until


def _salesforce_record(
    kind: str, record_id: str, created: datetime, moment: datetime, fields: dict
) -> dict:
    stamp = times.salesforce_time(moment)
    technical = {
        "CreatedDate": times.salesforce_time(created),
        "LastModifiedDate": stamp,
        "SystemModstamp": stamp,
        "IsDeleted": fields.get("IsDeleted", False),
    }
    if kind == "CaseHistory":  # written once
        del technical["LastModifiedDate"], technical["SystemModstamp"]
    return {"Id": record_id, **fields, **technical}


def _hubspot_record(
    kind: str, record_id: str, created: datetime, moment: datetime, fields: dict
) -> dict:
    stamp = times.hubspot_time(moment)
    modified = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
    properties = dict(fields)
    archived = properties.pop("archived", False)
    company = properties.pop("company_id", None)
    properties |= {
        "hs_object_id": record_id,
        "createdate": times.hubspot_time(created),
        modified: stamp,
    }
    record = {
        "id": record_id,
        "properties": properties,
        "createdAt": properties["createdate"],
        "updatedAt": stamp,
        "archived": archived,
    }
    if archived:
        record["archivedAt"] = stamp
    if company:
        link = {"id": company, "type": "contact_to_company"}
        record["associations"] = {"companies": {"results": [link]}}
    return record


def _zendesk_record(
    kind: str, record_id: int, created: datetime, moment: datetime, fields: dict
) -> dict:
    record = {
        "id": record_id,
        **fields,
        "created_at": times.zendesk_time(created),
        "updated_at": times.zendesk_time(moment),
    }
    if kind == "tickets":
        record["generated_timestamp"] = times.epoch_seconds(moment)
    return record


_RECORDS = {
    "salesforce": _salesforce_record,
    "hubspot": _hubspot_record,
    "zendesk": _zendesk_record,
}


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


def _write_drop(folder: Path, entity: str, day: date, name: str, rows: list[dict]) -> None:
    workbook = folder / f"{name}.xlsx"
    if (entity, day) == XLSX_DROP and not workbook.exists():
        workbook.write_bytes(_workbook(rows))  # of the first block; further ones lie beside it
        return
    path = folder / f"{name}.csv"
    is_new = not path.exists()
    encoding = ENCODINGS.get((entity, day), "utf-8")
    with path.open("a", encoding=encoding, newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]), lineterminator="\r\n")
        if is_new:
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
