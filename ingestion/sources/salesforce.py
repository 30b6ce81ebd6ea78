"""Salesforce: SOQL over REST, deleted records included.

Field list from describe, rows through queryAll in (cursor, Id) order. Limits come without a hint
how long to wait.
"""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests

from ingestion.catalogue import CatalogueObject
from ingestion.errors import SchemaError, SourceError
from ingestion.http import HttpError, JsonApi
from ingestion.sources.base import Connection, Page, Window

logger = logging.getLogger(__name__)

API_VERSION = "63.0"
API_USAGE_LIMIT = 0.9
UNREADABLE_TYPES = frozenset({"address", "location", "base64"})
CURSORS = ("SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime")
# Salesforce refuses URI and headers above 16,384 bytes together.
MAX_URL = 15_000
GROUP_BYTES = 8_000
IDS_A_QUERY = 200
MAX_RESTARTS = 5


class SalesforceApi(JsonApi):
    """Client-credentials sign-in, the vendor's error arrays and its daily allowance."""

    source = "salesforce"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.host, connection.password)
        self._token_url = f"{self.base_url}/services/oauth2/token"
        self._form = {
            "grant_type": "client_credentials",
            "client_id": connection.login,
            "client_secret": connection.password,
        }
        self._usage_limit = float(connection.extra.get("api_usage_limit", API_USAGE_LIMIT))

    def sign_in(self) -> dict[str, str]:
        """Get a token; data calls go to the instance the answer names, not to the login host."""
        answer = self.fetch_token(self._token_url, data=self._form)
        self.base_url = answer["instance_url"].rstrip("/")
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def wait_hint(self, response: requests.Response) -> float | None:
        """Salesforce gives none."""
        return None

    def is_transient(self, response: requests.Response, body: Any) -> bool:
        """Also its 403 for a limit: of concurrent requests, or of 24 hours that roll on."""
        # 406 has no documented cause and goes away by itself.
        return (
            response.status_code == 406
            or error_code(body) == "REQUEST_LIMIT_EXCEEDED"
            or super().is_transient(response, body)
        )

    def observe(self, response: requests.Response, object_name: str) -> None:
        """Stop before the company's other integrations run out of API calls."""
        usage = re.search(r"api-usage=(\d+)/(\d+)", response.headers.get("Sforce-Limit-Info", ""))
        if usage is None:
            return
        used, allowed = int(usage[1]), int(usage[2])
        if used >= allowed * self._usage_limit:
            raise SourceError(
                self.source,
                object_name,
                f"{used:,} of {allowed:,} API calls of the last 24 hours are used, "
                f"the limit for this warehouse is {self._usage_limit:.0%}",
                "run again later, or raise api_usage_limit in the extra of `salesforce_default`",
            )

    def advice(self, status: int, body: Any) -> str:
        """Quota and permission are both 403."""
        if error_code(body) == "REQUEST_LIMIT_EXCEEDED":
            return "the org has no API calls left; run again later"
        return super().advice(status, body)


