"""Zendesk: OAuth (client credentials, rotating refresh tokens), exports, and lists paged by cursor.

After developer.zendesk.com as noted in docs/domain/sources.md#zendesk. What changed in the last
minute is withheld: an export shows the records as they stood 60 seconds ago.
"""

from base64 import b64encode
from collections.abc import Callable
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import Fault
from sandbox.store import Snapshot
from sandbox.tenant_lines import VersionRule
from sandbox.timestamps import MILLISECOND, SECOND
from sandbox.vendor import JSON, Endpoint, Refusal, Vendor, opaque, read_opaque
from sandbox.zendesk import credentials

INCREMENTAL = "/api/v2/incremental"
CURSOR_EXPORTS = {
    "tickets": VersionRule(key=("id",), cursor="generated_timestamp"),
    "users": VersionRule(key=("id",), cursor="updated_at"),
}
TIME_EXPORTS = {
    "organizations": VersionRule(key=("id",), cursor="updated_at"),
    "ticket_events": VersionRule(key=("id",), cursor="timestamp"),
}
LISTS = {
    "ticket_metric_events": VersionRule(key=("id",), cursor="time"),
    "satisfaction_ratings": VersionRule(key=("id",), cursor="updated_at"),
    # The answers carry their own times; `updated_at` beside them orders the file's versions.
    "survey_responses": VersionRule(key=("id",), cursor="updated_at"),
}
LIST_PATHS = {
    "ticket_metric_events": f"{INCREMENTAL}/ticket_metric_events",
    "satisfaction_ratings": "/api/v2/satisfaction_ratings",
    "survey_responses": "/api/v2/guide/survey_responses",
}
TALK = "/api/v2/channels/voice/stats/incremental"
CALLS = VersionRule(key=("id",), cursor="updated_at")
# Without a file of these the account's plan does not have them.
OF_SOME_PLANS = ("survey_responses", "calls")
PAGE_LIMIT = 1_000
LIST_LIMIT = 100
WITHHELD_SECONDS = 60
TOKEN_SECONDS = 172_800
REFRESH_TOKEN_SECONDS = 7_776_000
REQUESTS_A_MINUTE = "700"


