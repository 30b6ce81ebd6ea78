"""A tenant folder written by a test, and a client signed in to the sandbox that serves it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from sandbox.hubspot import credentials as hubspot_account
from sandbox.salesforce import credentials as salesforce_account
from sandbox.zendesk import credentials as zendesk_account

Records = Iterable[dict[str, Any]]
TENANT_YML = """\
name: tiny
timezone: Asia/Tokyo
reporting_currency: JPY
first_business_date: 2026-01-01
last_business_date: 2026-01-31
systems: [salesforce, hubspot, zendesk]
"""


def write_tenant(folder: Path, **files: Records) -> Path:
    """Write a tenant folder; files are named ``salesforce__Account=[record, …]``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tenant.yml").write_text(TENANT_YML)
    for name, records in files.items():
        source, object_name = name.split("__", 1)
        path = folder / source / f"{object_name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return folder


class SandboxClient:
    """Plain requests against one sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def salesforce(self) -> "SandboxClient":
        """A client signed in to Salesforce."""
        form = {
            "grant_type": "client_credentials",
            "client_id": salesforce_account.CLIENT_ID,
            "client_secret": salesforce_account.CLIENT_SECRET,
        }
        answer = self.send("POST", "/services/oauth2/token", data=form)
        return self._with_token(answer.json()["access_token"])

    def hubspot(self) -> "SandboxClient":
        """A client signed in to HubSpot."""
        return self._with_token(hubspot_account.TOKEN)

    def zendesk(self) -> "SandboxClient":
        """A client signed in to Zendesk."""
        body = {
            "grant_type": "client_credentials",
            "client_id": zendesk_account.CLIENT_ID,
            "client_secret": zendesk_account.CLIENT_SECRET,
        }
        answer = self.send("POST", "/oauth/tokens", json=body)
        return self._with_token(answer.json()["access_token"])

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request to a path or a full address."""
        url = path if path.startswith("http") else self.url + path
        return self.session.request(method, url, timeout=20, **options)

    def get(self, path: str, **params: Any) -> requests.Response:
        """One GET."""
        return self.send("GET", path, params=params)

    def post(self, path: str, body: Any) -> requests.Response:
        """One POST of JSON."""
        return self.send("POST", path, json=body)

    def set_clock(self, now: str) -> None:
        """Set the vendors' clock to an ISO 8601 time."""
        assert self.send("PUT", "/_sandbox/clock", json={"now": now}).status_code == 200

    def set_faults(self, *rules: dict[str, Any]) -> None:
        """Put a fault script in force."""
        assert self.send("PUT", "/_sandbox/faults", json=list(rules)).status_code == 204

    def _with_token(self, token: str) -> "SandboxClient":
        client = SandboxClient(self.url)
        client.session.headers["Authorization"] = f"Bearer {token}"
        return client
