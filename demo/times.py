"""Dates of the demo tenant. A moment is a naive datetime in Japan time until it is written."""

from datetime import date, datetime, time, timedelta
from random import Random

FIRST_DAY = date(2024, 11, 1)
LAST_DAY = date(2026, 10, 31)
LAST_MOMENT = datetime.combine(LAST_DAY, time(23, 45))
JST_OFFSET = timedelta(hours=9)
EPOCH = datetime(1970, 1, 1)


def last_moment(day: date) -> datetime:
    """The end of what is recorded on ``day``."""
    return datetime.combine(day, LAST_MOMENT.time())


def add_months(day: date, months: int) -> date:
    """Same day of the month ``months`` later, clamped to the month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_end(date(year, month + 1, 1)).day))


def month_end(day: date) -> date:
    """Last day of the month of ``day``."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def drop_days() -> list[date]:
    """Days of the monthly files: the first day (initial load) and each month's end."""
    days = [FIRST_DAY]
    while days[-1] < LAST_DAY:
        days.append(month_end(days[-1] + timedelta(days=1)))
    return days


def in_office(rng: Random, day: date) -> datetime:
    """A moment in office hours of ``day``, or of the next Monday if that is a week-end."""
    if day.weekday() >= 5:
        day += timedelta(days=7 - day.weekday())
    return by_day(rng, day)


def by_day(rng: Random, day: date) -> datetime:
    """A moment between 9 and 19 o'clock of ``day``, at the week-end too."""
    minute = int(rng.triangular(9 * 60, 19 * 60, 11 * 60))
    return datetime.combine(day, time(minute // 60, minute % 60, rng.randrange(60)))


def random_day(rng: Random, first: date, last: date) -> date:
    """A day between ``first`` and ``last``, both included; ``first`` if they are reversed."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def salesforce_time(moment: datetime) -> str:
    """UTC as the Salesforce REST API writes it."""
    return (moment - JST_OFFSET).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def hubspot_time(moment: datetime) -> str:
    """UTC with milliseconds as HubSpot writes it."""
    return (moment - JST_OFFSET).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def zendesk_time(moment: datetime) -> str:
    """UTC to the second as Zendesk writes it."""
    return (moment - JST_OFFSET).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch_seconds(moment: datetime) -> int:
    """Seconds since 1970 in UTC."""
    return int((moment - JST_OFFSET - EPOCH).total_seconds())


def file_time(moment: datetime) -> str:
    """Japan time with its offset, as the files carry it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+09:00")
