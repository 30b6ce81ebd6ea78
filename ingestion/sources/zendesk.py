"""Zendesk: incremental exports, by cursor (tickets, users) or by time (organizations, events).

They have no upper bound and repeat records at page boundaries.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from ingestion.catalogue import CatalogueObject
from ingestion.errors import SourceError
from ingestion.http import JsonApi
from ingestion.sources.base import Connection, Page, Window

PAGE_SIZE = 1000
# Without the sideload an event does not say that it holds a comment.
SIDELOADS = {"ticket_events": "comment_events"}


class ZendeskApi(JsonApi):
    """OAuth client credentials; waits come as Retry-After."""

    source = "zendesk"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.host, connection.password)
        self._client = {
            "grant_type": "client_credentials",
            "client_id": connection.login,
            "client_secret": connection.password,
            "scope": "read",
        }

    def sign_in(self) -> dict[str, str]:
        """Get a token."""
        answer = self.fetch_token("/oauth/tokens", json=self._client)
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def advice(self, status: int, body: Any) -> str:
        """Incremental exports are for administrators."""
        if status == 403:
            return "the OAuth client of `zendesk_default` must belong to an administrator"
        return super().advice(status, body)


class Zendesk:
    """Reads one incremental export at a time."""

    def __init__(self, connection: Connection) -> None:
        self.api = ZendeskApi(connection)

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed since ``window.start``, deleted ones marked.

        The exports go up to now: records at or after ``window.end`` are landed as well.

        Raises:
            SourceError: the vendor refuses, or its pages no longer move on.
        """
        start = int(window.start.timestamp()) if window.start else 0
        read = self._by_cursor if entry.mode == "cursor_export" else self._by_time
        previous: set[bytes] = set()
        for records in read(entry.object, start):
            current: dict[bytes, dict[str, Any]] = {}
            for record in records:
                current.setdefault(orjson.dumps(record), record)
            fresh = [record for text, record in current.items() if text not in previous]
            previous = set(current)
            if fresh:
                yield Page([_as_landed(entry.object, record) for record in fresh])

    def _by_cursor(self, object_name: str, start: int) -> Iterator[list[dict[str, Any]]]:
        path = f"/api/v2/incremental/{object_name}/cursor.json"
        position: dict[str, Any] = {"start_time": start}
        while True:
            body = self.api.get(path, object_name, per_page=PAGE_SIZE, **position)
            yield body[object_name]
            if body["end_of_stream"]:
                return
            following = {"cursor": body["after_cursor"]}
            self._check_progress(object_name, following != position, following)
            position = following

    def _by_time(self, object_name: str, start: int) -> Iterator[list[dict[str, Any]]]:
        path = f"/api/v2/incremental/{object_name}.json"
        include = SIDELOADS.get(object_name)
        while True:
            body = self.api.get(
                path, object_name, start_time=start, per_page=PAGE_SIZE, include=include
            )
            yield body[object_name]
            # Older accounts give no end_of_stream; there a page that is not full is the last.
            if body.get("end_of_stream", body["count"] < PAGE_SIZE):
                return
            following = body["end_time"] or start
            self._check_progress(object_name, following > start, {"start_time": following})
            start = following

    def _check_progress(self, object_name: str, moved: bool, position: dict[str, Any]) -> None:
        if not moved:
            raise SourceError(
                "zendesk",
                object_name,
                f"the export repeats itself at {position} and says there is more",
                "more records share one second than fit on a page; ask Zendesk support",
            )


def _as_landed(object_name: str, record: dict[str, Any]) -> dict[str, Any]:
    deleted = (object_name == "tickets" and record.get("status") == "deleted") or (
        object_name == "users" and record.get("active") is False
    )
    return {**record, "_is_deleted": True} if deleted else record
