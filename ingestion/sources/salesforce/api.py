"""Salesforce's API: sign-in by client credentials or JWT bearer, its limits, its errors, its CSV.

Limits come without a hint how long to wait; what is left of the day's calls is told in a header.
"""

import csv
import io
import re
import sys
import time
from dataclasses import dataclass
from typing import Any

import jwt
import requests

from ingestion.http import JsonApi
from runtime.errors import AuthenticationError, SourceError
from runtime.records import Connection

API_USAGE_LIMIT = 0.9
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://login.salesforce.com"
# Salesforce takes assertions that end within five minutes; the rest is for clocks that differ.
ASSERTION_SECONDS = 180
DAILY_LIMIT = "TotalRequests"

# A long text area holds more than the 128 KB a cell of csv may have by default.
csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class CsvPage:
    """One page of a Bulk API result; ``locator`` is None on the last one."""

    names: list[str]
    rows: list[list[str]]
    locator: str | None


class SalesforceApi(JsonApi):
    """The vendor's sign-in flows, error arrays and daily allowance.

    ``connection``: ``login`` is the consumer key, ``password`` the consumer secret. With
    ``extra.username`` the sign-in is by JWT for that user, ``password`` then is the private key
    (PEM) and ``extra.audience`` the login service (https://test.salesforce.com for a sandbox org).
    """

    source = "salesforce"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.host, connection.password)
        self._token_url = f"{self.base_url}/services/oauth2/token"
        self._connection = connection
        self._usage_limit = float(connection.extra.get("api_usage_limit", API_USAGE_LIMIT))

    def sign_in(self) -> dict[str, str]:
        """Get a token; data calls go to the instance the answer names, not to the login host."""
        answer = self.fetch_token(self._token_url, data=self._credentials())
        self.base_url = answer["instance_url"].rstrip("/")
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def wait_hint(self, response: requests.Response) -> float | None:
        """Salesforce gives none."""
        return None

    def is_transient(self, response: requests.Response, body: Any) -> bool:
        """Also its 403 for too many requests at a time; not the one for the day's allowance."""
        if error_code(body) == "REQUEST_LIMIT_EXCEEDED":
            return not _is_daily_limit(body)
        # 409: results asked for with another API version than their job's, which stays so.
        if response.status_code == 409:
            return False
        # 406 has no documented cause and goes away by itself.
        return response.status_code == 406 or super().is_transient(response, body)

    def parse(self, response: requests.Response) -> Any:
        """JSON, or a page of CSV that has as many records as its header says."""
        if not response.ok or not response.headers.get("Content-Type", "").startswith("text/csv"):
            return super().parse(response)
        try:
            reader = csv.reader(io.StringIO(response.content.decode(), newline=""), strict=True)
            names, *rows = reader
            # A page that is cut between two records is good CSV: only the count tells.
            if len(rows) != int(response.headers["Sforce-NumberOfRecords"]):
                return None
            locator = response.headers["Sforce-Locator"]
        except (ValueError, KeyError, csv.Error):
            return None
        return CsvPage(names, rows, None if locator == "null" else locator)

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
        if _is_daily_limit(body):
            return "the org has no API calls left of its last 24 hours; run again later"
        if error_code(body) == "REQUEST_LIMIT_EXCEEDED":
            return "the org has too many long requests at a time; run again later"
        if status == 409:
            return self.fix("api_version")
        return super().advice(status, body)

    def _credentials(self) -> dict[str, str]:
        connection = self._connection
        username = connection.extra.get("username")
        if not username:
            return {
                "grant_type": "client_credentials",
                "client_id": connection.login,
                "client_secret": connection.password,
            }
        claims = {
            "iss": connection.login,
            "sub": username,
            "aud": connection.extra.get("audience", AUDIENCE),
            "exp": int(time.time()) + ASSERTION_SECONDS,
        }
        # In a URI or an environment variable the key's line ends are often written as \n.
        key = connection.password.replace("\\n", "\n")
        try:
            assertion = jwt.encode(claims, key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise AuthenticationError(
                self.source,
                "sign-in",
                "the private key cannot be read",
                self.fix("password: with `username` in the extra it is an RSA key in PEM form"),
            ) from None
        self.secrets |= {key, assertion}
        return {"grant_type": JWT_BEARER, "assertion": assertion}


def error_code(body: Any) -> str:
    """The errorCode of Salesforce's error array; empty if the body is something else."""
    return _first_error(body).get("errorCode", "")


def _is_daily_limit(body: Any) -> bool:
    return DAILY_LIMIT in str(_first_error(body).get("message", ""))


def _first_error(body: Any) -> dict[str, Any]:
    first = body[0] if isinstance(body, list) and body else {}
    return first if isinstance(first, dict) else {}
