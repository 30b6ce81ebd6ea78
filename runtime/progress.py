"""Progress events: one JSON line each in <home>/logs/events.jsonl, read by `make run` and `make status`."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, payload)  # one write call: lines of parallel tasks do not mix
    finally:
        os.close(descriptor)


@dataclass
class _Problem:
    """Something open: since when, of which DAG, of which object if only that is missing.

    ``is_passed``: its DAG has since gone on without the object.
    """

    at: str
    dag: str
    object: str | None
    is_passed: bool = False


def open_problems(settings: Settings, zone: tzinfo = UTC) -> list[str]:
    """What failed or is blocked and was not made good since, oldest first, each message once with its time in ``zone``.

    A failed build is made good by a publication, a failed ingest DAG when it announces its area. An object its
    DAG went on without stays open until it is committed, or until the DAG's next run has no trouble with it.
    """
    problems: dict[str, _Problem] = {}
    for event in _events(settings):
        name = f"{event['source']}.{event['object']}" if "object" in event else None
        dag = event.get("dag", BUILD)
        match event["event"]:
            case "failed":
                problems[event["message"]] = _Problem(event["at"], dag, name)
            case "blocked" if not event.get("fails_dag", True):
                text = f"{name}: {'; '.join(event['reasons'])}"
                problems[text] = _Problem(event["at"], dag, name)
            case "committed":
                problems = {text: p for text, p in problems.items() if p.object != name}
            case "announced":
                problems = {
                    text: replace(p, is_passed=True) if p.dag == dag else p
                    for text, p in problems.items()
                    if p.dag != dag or (p.object and not p.is_passed)
                }
            case "published" | "unchanged":
                problems = {text: p for text, p in problems.items() if p.dag != BUILD}
    return [
        f"{datetime.fromisoformat(problem.at).astimezone(zone):%Y-%m-%d %H:%M %Z} {text}"
        for text, problem in problems.items()
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
