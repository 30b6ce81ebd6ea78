"""HubSpot: CRM objects by list (first load) and search (changes), archived ones, email events.

Search is paged by timestamp and id instead of offsets: an offset ends at 10,000 results, and skips
a record whenever an earlier one changes while paging.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import requests

from ingestion.catalogue import CatalogueObject
from ingestion.errors import SourceError
from ingestion.http import HttpError, JsonApi
from ingestion.sources.base import Connection, Page, Window

API_VERSION = "v3"
LIST_PAGE = 100
SEARCH_PAGE = 200
EVENT_PAGE = 1000
MAX_PROPERTIES_BYTES = 6_000
ASSOCIATED = {"contacts": "companies"}
# Search gives no associations; their own endpoint numbers the types that the list names.
ASSOCIATION_TYPES = {1: "contact_to_company", 279: "contact_to_company_unlabeled"}

Records = list[dict[str, Any]]


class HubSpotApi(JsonApi):
    """Bearer key; a 429 tells the length of its interval, or that the day is used up."""

    source = "hubspot"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.host, connection.password)
        self._key = connection.password

    def sign_in(self) -> dict[str, str]:
        """A service key needs no sign-in."""
        return {"Authorization": f"Bearer {self._key}"}

    def wait_hint(self, response: requests.Response) -> float | None:
        """Retry-After where given, else the interval the limit is counted over."""
        hint = super().wait_hint(response)
        interval = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
        if hint is None and response.status_code == 429 and interval.isdigit():
            return int(interval) / 1000
        return hint

    def is_transient(self, response: requests.Response, body: Any) -> bool:
        """A used-up day is not cured by waiting."""
        return not _is_daily_limit(body) and super().is_transient(response, body)

    def advice(self, status: int, body: Any) -> str:
        """A used-up day has its own."""
        if _is_daily_limit(body):
            return "the portal's daily calls are used up until midnight of its time zone"
        return super().advice(status, body)


class HubSpot:
    """Reads one object at a time; ``connection.extra``: api_version (``v3`` or ``2026-03``)."""

    def __init__(self, connection: Connection) -> None:
        self.api = HubSpotApi(connection)
        self._version = str(connection.extra.get("api_version", API_VERSION))

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed in ``window``; archived ones as deleted.

        Raises:
            SourceError: the vendor refuses, or its pages no longer move on.
        """
        if entry.mode == "email_events":
            yield from self._events(entry.object, window)
            return
        # Only properties asked for are given, and new ones appear at any time.
        listed = self.api.get(self._path("properties", entry.object), entry.object)
        names = [prop["name"] for prop in listed["results"]]
        if window.start is None:
            live = self._first_load(entry.object, names, window.end)
        else:
            live = self._search(entry.object, names, window)
        for records in live:
            if records:
                yield Page(records)
        for records in self._list(entry.object, names, archived=True):
            gone = [r | {"_is_deleted": True} for r in records if _holds(window, r["archivedAt"])]
            if gone:
                yield Page(gone)

    def _first_load(self, object_name: str, names: list[str], end: datetime) -> Iterator[Records]:
        for records in self._list(object_name, names, archived=False):
            yield [r for r in records if datetime.fromisoformat(r["updatedAt"]) < end]

    def _list(self, object_name: str, names: list[str], archived: bool) -> Iterator[Records]:
        path = self._path("objects", object_name)
        properties = ",".join(names)
        is_wide = len(quote_plus(properties)) > MAX_PROPERTIES_BYTES
        query = {"limit": LIST_PAGE, "archived": str(archived).lower()}
        query |= {"associations": ASSOCIATED.get(object_name)}
        if not is_wide:
            query["properties"] = properties
        after = None
        while True:
            body = self.api.get(path, object_name, after=after, **query)
            records = body["results"]
            yield self._filled(object_name, records, names, archived) if is_wide else records
            following = _following(body)
            if following is None:
                return
            _check_progress(object_name, following != after)
            after = following

    def _filled(
        self, object_name: str, records: Records, names: list[str], archived: bool
    ) -> Records:
        """The same records with properties whose names are too long for a URL."""
        if not records:
            return records
        path = f"{self._path('objects', object_name)}/batch/read?archived={str(archived).lower()}"
        wanted = [{"id": record["id"]} for record in records]
        body = self.api.post(path, object_name, {"properties": names, "inputs": wanted})
        by_id = {record["id"]: record for record in body["results"]}
        # One that is absent now was archived or merged meanwhile.
        return [record | by_id[record["id"]] for record in records if record["id"] in by_id]

    def _search(self, object_name: str, names: list[str], window: Window) -> Iterator[Records]:
        modified = "lastmodifieddate" if object_name == "contacts" else "hs_lastmodifieddate"
        low, end = _milliseconds(window.start), _milliseconds(window.end)
        while low < end:
            body = self._search_page(object_name, names, _between(modified, low, end), modified)
            moments = [_modified_at(record, modified) for record in body["results"]]
            newest = max(moments, default=low)
            if _following(body) is None:
                yield body["results"]
                return
            if newest > low:
                # The newest ones come again at the head of the next page, with their equals.
                pairs = zip(body["results"], moments, strict=True)
                yield [record for record, moment in pairs if moment < newest]
                low = newest
            else:
                yield from self._search_moment(object_name, names, modified, low)
                low += 1

    def _search_moment(
        self, object_name: str, names: list[str], modified: str, moment: int
    ) -> Iterator[Records]:
        """All records modified in one millisecond, when they are more than a page."""
        last = "0"
        while True:
            above = {"propertyName": "hs_object_id", "operator": "GT", "value": last}
            filters = [*_between(modified, moment, moment + 1), above]
            body = self._search_page(object_name, names, filters, "hs_object_id")
            yield body["results"]
            if _following(body) is None:
                return
            _check_progress(object_name, body["results"][-1]["id"] != last)
            last = body["results"][-1]["id"]

    def _search_page(
        self, object_name: str, names: list[str], filters: Records, order: str
    ) -> dict[str, Any]:
        payload = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
            "properties": names,
            "limit": SEARCH_PAGE,
        }
        path = f"{self._path('objects', object_name)}/search"
        body = self.api.post(path, object_name, payload)
        self._associate(object_name, body["results"])
        return body

    def _associate(self, object_name: str, records: Records) -> None:
        """Add associations to records as the list endpoint shows them."""
        target = ASSOCIATED.get(object_name)
        if not target or not records:
            return
        path = f"{self._path('associations', object_name)}/{target}/batch/read"
        wanted = [{"id": record["id"]} for record in records]
        body = self.api.post(path, object_name, {"inputs": wanted})
        links = {str(found["from"]["id"]): _links(found["to"]) for found in body["results"]}
        for record in records:
            if record["id"] in links:
                record["associations"] = {target: {"results": links[record["id"]]}}

    def _events(self, object_name: str, window: Window) -> Iterator[Page]:
        """Email events, newest first; an expired offset is resumed from the oldest one seen."""
        first = _milliseconds(window.start) if window.start else 0
        end = upper = _milliseconds(window.end)
        oldest, offset = end, None
        while True:
            query = {"startTimestamp": first, "endTimestamp": upper, "limit": EVENT_PAGE}
            try:
                body = self.api.get("/email/public/v1/events", object_name, offset=offset, **query)
            except HttpError as error:
                if offset is None or error.status != 400 or upper == oldest + 1:
                    raise
                upper, offset = oldest + 1, None
                continue
            events = [event for event in body["events"] if first <= event["created"] < end]
            if events:
                oldest = min(oldest, *(event["created"] for event in events))
                yield Page(events)
            if not body["hasMore"]:
                return
            _check_progress(object_name, body["offset"] != offset)
            offset = body["offset"]

    def _path(self, kind: str, object_name: str) -> str:
        """Numbered versions stand before the kind of resource, dated ones after it."""
        numbered = "v4" if kind == "associations" else self._version
        parts = (numbered, kind) if self._version.startswith("v") else (kind, self._version)
        return f"/crm/{'/'.join(parts)}/{object_name}"