class Zendesk(Vendor):
    """One account."""

    name = "zendesk"
    sign_in_as = (credentials.CLIENT_ID, credentials.CLIENT_SECRET)

    def routes(self) -> list[Route]:
        """The account's paths."""
        routes = [self.open_route("/oauth/tokens", self.sign_in, "POST")]
        for name, rule in CURSOR_EXPORTS.items():
            endpoint = self._exporting(self.cursor_export, name, rule)
            routes.append(self.data_route(f"{INCREMENTAL}/{name}/cursor", endpoint))
            routes.append(self.data_route(f"{INCREMENTAL}/{name}/cursor.json", endpoint))
        for name, rule in {**TIME_EXPORTS, **CURSOR_EXPORTS}.items():
            endpoint = self._exporting(self.time_export, name, rule)
            routes.append(self.data_route(f"{INCREMENTAL}/{name}", endpoint))
            routes.append(self.data_route(f"{INCREMENTAL}/{name}.json", endpoint))
        for name, rule in LISTS.items():
            endpoint = self._exporting(self.listed, name, rule)
            routes.append(self.data_route(LIST_PATHS[name], endpoint))
            routes.append(self.data_route(f"{LIST_PATHS[name]}.json", endpoint))
        endpoint = self._exporting(self.talk_export, "calls", CALLS)
        routes.append(self.data_route(f"{TALK}/calls", endpoint))
        routes.append(self.data_route(f"{TALK}/calls.json", endpoint))
        routes.append(self.route("/api/v2/oauth/tokens/current.json", self.current_token))
        return routes

    async def sign_in(self, request: Request) -> Response:
        """Grant types client credentials and refresh token, as JSON."""
        try:
            body = orjson.loads(await request.body())
        except orjson.JSONDecodeError as problem:
            raise Refusal(_error(400, "invalid_request", "The request is no JSON.")) from problem
        if body.get("grant_type") not in ("client_credentials", "refresh_token"):
            return _error(400, "unsupported_grant_type", "The grant type is not supported.")
        secret = str(body.get("client_secret", ""))
        known_client = body.get("client_id") == credentials.CLIENT_ID
        known_secret = compare_digest(secret.encode(), credentials.CLIENT_SECRET.encode())
        if not (known_client and known_secret):
            return _error(401, "invalid_client", "Client authentication failed.")
        scope = {"token_type": "bearer", "scope": body.get("scope", "read")}
        scope |= {"expires_in": body.get("expires_in", TOKEN_SECONDS)}
        if body["grant_type"] == "client_credentials":
            return JSON({"access_token": self.world.issue_token(self.name), **scope})
        refresh_token = str(body.get("refresh_token", ""))
        first = credentials.REFRESH_TOKEN
        pair = self.world.rotate_token(self.name, refresh_token, first)
        if pair is None:
            return _error(400, "invalid_grant", "The refresh token is invalid, expired or revoked.")
        return JSON({**pair, **scope, "refresh_token_expires_in": REFRESH_TOKEN_SECONDS})

    async def current_token(self, request: Request) -> Response:
        """The token the request carries."""
        return JSON({"token": {"id": 1, "scopes": ["read"], "expires_at": None}})

    def listed(self, request: Request, name: str, snapshot: Snapshot) -> dict[str, Any]:
        """A page by (time, id), events of the future included."""
        params = request.query_params
        if name == "survey_responses":
            start = int(params.get("filter[created_at_start]", "0")) * MILLISECOND
        else:
            start = int(params.get("start_time", "0")) * SECOND
        position = snapshot.first_at(start)
        if "page[after]" in params:
            position = snapshot.first_past(*_read_cursor(params["page[after]"]))
        page = snapshot.versions[position : position + _list_size(params)]
        has_more = position + len(page) < len(snapshot.versions)
        after = _write_cursor(page[-1].cursor, page[-1].key) if page else None
        query = urlencode({**params, "page[after]": after or ""})
        records = [version.record for version in page]
        if name == "survey_responses":
            records = [{k: v for k, v in r.items() if k != "updated_at"} for r in records]
        return {
            name: records,
            "meta": {"has_more": has_more, "after_cursor": after, "before_cursor": None},
            "links": {"next": f"{_here(request)}?{query}" if has_more else None, "prev": None},
        }

    def talk_export(self, request: Request, name: str, snapshot: Snapshot) -> dict[str, Any]:
        """A page of 1,000 by time; the next one starts at its last second, also after the last page."""
        start = self._start(request)
        position = snapshot.first_at(start)
        page = snapshot.versions[position : position + PAGE_LIMIT]
        if page and page[-1].cursor < start + SECOND:
            page = snapshot.versions[position : snapshot.first_at(start + SECOND) + 1]
        last = page[-1].cursor // SECOND if page else start // SECOND
        return {
            name: [version.record for version in page],
            "count": len(page),
            "end_time": last,
            "next_page": _going_on(request, start_time=last),
        }

    def cursor_export(self, request: Request, name: str, snapshot: Snapshot) -> dict[str, Any]:
        """A page by (time, id); the last page's ``after_cursor`` goes on where it ended."""
        if "cursor" in request.query_params:
            moment, key = _read_cursor(request.query_params["cursor"])
            position = snapshot.first_past(moment, key)
        else:
            moment, key = self._start(request), ""
            position = snapshot.first_at(moment)
        end = position + _page_size(request)
        page = snapshot.versions[position:end]
        if page:
            moment, key = page[-1].cursor, page[-1].key
        after = _write_cursor(moment, key)
        return {
            name: [version.record for version in page],
            "after_url": _going_on(request, cursor=after),
            "after_cursor": after,
            "before_url": None,
            "before_cursor": None,
            "end_of_stream": end >= len(snapshot.versions),
        }

    def time_export(self, request: Request, name: str, snapshot: Snapshot) -> dict[str, Any]:
        """A page by time; the next one starts at its last second, which is so sent twice.

        A page that would end in the second it starts with goes on into the next second, else
        more records of one second than fit a page could never be passed.
        """
        start = self._start(request)
        position = snapshot.first_at(start)
        end = position + _page_size(request)
        page = snapshot.versions[position:end]
        if page and page[-1].cursor < start + SECOND:
            end = max(end, snapshot.first_at(start + SECOND) + 1)
            page = snapshot.versions[position:end]
        last = page[-1].cursor // SECOND if page else None
        records = [version.record for version in page]
        sideloads = request.query_params.get("include", "").split(",")
        if name == "ticket_events" and "comment_events" not in sideloads:
            records = [_without_comments(event) for event in records]
        return {
            name: records,
            "count": len(page),
            "end_time": last,
            "next_page": _going_on(request, start_time=last) if page else None,
            "end_of_stream": end >= len(snapshot.versions),
        }

    def denial(self, request: Request) -> Response:
        """A missing or ended token."""
        if "authorization" not in request.headers:
            return JSON({"error": "Couldn't authenticate you"}, 401)
        return _error(401, "invalid_token", "The access token provided is expired or revoked.")

    def refusal(self, fault: Fault, request: Request) -> Response:
        """The quota answers 429 with the seconds to wait, an overloaded server 503."""
        if fault.fault == "rate_limit":
            wait = 1 if fault.retry_after is None else fault.retry_after
            # A text, as those who met it quote it; no JSON.
            body = "Number of allowed API requests per minute exceeded"
            return Response(body, 429, {"retry-after": str(wait)}, media_type="text/html")
        headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
        return Response("Service Unavailable", 503, headers, media_type="text/plain")

    def failure(self, message: str) -> Response:
        """A tenant file that cannot be read."""
        return JSON({"error": "SandboxTenantFile", "description": message}, 400)

    def object_of(self, request: Request) -> str | None:
        """The object of an export or a list."""
        path = request.url.path.removesuffix(".json")
        for name, address in {**LIST_PATHS, "calls": f"{TALK}/calls"}.items():
            if path == address:
                return name
        if not path.startswith(INCREMENTAL):
            return None
        return path.removeprefix(f"{INCREMENTAL}/").split("/")[0].removesuffix(".json")

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request carries a token of OAuth, or the API token."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            known = f"{credentials.EMAIL}/token:{credentials.API_TOKEN}"
            return compare_digest(given.encode(), b64encode(known.encode()))
        return super().is_signed_in(request)

    def extra_headers(self, request: Request) -> dict[str, str]:
        """The account's quota."""
        return {"x-rate-limit": REQUESTS_A_MINUTE, "x-rate-limit-remaining": REQUESTS_A_MINUTE}

    def _exporting(
        self,
        export: Callable[[Request, str, Snapshot], dict[str, Any]],
        name: str,
        rule: VersionRule,
    ) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if name in OF_SOME_PLANS and name not in self.world.store.objects(self.name):
                return JSON({"error": "RecordNotFound", "description": "Not found"}, 404)
            settled = self.micros - WITHHELD_SECONDS * SECOND
            return JSON(export(request, name, self.collection(name, rule).at(settled)))

        return endpoint

    def _start(self, request: Request) -> int:
        text = request.query_params.get("start_time", "")
        if not text.isdigit():
            raise Refusal(_described("InvalidValue", "start_time must be in epoch seconds"))
        start = int(text) * SECOND
        if start > self.micros - WITHHELD_SECONDS * SECOND:
            message = "Too recent start_time. Use a start_time older than 60 seconds"
            raise Refusal(_described("StartTimeTooRecent", message, 422))
        return start


