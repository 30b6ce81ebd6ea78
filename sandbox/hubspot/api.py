"""HubSpot: OAuth, CRM objects, search, properties, associations; its event feeds are in feeds.

After developers.hubspot.com as noted in docs/domain/sources.md#hubspot; every CRM path exists in
the v3 form and in the date form. Archived records stay listed (the vendor drops them after 90
days).
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import Fault
from sandbox.hubspot import associations, credentials, search
from sandbox.hubspot.errors import digest, error, invalid, whole
from sandbox.hubspot.feeds import HubSpotFeeds
from sandbox.hubspot.records import CrmObject, present
from sandbox.store import Store, Version, key_order
from sandbox.tenant_lines import VersionRule
from sandbox.timestamps import iso_millis
from sandbox.vendor import (
    JSON,
    Refusal,
    Vendor,
    World,
    bearer_token,
    opaque,
    read_opaque,
)

CRM_RULE = VersionRule(key=("id",), cursor="updatedAt", deleted="archived", fields="properties")
API_VERSION = "2026-03"
LIST_LIMIT = 100
READ_LIMIT = 100
ASSOCIATION_LIMIT = 1_000
KEPT_SEARCHES = 8
TOKEN_LIFETIME = timedelta(minutes=30)
DAILY_REQUESTS = 650_000
BURST_REQUESTS = 190
BURST_MILLISECONDS = 10_000


class HubSpot(Vendor):
    """One portal."""

    name = "hubspot"
    sign_in_as = ("", credentials.TOKEN)
    own_faults = ("daily_limit", "offset_expired")
    twists = frozenset({"offset_expired"})

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._searches: dict[tuple[Store, str, int, str], Sequence[Version]] = {}
        self._feeds = HubSpotFeeds(self)
        self._ends: dict[str, datetime] = {}

    def routes(self) -> list[Route]:
        """The portal's paths."""
        routes = [self.data_route(path, endpoint) for path, endpoint in self._feeds.endpoints()]
        for version in ("v1", API_VERSION):
            routes.append(self.open_route(f"/oauth/{version}/token", self.sign_in, "POST"))
        for root in ("/crm/v3/objects", f"/crm/objects/{API_VERSION}"):
            routes += [
                self.data_route(f"{root}/{{object}}", self.list_objects),
                self.data_route(f"{root}/{{object}}/search", self.search, "POST"),
                self.data_route(f"{root}/{{object}}/{{id}}", self.read),
                self.data_route(f"{root}/{{object}}/batch/read", self.batch_read, "POST"),
            ]
        for root in ("/crm/v3/properties", f"/crm/properties/{API_VERSION}"):
            routes.append(self.route(f"{root}/{{object}}", self.properties))
        for root in ("/crm/v4/associations", f"/crm/associations/{API_VERSION}"):
            path = f"{root}/{{object}}/{{target}}/batch/read"
            routes.append(self.data_route(path, self.associations, "POST"))
        return routes

    async def sign_in(self, request: Request) -> Response:
        """Grant type refresh token, as a form; the token lives half an hour."""
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("grant_type") != "refresh_token":
            return error(400, "missing or unknown grant type", status="BAD_GRANT_TYPE")
        secret = form.get("client_secret", "").encode()
        known = compare_digest(secret, credentials.CLIENT_SECRET.encode())
        if form.get("client_id") != credentials.CLIENT_ID or not known:
            return error(400, "missing or invalid client secret", status="BAD_CLIENT_SECRET")
        refresh_token, first = form.get("refresh_token", ""), credentials.REFRESH_TOKEN
        pair = self.world.rotate_token(self.name, refresh_token, first)
        if pair is None:
            # As those who met it quote it: OAuth's own names beside HubSpot's.
            message = "refresh token is invalid, expired or revoked"
            more = {"error": "invalid_grant", "error_description": message}
            return error(400, message, status="BAD_REFRESH_TOKEN", **more)
        self._ends[pair["access_token"]] = self.world.now + TOKEN_LIFETIME
        seconds = int(TOKEN_LIFETIME.total_seconds())
        return JSON({**pair, "token_type": "bearer", "expires_in": seconds})

    async def list_objects(self, request: Request) -> Response:
        """A page of an object in id order; ``after`` is opaque to clients."""
        params = request.query_params
        crm, limit = self._crm(request), whole(params.get("limit", "10"), "limit", LIST_LIMIT)
        archived = _is_true(params.get("archived"))
        snapshot = crm.snapshot.deleted if archived else crm.snapshot.alive
        listed = snapshot.in_key_order
        start = bisect_right(listed, _last_key(params.get("after")), key=lambda v: key_order(v.key))
        page = listed[start : start + limit]
        wanted, related = _names(params, "properties"), _names(params, "associations")
        body: dict[str, Any] = {"results": [present(crm, v, wanted, related) for v in page]}
        if start + limit < len(listed):
            after = opaque(page[-1].key)
            asked = [item for item in params.multi_items() if item[0] != "after"]
            query = urlencode([*asked, ("after", after)])
            link = f"{request.base_url}{request.url.path.lstrip('/')}?{query}"
            body["paging"] = {"next": {"after": after, "link": link}}
        return JSON(body)

    async def read(self, request: Request) -> Response:
        """One record by id."""
        params, crm = request.query_params, self._crm(request)
        version = crm.snapshot.with_key(request.path_params["id"])
        if version is None or version.deleted != _is_true(params.get("archived")):
            return error(404, "resource not found", category="OBJECT_NOT_FOUND")
        wanted, related = _names(params, "properties"), _names(params, "associations")
        return JSON(present(crm, version, wanted, related))

    async def batch_read(self, request: Request) -> Response:
        """Records by id; 207 if some do not exist."""
        crm, body = self._crm(request), await _json_object(request)
        archived = _is_true(request.query_params.get("archived"))
        found, missing = [], []
        for key in dict.fromkeys(str(entry["id"]) for entry in _inputs(body, READ_LIMIT)):
            version = crm.snapshot.with_key(key)
            if version is None or version.deleted != archived:
                missing.append(key)
            else:
                found.append(present(crm, version, body.get("properties") or []))
        answer = self._completed(found)
        if not missing:
            return JSON(answer)
        kind = associations.SINGULAR.get(crm.name, crm.name).upper()
        message = f"Could not get some {kind} objects, they may be deleted or not exist."
        problem = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": message,
            "context": {"ids": missing},
        }
        return JSON({**answer, "numErrors": len(missing), "errors": [problem]}, 207)

    async def associations(self, request: Request) -> Response:
        """Links of records to one other object; 207 if some have none, as most answers are."""
        inputs = _inputs(await _json_object(request), ASSOCIATION_LIMIT)
        crm, target = self._crm(request), request.path_params["target"]
        results, errors = associations.batch_read(crm.snapshot, crm.name, target, inputs)
        answer = self._completed(results)
        if not errors:
            return JSON(answer)
        return JSON({**answer, "numErrors": len(errors), "errors": errors}, 207)

    async def search(self, request: Request) -> Response:
        """Records that match filters; at most 10,000 of them can be paged through."""
        crm, body = self._crm(request), await _json_object(request)
        try:
            found = self._find(crm, body)
            return JSON(search.page(crm, body, found))
        except search.SearchError as problem:
            raise Refusal(invalid(str(problem))) from problem

    async def properties(self, request: Request) -> Response:
        """The properties of an object, the vendor's own first."""
        return JSON({"results": self._crm(request).property_definitions()})

    def denial(self, request: Request) -> Response:
        """A missing, wrong or ended token."""
        if bearer_token(request) in self._ends:
            message = "The OAuth token used to make this call expired."
            return error(401, message, category="EXPIRED_AUTHENTICATION")
        message = "Authentication credentials not found or not valid."
        return error(401, message, category="INVALID_AUTHENTICATION")

    def refusal(self, fault: Fault, request: Request) -> Response:
        """The quotas of ten seconds (search: of one) and of a day answer 429, a failing gateway 502."""
        if fault.fault == "server_error":
            return error(502, "There was a problem with the request.")
        if fault.fault == "daily_limit":
            return _rate_limit("You have reached your daily limit.", "DAILY", {})
        headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
        policy = "SECONDLY" if request.url.path.endswith("/search") else "TEN_SECONDLY_ROLLING"
        return _rate_limit(f"You have reached your {policy.lower()} limit.", policy, headers)

    def failure(self, message: str) -> Response:
        """A tenant file that cannot be read."""
        return error(400, message, category="SANDBOX_TENANT_FILE")

    def object_of(self, request: Request) -> str | None:
        """The object of a CRM path, or the feed."""
        return self._feeds.name_of(request.url.path) or super().object_of(request)

    def extra_headers(self, request: Request) -> dict[str, str]:
        """The quota; search answers come without, the day's is not told to OAuth apps."""
        if request.url.path.endswith("/search"):
            return {}
        daily = {
            "x-hubspot-ratelimit-daily": str(DAILY_REQUESTS),
            "x-hubspot-ratelimit-daily-remaining": str(DAILY_REQUESTS - self.used_today),
        }
        return {
            **(daily if bearer_token(request) == credentials.TOKEN else {}),
            "x-hubspot-ratelimit-interval-milliseconds": str(BURST_MILLISECONDS),
            "x-hubspot-ratelimit-max": str(BURST_REQUESTS),
            "x-hubspot-ratelimit-remaining": str(BURST_REQUESTS - 1),
        }

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request carries the portal's service key, which does not end, or a token."""
        token = bearer_token(request)
        if super().is_signed_in(request):
            return self.world.now < self._ends.get(token, self.world.now)
        return compare_digest(token.encode(), credentials.TOKEN.encode())

    def _crm(self, request: Request) -> CrmObject:
        name = request.path_params["object"]
        collection = self.collection(name, CRM_RULE)
        return CrmObject(name, collection.at(self.micros), collection.samples)

    def _completed(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        now = iso_millis(self.micros)
        return {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}

    def _find(self, crm: CrmObject, body: dict[str, Any]) -> Sequence[Version]:
        """What a search finds; kept, since every further page asks for it again."""
        asked = {name: body.get(name) for name in ("filterGroups", "sorts")}
        query = (self.world.store, crm.name, self.micros, digest(asked))
        if query not in self._searches:
            if len(self._searches) >= KEPT_SEARCHES:
                del self._searches[next(iter(self._searches))]
            self._searches[query] = search.find(crm, body)
        return self._searches[query]


def _last_key(after: str | None) -> tuple[int, str]:
    if after is None:
        return (0, "")
    try:
        return key_order(read_opaque(after))
    except ValueError as problem:
        raise Refusal(invalid("after is no paging cursor")) from problem


def _is_true(text: str | None) -> bool:
    """A truth value as the vendor reads it: its own Python client writes ``True``."""
    return (text or "").lower() == "true"


def _names(params: QueryParams, name: str) -> list[str]:
    """Values of a parameter that may be repeated, a list in itself, or both."""
    values = ",".join(params.getlist(name)).split(",")
    return [value.strip() for value in values if value.strip()]


def _inputs(body: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    inputs = body.get("inputs") or []
    if not 1 <= len(inputs) <= limit or not all("id" in entry for entry in inputs):
        raise Refusal(invalid(f"inputs must hold 1 to {limit} entries with an id"))
    return inputs


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError as problem:
        raise Refusal(invalid(f"Invalid input JSON: {problem.msg}")) from problem
    if not isinstance(body, dict):
        raise Refusal(invalid("Invalid input JSON: no object"))
    return body


def _rate_limit(message: str, policy: str, headers: dict[str, str]) -> Response:
    kind = {"errorType": "RATE_LIMIT", "policyName": policy, "requestId": str(uuid4())}
    return error(429, message, headers, **kind)
