"""HubSpot: CRM objects by list (first load) and search (changes), archived and merged ones; events.

Search is paged by timestamp and id instead of offsets: an offset ends at 10,000 results, and skips
a record whenever an earlier one changes while paging.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from ingestion.catalogue import CatalogueObject
from ingestion.sources.base import ApiSource, Known, Positions
from ingestion.sources.hubspot.api import HubSpotApi, following
from ingestion.sources.hubspot.events import milliseconds, read_feed, read_submissions
from runtime.errors import SourceError
from runtime.records import Connection, Page, Window

LIST_PAGE = 100
SEARCH_PAGE = 200
MAX_PROPERTIES_BYTES = 6_000
ASSOCIATED = {"contacts": "companies"}
# Search gives no associations; their own endpoint numbers the types that the list names.
ASSOCIATION_TYPES = {1: "contact_to_company", 279: "contact_to_company_unlabeled"}

Records = list[dict[str, Any]]


class HubSpot(ApiSource):
    """Reads one object at a time.

    ``connection.extra``: api_version (``v3`` or ``2026-03``); ``refresh_token`` with ``token_file`` (where
    its successors are kept), login and password then being client id and secret.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(HubSpotApi(connection))

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed in ``window``; archived and merged ones as deleted.

        Raises:
            SourceError: the vendor refuses, or its pages no longer move on.
        """
        if entry.mode != "crm_object":
            read = read_submissions if entry.mode == "form_submissions" else read_feed
            yield from _pages(read(self.api, entry.object, window))
            return
        names = self._describe(entry.object)
        if window.start is None:
            yield from _pages(self._before(window.end, self._list(entry.object, names)))
        else:
            for records in self._search(entry.object, names, window):
                yield from _pages([records, _merged_away(records)])
        yield from _pages(self._archived(entry.object, names, window))

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield what `extract` would; when a comparison is due, the whole object.

        Only so do changes show that move no time of change (of associations, of calculated
        properties) and what is gone without a trace: merged, erased, or archived 90 days ago.

        Raises:
            SourceError: see `extract`.
        """
        if entry.mode != "crm_object" or not known.compare:
            yield from self.extract(entry, window)
            return
        names, seen = self._describe(entry.object), set()
        for records in self._list(entry.object, names):
            seen |= {record["id"] for record in records}
            yield from _pages(self._before(window.end, [records]))
        for records in self._list(entry.object, names, archived=True):
            seen |= {record["id"] for record in records}
            yield from _pages([_as_deleted(records, Window(None, window.end))])
        gone = [
            {"id": live["id"], "updatedAt": live["cursor"], "_is_deleted": True}
            for live in known.live().to_pylist()
            if live["id"] not in seen
        ]
        yield from _pages([gone])

    def _describe(self, object_name: str) -> list[str]:
        """Only properties asked for are given, and new ones appear at any time."""
        listed = self.api.get(self.api.path("properties", object_name), object_name)
        self.fields = [prop["name"] for prop in listed["results"]]
        return self.fields

    def _archived(self, object_name: str, names: list[str], window: Window) -> Iterator[Records]:
        """All are listed: they can be neither searched nor filtered by time."""
        for records in self._list(object_name, names, archived=True):
            yield _as_deleted(records, window)

    @staticmethod
    def _before(end: datetime, pages: Iterable[Records]) -> Iterator[Records]:
        for records in pages:
            yield [r for r in records if datetime.fromisoformat(r["updatedAt"]) < end]

    def _list(
        self, object_name: str, names: list[str], archived: bool = False
    ) -> Iterator[Records]:
        path = self.api.path("objects", object_name)
        properties = ",".join(names)
        is_wide = len(quote_plus(properties)) > MAX_PROPERTIES_BYTES
        query = {"limit": LIST_PAGE, "archived": str(archived).lower()}
        query |= {"associations": ASSOCIATED.get(object_name)}
        if not is_wide:
            query["properties"] = properties
        after, positions = None, Positions("hubspot", object_name)
        while True:
            body = self.api.get(path, object_name, after=after, **query)
            records = body["results"]
            self._associate(object_name, [r for r in records if _is_cut(object_name, r)])
            yield self._filled(object_name, records, names, archived) if is_wide else records
            if following(body) is None:
                return
            after = positions.go_to(following(body))

    def _filled(
        self, object_name: str, records: Records, names: list[str], archived: bool
    ) -> Records:
        """The same records with properties whose names are too long for a URL."""
        if not records:
            return records
        path = (
            f"{self.api.path('objects', object_name)}/batch/read?archived={str(archived).lower()}"
        )
        wanted = [{"id": record["id"]} for record in records]
        body = self.api.post(path, object_name, {"properties": names, "inputs": wanted})
        _check_errors(object_name, "properties", body)
        by_id = {record["id"]: record for record in body["results"]}
        # One that is absent now was archived or merged meanwhile.
        return [record | by_id[record["id"]] for record in records if record["id"] in by_id]

    def _search(self, object_name: str, names: list[str], window: Window) -> Iterator[Records]:
        modified = "lastmodifieddate" if object_name == "contacts" else "hs_lastmodifieddate"
        low, end = milliseconds(window.start), milliseconds(window.end)
        while low < end:
            body = self._search_page(object_name, names, _between(modified, low, end), modified)
            moments = [_modified_at(record, modified) for record in body["results"]]
            newest = max(moments, default=low)
            if following(body) is None:
                yield body["results"]
                return
            if newest > low:
                # The newest ones come again at the head of the next page, with their equals.
                pairs = zip(body["results"], moments, strict=True)
                yield [record for record, moment in pairs if moment < newest]
                low = newest
            elif newest < low:
                raise SourceError(
                    "hubspot", object_name, "a search gives older records only", "run again later"
                )
            else:
                yield from self._search_moment(object_name, names, modified, low)
                low += 1

    def _search_moment(
        self, object_name: str, names: list[str], modified: str, moment: int
    ) -> Iterator[Records]:
        """All records modified in one millisecond, when they are more than a page."""
        last, positions = "0", Positions("hubspot", object_name)
        while True:
            above = {"propertyName": "hs_object_id", "operator": "GT", "value": last}
            filters = [*_between(modified, moment, moment + 1), above]
            body = self._search_page(object_name, names, filters, "hs_object_id")
            yield body["results"]
            if following(body) is None:
                return
            last = positions.go_to(body["results"][-1]["id"])

    def _search_page(
        self, object_name: str, names: list[str], filters: Records, order: str
    ) -> dict[str, Any]:
        payload = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
            "properties": names,
            "limit": SEARCH_PAGE,
        }
        path = f"{self.api.path('objects', object_name)}/search"
        body = self.api.post(path, object_name, payload)
        self._associate(object_name, body["results"])
        return body

    def _associate(self, object_name: str, records: Records) -> None:
        """Add associations to records as the list endpoint shows them."""
        target = ASSOCIATED.get(object_name)
        if not target or not records:
            return
        path = f"{self.api.path('associations', object_name)}/{target}/batch/read"
        links: dict[str, Records] = {}
        wanted = [{"id": record["id"]} for record in records]
        while wanted:
            body = self.api.post(path, object_name, {"inputs": wanted})
            _check_errors(object_name, "associations", body)
            wanted = []
            for found in body["results"]:
                key = str(found["from"]["id"])
                links.setdefault(key, []).extend(_links(found["to"]))
                if following(found):
                    wanted.append({"id": key, "after": following(found)})
        for record in records:
            if record["id"] in links:
                record["associations"] = {target: {"results": links[record["id"]]}}


