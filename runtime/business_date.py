"""The business date: the day, in the tenant's time zone, that a run closes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from runtime.errors import StateError
from runtime.tenant import CALENDAR_START, Tenant


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """First instant after ``day`` in ``zone``, as an aware UTC datetime."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return midnight.astimezone(ZoneInfo("UTC"))


def refuse_unfinished(day: date, tenant: Tenant, now: datetime) -> None:
    """Refuse a day that is not over at ``now`` (aware): once committed, it would keep earlier dates from being read.

    A day before the calendar's first is refused too.

    A tenant folder has a clock of its own, up to its last_business_date.

    Raises:
        StateError: the day is not over, or older than the calendar.
    """
    if day < CALENDAR_START:
        raise StateError(
            f"business date {day} lies before {CALENDAR_START}, the calendar's first day",
            "choose a later one",
        )
    yesterday = now.astimezone(tenant.zone).date() - timedelta(days=1)
    newest = max(yesterday, tenant.last_business_date or yesterday)
    if day > newest:
        raise StateError(
            f"business date {day} is not over yet in {tenant.timezone}",
            f"choose {newest} or an earlier one",
        )


def resolve_business_date(
    tenant: Tenant,
    *,
    param: str | None = None,
    logical_date: datetime | None = None,
    run_after: datetime | None = None,
) -> date:
    """Decide the business date of a run.

    The first that is there wins: the run's ``business_date`` parameter; the local day before ``logical_date``;
    the local day before ``run_after``. All but the parameter are capped at the tenant's last_business_date.

    Raises:
        StateError: the parameter is a day that is not over at ``run_after``.
        ValueError: nothing to decide from, or the parameter is no ISO date.
    """
    if param:
        chosen = date.fromisoformat(param)
        if run_after:
            refuse_unfinished(chosen, tenant, run_after)
        return chosen
    instant = logical_date or run_after
    if instant is None:
        raise ValueError("a run needs params.business_date, a logical date or run_after")
    chosen = instant.astimezone(tenant.zone).date() - timedelta(days=1)
    return min(chosen, tenant.last_business_date or chosen)


def id_of_run(day: date, moment: datetime) -> str:
    """``2026-10-31__20261101T010203``: the id of a run for ``day`` that was started, or is due, at ``moment``."""
    return f"{day}__{moment:%Y%m%dT%H%M%S}"


def areas_to_wait_for(
    announced: Mapping[str, Iterable[datetime]], built_up_to: datetime | None
) -> list[str]:
    """Areas that have not announced a business date since it was built last.

    Args:
        announced: area → when it announced the date.
        built_up_to: the newest announcement that a build of the date was started for; None if none was.
    """
    return [
        area
        for area, moments in announced.items()
        if not any(built_up_to is None or moment > built_up_to for moment in moments)
    ]
