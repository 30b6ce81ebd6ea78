"""RFM and decile worked out a second time, in plain Python from docs/domain/segments.md.

Slow and literal on purpose, and it shares nothing with the SQL models. Money is in whole units of a
currency without decimals; ranks are found by counting, shares are fractions.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.warehouse.revenue_oracle import (
    Line,
    bridged_until,
    half_up,
    monthly_value,
    months_until,
)


@dataclass(frozen=True)
class Purchase:
    """One order line; ``returned`` of ``quantity`` came back, a return slip has a negative quantity."""

    customer: str
    order: str
    day: date
    quantity: int
    price: int
    returned: int = 0
    is_cancelled: bool = False

    @property
    def amount(self) -> int:
        """What was kept, at its price."""
        return (self.quantity - self.returned) * self.price

    @property
    def is_valid(self) -> bool:
        """Not cancelled, not fully returned."""
        return not self.is_cancelled and self.quantity != self.returned

    @property
    def is_visit(self) -> bool:
        """A slip that only takes goods back lowers the amount; nobody came to buy."""
        return self.is_valid and self.quantity > 0


@dataclass(frozen=True)
class Definition:
    """The vars of RFM and decile."""

    bins: int = 5
    lookback_months: int = 24
    tie_method: str = "min_rank"
    scoring_method: str = "quantile"
    frequency_unit: str = "order_date"
    include_subscription: bool = False
    weights: tuple[float, float, float] = (1, 1, 1)
    decile_lookback_months: int = 12
    decile_tie_method: str = "deterministic"
    free_orders: bool = False


# seeds/rfm_threshold.csv: the limits of scores 5, 4, 3 and 2
THRESHOLDS = {
    "r": (30, 90, 180, 365),
    "f": (12, 6, 3, 2),
    "m": (3_000_000, 1_000_000, 300_000, 100_000),
}


def bought(purchases: list[Purchase], definition: Definition) -> list[Purchase]:
    """The lines of orders, without orders whose valid lines leave nothing to pay (samples)."""
    if definition.free_orders:
        return purchases
    paid: dict[str, int] = defaultdict(int)
    for line in purchases:
        paid[line.order] += line.amount if line.is_valid else 0
    return [line for line in purchases if paid[line.order] or not line.is_valid]


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_ends(as_of: date, months: int) -> list[date]:
    """The running month's day and the last days of so many months before, newest first."""
    first = as_of.replace(day=1)
    earlier = [months_before(first, number) - timedelta(days=1) for number in range(months)]
    return [as_of, *earlier]


def subscription_purchases(lines: list[Line], as_of: date, grace: int) -> list[Purchase]:
    """One purchase a line and active or bridged month, at its MRR, dated like the month's valuation.

    Args:
        lines: recurring lines; a negative one is a discount, as a return slip.
        as_of: business date.
        grace: ``renewal_grace_days``.
    """
    found = []
    for line in lines:
        bridge = bridged_until(line, lines, grace)
        for month, day in months_until(line.start, as_of):
            if line.is_active(day) or (bridge and line.end < day <= bridge):
                mrr = monthly_value(line)[0]
                sign = -1 if mrr < 0 else 1
                occasion = f"{line.line_id}@{month}"
                found.append(Purchase(line.customer, occasion, day, sign, abs(mrr)))
    return found


def rfm(
    purchases: Iterable[Purchase], customers: Iterable[str], as_of: date, definition: Definition
) -> dict[str, tuple]:
    """``mart_rfm``: customer → (population, recency, frequency, monetary, scores or None, code, total, first, last).

    Args:
        purchases: every order line, cancelled and later ones included.
        customers: active and churned ones.
        as_of: business date.
        definition: vars.
    """
    valid = [line for line in purchases if line.is_valid and line.day <= as_of]
    start = months_before(as_of, definition.lookback_months)
    measures, found = {}, {}
    for customer in customers:
        own = [line for line in valid if line.customer == customer]
        # a free line alone brings nobody: a sample sent with goods that came back
        visits = [line for line in own if line.is_visit and (line.price or definition.free_orders)]
        window = [line for line in visits if line.day > start]
        first = min((line.day for line in visits), default=None)
        last = max((line.day for line in visits), default=None)
        population = "scored" if window else "lapsed" if visits else "no_purchase"
        by_day = definition.frequency_unit == "order_date"
        frequency = len({line.day if by_day else line.order for line in window})
        monetary = sum(line.amount for line in own if line.day > start) if window else 0
        recency = (as_of - last).days if last else None
        if window:
            measures[customer] = (-recency, frequency, monetary)  # the higher the better
        found[customer] = [population, recency, frequency, monetary, first, last]
    scores: dict[str, tuple[int, ...]] = {}
    if len(measures) >= definition.bins:
        scores = _scores(measures, definition)
    result = {}
    for customer, (population, *values, first, last) in found.items():
        own = scores.get(customer)
        if population == "scored" and own is None:
            population = "small_population"
        code = "".join(map(str, own)) if own else None
        total = sum(w * s for w, s in zip(definition.weights, own, strict=True)) if own else None
        result[customer] = (population, *values, own, code, total, first, last)
    return result