class Salesforce:
    """Reads one SObject at a time; ``connection.extra``: api_version, api_usage_limit."""

    def __init__(self, connection: Connection) -> None:
        self.api = SalesforceApi(connection)
        self._root = f"/services/data/v{connection.extra.get('api_version', API_VERSION)}"
        self._queryable: set[str] | None = None

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` whose cursor lies in ``window``, deleted ones marked.

        An object the org does not have yields nothing.

        Raises:
            SourceError: a required object is missing, or the vendor refuses to give it.
            SchemaError: fields the org announces cannot be read, also after asking again.
        """
        if not self._has(entry):
            return
        lower = _literal(window.start) if window.start else None
        described, restarts = 1, 0
        fields, cursor = self._describe(entry)
        while True:
            try:
                for records in self._slice(entry, fields, cursor, lower, _literal(window.end)):
                    if records:
                        lower = records[-1].get(cursor, lower)
                        yield Page([_as_landed(record) for record in records])
                return
            except HttpError as error:
                code = error_code(error.body)
                if code == "INVALID_QUERY_LOCATOR" and restarts < MAX_RESTARTS:
                    # From the last cursor seen on; rows that come twice are equal and harmless.
                    restarts += 1
                    logger.warning("salesforce / %s: query locator expired", entry.object)
                elif code == "INVALID_FIELD" and described == 1:
                    # A field was hidden since the describe.
                    described += 1
                    fields, cursor = self._describe(entry)
                elif code == "INVALID_FIELD":
                    raise SchemaError(
                        "salesforce", entry.object, error.message, "check field-level security"
                    ) from error
                else:
                    raise

    def _has(self, entry: CatalogueObject) -> bool:
        if self._queryable is None:
            listed = self.api.get(f"{self._root}/sobjects/", "sobjects")["sobjects"]
            self._queryable = {o["name"] for o in listed if o.get("queryable", True)}
        if entry.object in self._queryable:
            return True
        if entry.required:
            raise SourceError(
                "salesforce",
                entry.object,
                "the org does not offer this object to our user",
                "give the user of `salesforce_default` read access to it",
            )
        logger.warning("salesforce / %s: not in this org, nothing read", entry.object)
        return False

    def _describe(self, entry: CatalogueObject) -> tuple[list[str], str | None]:
        """Readable fields, and the best of them to filter and order by."""
        path = f"{self._root}/sobjects/{entry.object}/describe"
        fields = self.api.get(path, entry.object)["fields"]
        names = [f["name"] for f in fields if f["type"] not in UNREADABLE_TYPES]
        filterable = {f["name"] for f in fields if f.get("filterable")}
        wanted = (entry.cursor, *CURSORS)
        return names, next((name for name in wanted if name in filterable), None)

    def _slice(
        self,
        entry: CatalogueObject,
        fields: list[str],
        cursor: str | None,
        lower: str | None,
        upper: str,
    ) -> Iterator[list[dict[str, Any]]]:
        scope = ""
        if cursor:
            above = f"{cursor} >= {lower} AND " if lower else ""
            scope = f" WHERE {above}{cursor} < {upper} ORDER BY {cursor}, Id"
        groups = [fields]
        if len(self._url(_select(fields, entry.object, scope))) > MAX_URL:
            groups = _groups(fields, {"Id", cursor} - {None})
        for records in self._query(entry.object, _select(groups[0], entry.object, scope)):
            for group in groups[1:]:
                self._complete(entry.object, records, group)
            yield records

    def _complete(self, object_name: str, records: list[dict[str, Any]], fields: list[str]) -> None:
        """Add ``fields`` to records of an object too wide for one query."""
        by_id = {record["Id"]: record for record in records}
        ids = list(by_id)
        for first in range(0, len(ids), IDS_A_QUERY):
            quoted = ",".join(f"'{i}'" for i in ids[first : first + IDS_A_QUERY])
            soql = _select(["Id", *fields], object_name, f" WHERE Id IN ({quoted})")
            for rest in self._query(object_name, soql):
                for record in rest:
                    by_id[record["Id"]] |= record

    def _query(self, object_name: str, soql: str) -> Iterator[list[dict[str, Any]]]:
        body = self.api.get(f"{self._root}/queryAll", object_name, q=soql)
        yield body["records"]
        # A page may be short of rows and not be the last one: only `done` tells.
        while not body["done"]:
            body = self.api.get(body["nextRecordsUrl"], object_name)
            yield body["records"]

    def _url(self, soql: str) -> str:
        return f"{self.api.base_url}{self._root}/queryAll?{urlencode({'q': soql})}"


def error_code(body: Any) -> str:
    """The errorCode of Salesforce's error array; empty if the body is something else."""
    first = body[0] if isinstance(body, list) and body else {}
    return first.get("errorCode", "") if isinstance(first, dict) else ""


def _select(fields: list[str], object_name: str, rest: str) -> str:
    return f"SELECT {','.join(fields)} FROM {object_name}{rest}"


def _groups(fields: list[str], always: set[str]) -> list[list[str]]:
    """Split ``fields`` into lists short enough for a URL; the first one holds ``always``."""
    groups, size = [sorted(always)], 0
    for field in fields:
        if field in always:
            continue
        size += len(field) + len("%2C")
        if size > GROUP_BYTES:
            groups.append([])
            size = len(field) + len("%2C")
        groups[-1].append(field)
    return groups


def _literal(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _as_landed(record: dict[str, Any]) -> dict[str, Any]:
    """The record without the API's own `attributes`; we select no related records that had some too."""
    record.pop("attributes", None)
    if record.get("IsDeleted"):
        record["_is_deleted"] = True
    return record
