"""HubSpot: CRM objects, search, properties, associations, and legacy e-mail events.

After developers.hubspot.com as noted in SOURCES.md 1.2; every CRM path exists in the v3 form and
in the date form. Archived records stay listed (the vendor drops them after 90 days).
"""

from bisect import bisect_right
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox import credentials, hubspot_associations, hubspot_search
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.hubspot_records import CrmObject, present
from ingestion.sandbox.store import Snapshot, Version, VersionRule, key_order
from ingestion.sandbox.timestamps import MILLISECOND, iso_millis
from ingestion.sandbox.vendor import JSON, Refusal, Vendor, World, bearer_token, opaque, read_opaque

CRM_RULE = VersionRule(key=("id",), cursor="updatedAt", deleted="archived", fields="properties")
EVENT_RULE = VersionRule(key=("id", "created"), cursor="created", tick=MILLISECOND)
API_VERSION = "2026-03"
LIST_LIMIT = 100
READ_LIMIT = 100
ASSOCIATION_LIMIT = 1_000
EVENT_LIMITS = (10, 1_000)
EVENT_FILTERS = {"eventType": "type", "recipient": "recipient", "campaignId": "emailCampaignId"}
KEPT_SEARCHES = 8
DAILY_REQUESTS = 650_000
BURST_REQUESTS = 190
BURST_MILLISECONDS = 10_000


