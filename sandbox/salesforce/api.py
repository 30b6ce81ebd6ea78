"""Salesforce: sign-in, REST query, describe, deleted records, limits, Bulk API 2.0 query jobs.

After the REST API Developer Guide (atlas.en-us.api_rest) as noted in
docs/domain/sources.md#salesforce. Deleted records stay in the recycle bin (the vendor empties it
after about 15 days), so that a history extracted in one go equals one extracted day by day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import Fault
from sandbox.salesforce import credentials, describe, sign_in, soql, soql_select
from sandbox.salesforce.bulk import BulkQueries
from sandbox.salesforce.errors import error, not_found
from sandbox.store import Collection, Snapshot, Version
from sandbox.tenant_lines import VersionRule
from sandbox.timestamps import MILLISECOND, from_micros, parse_moment, to_micros
from sandbox.vendor import JSON, Refusal, Vendor, World, twist_of

RULE = VersionRule(key=("Id",), cursor="SystemModstamp", deleted="IsDeleted")
# History rows are written once and have no SystemModstamp; OpportunityHistory is the exception.
HISTORY_RULE = VersionRule(key=("Id",), cursor="CreatedDate", deleted="IsDeleted")
API_VERSIONS = range(50, 69)
RETIRED_VERSIONS = range(7, 31)
DATA = "/services/data/v{version}"
DAILY_REQUESTS = 100_000
PAGE_SIZES = (200, 2_000)
MAX_URI_BYTES = 16_384
OPEN_LOCATORS = 200
# The same code for too many requests at a time and for the 24 hours' allowance.
LIMITS = {"rate_limit": "ConcurrentPerOrgLongTxn", "daily_limit": "TotalRequests"}
DELETE_LOG = timedelta(days=15)


@dataclass(frozen=True)
class Cursor:
    """A query's result, kept so that its pages can be fetched."""

    object: str
    fields: tuple[str, ...]
    versions: Sequence[Version]
    page_size: int


