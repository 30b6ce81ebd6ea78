"""Progress events: one JSON line each in <home>/logs/events.jsonl, read by `make run` and `make status`."""

import json
import logging
import os
from datetime import UTC, datetime
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


def open_problems(settings: Settings) -> list[str]:
    """What failed after the last publication, oldest first, each message once with its time."""
    path = settings.logs_dir / "events.jsonl"
    problems: dict[str, str] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["event"] in ("published", "unchanged"):
                problems.clear()
            if event["event"] == "failed":
                problems[event["message"]] = event["at"]
    return [f"{at} {message}" for message, at in problems.items()]
