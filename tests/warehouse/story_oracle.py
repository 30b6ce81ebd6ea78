"""Whom the demo's stories let go, beside whom a score would have called: what was written before the product saw anything."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from demo.customers import Customer, make_population
from demo.times import LAST_DAY, add_months

MONTHS = 6  # within which a customer leaves
CASES = """
    select source_id, month, score_value, mrr, days_to_renewal
    from marts.mart_score_outcome
    join core.bridge_customer_identity using (customer_key)
    where basis = 'as_known_now' and score_code = 'early_warning' and id_type = 'account'
"""
# who is called first
POLICIES: dict[str, Callable[[dict[str, Any]], float]] = {
    "lowest_score": lambda case: float(case["score_value"]),
    "biggest_mrr": lambda case: -float(case["mrr"]),
    "nearest_renewal": lambda case: (
        9999 if case["days_to_renewal"] is None else case["days_to_renewal"]
    ),
}


@dataclass(frozen=True)
class Recall:
    """Of ``churns`` in the stories, how many each policy has called within so many months before."""

    churns: int
    hits: dict[str, int]

    def __add__(self, other: "Recall") -> "Recall":
        hits = {name: count + other.hits[name] for name, count in self.hits.items()}
        return Recall(self.churns + other.churns, hits)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {count}" for name, count in self.hits.items())
        return f"of {self.churns} that left: {told}"

    @property
    def margin(self) -> float:
        """By how much of the churns the lowest score is ahead of the better of the simple rules."""
        simple = max(self.hits["biggest_mrr"], self.hits["nearest_renewal"])
        return (self.hits["lowest_score"] - simple) / max(self.churns, 1)


def recall(published: Path, seed: int, customers: int, share: float = 0.2) -> Recall:
    """Call a share of the customers at each of the month-ends six months apart.

    Args:
        published: the marts of a run over the demo company.
        seed: of that company.
        customers: how many it has; one block.
        share: of the customers with a score.
    """
    buyers, _ = make_population(seed, customers)
    stories = {buyer.account_id: buyer for buyer in buyers}
    with duckdb.connect(str(published), read_only=True) as marts:
        cursor = marts.execute(CASES)
        names = [name for name, *_ in cursor.description]
        cases = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    churns, hits = 0, dict.fromkeys(POLICIES, 0)
    for month in _months():
        listed = [case for case in cases if case["month"] == month and case["source_id"] in stories]
        leaving = {
            case["source_id"] for case in listed if _leaves(stories[case["source_id"]], month)
        }
        churns += len(leaving)
        for policy, place in POLICIES.items():
            listed.sort(key=lambda case: (place(case), case["source_id"]))
            called = listed[: round(share * len(listed))]
            hits[policy] += sum(case["source_id"] in leaving for case in called)
    return Recall(churns, hits)


def _months() -> Iterator[date]:
    """First days of the months looked at: all that follows them is over on the last day."""
    month = add_months(LAST_DAY.replace(day=1), -MONTHS)
    for _ in range(3):
        yield month
        month = add_months(month, -MONTHS)


def _leaves(customer: Customer, month: date) -> bool:
    """Whether the story lets it go in the months after."""
    first, last = add_months(month, 1), add_months(month, 1 + MONTHS)
    return any(spell.churn and first <= spell.churn < last for spell in customer.spells)
