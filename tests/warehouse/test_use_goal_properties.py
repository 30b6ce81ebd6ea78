"""Any use and licences: the levels of `product_use` agree with a plain Python recomputation at each month's end."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.warehouse.compiled import Chain
from tests.warehouse.purchase_oracle import millionths, month_ends

AS_OF = date(2026, 7, 31)  # a Friday
ACCOUNTS = ["a0", "a1", "a2"]
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Use:
    """Uses of a feature on a day, by somebody who may be unnamed."""

    customer: str
    day: date
    user: str | None
    feature: str
    uses: int


@dataclass(frozen=True)
class Licence:
    """A customer's licences from a day on."""

    customer: str
    since: date
    purchased: int
    assigned: int
    activated: int


days = st.integers(0, 160).map(lambda back: AS_OF - timedelta(days=back))
uses = st.builds(
    Use,
    customer=st.sampled_from(ACCOUNTS),
    day=days | st.integers(0, 20).map(lambda week: AS_OF - week * WEEK),
    user=st.sampled_from(["n1", "n2", None]),
    feature=st.sampled_from(["f1", "f2", "f3", "f4"]),
    uses=st.integers(0, 3),
)
steady = st.builds(
    lambda customer, weeks, user: [
        Use(customer, AS_OF - week * WEEK, user, f"f{number}", 1)
        for week in range(1, weeks)
        for number in range(3)
    ],
    st.sampled_from(ACCOUNTS),
    st.integers(6, 14),
    st.sampled_from(["n1", "n3", None]),
)
licences = st.builds(
    Licence,
    customer=st.sampled_from(ACCOUNTS),
    since=days,
    purchased=st.integers(0, 4),
    assigned=st.integers(0, 3),
    activated=st.integers(0, 4),
)
worlds = st.tuples(
    st.lists(uses, max_size=20),
    st.lists(steady, max_size=2),
    st.lists(licences, max_size=3, unique_by=lambda licence: licence.customer),
).map(lambda parts: ([*parts[0], *(use for many in parts[1] for use in many)], parts[2]))


def sunday_of(day: date) -> date:
    """The Sunday that ends the day's week."""
    return day + timedelta(days=6 - day.weekday())


def last_sunday(day: date) -> date:
    """The newest Sunday up to a day."""
    return day - timedelta(days=(day.weekday() + 1) % 7)


def begins(customer: str, told: list[Use], sold: list[Licence]) -> date | None:
    """End of the customer's first week, of use or licence."""
    weeks = [sunday_of(use.day) for use in told if use.customer == customer]
    weeks += [sunday_of(each.since) for each in sold if each.customer == customer]
    return min(weeks, default=None)


def measures(customer: str, week: date, told: list[Use], sold: list[Licence]) -> dict[int, Any]:
    """Stage of the shipped definition → its measure in a week of the customer, None where it is not known."""
    weeks = sorted({sunday_of(use.day) for use in told})
    named = sorted({sunday_of(use.day) for use in told if use.user})
    own = [use for use in told if use.customer == customer and use.day <= week]
    in_window = [use for use in own if use.day > week - 4 * WEEK]
    covers = bool(weeks) and weeks[0] + 3 * WEEK <= week <= weeks[-1]
    covers_week = bool(weeks) and weeks[0] <= week <= weeks[-1]
    names_users = bool(named) and named[0] + 3 * WEEK <= week <= named[-1]
    users = len({use.user for use in in_window if use.user}) if names_users else None
    (licence,) = [s for s in sold if s.customer == customer and s.since <= week] or [None]
    return {
        1: sum(use.uses for use in in_window) if covers else None,
        2: Fraction(licence.activated, licence.purchased)
        if licence and licence.purchased
        else None,
        3: Fraction(users, licence.assigned)
        if licence and licence.assigned and users is not None
        else None,
        4: len({use.feature for use in in_window}) if covers else None,
        5: sum(use.uses for use in own if use.day > week - WEEK) if covers_week else None,
    }


THRESHOLDS = {1: Fraction(1), 2: Fraction(4, 5), 3: Fraction(1, 2), 4: Fraction(3), 5: Fraction(1)}
HELD_STAGE, HELD_WEEKS = 5, 8


