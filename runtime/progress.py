"""Progress events: one JSON line each in <home>/logs/events.jsonl, read by `make run` and `make status`."""

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from runtime.files import write_atomically
from runtime.locks import locked
from runtime.settings import Settings, get_settings

log = logging.getLogger("csw")
BUILD = "build_warehouse"
STARTS_BUILD = (
    "INGEST_STARTS_BUILD"  # 0 where `make run` executes the ingest DAGs: it builds itself
)
WATCH = "watch_publication"
EVENTS = "events.jsonl"


def report(event: str, **fields: Any) -> None:
    """Append an event and log it.

    Args:
        event: what happened: ``extracted``, ``committed``, ``blocked``, ``dbt``, ``published`` …
        fields: JSON values; never a secret.
    """
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **fields}
    log.info("%s %s", event, fields)
    path = get_settings().logs_dir / EVENTS
    path.parent.mkdir(parents=True, exist_ok=True)
    payload = (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode()
    with locked(_lock(path)):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, payload)  # one write call: a killed one leaves no half line
        finally:
            os.close(descriptor)


def begin_anew(settings: Settings, archive: Path) -> None:
    """Put all events into ``archive``; the file goes on with the failures that are still open.

    These are marked as ``carried``: who follows the file has seen them.
    """
    path = settings.logs_dir / EVENTS
    if not path.exists():
        return
    with locked(_lock(path)):
        kept = open_failures(settings)
        with archive.open("ab") as past:
            past.write(path.read_bytes())
        lines = (json.dumps(event | {"carried": True}, ensure_ascii=False) for event in kept)
        write_atomically(path, "".join(f"{line}\n" for line in lines), mode=0o600)


def _lock(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def open_problems(settings: Settings, zone: tzinfo = UTC) -> list[str]:
    """DAGs that failed and have not succeeded since, oldest first, each message once with its time in ``zone``.

    A failed build is made good by a publication, a failed ingest DAG when it announces its area. What a DAG went
    on without is a finding (runtime/findings.py).
    """
    return [
        f"{datetime.fromisoformat(event['at']).astimezone(zone):%Y-%m-%d %H:%M %Z} {event['message']}"
        for event in open_failures(settings)
    ]


def open_failures(settings: Settings, dag_id: str = "") -> list[dict[str, Any]]:
    """The newest event of each failure that nothing has made good, of one DAG or of all."""
    problems: dict[str, dict[str, Any]] = {}
    for event in events(settings):
        dag = event.get("dag", BUILD)
        match event["event"]:
            case "failed" if "object" not in event and "message" in event:
                problems[str(event["message"])] = event | {"dag": dag}
            case "announced":
                problems = _without(problems, dag)
            case "published" | "unchanged":
                problems = _without(_without(problems, BUILD), WATCH)
    return [event for event in problems.values() if dag_id in ("", event["dag"])]


def _without(problems: dict[str, dict[str, Any]], dag: str) -> dict[str, dict[str, Any]]:
    return {text: event for text, event in problems.items() if event["dag"] != dag}


def events(settings: Settings, past_months: int = 0) -> Iterator[dict[str, Any]]:
    """The events of this month and of as many past ones, oldest first."""
    stem, suffix = EVENTS.split(".")
    past = (
        sorted(settings.logs_dir.glob(f"{stem}-*.{suffix}"))[-past_months:] if past_months else []
    )
    for path in (*past, settings.logs_dir / EVENTS):
        if path.exists():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if event := parsed(line):
                    yield event


def parsed(line: str | bytes) -> dict[str, Any] | None:
    """An event's line; None if it was cut short, as on a full disk, or is damaged."""
    try:
        event = json.loads(line)
        datetime.fromisoformat(event["at"])
    except (ValueError, TypeError, LookupError):
        return None
    return event if isinstance(event.get("event"), str) else None
