"""Salesforce: SOQL over REST or, for many rows, the Bulk API; deleted records included.

Field list from describe, rows through queryAll in (cursor, Id) order. What windows cannot show is
found by `update`: purged records, formula values, fields new to the lake.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from ingestion.catalogue import CatalogueObject
from ingestion.http import HttpError
from ingestion.sources.base import ApiSource, Known, Positions
from ingestion.sources.salesforce.api import SalesforceApi, error_code
from ingestion.sources.salesforce.bulk import BulkQuery, BulkUnavailableError
from ingestion.sources.salesforce.soql import MAX_URL, field_groups, id_lists, literal, select, url
from ingestion.sources.sweep import Sweep, is_true
from runtime.errors import SchemaError, SourceError
from runtime.records import Connection, Page, Window

logger = logging.getLogger(__name__)

API_VERSION = "63.0"
BULK_THRESHOLD = 50_000
UNREADABLE_TYPES = frozenset({"address", "location", "base64"})
CURSORS = ("SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime")
MAX_RESTARTS = 5


@dataclass(frozen=True)
class Shape:
    """What describe says of an object.

    Attributes:
        types: describe type of every field a query can read.
        cursor: the best field to filter and order by; None if there is none.
        has_formulas: some values change without moving the cursor.
    """

    types: dict[str, str]
    cursor: str | None
    has_formulas: bool


class Salesforce(ApiSource):
    """Reads one SObject at a time.

    ``connection.extra``: api_version, api_usage_limit (share of the day's calls), bulk_threshold
    (rows above which the Bulk API is asked), compare_days; username and audience for JWT sign-in.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(SalesforceApi(connection))
        self._root = f"/services/data/v{connection.extra.get('api_version', API_VERSION)}"
        self._bulk_threshold = int(connection.extra.get("bulk_threshold", BULK_THRESHOLD))
        self._queryable: set[str] | None = None

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` whose cursor lies in ``window``, deleted ones marked.

        An object the org does not have yields nothing.

        Raises:
            SourceError: a required object is missing, or the vendor refuses to give it.
            SchemaError: fields the org announces cannot be read, also after asking again.
        """
        if self._has(entry):
            yield from self._changes(entry, window, self._describe(entry))

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield what `extract` would; everything where the lake lacks a field's values.

        When a comparison is due also what windows cannot show: tombstones of records that are
        gone, versions that were missed, and the whole object if it has formula fields.

        Raises:
            SourceError, SchemaError: see `extract`.
        """
        if not self._has(entry):
            return
        shape = self._describe(entry)
        new = set(shape.types) - (shape.types.keys() if known.fields is None else known.fields)
        if new:
            logger.info("salesforce / %s: all is read for %s", entry.object, ", ".join(sorted(new)))
        if new or (known.compare and shape.has_formulas):
            window = Window(None, window.end)
        yield from self._changes(entry, window, shape)
        if known.compare:
            yield from self._differences(entry, window, known)

    def offered(self, entries: list[CatalogueObject]) -> list[CatalogueObject]:
        """Those of ``entries`` that the org lists for our user; required ones whether it does or not."""
        return [entry for entry in entries if entry.required or entry.object in self._listed()]

    def _listed(self) -> set[str]:
        if self._queryable is None:
            listed = self.api.get(f"{self._root}/sobjects/", "sobjects")["sobjects"]
            self._queryable = {o["name"] for o in listed if o.get("queryable", True)}
        return self._queryable

    def _has(self, entry: CatalogueObject) -> bool:
        if entry.object in self._listed():
            return True
        if entry.required:
            raise SourceError(
                "salesforce",
                entry.object,
                "the org does not offer this object to our user",
                "give the user of `salesforce_default` read access to it",
            )
        logger.warning("salesforce / %s: not in this org, nothing read", entry.object)
        return False

    def _describe(self, entry: CatalogueObject) -> Shape:
        path = f"{self._root}/sobjects/{entry.object}/describe"
        fields = self.api.get(path, entry.object)["fields"]
        readable = [field for field in fields if field["type"] not in UNREADABLE_TYPES]
        filterable = {field["name"] for field in fields if field.get("filterable")}
        wanted = (*CURSORS, entry.cursor)
        shape = Shape(
            types={field["name"]: field["type"] for field in readable},
            cursor=next((name for name in wanted if name in filterable), None),
            has_formulas=any(field.get("calculated") for field in readable),
        )
        self.fields = list(shape.types)
        return shape

    def _changes(self, entry: CatalogueObject, window: Window, shape: Shape) -> Iterator[Page]:
        """The records of a window, by Bulk if they are many, else by REST."""
        scope = _scope(shape, literal(window.start) if window.start else None, window.end)
        try:
            if self._count(entry.object, scope) > self._bulk_threshold:
                bulk = BulkQuery(self.api, self._root, entry.object, shape.types)
                for records in bulk.read(select(shape.types, entry.object, scope)):
                    yield _landed_page(records)
                return
        except BulkUnavailableError as reason:
            logger.warning("salesforce / %s: REST instead of Bulk: %s", entry.object, reason)
        yield from self._by_rest(entry, window, shape)

    def _count(self, object_name: str, scope: str) -> float:
        try:
            return self._first_page(object_name, select(["COUNT()"], object_name, scope))[
                "totalSize"
            ]
        except HttpError as error:
            # Too many rows to count in time are too many for REST; other errors show below.
            too_many = error_code(error.body) in ("QUERY_TIMEOUT", "OPERATION_TOO_LARGE")
            return float("inf") if too_many else 0

    def _by_rest(self, entry: CatalogueObject, window: Window, shape: Shape) -> Iterator[Page]:
        point = literal(window.start) if window.start else None
        described, restarts = 1, 0
        # Ids given out at the last cursor value: a restart reads that value again.
        given: set[str] = set()
        while True:
            cursor = shape.cursor
            try:
                for page in self._slice(entry, shape, point, window.end):
                    records = [
                        record
                        for record in page
                        if not (record["Id"] in given and _value(record, cursor) == point)
                    ]
                    if records:
                        yield _landed_page(records)
                        newest = _value(records[-1], cursor)
                        if newest != point:
                            point, given = newest, set()
                        given |= _last_ids(records, cursor)
                return
            except HttpError as error:
                code = error_code(error.body)
                if code == "INVALID_QUERY_LOCATOR" and restarts < MAX_RESTARTS:
                    restarts += 1
                    logger.warning("salesforce / %s: query locator expired", entry.object)
                elif code == "INVALID_FIELD" and described == 1:
                    # A field was hidden since the describe.
                    described += 1
                    shape = self._describe(entry)
                elif code == "INVALID_FIELD":
                    raise SchemaError(
                        "salesforce", entry.object, error.message, "check field-level security"
                    ) from error
                else:
                    raise

    def _slice(
        self, entry: CatalogueObject, shape: Shape, lower: str | None, end: datetime
    ) -> Iterator[list[dict[str, Any]]]:
        scope = _scope(shape, lower, end)
        if shape.cursor:
            scope += f" ORDER BY {shape.cursor}, Id"
        fields = list(shape.types)
        groups = [fields]
        if len(url(self.api.base_url, self._root, select(fields, entry.object, scope))) > MAX_URL:
            groups = field_groups(fields, {"Id", shape.cursor} - {None})
        for records in self._query(entry.object, select(groups[0], entry.object, scope)):
            for group in groups[1:]:
                self._complete(entry.object, records, group)
            yield records

    def _complete(self, object_name: str, records: list[dict[str, Any]], fields: list[str]) -> None:
        """Add ``fields`` to records of an object too wide for one query."""
        by_id = {record["Id"]: record for record in records}
        for condition in id_lists(by_id):
            soql = select(["Id", *fields], object_name, condition)
            for rest in self._query(object_name, soql):
                for record in rest:
                    by_id[record["Id"]] |= record

    def _differences(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Tombstones of what the vendor no longer has, and versions older than the window's start.

        A tombstone's cursor is the record's last known one: being extracted later, it wins, and
        it loses to the record itself should that come back.
        """
        shape = self._describe(entry)
        kept = [name for name in ("Id", entry.cursor, "IsDeleted") if name in shape.types]
        types = {name: shape.types[name] for name in kept}
        sweep = Sweep(known.live(), entry.key, entry.cursor)
        for page in self._everything(entry.object, types):
            sweep.see(page)
        empty = dict.fromkeys(shape.types)
        for chunk in sweep.vanished():
            logger.warning("salesforce / %s: %d records are gone", entry.object, len(chunk))
            yield Page(
                [
                    empty
                    | {"Id": key, entry.cursor: cursor, "IsDeleted": True, "_is_deleted": True}
                    for key, cursor in chunk
                ]
            )
        if window.start is None:
            return
        for chunk in sweep.missed(window.start):
            logger.warning("salesforce / %s: %d versions were missed", entry.object, len(chunk))
            for condition in id_lists(key for (key,) in chunk):
                first, *others = field_groups(list(shape.types), {"Id"})
                for records in self._query(entry.object, select(first, entry.object, condition)):
                    for group in others:
                        self._complete(entry.object, records, group)
                    yield _landed_page(records)

    def _everything(
        self, object_name: str, types: dict[str, str]
    ) -> Iterator[list[dict[str, Any]]]:
        soql = select(types, object_name)
        try:
            if self._count(object_name, "") > self._bulk_threshold:
                yield from BulkQuery(self.api, self._root, object_name, types).read(soql)
                return
        except BulkUnavailableError as reason:
            logger.warning("salesforce / %s: REST instead of Bulk: %s", object_name, reason)
        yield from self._query(object_name, soql)

    def _first_page(self, object_name: str, soql: str) -> dict[str, Any]:
        return self.api.get(f"{self._root}/queryAll", object_name, q=soql)

    def _query(self, object_name: str, soql: str) -> Iterator[list[dict[str, Any]]]:
        body = self._first_page(object_name, soql)
        yield body["records"]
        positions = Positions("salesforce", object_name)
        # A page may be short of rows and not be the last one: only `done` tells.
        while not body["done"]:
            body = self.api.get(positions.go_to(body["nextRecordsUrl"]), object_name)
            yield body["records"]


def _scope(shape: Shape, lower: str | None, end: datetime) -> str:
    if not shape.cursor:
        return ""
    above = f"{shape.cursor} >= {lower} AND " if lower else ""
    return f" WHERE {above}{shape.cursor} < {literal(end)}"


def _value(record: dict[str, Any], cursor: str | None) -> Any:
    return record.get(cursor) if cursor else None


def _last_ids(records: list[dict[str, Any]], cursor: str | None) -> set[str]:
    """Ids of the records with the page's last cursor value; a page is in cursor order."""
    last = _value(records[-1], cursor)
    return {r["Id"] for r in takewhile(lambda r: _value(r, cursor) == last, reversed(records))}


def _landed_page(records: list[dict[str, Any]]) -> Page:
    return Page([_as_landed(record) for record in records])


def _as_landed(record: dict[str, Any]) -> dict[str, Any]:
    """The record without the API's own `attributes`; we select no related records that had some too."""
    record.pop("attributes", None)
    if is_true(record.get("IsDeleted")):
        record["_is_deleted"] = True
    return record
