"""Progress events: one JSON line each in <home>/logs/events.jsonl, read by `make run` and `make status`."""

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

from ingestion.settings import Settings, get_settings

log = logging.getLogger("csw")


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


def open_problems(settings: Settings, zone: tzinfo = UTC) -> list[str]:
    """What is blocked or did not come in, oldest first, each message once with its time in ``zone``.

    A publication ends what failed before it, but for an object it went on without: that stays open until the
    object is committed, or the next publication passes without the problem.
    """
    problems: dict[str, dict[str, Any]] = {}
    for event in _events(settings):
        kind, about = event["event"], (event.get("source"), event.get("object"))
        if kind in ("published", "unchanged"):
            problems = {
                text: problem | {"passed": True}
                for text, problem in problems.items()
                if problem["about"][0] and not problem["passed"]
            }
        elif kind == "committed":
            problems = {text: p for text, p in problems.items() if p["about"] != about}
        elif kind == "failed":
            problems[event["message"]] = {"at": event["at"], "about": about, "passed": False}
        elif kind == "blocked":
            text = f"{event['source']}.{event['object']}: {'; '.join(event['reasons'])}"
            problems[text] = {"at": event["at"], "about": about, "passed": False}
    return [
        f"{datetime.fromisoformat(problem['at']).astimezone(zone):%Y-%m-%d %H:%M %Z} {text}"
        for text, problem in problems.items()
        if not any(text in longer for longer in problems if longer != text)
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
