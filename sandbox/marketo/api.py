"""Marketo: identity, leads, activities by paging token, and bulk extract.

After experienceleague.adobe.com as noted in docs/domain/sources.md#marketo. Nearly every error has
HTTP status 200. A version of a lead with ``isDeleted: true`` is its deletion; with ``mergedInto``
beside it the lead lost a merge, which only the tenant's Merge Leads activity (type 32) tells.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import Fault
from sandbox.marketo import credentials
from sandbox.marketo.answers import Answers
from sandbox.marketo.bulk import ExportJobs, ExportQueue
from sandbox.marketo.records import (
    ACTIVITY_RULE,
    DELETE_LEAD,
    LEAD_RULE,
    activity_types,
    as_activity,
    as_deletion,
    lead_fields,
    lead_names,
    selected,
)
from sandbox.store import Collection, Snapshot, Version, key_order
from sandbox.timestamps import parse_moment, to_micros
from sandbox.vendor import JSON, Refusal, Vendor, World, bearer_token, opaque, read_opaque

TOKEN_LIFETIME = timedelta(seconds=3_600)
SCOPE = "warehouse@sandbox.example"
PAGE_LIMIT = 300
TYPE_LIMIT = 10
FILTER_VALUES = 300
URI_LIMIT = 8_192
DEFAULT_FIELDS = ["id", "email", "updatedAt", "createdAt", "lastName", "firstName"]
FAULT_CODES = {
    "rate_limit": "606",
    "daily_limit": "607",
    "concurrency": "615",
    "unavailable": "608",
    "token_expired": "602",
    "queue_full": "1029",
    "export_quota": "1029b",
    "filter_unsupported": "1035",
}


class Marketo(Vendor):
    """One subscription."""

    name = "marketo"
    sign_in_as = (credentials.CLIENT_ID, credentials.CLIENT_SECRET)
    own_faults = (
        *("daily_limit", "concurrency", "unavailable", "token_expired", "filter_unsupported"),
        *("queue_full", "export_quota", "job_pending", "job_failed", "file_damaged"),
    )
    twists = frozenset({"job_pending", "job_failed", "file_damaged"})

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._tokens: dict[str, datetime] = {}
        self._answers = Answers()
        queue = ExportQueue()
        self._exports = {
            kind: ExportJobs(self, self._answers, queue, kind) for kind in ("leads", "activities")
        }

    def routes(self) -> list[Route]:
        """The subscription's paths."""
        routes = [
            self.open_route("/identity/oauth/token", self.sign_in),
            self.open_route("/identity/oauth/token", self.sign_in, "POST"),
            self.route("/rest/v1/stats/usage.json", self.usage),
            self.data_route("/rest/v1/leads/describe.json", self.describe),
            self.data_route("/rest/v1/lead/{id:int}.json", self.lead),
            self.data_route("/rest/v1/leads.json", self.leads),
            self.data_route("/rest/v1/leads.json", self.leads, "POST"),
            self.data_route("/rest/v1/activities/types.json", self.types),
            self.data_route("/rest/v1/activities/pagingtoken.json", self.paging_token),
            self.data_route("/rest/v1/activities.json", self.activities),
            self.data_route("/rest/v1/activities/deletedleads.json", self.deleted_leads),
        ]
        for kind, jobs in self._exports.items():
            root = f"/bulk/v1/{kind}/export"
            routes += [
                self.data_route(f"{root}.json", jobs.listed),
                self.data_route(f"{root}/create.json", jobs.create, "POST"),
                self.data_route(f"{root}/{{export}}/enqueue.json", jobs.enqueue, "POST"),
                self.data_route(f"{root}/{{export}}/cancel.json", jobs.cancel, "POST"),
                self.data_route(f"{root}/{{export}}/status.json", jobs.status),
                self.data_route(f"{root}/{{export}}/file.json", jobs.file),
            ]
        return routes

    async def sign_in(self, request: Request) -> Response:
        """Grant type client credentials; the same token until it ends."""
        params = {**request.query_params, **_form(await request.body())}
        secret = params.get("client_secret", "")
        known = compare_digest(secret.encode(), credentials.CLIENT_SECRET.encode())
        if params.get("client_id") != credentials.CLIENT_ID or not known:
            description = "No client with requested id or bad client secret"
            return JSON({"error": "invalid_client", "error_description": description}, 401)
        if params.get("grant_type") != "client_credentials":
            return JSON({"error": "unsupported_grant_type", "error_description": ""}, 400)
        valid = [t for t in self._tokens if t in self.world.tokens and self._left(t) > timedelta()]
        token = valid[0] if valid else self.world.issue_token(self.name)
        self._tokens.setdefault(token, self.world.now + TOKEN_LIFETIME)
        return JSON(
            {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": int(self._left(token).total_seconds()),
                "scope": SCOPE,
            }
        )

    async def usage(self, request: Request) -> Response:
        """Calls of the day."""
        user = {"userId": SCOPE, "count": self.used_today}
        day = self.world.now.date().isoformat()
        return self._answers.success([{"date": day, "total": self.used_today, "users": [user]}])

    async def describe(self, request: Request) -> Response:
        """The fields of a lead."""
        return self._answers.success(lead_fields(self._leads().samples))

    async def lead(self, request: Request) -> Response:
        """One lead by id."""
        key = str(request.path_params["id"])
        fields = _names(request.query_params.get("fields")) or DEFAULT_FIELDS
        version = self._lead_snapshot.alive.with_key(key)
        if version is None:
            return self._answers.success([])
        return self._answers.success([selected(version.record, fields)])

    async def leads(self, request: Request) -> Response:
        """Leads by the values of one field; a POST with ``_method=GET`` takes longer lists."""
        if len(str(request.url)) > URI_LIMIT:
            raise Refusal(Response("Request-URI Too Long", 414))
        params = {**request.query_params, **_form(await request.body())}
        if request.method == "POST" and params.get("_method") != "GET":
            return self._answers.error("609", "Invalid JSON")
        name, values = params.get("filterType", ""), _names(params.get("filterValues"))
        if name not in lead_names(self._leads().samples) or not values:
            return self._answers.error("1003", f"Invalid filterType {name!r} or no filterValues")
        if len(values) > FILTER_VALUES:
            return self._answers.error(
                "1003", f"filterValues holds more than {FILTER_VALUES} values"
            )
        found = _with_values(self._lead_snapshot.alive, name, set(values))
        first = self._position(params["nextPageToken"]) if "nextPageToken" in params else 0
        last = first + _whole(params.get("batchSize"))
        fields = _names(params.get("fields")) or DEFAULT_FIELDS
        more = {"nextPageToken": opaque(str(last))} if last < len(found) else {}
        return self._answers.success(
            [selected(v.record, fields) for v in found[first:last]], **more
        )

    async def types(self, request: Request) -> Response:
        """The activity types known or used."""
        used = {version.record["activityTypeId"] for version in self._activity_snapshot.versions}
        return self._answers.success(activity_types(used))

    async def paging_token(self, request: Request) -> Response:
        """A place in the activity log."""
        since = request.query_params.get("sinceDatetime", "")
        try:
            moment = parse_moment(since if "T" in since else f"{since}T00:00:00Z")
        except ValueError:
            return self._answers.error("1003", f"sinceDatetime: {since!r} is no date and time")
        return self._answers.success(None, nextPageToken=_log_token(to_micros(moment) - 1))

    async def activities(self, request: Request) -> Response:
        """A page looks at 300 activities of all types, so that it may show none and not be the last."""
        types = _names(request.query_params.get("activityTypeIds"))
        if not 1 <= len(types) <= TYPE_LIMIT:
            return self._answers.error("1003", f"activityTypeIds must hold 1 to {TYPE_LIMIT} ids")
        page, more = self._log_page(request, self._activity_snapshot)
        records = [version.record for version in page]
        shown = [r for r in records if str(r["activityTypeId"]) in types]
        return self._answers.success(
            [as_activity(record) for record in shown if not _is_deletion(record)], **more
        )

    async def deleted_leads(self, request: Request) -> Response:
        """Delete Lead activities."""
        page, more = self._log_page(request, self._lead_snapshot.deleted)
        records = [version.record for version in page]
        return self._answers.success(
            [as_deletion(r) for r in records if not r.get("mergedInto")], **more
        )

    def denial(self, request: Request) -> Response:
        """No token, a token that ended, or none of ours."""
        token = bearer_token(request)
        if not token:
            return self._answers.error("600")
        return self._answers.error(
            "602" if token in self._tokens and token in self.world.tokens else "601"
        )

    def refusal(self, fault: Fault, request: Request) -> Response:
        """A failing gateway is a status, all else a code."""
        if fault.fault == "server_error":
            return Response("Bad Gateway", 502, media_type="text/plain")
        return self._answers.error(FAULT_CODES[fault.fault])

    def failure(self, message: str) -> Response:
        """A tenant file that cannot be read."""
        return self._answers.error("611", message)

    def object_of(self, request: Request) -> str | None:
        """Leads, deleted leads, activities or their types."""
        path = request.url.path
        for part, name in (("/deletedleads", "deleted_leads"), ("/types", "activity_types")):
            if part in path:
                return name
        return "leads" if "/lead" in path else "activities" if "/activities" in path else None

    def is_signed_in(self, request: Request) -> bool:
        """Whether the header carries the token and it has not ended; a query parameter is ignored."""
        token = bearer_token(request)
        return super().is_signed_in(request) and self._left(token) > timedelta()

    def _leads(self) -> Collection:
        """All versions of the leads."""
        return self.collection("leads", LEAD_RULE)

    @property
    def _lead_snapshot(self) -> Snapshot:
        """The leads of this moment."""
        return self._leads().at(self.micros)

    @property
    def _activity_snapshot(self) -> Snapshot:
        """The activities up to this moment."""
        return self.collection("activities", ACTIVITY_RULE).at(self.micros)

    def _left(self, token: str) -> timedelta:
        return self._tokens.get(token, self.world.now) - self.world.now

    def _log_page(
        self, request: Request, log: Snapshot
    ) -> tuple[Sequence[Version], dict[str, Any]]:
        token = request.query_params.get("nextPageToken", "")
        moment, _, key = self._read(token).partition(" ")
        if not moment.lstrip("-").isdigit():
            raise Refusal(self._answers.error("1003", "nextPageToken is not valid"))
        first = log.first_past(int(moment), key or None)
        last = first + _whole(request.query_params.get("batchSize"))
        page = log.versions[first:last]
        following = _log_token(page[-1].cursor, page[-1].key) if page else token
        return page, {"nextPageToken": following, "moreResult": last < len(log.versions)}

    def _position(self, token: str) -> int:
        text = self._read(token)
        if not text.isdigit():
            raise Refusal(self._answers.error("1003", "nextPageToken is not valid"))
        return int(text)

    def _read(self, token: str) -> str:
        try:
            return read_opaque(token)
        except ValueError as problem:
            raise Refusal(self._answers.error("1003", "nextPageToken is not valid")) from problem


def _log_token(micros: int, key: str = "") -> str:
    return opaque(f"{micros} {key}")


def _is_deletion(record: dict[str, Any]) -> bool:
    return record["activityTypeId"] == DELETE_LEAD


def _with_values(leads: Snapshot, name: str, wanted: set[str]) -> Sequence[Version]:
    """The leads that have one of the values in a field, by id."""
    if name == "id":
        return sorted(leads.with_keys(wanted), key=lambda lead: key_order(lead.key))
    return leads.in_key_order.filtered(lambda lead: str(lead.record.get(name)) in wanted)


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _whole(text: str | None) -> int:
    return min(int(text), PAGE_LIMIT) if text and text.isdigit() and int(text) else PAGE_LIMIT


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode()))
