"""Ids of runs that somebody starts in the UI or by the REST API: they begin with the business date, too.

Airflow asks a timetable for the id of such a run, but does not tell it what the run is for. So the id is put into the
request before Airflow reads it.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestion.catalogue import AREAS
from runtime.business_date import id_of_run, resolve_business_date
from runtime.errors import WarehouseError
from runtime.progress import BUILD, WATCH
from runtime.settings import get_settings
from runtime.tenant import load_tenant

DAGS = (*(f"ingest_{area}" for area in AREAS), BUILD, WATCH, "daily_run")
STARTS_A_RUN = re.compile(rf".*/api/v2/(dags/({'|'.join(DAGS)})/dagRuns|assets/\d+/materialize)/?")


class NamedByBusinessDate:
    """ASGI middleware of Airflow's API server; a request that names its run, or that Airflow refuses, is left as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, a start of a run with the id that it is to have."""
        is_start = (
            scope["type"] == "http"
            and scope["method"] == "POST"
            and STARTS_A_RUN.fullmatch(scope["path"])
        )
        if not is_start:
            await self.app(scope, receive, send)
            return
        body = named(await Request(scope, receive).body(), datetime.now(UTC))
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return parts.pop() if parts else await receive()

        await self.app({**scope, "headers": headers}, replay, send)


def named(body: bytes, now: datetime) -> bytes:
    """The body of a request that starts a run, with an id that begins with the run's business date.

    Args:
        body: JSON, as Airflow's API takes it.
        now: aware.
    """
    try:
        run: Any = json.loads(body or b"{}")  # an asset is materialized without saying anything
        if run.get("dag_run_id"):
            return body
        starts = {
            name: datetime.fromisoformat(run[name]).astimezone(UTC)
            for name in ("logical_date", "run_after")
            if run.get(name)
        }
        chosen = (run.get("conf") or {}).get("business_date")
        tenant = load_tenant(get_settings().tenant)
        day = resolve_business_date(tenant, **({"run_after": now} | starts), param=chosen)
    except (ValueError, AttributeError, TypeError, WarehouseError):
        return body  # Airflow, or the run's first task, says what is wrong with it
    run["dag_run_id"] = id_of_run(day, now)
    return json.dumps(run).encode()
