"""Content production: items going through the eight stages of ``content_production``.

Items are dropped at the end of each month in which they were created or changed, stage events at
the end of the month in which they happened; what precedes the first day comes as an initial load.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from demo import times
from demo.customers import Customer, Spell
from demo.writer import Ledger

# stage: who acts, least and most days it takes
STAGES = {
    "planning": ("customer", 1, 7),
    "assignment": ("customer", 2, 7),
    "interview": ("customer", 5, 14),
    "drafting": ("customer", 3, 10),
    "editing": ("vendor", 1, 3),
    "submission": ("customer", 1, 3),
    "proofreading": ("vendor", 1, 3),
    "publication": ("customer", 1, 4),
}
CODES = list(STAGES)
STARTED = date(2024, 8, 1)


@dataclass(frozen=True)
class Pace:
    """How a mood produces: days between items, slowness, odds of getting stuck and where."""

    every: tuple[int, int]
    slowness: float
    stuck: float
    stuck_before: tuple[str, ...] = ()


PACES = {
    "ideal": Pace((24, 31), 0.8, 0.03, ("drafting",)),
    "steady": Pace((38, 70), 1.0, 0.12, ("drafting", "interview")),
    "slow": Pace((80, 130), 1.6, 0.72, ("publication", "publication", "proofreading")),
    "stuck": Pace((75, 140), 1.8, 1.0, ("drafting", "editing", "submission", "drafting")),
    "starter": Pace((60, 120), 1.5, 1.0, ("planning", "assignment", "assignment")),
    "idle": Pace((150, 400), 2.0, 1.0, ("planning",)),
}


@dataclass
class _Item:
    item_id: str
    created: datetime
    reached: dict[str, datetime]
    cancelled: datetime | None


class Production:
    """Records the items of a population."""

    def __init__(self, ledger: Ledger, seed: int | str) -> None:
        self.ledger = ledger
        self.seed = seed
        self.days = times.drop_days()
        self._count = ledger.offset

    def record(self, customer: Customer) -> list[date]:
        """Record what one customer produces and return its publication days."""
        rng = Random(f"{self.seed}:production:{customer.number}")
        published = []
        for spell in customer.spells:
            day = max(spell.start + timedelta(days=rng.randint(5, 30)), STARTED)
            while day <= min(spell.end, times.LAST_DAY):
                mood = customer.mood(day)
                if mood != "idle" or rng.random() < 0.15:
                    item = self._make(rng, customer, spell, day, mood)
                    self._drop(rng, customer, item)
                    if "publication" in item.reached:
                        published.append(item.reached["publication"].date())
                pause = timedelta(days=rng.randint(*PACES[mood].every))
                day = self._next_day(customer, day, pause)
        return published

    def start(self, rng: Random, customer: Customer, day: date) -> None:
        """Record one more item, begun on ``day`` by an active customer."""
        spell = next(spell for spell in customer.spells if spell.start <= day <= spell.end)
        self._drop(rng, customer, self._make(rng, customer, spell, day, customer.mood(day)))

    @staticmethod
    def _next_day(customer: Customer, day: date, pause: timedelta) -> date:
        """Day of the next item; a customer that wakes up does not sit out an idle pause."""
        woken = [
            since + timedelta(days=7)
            for since, mood in customer.moods
            if day < since < day + pause and mood != "idle"
        ]
        return woken[0] if woken else day + pause

    def _make(self, rng: Random, customer: Customer, spell: Spell, day: date, mood: str) -> _Item:
        self._count += 1
        pace = PACES[mood]
        item = _Item(f"CI-{self._count:06d}", times.in_office(rng, day), {}, None)
        stop = rng.choice(pace.stuck_before) if rng.random() < pace.stuck else None
        gives_up = item.created + timedelta(days=rng.randint(110, 260))
        if mood in ("starter", "idle"):
            gives_up = item.created + timedelta(days=rng.randint(45, 100))
        quits = _quits(customer, spell, day)
        moment = item.created
        for code, (_, least, most) in STAGES.items():
            if code == stop:
                item.cancelled = gives_up
                break
            pause = max(1, round(rng.randint(least, most) * pace.slowness))
            following = times.in_office(rng, moment.date() + timedelta(days=pause))
            if quits and following > quits:
                break
            moment = max(following, moment + timedelta(minutes=40))
            item.reached[code] = moment
        if quits and "publication" not in item.reached:
            item.cancelled = min(
                item.cancelled or quits, quits + timedelta(days=rng.randint(40, 75))
            )
        if item.cancelled and item.cancelled <= moment:
            item.cancelled = moment + timedelta(days=1)
        if rng.random() < 0.007 and "drafting" in item.reached:
            item.reached["drafting"] = item.reached["interview"] - timedelta(days=1)
        return item

    def _drop(self, rng: Random, customer: Customer, item: _Item) -> None:
        facts = {
            "planned_publish_date": ("planning", item.created.date() + timedelta(days=42)),
            "interview_date": ("assignment", None),
        }
        if "interview" in item.reached:
            facts["interview_date"] = ("assignment", item.reached["interview"].date())
        elif "assignment" in item.reached:
            agreed = item.reached["assignment"].date() + timedelta(days=9)
            facts["interview_date"] = ("assignment", agreed)
        moved = None
        if "drafting" in item.reached and rng.random() < 0.12:
            moved = item.reached["drafting"]
        changed = [item.created, item.cancelled, moved]
        changed += [item.reached.get("planning"), item.reached.get("assignment")]
        kind = rng.choices(["story", "knowhow", "report", "other"], [50, 25, 20, 5])[0]
        for day in sorted({self._drop_day(moment) for moment in changed if moment}):
            row = {
                "item_id": item.item_id,
                "account_id": customer.account_id,
                "process_id": "content_production",
                "content_type": kind,
                "title_hash": hashlib.sha256(item.item_id.encode()).hexdigest()[:16],
            }
            for name, (code, value) in facts.items():
                is_known = code in item.reached and item.reached[code].date() <= day
                row[name] = value if is_known else None
            if moved and moved.date() <= day:
                row["planned_publish_date"] += timedelta(days=14)
            has_ended = item.cancelled and item.cancelled.date() <= day
            row["cancelled_at"] = times.file_time(item.cancelled) if has_ended else None
            row["created_at"] = times.file_time(item.created)
            known = [moment for moment in changed if moment and moment.date() <= day]
            row["updated_at"] = times.file_time(max(known))
            self.ledger.drop("process__content_item", day, row)
        for code, moment in item.reached.items():
            self._event(item, code, "achieved", moment)
            if code in ("submission", "proofreading") and rng.random() < 0.03:
                self._revert(item, code, moment)

    def _revert(self, item: _Item, code: str, moment: datetime) -> None:
        """The stage is taken back and achieved again before the next, if there is time."""
        following = item.reached.get(CODES[CODES.index(code) + 1])
        if following and following - moment > timedelta(hours=12):
            part = (following - moment) / 3
            self._event(item, code, "reverted", moment + part)
            self._event(item, code, "achieved", moment + 2 * part)

    def _event(self, item: _Item, code: str, event: str, moment: datetime) -> None:
        row = {
            "item_id": item.item_id,
            "stage_code": code,
            "event": event,
            "achieved_at": times.file_time(moment),
            "actor_role": STAGES[code][0],
        }
        self.ledger.drop("process__stage_event", self._drop_day(moment), row)

    def _drop_day(self, moment: datetime) -> date:
        """First drop on or after the moment; a day after the end if that is yet to come."""
        first = self.days[0]
        if moment.date() <= first:
            return first
        return times.month_end(moment.date())


def _quits(customer: Customer, spell: Spell, day: date) -> datetime | None:
    """When items begun on ``day`` lose the customer's interest: next idle mood or churn."""
    ends = [since for since, mood in customer.moods if since > day and mood == "idle"]
    if spell.churn:
        ends.append(spell.churn)
    return datetime.combine(min(ends), datetime.min.time()) + timedelta(hours=15) if ends else None
