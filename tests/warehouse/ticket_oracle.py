"""Times and counts of support tickets worked out a second time, in plain Python from docs/domain/service.md#tickets.

Slow and literal on purpose: business time is added up day by day. It shares nothing with the SQL models.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from runtime.settings import PROJECT_ROOT


@cache
def holidays() -> frozenset[date]:
    """The company's calendar, seeds/holiday.csv."""
    with (PROJECT_ROOT / "dbt_project/seeds/holiday.csv").open(encoding="utf-8") as handle:
        return frozenset(date.fromisoformat(row["holiday_date"]) for row in csv.DictReader(handle))


@dataclass(frozen=True)
class Event:
    """A comment, or a change of status from ``before`` to ``after``."""

    at: datetime
    is_comment: bool
    actor: str = "agent"
    is_public: bool = True
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A ticket and everything that happened to it."""

    created_at: datetime
    opened_by: str = "end_user"
    is_spam: bool = False
    merged_into: str | None = None
    channel: str = "email"
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class BusinessHours:
    """When support works: from ``start`` to ``end`` on ISO weekdays that are no holidays, in ``zone``."""

    start: time
    end: time
    days: tuple[int, ...]
    zone: ZoneInfo

    def minutes(self, begin: datetime, end: datetime) -> int:
        """Minutes of support time from one instant to another."""
        total, day = timedelta(0), begin.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            if day.isoweekday() in self.days and day not in holidays():
                opens = datetime.combine(day, self.start, self.zone).astimezone(UTC)
                closes = datetime.combine(day, self.end, self.zone).astimezone(UTC)
                total += max(timedelta(0), min(end, closes) - max(begin, opens))
            day += timedelta(days=1)
        return whole_minutes(total)


def whole_minutes(span: timedelta) -> int:
    """Minutes that have passed: one that has only begun does not count."""
    return span // timedelta(minutes=1)


def measures(ticket: Ticket, hours: BusinessHours) -> dict[str, object] | None:
    """Columns of ``fct_ticket``; None for a ticket that is left out (spam, merged, our own question)."""
    if ticket.is_spam or ticket.merged_into or ticket.channel == "side_conversation":
        return None
    replies = sorted(
        event.at
        for event in ticket.events
        if event.is_comment
        and event.is_public
        and event.actor == "agent"
        # what an agent writes while opening the ticket answers nobody
        and not (ticket.opened_by == "agent" and event.at == ticket.created_at)
    )
    changes = [event for event in ticket.events if not event.is_comment]
    done = ("solved", "closed")  # closed without being solved counts as solved
    solved = sorted(
        event.at
        for event in changes
        if event.after in done and event.before not in done and event.at >= ticket.created_at
    )
    reopens = sum(event.before in done and event.after not in done for event in changes)
    ends = {
        "first_response": min(replies, default=None),
        "first_resolution": min(solved, default=None),
        "full_resolution": max(solved, default=None),
    }
    found: dict[str, object] = {
        "first_response_at": ends["first_response"],
        "first_solved_at": ends["first_resolution"],
        "last_solved_at": ends["full_resolution"],
        "reopen_count": reopens,
        "agent_replies": len(replies),
        "is_one_touch": bool(solved) and len(replies) <= 1 and reopens == 0,
    }
    for name, end in ends.items():
        found[f"{name}_min"] = end and whole_minutes(end - ticket.created_at)
        found[f"{name}_min_bm"] = end and hours.minutes(ticket.created_at, end)
    return found


def waiting(ticket: Ticket, end: datetime) -> bool:
    """Whether a ticket that counts has been made and is not done at an instant."""
    if ticket.is_spam or ticket.merged_into or ticket.channel == "side_conversation":
        return False
    changes = [event for event in ticket.events if not event.is_comment and event.at < end]
    newest = max(changes, key=lambda event: event.at, default=None)
    return ticket.created_at < end and (newest is None or newest.after not in ("solved", "closed"))


def backlog(
    tickets: Iterable[Ticket], first: date, last: date, zone: ZoneInfo
) -> dict[date, list[int]]:
    """Tickets waiting at the end of each day by the days since they were made: 0-1, 2-3, 4-7, 8 and more."""
    found = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        ages = [
            (day - t.created_at.astimezone(zone).date()).days for t in tickets if waiting(t, end)
        ]
        found[day] = [
            sum(lower <= age <= upper for age in ages)
            for lower, upper in ((0, 1), (2, 3), (4, 7), (8, 10**6))
        ]
    return found


def all_measures(
    tickets: Iterable[tuple[str, Ticket]], hours: BusinessHours
) -> dict[str, dict[str, object]]:
    """Ticket id → its measures, those that are left out absent."""
    found = {key: measures(ticket, hours) for key, ticket in tickets}
    return {key: values for key, values in found.items() if values is not None}
