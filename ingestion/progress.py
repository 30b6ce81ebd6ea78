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

    A failed build is made good by a publication, an object by a later commit of it, anything else of an ingest
    DAG when its area is announced by a later run (a DAG goes on without what is optional).
    """
    path = settings.logs_dir / "events.jsonl"
    problems: dict[str, dict[str, Any]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            continue  # cut short when the disk was full, say
        match event["event"]:
            case "failed":
                problems[event["message"]] = {"dag": BUILD, **event}
            case "blocked" if not event.get("fails_dag", True):
                reasons = "; ".join(event["reasons"])
                problems[f"{event['source']}.{event['object']}: {reasons}"] = event
            case "committed" | "announced" | "published" | "unchanged":
                problems = {
                    text: problem
                    for text, problem in problems.items()
                    if not _makes_good(event, problem)
                }
    return [f"{problem['at']} {text}" for text, problem in problems.items()]


def _makes_good(event: dict[str, Any], problem: dict[str, Any]) -> bool:
    match event["event"]:
        case "committed":
            return all(event[name] == problem.get(name) for name in ("source", "object"))
        case "announced":
            return event["dag"] == problem.get("dag") and problem["at"] < event["run_began_at"]
    return problem.get("dag") == BUILD
