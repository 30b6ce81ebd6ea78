"""Progress events: one JSON line each in <home>/logs/events.jsonl, read by `make run` and `make status`."""

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

from runtime.settings import Settings, get_settings

log = logging.getLogger("csw")
BUILD = "build_warehouse"


def report(event: str, **fields: Any) -> None:
    """Append an event and log it.

    Args:
        event: what happened: ``extracted``, ``committed``, ``blocked``, ``dbt``, ``published`` …
        fields: JSON values; never a secret.
    """
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **fields}
    log.info("%s %s", event, fields)
    path = get_settings().logs_dir / "events.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    payload = (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, payload)  # one write call: lines of parallel tasks do not mix
    finally:
        os.close(descriptor)


def open_problems(settings: Settings, zone: tzinfo = UTC) -> list[str]:
    """DAGs that failed and have not succeeded since, oldest first, each message once with its time in ``zone``.

    A failed build is made good by a publication, a failed ingest DAG when it announces its area. What a DAG went
    on without is a finding (runtime/findings.py).
    """
    problems: dict[str, tuple[str, str]] = {}
    for event in _events(settings):
        dag = event.get("dag", BUILD)
        match event["event"]:
            case "failed" if "object" not in event:
                problems[event["message"]] = (event["at"], dag)
            case "announced":
                problems = {
                    text: problem for text, problem in problems.items() if problem[1] != dag
                }
            case "published" | "unchanged":
                problems = {
                    text: problem for text, problem in problems.items() if problem[1] != BUILD
                }
    return [
        f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M %Z} {text}"
        for text, (at, _) in problems.items()
    ]


def _events(settings: Settings) -> Iterator[dict[str, Any]]:
    path = settings.logs_dir / "events.jsonl"
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if event := parsed(line):
                yield event


def parsed(line: str | bytes) -> dict[str, Any] | None:
    """An event's line; None if it was cut short, as on a full disk."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
