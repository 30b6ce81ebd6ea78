"""Salesforce: OAuth client credentials, REST query, describe and limits.

After the REST API Developer Guide (atlas.en-us.api_rest) as noted in SOURCES.md 1.1. Deleted
records stay in the recycle bin (the vendor empties it after about 15 days), so that a history
extracted in one go equals one extracted day by day.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox import credentials, salesforce_describe, soql, soql_select
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.store import Version, VersionRule
from ingestion.sandbox.timestamps import MILLISECOND
from ingestion.sandbox.vendor import JSON, Refusal, Vendor, World

RULE = VersionRule(key=("Id",), cursor="SystemModstamp", deleted="IsDeleted")
API_VERSIONS = range(50, 69)
DATA = "/services/data/v{version}"
DAILY_REQUESTS = 100_000
PAGE_SIZES = (200, 2_000)
MAX_URI_BYTES = 16_384
OPEN_LOCATORS = 200


@dataclass(frozen=True)
class Cursor:
    """A query's result, kept so that its pages can be fetched."""

    object: str
    fields: tuple[str, ...]
    versions: list[Version]
    page_size: int


class Salesforce(Vendor):
    """One organisation."""

    name = "salesforce"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._cursors: dict[str, Cursor] = {}
        self._opened = 0

    def routes(self) -> list[Route]:
        """The organisation's paths."""
        return [
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
        ]

    async def sign_in(self, request: Request) -> Response:
        """OAuth 2.0 client credentials flow; form-encoded, no refresh token, no expiry told."""
        form = {
            key: values[-1] for key, values in parse_qs((await request.body()).decode()).items()
        }
        if form.get("grant_type") != "client_credentials":
            return _oauth_error("unsupported_grant_type", "grant type not supported")
        if form.get("client_id") != credentials.SALESFORCE_CLIENT_ID:
            return _oauth_error("invalid_client_id", "client identifier invalid")
        secret = form.get("client_secret", "")
        if not compare_digest(secret.encode(), credentials.SALESFORCE_CLIENT_SECRET.encode()):
            return _oauth_error("invalid_client", "invalid client credentials")
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
        return JSON({"DailyApiRequests": {"Max": DAILY_REQUESTS, "Remaining": left}})

    async def global_describe(self, request: Request) -> Response:
        """Every object the organisation has."""
        base = _base(request)
        objects = [salesforce_describe.summary(name, base) for name in self._objects()]
        return JSON({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})

    async def describe(self, request: Request) -> Response:
        """The fields of one object."""
        base, name = _base(request), request.path_params["object"]
        if name not in self._objects():
            raise Refusal(_not_found())
        types = salesforce_describe.field_types(self.collection(name, RULE))
        return JSON(salesforce_describe.describe(name, types, self._objects(), base))

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
            raise Refusal(_error(400, "INVALID_QUERY_LOCATOR", "invalid query locator"))
        return self._page(base, query_id, cursor, int(offset))

    def object_of(self, request: Request) -> str | None:
        """The object a path, a query or a locator is about."""
        if "locator" in request.path_params:
            cursor = self._cursors.get(request.path_params["locator"].rpartition("-")[0])
            return cursor.object if cursor else None
        source = re.search(r"\bfrom\s+(\w+)", request.query_params.get("q", ""), re.IGNORECASE)
        return source[1] if source else request.path_params.get("object")

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
            raise Refusal(_not_found())

    def denial(self, request: Request) -> Response:
        """A session that is not valid."""
        return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def refusal(self, fault: Fault) -> Response:
        """The quota answers 403 without a hint how long to wait, a busy server 503."""
        if fault.fault == "rate_limit":
            return _error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        return _error(503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable.")

    def failure(self, message: str) -> Response:
        """A tenant file that cannot be read."""
        return _error(400, "SANDBOX_TENANT_FILE", message)

    def _objects(self) -> list[str]:
        return self.world.store.objects(self.name)

    def _first_page(self, request: Request, with_deleted: bool) -> Response:
        base, text = _base(request), request.query_params.get("q", "")
        try:
            query = soql.parse(text)
            spelling = {name.lower(): name for name in self._objects()}
            name = spelling.get(query.object.text.lower())
            if name is None:
                raise soql_select.unknown_object(query.object)
            collection = self.collection(name, RULE)
            types = salesforce_describe.field_types(collection)
            query = soql_select.bind(query, types)
        except soql.SoqlError as problem:
            raise Refusal(_error(400, problem.code, _located(text, problem))) from problem
        found = soql_select.select(query, collection.at(self.micros), types, with_deleted)
        if not query.fields:
            return JSON({"totalSize": len(found), "done": True, "records": []})
        fields = tuple(field.text for field in query.fields)
        cursor = Cursor(name, fields, found, _page_size(request))
        return self._page(base, self._open(cursor), cursor, 0)

    def _open(self, cursor: Cursor) -> str:
        self._opened += 1
        query_id = f"01g{self._opened:012d}YAA"
        self._cursors[query_id] = cursor
        if len(self._cursors) > OPEN_LOCATORS:
            del self._cursors[next(iter(self._cursors))]
        return query_id

    def _page(self, base: str, query_id: str, cursor: Cursor, offset: int) -> Response:
        end = offset + cursor.page_size
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


def _error(status: int, code: str, message: str) -> Response:
    return JSON([{"message": message, "errorCode": code}], status)


def _not_found() -> Response:
    return _error(404, "NOT_FOUND", "The requested resource does not exist")


def _oauth_error(code: str, description: str) -> Response:
    return JSON({"error": code, "error_description": description}, 400)
