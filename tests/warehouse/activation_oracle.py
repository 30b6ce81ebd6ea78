"""Activation levels worked out a second time, in plain Python from docs/domain/activation.md.

Slow and literal on purpose: everything is looked at anew for every date. It shares nothing with the SQL models.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.warehouse.purchase_oracle import millionths, months_before

DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Tokyo")


class Stage(NamedTuple):
    """Stage of a process; the last one is the publication."""

    number: int
    code: str
    weight: int
    target_days: int


# seeds/process_stage.csv, content_production v1
STAGES = (
    Stage(1, "planning", 1, 7),
    Stage(2, "assignment", 1, 7),
    Stage(3, "interview", 1, 14),
    Stage(4, "drafting", 1, 10),
    Stage(5, "editing", 0, 3),
    Stage(6, "submission", 1, 3),
    Stage(7, "proofreading", 0, 3),
    Stage(8, "publication", 1, 3),
)
WEIGHTS = sum(stage.weight for stage in STAGES)


@dataclass(frozen=True)
class StageEvent:
    """A stage achieved or reverted."""

    stage: str
    at: datetime
    is_revert: bool = False


@dataclass(frozen=True)
class Item:
    """A content item; the fields without time are true from its creation on."""

    customer: str
    created_at: datetime
    planned: bool = False
    interview_set: bool = False
    cancelled_at: datetime | None = None
    events: list[StageEvent] = field(default_factory=list)

    def known(self, day: date) -> list[StageEvent]:
        """Events up to the end of a day, in time order."""
        return sorted((e for e in self.events if e.at < end_of(day)), key=lambda e: e.at)

    def achieved_at(self, stage: str, day: date) -> datetime | None:
        """Net achievement by events: the first one after the last revert."""
        at = None
        for event in self.known(day):
            if event.stage == stage:
                at = None if event.is_revert else at or event.at
        return at

    def is_achieved(self, stage: str, day: date, as_of: date) -> bool:
        """By event; planning and assignment by their field too, unless their event came after the day."""
        by_field = {"planning": self.planned, "assignment": self.interview_set}.get(stage, False)
        came_later = self.achieved_at(stage, as_of) and self.achieved_at(stage, day) is None
        return self.achieved_at(stage, day) is not None or bool(by_field and not came_later)

    def is_cancelled(self, day: date) -> bool:
        """Given up by the end of the day."""
        return self.cancelled_at is not None and self.cancelled_at < end_of(day)

    def is_open(self, day: date) -> bool:
        """Neither published nor cancelled."""
        return not self.is_cancelled(day) and self.achieved_at("publication", day) is None


@dataclass(frozen=True)
class Contract:
    """A contract with the cadence agreed in it, None for none."""

    customer: str
    start: date
    end: date | None
    cadence: int | None


@dataclass(frozen=True)
class Definition:
    """The vars of the activation level."""

    window_days: int = 90
    thresholds: tuple[float, float, float, float] = (0.000001, 0.34, 0.67, 1.0)
    months: int = 6
    tolerance: Fraction = Fraction(3, 2)
    default_cadence: int = 30
    ramp_up_days: int = 30


def end_of(day: date) -> datetime:
    """The instant a business date ends."""
    return datetime.combine(day + DAY, datetime.min.time(), ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    """Calendar day of an instant."""
    return at.astimezone(ZONE).date()


def cadence_of(customer: str, contracts: list[Contract], day: date, default: int) -> int:
    """Of the newest contract in force that names one, else the default."""
    in_force = [
        contract
        for contract in contracts
        if contract.customer == customer
        and contract.cadence
        and contract.start <= day
        and (contract.end is None or day <= contract.end)
    ]
    newest = max(in_force, key=lambda contract: contract.start, default=None)
    return newest.cadence if newest else default


def relevant_items(items: list[Item], day: date, window: Fraction) -> list[Item]:
    """Created by the day, not cancelled, and open or moved within the window."""
    return [
        item
        for item in items
        if item.created_at < end_of(day)
        and not item.is_cancelled(day)
        and (
            item.is_open(day)
            or any((day - local_day(event.at)).days <= window for event in item.known(day))
        )
    ]


def level(
    items: list[Item], cadence: int, day: date, as_of: date, definition: Definition
) -> dict[str, object]:
    """``mart_activation_level`` of one customer at a date, ``level_change_28d`` aside.

    Args:
        items: the customer's items.
        cadence: target days between publications.
        day: the date looked at.
        as_of: business date of the run, on which the fields are known.
        definition: vars.
    """
    allowed = definition.tolerance * cadence
    window = max(Fraction(definition.window_days), allowed)
    relevant = relevant_items(items, day, window)
    reached = [s for s in STAGES if any(i.is_achieved(s.code, day, as_of) for i in relevant)]
    score = Fraction(sum(stage.weight for stage in reached), WEIGHTS)

    published = sorted(
        local_day(at)
        for item in items
        if item.created_at < end_of(day)
        and not item.is_cancelled(day)
        and (at := item.achieved_at("publication", day))
    )
    recent = [at for at in published if at > months_before(day, definition.months)]
    gaps = [(later - earlier).days for earlier, later in pairwise([*recent, day])]
    complete = complete_months(day, definition.months)
    months = {(at.year, at.month) for at in published} & complete
    is_regular = len(recent) >= 2 and max(gaps) <= allowed

    number = sum(
        millionths(score.numerator, score.denominator) >= t * 1_000_000
        for t in definition.thresholds
    )
    open_items = [i for i in items if i.created_at < end_of(day) and i.is_open(day)]
    return {
        "activation_score": millionths(score.numerator, score.denominator),
        "activation_level": 5 if number == 4 and is_regular else number,
        "goals_achieved": len(reached),
        "current_stage_no": max((current_stage(i, day, as_of) for i in open_items), default=None),
        "publications_6m": len(recent),
        "distinct_pub_months": len(months),
        "regularity_rate": millionths(len(months), definition.months),
        "max_gap_days": max(gaps, default=None),
        "target_cadence_days": cadence,
        "is_regular": is_regular,
        "open_items": len(open_items),
    }


def days_in_current_stage(items: list[Item], day: date) -> set[int | None]:
    """Days since the most advanced open item last reached a stage, else was created; of equals any one."""
    open_items = [i for i in items if i.created_at < end_of(day) and i.is_open(day)]
    number = max((current_stage(i, day, day) for i in open_items), default=None)
    found: set[int | None] = set()
    for item in open_items:
        if current_stage(item, day, day) == number:
            times = [at for stage in STAGES if (at := item.achieved_at(stage.code, day))]
            found.add((day - local_day(max(times, default=item.created_at))).days)
    return found or {None}


def current_stage(item: Item, day: date, as_of: date) -> int:
    """The highest achieved stage + 1."""
    return 1 + max((s.number for s in STAGES if item.is_achieved(s.code, day, as_of)), default=0)


def complete_months(day: date, count: int) -> set[tuple[int, int]]:
    """The last so many months that are over at the end of the day."""
    number = day.year * 12 + day.month - 1
    if (day + DAY).month == day.month:
        number -= 1
    return {(n // 12, n % 12 + 1) for n in range(number - count + 1, number + 1)}


def levels(
    items: list[Item], contracts: list[Contract], as_of: date, definition: Definition
) -> dict[str, dict[str, object]]:
    """``mart_activation_level``: customer → columns, for customers that ever had an item."""
    now = levels_on(items, contracts, as_of, as_of, definition)
    past = levels_on(items, contracts, as_of - timedelta(days=28), as_of, definition)
    for customer, row in now.items():
        before = past.get(customer)
        row["level_change_28d"] = before and row["activation_level"] - before["activation_level"]
    return now


def levels_on(
    items: list[Item], contracts: list[Contract], day: date, as_of: date, definition: Definition
) -> dict[str, dict[str, object]]:
    """A month of ``fct_activation_monthly``, whose end is ``day``: customer → columns, as ``as_of`` knows it."""
    found = {}
    for customer in {item.customer for item in items if item.created_at < end_of(day)}:
        own = [item for item in items if item.customer == customer]
        cadence = cadence_of(customer, contracts, day, definition.default_cadence)
        signed = [c.start for c in contracts if c.customer == customer and c.start <= day]
        first = min(signed or [local_day(item.created_at) for item in own])
        ramp_up = (day - first).days < definition.ramp_up_days
        now = level(own, cadence, day, as_of, definition)
        found[customer] = now | {"is_ramp_up": ramp_up}
    return found


def stages(
    items: list[Item], contracts: list[Contract], as_of: date, definition: Definition
) -> dict[tuple[str, int], dict[str, object]]:
    """``mart_activation_stage``: (customer, stage number) → columns."""
    found = {}
    for customer in {item.customer for item in items if item.created_at < end_of(as_of)}:
        own = [item for item in items if item.customer == customer]
        cadence = cadence_of(customer, contracts, as_of, definition.default_cadence)
        window = max(Fraction(definition.window_days), definition.tolerance * cadence)
        relevant = relevant_items(own, as_of, window)
        for stage in STAGES:
            reached = [i for i in relevant if i.is_achieved(stage.code, as_of, as_of)]
            times = [at for i in reached if (at := i.achieved_at(stage.code, as_of))]
            durations = [duration(i, stage, as_of) for i in relevant]
            found[customer, stage.number] = {
                "goal_flag": int(bool(reached)),
                "items_achieved": len(reached),
                "latest_achieved_at": max(times, default=None),
                "overdue_items": sum(
                    days is not None and days > stage.target_days for days in durations
                ),
                "weight": stage.weight,
            }
    return found


def duration(item: Item, stage: Stage, day: date) -> int | None:
    """Days from the achieved stage before, for the first stage from creation; None if not known or in disorder."""
    end = item.achieved_at(stage.code, day)
    if end is None:
        return None
    if stage.number == 1:
        begin = item.created_at
    else:
        earlier = [s for s in STAGES if s.number < stage.number]
        times = [at for s in earlier if (at := item.achieved_at(s.code, day))]
        begin = times[-1] if times else None
    if begin is None or begin > end:
        return None
    return (local_day(end) - local_day(begin)).days