def _without_comments(event: dict[str, Any]) -> dict[str, Any]:
    """Without the comment_events sideload a comment is only said to exist."""
    children = [
        {"event_type": "Change", "comment_present": True, "comment_public": child.get("public")}
        if child.get("event_type") == "Comment"
        else child
        for child in event.get("child_events", [])
    ]
    return {**event, "child_events": children}


def _write_cursor(moment: int, key: str) -> str:
    """``1576613539.0||467|`` in base64; the fraction is in microseconds."""
    return opaque(f"{moment // SECOND}.{moment % SECOND}||{key}|")


def _read_cursor(text: str) -> tuple[int, str]:
    try:
        time, _, key, _ = read_opaque(text).split("|")
        seconds, _, micros = time.partition(".")
        return int(seconds) * SECOND + int(micros), key
    except ValueError as problem:
        raise Refusal(_described("InvalidValue", "cursor is not valid")) from problem


def _list_size(params: QueryParams) -> int:
    text = params.get("page[size]", str(LIST_LIMIT))
    if not text.isdigit() or not 1 <= int(text) <= LIST_LIMIT:
        raise Refusal(_described("InvalidValue", f"page[size] must be 1 to {LIST_LIMIT}"))
    return int(text)


def _page_size(request: Request) -> int:
    text = request.query_params.get("per_page", str(PAGE_LIMIT))
    if not text.isdigit() or not 1 <= int(text) <= PAGE_LIMIT:
        raise Refusal(_described("InvalidValue", f"per_page must be 1 to {PAGE_LIMIT}"))
    return int(text)


def _here(request: Request) -> str:
    return str(request.url.replace(query=""))


def _going_on(request: Request, **position: Any) -> str:
    """Address of the page at ``position``; what else was asked for (per_page, include) stays."""
    asked = {n: v for n, v in request.query_params.items() if n not in ("start_time", "cursor")}
    return f"{_here(request)}?{urlencode({**asked, **position})}"


def _described(error: str, description: str, status: int = 400) -> Response:
    return JSON({"error": error, "description": description}, status)


def _error(status: int, error: str, description: str) -> Response:
    return JSON({"error": error, "error_description": description}, status)
