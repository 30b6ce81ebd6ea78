"""Weekly files of product use: how often which feature was used, per account, person and day."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from demo import times
from demo.customers import Customer
from demo.writer import Ledger

FEATURES = [
    "editor",
    "draft_review",
    "report_view",
    "distribution",
    "member_invite",
    "media_library",
]
WEIGHTS = [36, 18, 20, 14, 3, 9]
# mood: people who use it, chance that one of them does in a week, uses a day
ACTIVITY = {
    "ideal": (4, 0.58, 9),
    "steady": (3, 0.50, 7),
    "slow": (3, 0.32, 5),
    "stuck": (2, 0.30, 4),
    "starter": (2, 0.25, 3),
    "idle": (1, 0.12, 2),
}
LATE = 0.03  # share of a day's rows that come two days late
NEGATIVE_USE = 5_000  # this row carries uses -3, to be quarantined


def record_usage(ledger: Ledger, seed: int | str, customers: list[Customer]) -> None:
    """Record every week's file, dropped on its Sunday; the last week ends with the last day."""
    rngs = {c.number: Random(f"{seed}:usage:{c.number}") for c in customers}
    monday = times.FIRST_DAY - timedelta(days=times.FIRST_DAY.weekday())
    count = ledger.offset
    while monday <= times.LAST_DAY:
        first = max(monday, times.FIRST_DAY)
        last = min(monday + timedelta(days=6), times.LAST_DAY)
        for customer in customers:
            if customer.is_active(first) and customer.is_active(last):
                for row in _week(rngs[customer.number], customer, first, last):
                    count += 1
                    uses = -3 if count == NEGATIVE_USE else row["uses"]
                    numbered = {"use_id": f"U-{count:06d}", **row, "uses": uses}
                    ledger.drop("product__feature_use", last, numbered)
                    if count % 4_000 == 0:
                        ledger.drop("product__feature_use", last, numbered)
        monday += timedelta(days=7)


def record_day_of_use(
    ledger: Ledger, rng: Random, day: date, customers: Sequence[Customer]
) -> None:
    """Record a file of one day; some rows of two days before come late, into that day's folder."""
    count = ledger.offset
    for customer in customers:
        for row in _week(rng, customer, day, day, chance_of=1 / 7):
            count += 1
            late = rng.random() < LATE
            used = day - timedelta(days=2) if late else day
            numbered = {"use_id": f"U-{day:%Y%m%d}-{count:06d}", **row, "use_date": used}
            ledger.drop("product__feature_use", used, numbered, came=day)


def _week(
    rng: Random, customer: Customer, first: date, last: date, chance_of: float = 1.0
) -> list[dict]:
    people, chance, mean = ACTIVITY[customer.mood(first)]
    chance *= chance_of
    if first < customer.spells[0].start + timedelta(days=14):
        chance *= 0.5
    rows = []
    for person in range(people):
        if rng.random() > chance:
            continue
        day = times.random_day(rng, first, last)
        uses = 1 + int(rng.expovariate(1 / mean))
        rows.append(
            {
                "account_id": customer.account_id,
                "user_id": f"{customer.account_id[10:15]}-{person + 1}",
                "use_date": day.isoformat(),
                "feature_code": rng.choices(FEATURES, WEIGHTS)[0],
                "uses": uses,
                "duration_seconds": uses * rng.randint(40, 240),
                "errors": 1 if rng.random() < 0.03 else 0,
            }
        )
    return rows
