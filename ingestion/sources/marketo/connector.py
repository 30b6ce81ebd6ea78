"""Marketo: leads and activities by bulk extract in 31-day slices, deleted leads, activity types.

A slice ends with the second the next one starts with; what comes twice there is dropped.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import orjson

from ingestion.catalogue import CatalogueObject
from ingestion.http import HttpError
from ingestion.sources.base import ApiSource, Positions
from ingestion.sources.marketo.api import (
    UNSUPPORTED_FILTER,
    MarketoApi,
    has_code,
    is_used_up,
)
from ingestion.sources.marketo.bulk import POLL_SECONDS, BulkExtract
from runtime.errors import SchemaError
from runtime.records import Connection, Page, Window

logger = logging.getLogger(__name__)

MARKETO_BEGAN = datetime(2006, 4, 1, tzinfo=UTC)
# The longest that a subscription can have its activities kept is 37 months.
ACTIVITIES_KEPT = timedelta(days=37 * 31)
LONGEST_FILTER = timedelta(days=31)
PAGE_ROWS = 5_000
TYPES_A_CALL = 10
MERGE_LEADS, DELETE_LEAD = 32, 37
UNKNOWN_FIELD = "1006"

ACTIVITIES = "/rest/v1/activities"
# What tells one version of a record from another; the last one is its cursor.
LEAD, ACTIVITY = ("id", "updatedAt"), ("marketoGUID", "activityDate")

Records = Iterator[dict[str, Any]]
Export = Callable[[dict[str, Any]], Records]


class Marketo(ApiSource):
    """Reads one object at a time.

    ``connection.extra``: ``since`` (ISO date, first day of the subscription; spares empty exports in a
    first load), ``activities_by`` (``bulk``, or ``paged`` where other tools need the export quota),
    ``poll_seconds``.

    Attributes:
        reached: end of what was read; before the window's end if a daily quota ran out on the way.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(MarketoApi(connection))
        self.reached: datetime | None = None
        extra = connection.extra
        poll_seconds = float(extra.get("poll_seconds", POLL_SECONDS))
        self._lead_export = BulkExtract(self.api, "leads", poll_seconds)
        self._activity_export = BulkExtract(self.api, "activities", poll_seconds)
        self._is_paged = extra.get("activities_by", "bulk") == "paged"
        self._fields: list[str] | None = None
        since = extra.get("since")
        self._since = _day(since) if since else MARKETO_BEGAN

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed in ``window``; deleted and merged leads as deleted.

        A daily quota that runs out after the first slice ends the extraction at ``reached``.

        Raises:
            SourceError: the vendor refuses, a quota is used up, or a job fails.
        """
        readers = {"leads": self._leads, "activities": self._activities, "types": self._types}
        records = readers[entry.mode](window)
        while page := list(islice(records, PAGE_ROWS)):
            yield Page(page)

    def covered_until(self, window: Window) -> datetime:
        """A quota that ran out on the way: the next date goes on from there."""
        return min(super().covered_until(window), self.reached or window.end)

    def used_today(self) -> str:
        """API calls of the day by all users, for a test of the connection; the allowance is told nowhere."""
        days = self.api.result("GET", "/rest/v1/stats/usage.json", "usage")["result"]
        return ", ".join(f"{day['total']:,} calls" for day in days)

    def _leads(self, window: Window) -> Records:
        start = window.start or self._since
        if window.start:
            # Before the first load nothing was landed that could have been deleted.
            yield from self._tombstones(start, window.end)
        try:
            yield from self._slices(start, window.end, self._lead_rows, "updatedAt", LEAD)
        except HttpError as error:
            if not has_code(error, UNSUPPORTED_FILTER):
                raise
            logger.warning("marketo / leads: updatedAt cannot be filtered here, all leads are read")
            self.reached = None
            for lead in self._filtered(self._since, window.end, self._lead_rows, "createdAt", LEAD):
                if _moment(lead["updatedAt"]) >= start:
                    yield lead

    def _activities(self, window: Window) -> Records:
        start = window.start or max(window.end - ACTIVITIES_KEPT, self._since)
        if self._is_paged:
            yield from self._paged_activities(start)
        else:
            rows = self._activity_export.rows
            yield from self._slices(start, window.end, rows, "createdAt", ACTIVITY)
        # No other endpoint gives this type.
        yield from self._paged("deletedleads", start)

    def _types(self, window: Window) -> Records:
        yield from self.api.result("GET", f"{ACTIVITIES}/types.json", "activity_types")["result"]

    def _slices(
        self, start: datetime, end: datetime, export: Export, field: str, version: tuple[str, str]
    ) -> Records:
        """Export slice by slice; a quota that runs out keeps what whole slices brought."""
        try:
            yield from self._filtered(start, end, export, field, version)
        except HttpError as error:
            if self.reached is None or not is_used_up(error.body):
                raise
            logger.warning("%s; read up to %s", error, self.reached.isoformat())

    def _filtered(
        self, start: datetime, end: datetime, export: Export, field: str, version: tuple[str, str]
    ) -> Records:
        repeated: set[tuple[str | None, ...]] = set()
        while start < end:
            stop = min(start + LONGEST_FILTER, end)
            edge = set()
            for row in export({field: {"startAt": _text(start), "endAt": _text(stop)}}):
                key = tuple(row.get(name) for name in version)
                if key[-1] == _text(stop):
                    edge.add(key)
                if key not in repeated:
                    yield row
            repeated, self.reached, start = edge, stop, stop

    def _lead_rows(self, filters: dict[str, Any]) -> Records:
        if self._fields is None:
            self._fields = self._described()
        try:
            yield from self._lead_export.rows(filters, self._fields)
        except HttpError as error:
            if not has_code(error, UNKNOWN_FIELD):
                raise
            # A field was hidden or deleted since the describe.
            before, self._fields = self._fields, self._described()
            if self._fields == before:
                raise SchemaError(
                    "marketo", "leads", error.message, "check the fields the API user may see"
                ) from error
            yield from self._lead_export.rows(filters, self._fields)

    def _described(self) -> list[str]:
        """REST names of the fields; one without may be read over SOAP only."""
        listed = self.api.result("GET", "/rest/v1/leads/describe.json", "leads")["result"]
        return [field["rest"]["name"] for field in listed if field.get("rest")]

    def _tombstones(self, start: datetime, end: datetime) -> Records:
        """Deleted leads, and those merged into another one, which only its activity tells."""
        for activity in self._paged("deletedleads", start):
            yield _gone(activity["leadId"], activity)
        merges = {"activityTypeIds": [MERGE_LEADS]}

        def rows(filters: dict[str, Any]) -> Records:
            return self._activity_export.rows(filters | merges)

        for activity in self._filtered(start, end, rows, "createdAt", ACTIVITY):
            attributes = orjson.loads(activity["attributes"] or "{}")
            for lead_id in re.findall(r"\d+", str(attributes.get("Merge IDs", ""))):
                yield _gone(lead_id, activity)
        self.reached = None

    def _paged_activities(self, start: datetime) -> Records:
        types = [kind["id"] for kind in self._types(Window(start, start))]
        exported = [str(kind) for kind in types if kind != DELETE_LEAD]
        for first in range(0, len(exported), TYPES_A_CALL):
            wanted = ",".join(exported[first : first + TYPES_A_CALL])
            yield from self._paged("activities", start, activityTypeIds=wanted)

    def _paged(self, name: str, start: datetime, **query: str) -> Records:
        """Activities since ``start`` in the bulk extract's form; an empty page need not be the last."""
        path = ACTIVITIES if name == "activities" else f"{ACTIVITIES}/{name}"
        since = {"sinceDatetime": _text(start)}
        body = self.api.result("GET", f"{ACTIVITIES}/pagingtoken.json", name, params=since)
        positions = Positions("marketo", name)
        while True:
            query["nextPageToken"] = positions.go_to(body["nextPageToken"])
            body = self.api.result("GET", f"{path}.json", name, params=query)
            yield from map(_as_exported, body["result"])
            if not body["moreResult"]:
                return


def _as_exported(activity: dict[str, Any]) -> dict[str, Any]:
    """Attributes by name, as in an exported file, instead of a list of name and value."""
    attributes = {entry["name"]: entry.get("value") for entry in activity.get("attributes") or []}
    return activity | {"attributes": attributes}


def _gone(lead_id: Any, activity: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(lead_id), "updatedAt": activity["activityDate"], "_is_deleted": True}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(str(text)), time(), UTC)
