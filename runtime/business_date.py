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
    event_dates: Iterable[str] = (),
    logical_date: datetime | None = None,
    run_after: datetime | None = None,
) -> date:
    """Decide the business date of a run.

    The first that is there wins: the run's ``business_date`` parameter; the newest date among the
    triggering asset events; the local day before ``logical_date``; the local day before ``run_after``.
    All but the parameter are capped at the tenant's last_business_date.

    Raises:
        StateError: the parameter is a day that is not over at ``run_after``.
        ValueError: nothing to decide from, or the parameter is no ISO date.
    """
    if param:
        chosen = date.fromisoformat(param)
        if run_after:
            refuse_unfinished(chosen, tenant, run_after)
        return chosen
    dates = [date.fromisoformat(text) for text in event_dates]
    if dates:
        chosen = max(dates)
    else:
        instant = logical_date or run_after
        if instant is None:
            raise ValueError(
                "a run needs params.business_date, an asset event, a logical date or run_after"
            )
        chosen = instant.astimezone(tenant.zone).date() - timedelta(days=1)
    return min(chosen, tenant.last_business_date or chosen)


def areas_to_wait_for(
    day: date, announced: Mapping[str, Iterable[str]], deadline: time, zone: ZoneInfo, now: datetime
) -> list[str]:
    """Areas that a build started by their assets still has to wait for.

    Airflow starts it when every asset has had an event since the last time, whatever its date: after a day that
    one area missed, the others' events of that day and its own of the next one come together.

    Args:
        day: the build's business date.
        announced: area → business dates of its newest events.
        deadline: local time of the next day at which the build goes on with what is committed.
        zone: the tenant's time zone.
        now: aware.

    Returns:
        The areas that have announced neither the day nor a later one; none once the deadline is past.
    """
    if now >= datetime.combine(day + timedelta(days=1), deadline, tzinfo=zone):
        return []
    iso = day.isoformat()
    return [area for area, dates in announced.items() if max(dates, default="") < iso]
