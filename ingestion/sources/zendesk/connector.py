"""Zendesk: incremental exports, by cursor (tickets, users) or by time (organizations, events, calls),
and lists paged by cursor (metric events, ratings, survey responses).

The exports have no upper bound and repeat records at page boundaries.
"""

import logging
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from ingestion.catalogue import CatalogueObject
from ingestion.http import HttpError, JsonApi
from ingestion.sources.base import ApiSource, Known, Positions
from ingestion.tokens import TokenStore
from runtime.errors import SourceError
from runtime.records import Connection, Page, Window

logger = logging.getLogger(__name__)

PAGE_SIZE = 1000
LIST_SIZE = 100
TALK = "/api/v2/channels/voice/stats/incremental"
# Without the sideload an event does not say that it holds a comment.
SIDELOADS = {"ticket_events": "comment_events"}
# Path and parameters of a list since a time in seconds.
LISTS: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
    "ticket_metric_events": (
        "/api/v2/incremental/ticket_metric_events",
        lambda start: {"start_time": start, "include_changes": "true"},
    ),
    "satisfaction_ratings": ("/api/v2/satisfaction_ratings", lambda start: {"start_time": start}),
    "survey_responses": (
        "/api/v2/guide/survey_responses",
        lambda start: {"filter[created_at_start]": start * 1000},
    ),
}


class ZendeskApi(JsonApi):
    """OAuth client credentials, rotating refresh tokens, or an API token (which Zendesk ends in 2027);
    waits come as Retry-After."""

    source = "zendesk"

    def __init__(self, connection: Connection) -> None:
        refresh_token = connection.extra.get("refresh_token", "")
        super().__init__(connection.host, connection.password, refresh_token)
        self._basic = ""
        if connection.extra.get("auth") == "api_token":
            self._basic = b64encode(
                f"{connection.login}/token:{connection.password}".encode()
            ).decode()
            self.secrets.add(self._basic)
        self._client = {
            "client_id": connection.login,
            "client_secret": connection.password,
            "scope": "read",
        }
        self._tokens: TokenStore | None = None
        if refresh_token:
            self._tokens = TokenStore(Path(connection.extra["token_file"]), refresh_token)
        self._access_token: str | None = None

    def sign_in(self) -> dict[str, str]:
        """Get a token."""
        if self._basic:
            return {"Authorization": f"Basic {self._basic}"}
        if self._tokens:
            self._access_token = self._tokens.access_token(self._access_token, self._renew)
            self.secrets.add(self._access_token)
        else:
            self._access_token = self._grant("client_credentials")["access_token"]
        return {"Authorization": f"Bearer {self._access_token}"}

    def _renew(self, refresh_token: str) -> dict[str, Any]:
        self.secrets.add(refresh_token)
        return self._grant("refresh_token", refresh_token=refresh_token)

    def _grant(self, grant_type: str, **more: str) -> dict[str, Any]:
        order = {"grant_type": grant_type, **self._client, **more}
        return self.fetch_token("/oauth/tokens", json=order)

    def sign_in_advice(self, body: Any) -> str:
        """A refresh token is good for one exchange."""
        if isinstance(body, dict) and body.get("error") == "invalid_grant":
            return "authorise again and put the new refresh_token into the connection `zendesk_default`"
        return super().sign_in_advice(body)

    def advice(self, status: int, body: Any) -> str:
        """Incremental exports are for administrators."""
        if status == 403:
            return "the OAuth client of `zendesk_default` must belong to an administrator"
        return super().advice(status, body)