def level(customer: str, day: date, told: list[Use], sold: list[Licence]) -> dict[str, Any] | None:
    """Level of a customer on a day; None without one."""
    begun = begins(customer, told, sold)
    if begun is None or begun > day:
        return None
    newest = last_sunday(day)
    by_week = {
        week: measures(customer, week, told, sold)
        for back in range(HELD_WEEKS + 4)
        if (week := newest - back * WEEK) >= begun
    }
    flags: dict[int, int] = {}
    is_held = False
    for stage, threshold in THRESHOLDS.items():
        known = [
            week
            for week, values in by_week.items()
            if week > newest - 5 * WEEK and values[stage] is not None
        ]
        if not known:
            continue
        flags[stage] = int(by_week[max(known)][stage] >= threshold)
        if stage == HELD_STAGE:
            wanted = [max(known) - back * WEEK for back in range(HELD_WEEKS)]
            is_held = all((by_week.get(week, {}).get(stage) or 0) >= threshold for week in wanted)
    if len(flags) < 3:  # 0.6 of five
        return None
    reached, known_goals = sum(flags.values()), len(flags)
    share = Fraction(reached, known_goals)
    number = sum(share >= t for t in (Fraction(1, 10**6), Fraction("0.34"), Fraction("0.67"), 1))
    return {
        "activation_score": millionths(reached, known_goals),
        "activation_level": 5 if number == 4 and is_held else number,
        "goals_achieved": reached,
        "is_regular": is_held,
        "publications_6m": None,
    }


@pytest.fixture(scope="module")
def models() -> Chain:
    """The models over three companies without a content process."""
    return Chain(
        (
            *("mart_activation_level", "mart_activation_stage", "fct_activation_monthly"),
            "bridge_customer_identity",
        ),
        ("product__feature_use", "product__license"),
        {"crm__account": [{"account_id": key, "name": f"株式会社{key}"} for key in ACCOUNTS]},
        {"as_of_date": AS_OF.isoformat(), "first_business_date": "2025-01-01"},
    )


# the feed ends before a1 begins: its use is not known, and not 0
ENDED_FEED = (
    [Use("a0", AS_OF - week * WEEK, "n1", "f1", 1) for week in range(4, 14)],
    [Licence("a1", AS_OF - timedelta(days=11), 1, 1, 1)],
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds)
@example(world=ENDED_FEED)
def test_levels_by_use_agree_with_the_oracle(
    models: Chain, world: tuple[list[Use], list[Licence]]
) -> None:
    """Level, score and habit at each month's end, the running month included; the contributions are the score."""
    told, sold = world
    models.run(
        product__feature_use=[
            {
                "use_id": f"u{number}",
                "account_id": use.customer,
                "user_id": use.user,
                "use_date": use.day,
                "feature_code": use.feature,
                "uses": use.uses,
                "_build_id": 1,
            }
            for number, use in enumerate(told)
        ],
        product__license=[
            {
                "license_id": f"l{number}",
                "account_id": each.customer,
                "valid_from": each.since,
                "purchased": each.purchased,
                "assigned": each.assigned,
                "activated": each.activated,
                "_build_id": 1,
            }
            for number, each in enumerate(sold)
        ],
    )
    # what belongs to a week that is not over is not looked at
    told = [use for use in told if sunday_of(use.day) <= AS_OF]
    sold = [each for each in sold if sunday_of(each.since) <= AS_OF]
    accounts = {
        row["customer_key"]: row["source_id"] for row in models.rows("bridge_customer_identity")
    }
    found = {
        (row["month"], accounts[row["customer_key"]]): row
        for row in models.rows("fct_activation_monthly")
    }
    expected = {
        (day.replace(day=1), customer): values
        for day in month_ends(AS_OF, 24)
        for customer in ACCOUNTS
        if (values := level(customer, day, told, sold))
    }
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        row = found[key] | {"activation_score": int(found[key]["activation_score"] * 1_000_000)}
        assert {name: row[name] for name in values} == values, key

    score = {
        row["customer_key"]: row["activation_score"] for row in models.rows("mart_activation_level")
    }
    told_scores: dict[str, Any] = {}
    for row in models.rows("mart_activation_stage"):
        assert (row["goal_flag"] is None) == (row["measured_value"] is None)
        if row["contribution"] is not None:
            told_scores[row["customer_key"]] = (
                told_scores.get(row["customer_key"], 0) + row["contribution"]
            )
    for key, value in score.items():
        assert abs(told_scores[key] - value) <= Fraction(5, 10**6)
