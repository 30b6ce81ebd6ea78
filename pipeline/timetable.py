"""When the DAGs run: once a day, each run named after its business date."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from airflow.timetables.trigger import CronTriggerTimetable
from airflow.utils.types import DagRunType
from pendulum import DateTime

from runtime.business_date import id_of_run, resolve_business_date
from runtime.settings import get_settings
from runtime.tenant import load_tenant

NAMED = (DagRunType.SCHEDULED, DagRunType.BACKFILL_JOB)  # of others, nothing is known yet


def clock_name(zone: tzinfo) -> str:
    """What clocks of a zone are said to show: JST; with a summer time EST/EDT."""
    return "/".join(
        dict.fromkeys(f"{datetime(2026, month, 1, tzinfo=zone):%Z}" for month in (1, 7))
    )


class DailyAt(CronTriggerTimetable):
    """Every day at a time of a zone; ids of its runs begin with the business date."""

    def __init__(self, expression: str, *, timezone: Any, **options: Any) -> None:
        # a first run waits for its time: "False" would let it catch up within 10 % of a day
        options["run_immediately"] = timedelta(0)
        super().__init__(expression, timezone=timezone, **options)

    @property
    def summary(self) -> str:
        """What the UI shows as the schedule: ``02:00 JST``."""
        minute, hour, *_ = self._expression.split()
        return f"{int(hour):02}:{int(minute):02} {clock_name(self._timezone)}"

    def generate_run_id(self, *, run_type: DagRunType, run_after: DateTime, **options: Any) -> str:
        """``scheduled__2026-10-31__20261031T170000``: the business date, when it was due (UTC)."""
        if run_type not in NAMED:
            return super().generate_run_id(run_type=run_type, run_after=run_after, **options)
        day = resolve_business_date(load_tenant(get_settings().tenant), run_after=run_after)
        return run_type.generate_run_id(suffix=id_of_run(day, run_after))