class Zendesk(ApiSource):
    """Reads one export at a time.

    ``connection.extra``: ``refresh_token`` with ``token_file`` (where its successors are kept), or
    ``auth: api_token`` (login = e-mail address, password = API token).
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(ZendeskApi(connection))

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed since ``window.start``, deleted ones marked.

        The exports go up to now: records at or after ``window.end`` are landed as well.

        Raises:
            SourceError: the vendor refuses, or its pages no longer move on.
        """
        start = int(window.start.timestamp()) if window.start else 0
        readers = {
            "cursor_export": self._by_cursor,
            "time_export": self._by_time,
            "talk_export": self._calls,
            "list": self._by_list,
        }
        read = readers[entry.mode]
        previous: set[bytes] = set()
        for records in read(entry.object, start):
            current: dict[bytes, dict[str, Any]] = {}
            for record in records:
                current.setdefault(orjson.dumps(record), record)
            fresh = [record for text, record in current.items() if text not in previous]
            previous = set(current)
            if fresh:
                yield Page([_as_landed(entry.object, record) for record in fresh])

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield what `extract` would; when a comparison is due, the object from its beginning.

        Lists are asked for by a time that an edit need not move: only so do edits behind the look-back show.

        Raises:
            SourceError: see `extract`.
        """
        yield from self.extract(entry, Window(None, window.end) if known.compare else window)

    def _by_cursor(self, object_name: str, start: int) -> Iterator[list[dict[str, Any]]]:
        path = f"/api/v2/incremental/{object_name}/cursor.json"
        position: dict[str, Any] = {"start_time": start}
        positions = Positions("zendesk", object_name)
        while True:
            body = self.api.get(path, object_name, per_page=PAGE_SIZE, **position)
            yield body[object_name]
            if body["end_of_stream"]:
                return
            position = {"cursor": positions.go_to(body["after_cursor"])}

    def _by_time(self, object_name: str, start: int) -> Iterator[list[dict[str, Any]]]:
        path = f"/api/v2/incremental/{object_name}.json"
        include = SIDELOADS.get(object_name)
        query = {"per_page": PAGE_SIZE, "include": include}
        while body := self._since(self.api.get, start, path, object_name, **query):
            yield body[object_name]
            # Older accounts give no end_of_stream; there a page that is not full is the last.
            if body.get("end_of_stream", body["count"] < PAGE_SIZE):
                return
            following = body["end_time"] or start
            self._check_progress(object_name, following > start, {"start_time": following})
            start = following

    def _calls(self, object_name: str, start: int) -> Iterator[list[dict[str, Any]]]:
        """Talk gives an address to go on from after the last page too: the page that gets no further is the last."""
        while body := self._since(self._if_there, start, f"{TALK}/{object_name}", object_name):
            yield body[object_name]
            following = body["end_time"] or start
            if following <= start:
                is_cut = body["count"] == PAGE_SIZE
                self._check_progress(object_name, not is_cut, {"start_time": start})
                return
            start = following

    def _by_list(self, object_name: str, start: int) -> Iterator[list[dict[str, Any]]]:
        path, parameters = LISTS[object_name]
        query = {**parameters(start), "page[size]": LIST_SIZE}
        positions = Positions("zendesk", object_name)
        while body := self._if_there(path, object_name, **query):
            yield body[object_name]
            if not body["meta"]["has_more"]:
                return
            query["page[after]"] = positions.go_to(body["meta"]["after_cursor"])

    def _since(self, get: Callable[..., Any], start: int, *what: str, **query: Any) -> Any:
        """The page from ``start`` on; None if that is too recent for Zendesk to show anything yet."""
        try:
            return get(*what, start_time=start, **query)
        except HttpError as error:
            said = error.body.get("description") if isinstance(error.body, dict) else ""
            if not str(said).startswith("Too recent start_time"):
                raise
            return None

    def _if_there(self, path: str, object_name: str, **query: Any) -> dict[str, Any] | None:
        """The answer, or None where the account's plan does not have the object."""
        try:
            return self.api.get(path, object_name, **query)
        except HttpError as error:
            if error.status != 404:
                raise
            logger.warning("zendesk / %s: not in this account, nothing read", object_name)
            return None

    def _check_progress(self, object_name: str, moved: bool, position: dict[str, Any]) -> None:
        if not moved:
            raise SourceError(
                "zendesk",
                object_name,
                f"the export repeats itself at {position} and says there is more",
                "more records share one second than fit on a page; ask Zendesk support",
            )


def _as_landed(object_name: str, record: dict[str, Any]) -> dict[str, Any]:
    deleted = (
        (object_name == "tickets" and record.get("status") == "deleted")
        or (object_name == "users" and record.get("active") is False)
        # A breach that was forecast and did not come.
        or (object_name == "ticket_metric_events" and record.get("deleted") is True)
    )
    return {**record, "_is_deleted": True} if deleted else record