class HubSpot(Vendor):
    """One portal."""

    name = "hubspot"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._searches: dict[tuple[str, int, str], list[Version]] = {}

    def routes(self) -> list[Route]:
        """The portal's paths."""
        routes = [self.data_route("/email/public/v1/events", self.email_events)]
        for root in ("/crm/v3/objects", f"/crm/objects/{API_VERSION}"):
            routes += [
                self.data_route(f"{root}/{{object}}", self.list_objects),
                self.data_route(f"{root}/{{object}}/search", self.search, "POST"),
                self.data_route(f"{root}/{{object}}/batch/read", self.batch_read, "POST"),
            ]
        for root in ("/crm/v3/properties", f"/crm/properties/{API_VERSION}"):
            routes.append(self.route(f"{root}/{{object}}", self.properties))
        for root in ("/crm/v4/associations", f"/crm/associations/{API_VERSION}"):
            path = f"{root}/{{object}}/{{target}}/batch/read"
            routes.append(self.data_route(path, self.associations, "POST"))
        return routes

    async def list_objects(self, request: Request) -> Response:
        """A page of an object in id order; ``after`` is opaque to clients."""
        params = request.query_params
        crm, limit = self._crm(request), _whole(params.get("limit", "10"), "limit", LIST_LIMIT)
        archived = params.get("archived") == "true"
        snapshot = crm.snapshot.deleted if archived else crm.snapshot.alive
        listed = snapshot.in_key_order
        start = bisect_right(listed, _last_key(params.get("after")), key=lambda v: key_order(v.key))
        page = listed[start : start + limit]
        wanted, related = _names(params.get("properties")), _names(params.get("associations"))
        body: dict[str, Any] = {"results": [present(crm, v, wanted, related) for v in page]}
        if start + limit < len(listed):
            after = opaque(page[-1].key)
            query = urlencode({**params, "after": after})
            link = f"{request.base_url}{request.url.path.lstrip('/')}?{query}"
            body["paging"] = {"next": {"after": after, "link": link}}
        return JSON(body)

    async def batch_read(self, request: Request) -> Response:
        """Records by id; 207 if some do not exist."""
        crm, body = self._crm(request), await _json_object(request)
        archived = request.query_params.get("archived") == "true"
        found, missing = [], []
        for key in dict.fromkeys(str(entry["id"]) for entry in _inputs(body, READ_LIMIT)):
            version = crm.snapshot.by_key.get(key)
            if version is None or version.deleted != archived:
                missing.append(key)
            else:
                found.append(present(crm, version, body.get("properties") or []))
        answer = self._completed(found)
        if not missing:
            return JSON(answer)
        message = "Could not get some objects, they may be deleted or not exist."
        problem = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": message,
            "context": {"ids": missing},
        }
        return JSON({**answer, "numErrors": len(missing), "errors": [problem]}, 207)

    async def associations(self, request: Request) -> Response:
        """Links of records to one other object; records without any are absent."""
        inputs = _inputs(await _json_object(request), ASSOCIATION_LIMIT)
        target, snapshot = request.path_params["target"], self._crm(request).snapshot
        return JSON(self._completed(hubspot_associations.batch_read(snapshot, target, inputs)))

    async def search(self, request: Request) -> Response:
        """Records that match filters; at most 10,000 of them can be paged through."""
        crm, body = self._crm(request), await _json_object(request)
        try:
            found = self._find(crm, body)
            return JSON(hubspot_search.page(crm, body, found))
        except hubspot_search.SearchError as problem:
            raise Refusal(_invalid(str(problem))) from problem

    async def properties(self, request: Request) -> Response:
        """The properties of an object, the vendor's own first."""
        return JSON({"results": self._crm(request).property_definitions()})

    async def email_events(self, request: Request) -> Response:
        """E-mail events, latest first; both timestamps are inclusive milliseconds."""
        params = request.query_params
        snapshot = self.collection("email_events", EVENT_RULE).at(self.micros)
        default, largest = EVENT_LIMITS
        limit = _whole(params.get("limit", str(default)), "limit", largest)
        filters = {f: params[name] for name, f in EVENT_FILTERS.items() if name in params}
        digest = _digest({k: v for k, v in params.items() if k not in ("offset", "limit")})
        oldest = snapshot.first_at(_millis(params, "startTimestamp", 0))
        position = self._event_position(snapshot, params, digest)
        events: list[dict[str, Any]] = []
        last = None
        while position > oldest and len(events) < limit:
            position -= 1
            last = snapshot.versions[position]
            event = last.record
            if all(str(event.get(field)) == value for field, value in filters.items()):
                events.append(event)
        offset = _event_offset(digest, last) if last else params.get("offset", "")
        return JSON({"events": events, "hasMore": position > oldest, "offset": offset})

    def denial(self, request: Request) -> Response:
        """A missing or wrong token."""
        message = "Authentication credentials not found or not valid."
        return _error(401, message, category="INVALID_AUTHENTICATION")

    def refusal(self, fault: Fault) -> Response:
        """The ten-second quota answers 429, a failing gateway 502."""
        if fault.fault == "server_error":
            return _error(502, "There was a problem with the request.")
        headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
        return _error(
            429,
            "You have reached your ten_secondly_rolling limit.",
            headers,
            errorType="RATE_LIMIT",
            policyName="TEN_SECONDLY_ROLLING",
            requestId=str(uuid4()),
        )

    def failure(self, message: str) -> Response:
        """A tenant file that cannot be read."""
        return _error(400, message, category="SANDBOX_TENANT_FILE")

    def object_of(self, request: Request) -> str | None:
        """The object of a CRM path, or the e-mail events."""
        if request.url.path.startswith("/email/"):
            return "email_events"
        return super().object_of(request)

    def extra_headers(self, request: Request) -> dict[str, str]:
        """The quota; search answers come without."""
        if request.url.path.endswith("/search"):
            return {}
        return {
            "x-hubspot-ratelimit-daily": str(DAILY_REQUESTS),
            "x-hubspot-ratelimit-daily-remaining": str(DAILY_REQUESTS - self.used_today),
            "x-hubspot-ratelimit-interval-milliseconds": str(BURST_MILLISECONDS),
            "x-hubspot-ratelimit-max": str(BURST_REQUESTS),
            "x-hubspot-ratelimit-remaining": str(BURST_REQUESTS - 1),
        }

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request carries the portal's service key, which does not end."""
        token = bearer_token(request)
        return compare_digest(token.encode(), credentials.HUBSPOT_TOKEN.encode())

    def _crm(self, request: Request) -> CrmObject:
        name = request.path_params["object"]
        collection = self.collection(name, CRM_RULE)
        return CrmObject(name, collection.at(self.micros), collection.samples)

    def _completed(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        now = iso_millis(self.micros)
        return {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}

    def _find(self, crm: CrmObject, body: dict[str, Any]) -> list[Version]:
        """What a search finds; kept, since every further page asks for it again."""
        asked = {name: body.get(name) for name in ("filterGroups", "sorts")}
        query = (crm.name, self.micros, _digest(asked))
        if query not in self._searches:
            if len(self._searches) >= KEPT_SEARCHES:
                del self._searches[next(iter(self._searches))]
            self._searches[query] = hubspot_search.find(crm, body)
        return self._searches[query]

    def _event_position(self, snapshot: Snapshot, params: Any, digest: str) -> int:
        if "offset" not in params:
            latest = _millis(params, "endTimestamp", self.micros // MILLISECOND)
            return snapshot.first_past(latest)
        try:
            mark, cursor, key = read_opaque(params["offset"]).split(" ", 2)
            if mark != digest:
                raise ValueError("offset of another query")
            return snapshot.first_past(int(cursor), key) - 1
        except ValueError as problem:
            raise Refusal(_invalid("offset is not of this query")) from problem


def _last_key(after: str | None) -> tuple[int, str]:
    if after is None:
        return (0, "")
    try:
        return key_order(read_opaque(after))
    except ValueError as problem:
        raise Refusal(_invalid("after is no paging cursor")) from problem


def _event_offset(digest: str, last: Version) -> str:
    return opaque(f"{digest} {last.cursor} {last.key}")


def _digest(params: dict[str, Any]) -> str:
    return sha256(orjson.dumps(params, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def _millis(params: Any, name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.lstrip("-").isdigit():
        raise Refusal(_invalid(f"{name} must be in milliseconds"))
    return int(text) * MILLISECOND


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _whole(text: str, name: str, largest: int) -> int:
    if not text.isdigit() or not 1 <= int(text) <= largest:
        raise Refusal(_invalid(f"{name} must be between 1 and {largest}"))
    return int(text)


def _inputs(body: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    inputs = body.get("inputs") or []
    if not 1 <= len(inputs) <= limit or not all("id" in entry for entry in inputs):
        raise Refusal(_invalid(f"inputs must hold 1 to {limit} entries with an id"))
    return inputs


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError as problem:
        raise Refusal(_invalid(f"Invalid input JSON: {problem.msg}")) from problem
    if not isinstance(body, dict):
        raise Refusal(_invalid("Invalid input JSON: no object"))
    return body


def _invalid(message: str) -> Response:
    return _error(400, message, category="VALIDATION_ERROR")


def _error(
    status: int, message: str, headers: dict[str, str] | None = None, **more: str
) -> Response:
    body = {"status": "error", "message": message, "correlationId": str(uuid4()), **more}
    return JSON(body, status, headers)
