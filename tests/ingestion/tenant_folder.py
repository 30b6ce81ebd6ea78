"""Small tenants for the connectors' tests, and the sandbox's admin endpoints."""

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import requests

FAULTS = ("rate_limit", "server_error", "unauthorized", "reset", "html", "truncated")


def write_tenant(folder: Path, files: dict[str, list[dict[str, Any]]]) -> Path:
    """Write ``<source>/<object>`` → versions as a tenant folder."""
    settings = {
        "name": "small",
        "timezone": "Asia/Tokyo",
        "reporting_currency": "JPY",
        "first_business_date": "2026-11-01",
        "last_business_date": "2026-11-05",
        "systems": ["salesforce", "hubspot", "marketo", "zendesk", "files"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tenant.yml").write_bytes(orjson.dumps(settings))
    for name, versions in files.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"".join(orjson.dumps(version) + b"\n" for version in versions))
    return folder


def set_clock(sandbox: str, moment: datetime) -> None:
    """Show the tenant as it stood at ``moment``."""
    body = {"now": moment.isoformat()}
    requests.put(f"{sandbox}/_sandbox/clock", json=body, timeout=10).raise_for_status()


def set_faults(sandbox: str, *rules: dict[str, Any]) -> None:
    """Answer wrongly from now on as the rules say; none ends it."""
    requests.put(f"{sandbox}/_sandbox/faults", json=list(rules), timeout=10).raise_for_status()


def requests_made(sandbox: str) -> list[dict[str, Any]]:
    """Everything the vendors were asked so far."""
    return requests.get(f"{sandbox}/_sandbox/requests", timeout=10).json()
