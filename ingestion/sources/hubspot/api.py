"""HubSpot's manners: a service key or OAuth, paths of two styles, limits by interval and by day."""

from pathlib import Path
from typing import Any

import requests

from ingestion.http import JsonApi
from ingestion.tokens import TokenStore
from runtime.records import Connection

API_VERSION = "v3"


class HubSpotApi(JsonApi):
    """Bearer key or OAuth refresh; a 429 tells the length of its interval, or that the day is used up."""

    source = "hubspot"

    def __init__(self, connection: Connection) -> None:
        refresh_token = connection.extra.get("refresh_token", "")
        super().__init__(connection.host, connection.password, refresh_token)
        self._version = str(connection.extra.get("api_version", API_VERSION))
        self._key = connection.password
        self._client = {"client_id": connection.login, "client_secret": connection.password}
        self._tokens: TokenStore | None = None
        if refresh_token:
            self._tokens = TokenStore(Path(connection.extra["token_file"]), refresh_token)
        self._access_token: str | None = None

    def sign_in(self) -> dict[str, str]:
        """A service key needs no sign-in; OAuth tokens live half an hour."""
        if self._tokens is None:
            return {"Authorization": f"Bearer {self._key}"}
        self._access_token = self._tokens.access_token(self._access_token, self._renew)
        self.secrets.add(self._access_token)
        return {"Authorization": f"Bearer {self._access_token}"}

    def _renew(self, refresh_token: str) -> dict[str, Any]:
        self.secrets.add(refresh_token)
        form = {"grant_type": "refresh_token", **self._client, "refresh_token": refresh_token}
        version = "v1" if self._version.startswith("v") else self._version
        return self.fetch_token(f"/oauth/{version}/token", data=form)

    def path(self, kind: str, object_name: str) -> str:
        """Path of a CRM resource; numbered versions stand before its kind, dated ones after it."""
        numbered = "v4" if kind == "associations" else self._version
        parts = (numbered, kind) if self._version.startswith("v") else (kind, self._version)
        return f"/crm/{'/'.join(parts)}/{object_name}"

    def wait_hint(self, response: requests.Response) -> float | None:
        """Retry-After where given, else the interval the limit is counted over."""
        hint = super().wait_hint(response)
        interval = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
        if hint is None and response.status_code == 429 and interval.isdigit():
            return int(interval) / 1000
        return hint

    def is_transient(self, response: requests.Response, body: Any) -> bool:
        """A used-up day is not cured by waiting."""
        return not _is_daily_limit(body) and super().is_transient(response, body)

    def sign_in_advice(self, body: Any) -> str:
        """A refresh token that is no longer good needs a person."""
        if isinstance(body, dict) and body.get("status") == "BAD_REFRESH_TOKEN":
            return "authorise again and put the new refresh_token into the connection `hubspot_default`"
        return super().sign_in_advice(body)

    def advice(self, status: int, body: Any) -> str:
        """A used-up day has its own."""
        if _is_daily_limit(body):
            return "the portal's daily calls are used up until midnight of its time zone"
        return super().advice(status, body)


def following(body: dict[str, Any]) -> str | None:
    """The position after a page; None after the last one."""
    return ((body.get("paging") or {}).get("next") or {}).get("after")


def _is_daily_limit(body: Any) -> bool:
    return isinstance(body, dict) and body.get("policyName") == "DAILY"