def _scores(
    measures: dict[str, tuple[int, int, int]], definition: Definition
) -> dict[str, tuple[int, ...]]:
    if definition.scoring_method == "fixed":
        return {
            customer: (
                5 - sum(-recency > limit for limit in THRESHOLDS["r"]),
                1 + sum(frequency >= limit for limit in THRESHOLDS["f"]),
                1 + sum(monetary >= limit for limit in THRESHOLDS["m"]),
            )
            for customer, (recency, frequency, monetary) in measures.items()
        }
    n, bins = len(measures), definition.bins
    scores = {}
    for customer in measures:
        own = []
        for number in range(3):
            value = measures[customer][number]
            values = [measure[number] for measure in measures.values()]
            if definition.tie_method == "min_rank":
                own.append(1 + sum(other < value for other in values) * bins // n)
            elif definition.tie_method == "max_rank":
                not_better = sum(other <= value for other in values)
                own.append(-(-bins * not_better // n))
            else:
                queue = sorted(measures, key=lambda key: (measures[key][number], key))
                own.append(ntile(queue.index(customer), n, bins))
        scores[customer] = tuple(own)
    return scores


def ntile(position: int, count: int, buckets: int) -> int:
    """Bucket, from 1, of a position, from 0: the first ``count mod buckets`` get one more."""
    small, larger = divmod(count, buckets)
    for bucket in range(1, buckets + 1):
        position -= small + (bucket <= larger)
        if position < 0:
            return bucket
    raise AssertionError("no such position")


def decile(
    purchases: Iterable[Purchase], customers: Iterable[str], as_of: date, definition: Definition
) -> dict[str, tuple]:
    """``mart_decile``: customer → (amount, rank, decile, share, cumulative share, tie, small, last order).

    Shares are in millionths.
    """
    start = months_before(as_of, definition.decile_lookback_months)
    amounts: dict[str, int] = defaultdict(int)
    last: dict[str, date] = {}
    for line in purchases:
        if line.is_valid and start < line.day <= as_of and line.customer in set(customers):
            amounts[line.customer] += line.amount
            if line.is_visit:
                last[line.customer] = max(line.day, last.get(line.customer, line.day))
    buyers = sorted(
        (customer for customer, amount in amounts.items() if amount > 0),
        key=lambda key: (-amounts[key], -last[key].toordinal(), key),
    )
    total = sum(amounts[customer] for customer in buyers)
    tiles = [ntile(position, len(buyers), 10) for position in range(len(buyers))]
    if definition.decile_tie_method == "rank":
        tiles = [
            min(
                tile
                for tile, other in zip(tiles, buyers, strict=True)
                if amounts[other] == amounts[customer]
            )
            for customer in buyers
        ]
    result, cumulated = {}, 0
    for position, customer in enumerate(buyers):
        amount = amounts[customer]
        cumulated += amount
        equals = {
            tile for tile, other in zip(tiles, buyers, strict=True) if amounts[other] == amount
        }
        result[customer] = (
            *(amount, position + 1, tiles[position]),
            *(millionths(amount, total), millionths(cumulated, total)),
            *(len(equals) > 1, len(buyers) < 10, last[customer]),
        )
    return result


def decile_summary(deciles: dict[str, tuple]) -> dict[int, tuple]:
    """``mart_decile_summary``: decile → (customers, amount, share, cumulative share, amount a customer).

    Shares are in millionths.
    """
    total = sum(row[0] for row in deciles.values())
    result, cumulated = {}, 0
    for number in sorted({row[2] for row in deciles.values()}):
        own = [row[0] for row in deciles.values() if row[2] == number]
        cumulated += sum(own)
        result[number] = (
            *(len(own), sum(own)),
            *(millionths(sum(own), total), millionths(cumulated, total)),
            half_up(Fraction(sum(own), len(own))),
        )
    return result


def millionths(part: int, whole: int) -> int:
    """A share as a rate is stored: six decimals, half up."""
    return half_up(Fraction(part, whole) * 1_000_000)