def _between(name: str, low: int, high: int) -> Records:
    return [
        {"propertyName": name, "operator": "GTE", "value": str(low)},
        {"propertyName": name, "operator": "LT", "value": str(high)},
    ]


def _check_errors(object_name: str, what: str, body: dict[str, Any]) -> None:
    """Records without associations make an answer one in part (207), and so do vanished ones; no other reason does."""
    for error in body.get("errors") or []:
        if error.get("category") != "OBJECT_NOT_FOUND":
            raise SourceError(
                "hubspot", object_name, f"{what}: {error.get('category')}", "run again later"
            )


def _is_cut(object_name: str, record: dict[str, Any]) -> bool:
    """Whether a listed record has more associations than are shown with it."""
    shown = (record.get("associations") or {}).get(ASSOCIATED.get(object_name, "")) or {}
    return bool(following(shown))


def _as_deleted(records: Records, window: Window) -> Records:
    return [r | {"_is_deleted": True} for r in records if _holds(window, r["archivedAt"])]


def _merged_away(records: Records) -> Records:
    """Tombstones of the records that were merged into these; nothing else tells of them."""
    return [
        {"id": key, "updatedAt": record["updatedAt"], "_is_deleted": True}
        for record in records
        for key in (record["properties"].get("hs_merged_object_ids") or "").split(";")
        if key and key != record["id"]
    ]


def _pages(pages: Iterable[Records]) -> Iterator[Page]:
    return (Page(records) for records in pages if records)


def _links(targets: Records) -> Records:
    return [
        {"id": str(to["toObjectId"]), "type": ASSOCIATION_TYPES.get(kind["typeId"], kind["label"])}
        for to in targets
        for kind in to["associationTypes"]
    ]


def _modified_at(record: dict[str, Any], modified: str) -> int:
    value = record["properties"].get(modified) or record["updatedAt"]
    return int(value) if value.isdigit() else milliseconds(datetime.fromisoformat(value))


def _holds(window: Window, archived_at: str) -> bool:
    moment = datetime.fromisoformat(archived_at).astimezone(UTC)
    return moment < window.end and (window.start is None or moment >= window.start)