class Salesforce(Vendor):
    """One organisation."""

    name = "salesforce"
    sign_in_as = (credentials.CLIENT_ID, credentials.CLIENT_SECRET)
    own_faults = ("daily_limit", "locator_expired", "short_page", "job_failed")
    twists = frozenset({"short_page", "job_failed"})

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._bulk = BulkQueries(self, self.find)
        self._cursors: dict[str, Cursor] = {}
        self._opened = 0
        # Whose owner may sign in by JWT, in PEM; one would upload it to the External Client App.
        self._certificate = ""

    def routes(self) -> list[Route]:
        """The organisation's paths."""
        return [
            Route("/_sandbox/salesforce_certificate", self.set_certificate, methods=["PUT"]),
            self.open_route("/services/oauth2/token", self.sign_in, "POST"),
            self.open_route("/services/data/", self.versions),
            self.open_route("/services/data", self.versions),
            self.route(f"{DATA}/limits", self.limits),
            self.route(f"{DATA}/limits/", self.limits),
            self.route(f"{DATA}/sobjects", self.global_describe),
            self.route(f"{DATA}/sobjects/", self.global_describe),
            self.route(f"{DATA}/sobjects/{{object}}/describe", self.describe),
            self.route(f"{DATA}/sobjects/{{object}}/describe/", self.describe),
            self.data_route(f"{DATA}/query", self.query),
            self.data_route(f"{DATA}/query/", self.query),
            self.data_route(f"{DATA}/queryAll", self.query_all),
            self.data_route(f"{DATA}/queryAll/", self.query_all),
            self.data_route(f"{DATA}/query/{{locator}}", self.query_more),
            self.data_route(f"{DATA}/queryAll/{{locator}}", self.query_more),
            self.data_route(f"{DATA}/sobjects/{{object}}/deleted", self.deleted),
            self.data_route(f"{DATA}/sobjects/{{object}}/deleted/", self.deleted),
            self.data_route(f"{DATA}/jobs/query", self._bulk.create, "POST"),
            self.route(f"{DATA}/jobs/query", self._bulk.list),
            self.data_route(f"{DATA}/jobs/query/{{job}}", self._bulk.show),
            self.route(f"{DATA}/jobs/query/{{job}}", self._bulk.abort, "PATCH"),
            self.route(f"{DATA}/jobs/query/{{job}}", self._bulk.delete, "DELETE"),
            self.data_route(f"{DATA}/jobs/query/{{job}}/results", self._bulk.results),
        ]

    async def set_certificate(self, request: Request) -> Response:
        """For whoever runs the sandbox: the public key or certificate for JWT bearer."""
        self._certificate = (await request.body()).decode("ascii", "replace")
        return Response(status_code=204)

    async def sign_in(self, request: Request) -> Response:
        """OAuth 2.0 client credentials or JWT bearer flow; no refresh token, no expiry told."""
        try:
            await sign_in.check(request, self._certificate)
        except sign_in.SignInRefused as refused:
            body = {"error": refused.error, "error_description": refused.description}
            return JSON(body, 400)
        instance = str(request.base_url).rstrip("/")
        token = self.world.issue_token(self.name)
        return JSON(
            {
                "access_token": token,
                "signature": sha256(token.encode()).hexdigest(),
                "scope": "api",
                "instance_url": instance,
                "id": f"{instance}/id/00D000000000001EAA/005000000000001AAA",
                "token_type": "Bearer",
                "issued_at": str(self.micros // MILLISECOND),
            }
        )

    async def versions(self, request: Request) -> Response:
        """API versions, oldest first."""
        return JSON([_version_entry(number) for number in API_VERSIONS])

    async def limits(self, request: Request) -> Response:
        """What is left of the daily allocation."""
        left = DAILY_REQUESTS - self.used_today
        return JSON(
            {
                "DailyApiRequests": {"Max": DAILY_REQUESTS, "Remaining": left},
                "DailyBulkV2QueryJobs": self._bulk.allowance(),
            }
        )

    async def global_describe(self, request: Request) -> Response:
        """Every object the organisation has."""
        base = _base(request)
        objects = [describe.summary(name, base) for name in self._objects()]
        return JSON({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})

    async def describe(self, request: Request) -> Response:
        """The fields of one object."""
        base, name = _base(request), request.path_params["object"]
        if name not in self._objects():
            raise Refusal(not_found())
        return JSON(
            describe.describe(name, self._types(name), self._objects(), base, self._settings(name))
        )

    async def query(self, request: Request) -> Response:
        """First page of a query; deleted records are left out."""
        return self._first_page(request, with_deleted=False)

    async def query_all(self, request: Request) -> Response:
        """First page of a query; deleted records are included."""
        return self._first_page(request, with_deleted=True)

    async def query_more(self, request: Request) -> Response:
        """A further page, by the locator of ``nextRecordsUrl``."""
        base = _base(request)
        query_id, _, offset = request.path_params["locator"].rpartition("-")
        cursor = self._cursors.get(query_id)
        if cursor is None or not offset.isdigit() or int(offset) >= len(cursor.versions):
            raise Refusal(_invalid_locator())
        return self._page(base, query_id, cursor, int(offset), twist_of(request))

    async def deleted(self, request: Request) -> Response:
        """Ids of the records deleted in a stretch of the last 15 days."""
        name = request.path_params["object"]
        if name not in self._objects():
            raise Refusal(not_found())
        try:
            start, end = (parse_moment(request.query_params[key]) for key in ("start", "end"))
        except (KeyError, ValueError) as problem:
            raise Refusal(error(400, "INVALID_REPLICATION_DATE", str(problem))) from problem
        if start >= end:
            raise Refusal(
                error(400, "INVALID_REPLICATION_DATE", "startDate must be before endDate")
            )
        earliest = self.world.now - DELETE_LOG
        if start < earliest:
            message = "startDate cannot be more than 15 days ago"
            raise Refusal(error(400, "INVALID_REPLICATION_DATE", message))
        gone = self.snapshot(name).deleted.between(
            [(">=", to_micros(start)), ("<", to_micros(end))]
        )
        return JSON(
            {
                "deletedRecords": [
                    {"id": version.key, "deletedDate": _moment(version.cursor)} for version in gone
                ],
                "earliestDateAvailable": _moment(to_micros(earliest)),
                "latestDateCovered": _moment(to_micros(min(end, self.world.now))),
            }
        )

    def object_of(self, request: Request) -> str | None:
        """The object a path, a query, a locator or a job is about."""
        if "job" in request.path_params:
            return self._bulk.object_of(request.path_params["job"])
        if "locator" in request.path_params:
            cursor = self._cursors.get(request.path_params["locator"].rpartition("-")[0])
            return cursor.object if cursor else None
        source = re.search(r"\bfrom\s+(\w+)", request.query_params.get("q", ""), re.IGNORECASE)
        if source:
            return source[1]
        return request.path_params.get("object") or getattr(request.state, "object", None)

    def extra_headers(self, request: Request) -> dict[str, str]:
        """The daily use, on every REST answer."""
        if not request.url.path.startswith("/services/data/v"):
            return {}
        return {"sforce-limit-info": f"api-usage={self.used_today}/{DAILY_REQUESTS}"}

    def check_address(self, request: Request) -> None:
        """Refuse what is too long for the vendor, and API versions it does not offer."""
        if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > MAX_URI_BYTES:
            raise Refusal(Response("<h1>URI Too Long</h1>", 414, media_type="text/html"))
        if request.path_params["version"] not in {f"{number}.0" for number in API_VERSIONS}:
            number = request.path_params["version"].partition(".")[0]
            if number.isdigit() and int(number) in RETIRED_VERSIONS:
                message = "The requested API version is retired. Use a later version."
                raise Refusal(error(410, "UNSUPPORTED_API_VERSION", message))
            raise Refusal(not_found())

    def denial(self, request: Request) -> Response:
        """A session that is not valid."""
        return error(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def refusal(self, fault: Fault, request: Request) -> Response:
        """The quota answers 403 without a hint how long to wait, a busy server 503."""
        if fault.fault == "locator_expired":
            return _invalid_locator()
        if fault.fault in LIMITS:
            return error(403, "REQUEST_LIMIT_EXCEEDED", f"{LIMITS[fault.fault]} Limit exceeded.")
        return error(503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable.")

    def failure(self, message: str) -> Response:
        """A tenant file that cannot be read."""
        return error(400, "SANDBOX_TENANT_FILE", message)

    def find(self, text: str, with_deleted: bool) -> soql_select.Found:
        """Answer a query; raises Refusal with the vendor's error."""
        try:
            query = soql.parse(text)
            spelling = {name.lower(): name for name in self._objects()}
            name = spelling.get(query.object.text.lower())
            if name is None:
                raise soql_select.unknown_object(query.object)
            types = self._types(name)
            query = soql_select.bind(query, types)
        except soql.SoqlError as problem:
            raise Refusal(error(400, problem.code, _located(text, problem))) from problem
        cursor = self._rule(name).cursor
        found = soql_select.select(query, self.snapshot(name), types, with_deleted, cursor)
        return soql_select.Found(name, tuple(field.text for field in query.fields), types, found)

    def snapshot(self, name: str) -> Snapshot:
        """An object's records as they stand."""
        return self._collection(name).at(self.micros)

    def _objects(self) -> list[str]:
        return self.world.store.objects(self.name)

    def _rule(self, name: str) -> VersionRule:
        is_history = name.endswith("History") and name != "OpportunityHistory"
        return HISTORY_RULE if is_history else RULE

    def _collection(self, name: str) -> Collection:
        return self.collection(name, self._rule(name))

    def _settings(self, name: str) -> dict[str, dict[str, Any]]:
        return self.world.fields.get(self.name, {}).get(name, {})

    def _types(self, name: str) -> dict[str, str]:
        """Describe type of every field that may be seen."""
        settings = self._settings(name)
        types = describe.field_types(self._collection(name), self._rule(name).cursor)
        return {
            field: settings.get(field, {}).get("type", kind)
            for field, kind in types.items()
            if not settings.get(field, {}).get("hidden")
        }

    def _first_page(self, request: Request, with_deleted: bool) -> Response:
        found = self.find(request.query_params.get("q", ""), with_deleted)
        if not found.fields:
            return JSON({"totalSize": len(found.versions), "done": True, "records": []})
        cursor = Cursor(found.object, found.fields, found.versions, _page_size(request))
        return self._page(_base(request), self._open(cursor), cursor, 0, twist_of(request))

    def _open(self, cursor: Cursor) -> str:
        self._opened += 1
        query_id = f"01g{self._opened:012d}YAA"
        self._cursors[query_id] = cursor
        if len(self._cursors) > OPEN_LOCATORS:
            del self._cursors[next(iter(self._cursors))]
        return query_id

    def _page(
        self, base: str, query_id: str, cursor: Cursor, offset: int, twist: str | None
    ) -> Response:
        # The vendor may give fewer rows than asked for and go on after them.
        end = offset + (cursor.page_size // 2 if twist == "short_page" else cursor.page_size)
        done = end >= len(cursor.versions)
        page: dict[str, Any] = {"totalSize": len(cursor.versions), "done": done}
        if not done:
            page["nextRecordsUrl"] = f"{base}/query/{query_id}-{end}"
        page["records"] = [_row(base, cursor, version) for version in cursor.versions[offset:end]]
        return JSON(page)


def _row(base: str, cursor: Cursor, version: Version) -> dict[str, Any]:
    url = f"{base}/sobjects/{cursor.object}/{version.key}"
    record = version.record
    record.setdefault("IsDeleted", False)
    selected = {field: record.get(field) for field in cursor.fields}
    return {"attributes": {"type": cursor.object, "url": url}, **selected}


def _base(request: Request) -> str:
    return f"/services/data/v{request.path_params['version']}"


def _page_size(request: Request) -> int:
    wanted = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
    smallest, largest = PAGE_SIZES
    return min(max(int(wanted[1]), smallest), largest) if wanted else largest


def _located(text: str, problem: soql.SoqlError) -> str:
    """The vendor's message: the query, a caret, row and column, what is wrong."""
    row = text.count("\n", 0, problem.position) + 1
    column = problem.position - (text.rfind("\n", 0, problem.position) + 1) + 1
    line = text.split("\n")[row - 1]
    shown = line[max(0, column - 40) : column + 20]
    caret = " " * (min(column, 41) - 1) + "^"
    return f"\n{shown}\n{caret}\nERROR at Row:{row}:Column:{column}\n{problem.message}"


def _version_entry(number: int) -> dict[str, str]:
    season = ("Winter", "Spring", "Summer")[(number - 50) % 3]
    year = 21 + (number - 50) // 3
    version = f"{number}.0"
    return {"label": f"{season} '{year}", "url": f"/services/data/v{version}", "version": version}


def _invalid_locator() -> Response:
    return error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")


def _moment(micros: int) -> str:
    return from_micros(micros).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
