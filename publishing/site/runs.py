"""What the last runs took, from the events they reported."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from runtime.progress import BUILD, events
from runtime.settings import Settings

RUNS = 90
# a step lasts from the newest of the events before it to its own last one
_STEPS = {
    "ingest": ("extracted", "committed", "announced"),
    "load": ("loaded",),
    "dbt": ("dbt",),
    "audit": ("audited",),
    "publish": ("published",),
    "site": ("site",),
}
_STEP_OF = {event: step for step, names in _STEPS.items() for event in names}
STEPS = tuple(_STEPS)


@dataclass
class Run:
    """One run of a business date.

    Attributes:
        business_date: ISO date; empty where no event named it.
        finished_at: local time of its last event.
        seconds: duration by step.
        rows, quarantined: records taken from the sources, rows of them held back.
        outcome: ``published``, ``unchanged``, ``blocked`` or ``failed``.
    """

    business_date: str = ""
    finished_at: datetime | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    rows: int = 0
    quarantined: int = 0
    outcome: str = "failed"

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return sum(self.seconds.values())


def recent_runs(settings: Settings, zone: tzinfo) -> list[Run]:
    """The last 90 runs, newest first, from the events of this month and the three before."""
    return [_run(happened, zone) for happened in _by_run(events(settings, past_months=3))][-RUNS:][
        ::-1
    ]


def _by_run(happened: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Events up to the end of each build: its success, or the failure before the next run's first extraction."""
    run: list[dict[str, Any]] = []
    for event in happened:
        if event.get("carried"):
            continue
        if event["event"] == "extracted" and any(_ends(past) for past in run):
            yield run
            run = []
        run.append(event)
        if event["event"] == "finished" and event.get("dag") == BUILD:
            yield run
            run = []
    if any(_ends(past) for past in run):
        yield run


def _ends(event: dict[str, Any]) -> bool:
    return event["event"] == "failed" and "object" not in event


def _run(happened: list[dict[str, Any]], zone: tzinfo) -> Run:
    run, before = Run(), None
    for event in happened:
        moment = datetime.fromisoformat(event["at"])
        if step := _STEP_OF.get(event["event"]):
            passed = (moment - before).total_seconds() if before else 0.0
            run.seconds[step] = run.seconds.get(step, 0.0) + passed
        before = moment
        match event["event"]:
            case "announced":
                run.business_date = event.get("business_date", run.business_date)
            case "committed":
                run.rows += event.get("rows", 0)
                run.quarantined += event.get("rows_quarantined", 0)
            case "published":
                run.business_date = run.business_date or event.get("as_of_date", "")
                run.outcome = "published"
            case "unchanged":
                run.outcome = "unchanged"
            case "blocked" if "object" not in event:
                run.outcome = "blocked"
            case "audited" if event.get("blocked"):
                run.outcome = "blocked"
    run.finished_at = before.astimezone(zone) if before else None
    return run
