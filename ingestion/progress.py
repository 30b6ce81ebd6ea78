"""Progress events: one JSON line each in <home>/logs/events.jsonl, read by `make run` and `make status`."""

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

from ingestion.settings import Settings, get_settings

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


def open_problems(settings: Settings) -> list[str]:
    """What failed or is blocked and was not made good since, oldest first, each message once with its time.

    A failed build is made good by a publication, a failed ingest DAG when it announces its area, a blocked
    object of a DAG that went on without it when a later run of it is committed.
    """
    path = settings.logs_dir / "events.jsonl"
    problems: dict[tuple[str, str], str] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            continue  # cut short when the disk was full, say
        name = f"{event.get('source')}.{event.get('object')}"
        match event["event"]:
            case "failed":
                problems[event.get("dag", BUILD), event["message"]] = event["at"]
            case "blocked" if not event.get("fails_dag", True):
                problems[name, f"{name}: {'; '.join(event['reasons'])}"] = event["at"]
            case "committed":
                problems = _without(problems, name)
            case "announced":
                problems = _without(problems, event["dag"])
            case "published" | "unchanged":
                problems = _without(problems, BUILD)
    return [f"{at} {message}" for (_, message), at in problems.items()]


def _without(problems: dict[tuple[str, str], str], whose: str) -> dict[tuple[str, str], str]:
    return {key: at for key, at in problems.items() if key[0] != whose}