def _is_daily_limit(body: Any) -> bool:
    return isinstance(body, dict) and body.get("policyName") == "DAILY"


def _between(name: str, low: int, high: int) -> Records:
    return [
        {"propertyName": name, "operator": "GTE", "value": str(low)},
        {"propertyName": name, "operator": "LT", "value": str(high)},
    ]


def _links(targets: Records) -> Records:
    return [
        {"id": str(to["toObjectId"]), "type": ASSOCIATION_TYPES.get(kind["typeId"], kind["label"])}
        for to in targets
        for kind in to["associationTypes"]
    ]


def _following(body: dict[str, Any]) -> str | None:
    return body.get("paging", {}).get("next", {}).get("after")


def _check_progress(object_name: str, moved: bool) -> None:
    if not moved:
        raise SourceError(
            "hubspot", object_name, "the same page is given again and again", "run again later"
        )


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _modified_at(record: dict[str, Any], modified: str) -> int:
    value = record["properties"].get(modified) or record["updatedAt"]
    return int(value) if value.isdigit() else _milliseconds(datetime.fromisoformat(value))


def _holds(window: Window, archived_at: str) -> bool:
    moment = datetime.fromisoformat(archived_at).astimezone(UTC)
    return moment < window.end and (window.start is None or moment >= window.start)
