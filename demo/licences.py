"""Licences of each customer and counts of its stories every other Sunday, as its mood has them.

Licences are activated as far as the best mood so far carried a customer: in idleness nobody gives
one back, but nobody writes either.
"""

from datetime import date, timedelta
from random import Random

from demo import times
from demo.customers import HORIZON, Customer, Spell
from demo.writer import Ledger

SEATS = 5  # licences given to people; a company buys up to two more
# mood: licences activated of SEATS, stories written in two weeks
WRITING = {
    "ideal": (5, 4.5),
    "steady": (4, 3.2),
    "slow": (4, 1.6),
    "stuck": (3, 0.9),
    "starter": (2, 0.6),
    "idle": (1, 0.1),
}
CHANGED = 0.7  # changed for each one written
EVERY = timedelta(days=14)
FIRST_COUNT = times.FIRST_DAY + timedelta(days=6 - times.FIRST_DAY.weekday())


def record_licences(ledger: Ledger, seed: int | str, customers: list[Customer]) -> None:
    """Record the periods of licences, in the files of the months in which they begin and end."""
    for customer in customers:
        purchased = SEATS + Random(f"{seed}:licences:{customer.number}").choice([0, 0, 1, 1, 2])
        periods = [period for spell in customer.spells for period in _periods(customer, spell)]
        for number, (start, end, activated) in enumerate(periods, 1):
            row = {
                "license_id": f"L-{customer.number:06d}-{number}",
                "account_id": customer.account_id,
                "valid_from": start.isoformat(),
                "valid_to": None,
                "purchased": purchased,
                "assigned": SEATS,
                "activated": activated,
            }
            if end is None or _drop_day(end) != _drop_day(start):
                ledger.drop("product__license", _drop_day(start), row)
            if end:
                ledger.drop("product__license", _drop_day(end), row | {"valid_to": end.isoformat()})


def record_counts(ledger: Ledger, seed: int | str, customers: list[Customer]) -> None:
    """Record every other Sunday's file of how many stories a customer has."""
    for customer in customers:
        rng = Random(f"{seed}:stories:{customer.number}")
        started = customer.spells[0].start
        pace = WRITING[customer.mood(started)][1]
        stories = max((FIRST_COUNT - started) // EVERY, 0) * pace * rng.uniform(0.6, 1.1)
        day = FIRST_COUNT
        while day <= HORIZON:
            if customer.is_active(day):
                pace = WRITING[customer.mood(day)][1]
                created = int(rng.expovariate(1 / (pace + 0.3)))
                updated = int(rng.expovariate(1 / (pace * CHANGED + 0.3)))
                stories += created
                row = {
                    "account_id": customer.account_id,
                    "count_date": day.isoformat(),
                    "object_code": "story",
                    "record_count": int(stories),
                    "created": created,
                    "updated": updated,
                }
                ledger.drop("product__object_count", day, row)
            day += EVERY


def _periods(customer: Customer, spell: Spell) -> list[tuple[date, date | None, int]]:
    """First and last day and licences activated; only a better mood begins a new period."""
    activated = WRITING[customer.mood(spell.start)][0]
    begins = [(spell.start, activated)]
    for since, mood in customer.moods:
        if spell.start < since <= spell.end and WRITING[mood][0] > activated:
            activated = WRITING[mood][0]
            begins.append((since, activated))
    ends = [since - timedelta(days=1) for since, _ in begins[1:]]
    last = spell.end if spell.churn else None
    return [(since, end, count) for (since, count), end in zip(begins, [*ends, last], strict=True)]


def _drop_day(day: date) -> date:
    return times.FIRST_DAY if day <= times.FIRST_DAY else times.month_end(day)
