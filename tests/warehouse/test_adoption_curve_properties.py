"""The shape of any series of log-ins is what docs/domain/activation.md#adoption-curve says, told in plain Python."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.warehouse.test_proof_properties import Models

GO_LIVE = date(2026, 1, 4)  # a Sunday: the week in which the customer went live
INPUTS = {
    "int_ews_score": "customer_key text, week_end date, score double, coverage double, login_ratio double",
    "int_license": "customer_key text, valid_from date",
    "dim_customer": "customer_key text, touch_model text, first_contract_date date",
}
Series = tuple[int, list[float | None]]
# weeks from the go-live to the first one that is told, and the ratio of each week
series = st.tuples(
    st.integers(-3, 12),
    st.lists(st.sampled_from([None, 0.0, 0.2, 0.3, 0.4, 0.44, 0.5, 0.7, 1.0]), max_size=30),
)
FORCED = (1, [0.9, 0.9, 0.85, 0.8, 0.7, 0.6, 0.55, 0.5, 0.5, 0.45, 0.45, 0.4])
INCENTIVE = (1, [*[0.4] * 10, 0.7, 0.6, 0.44])
CONVENIENCE = (1, [0.2 + 0.02 * week for week in range(14)])


@pytest.fixture(scope="module")
def trend() -> Models:
    models = Models(("int_ews_trend",), INPUTS, {})
    models.fill("int_license", [("c1", GO_LIVE - timedelta(days=6))])
    models.fill("dim_customer", [("c1", "low", None)])
    return models


@pytest.mark.parametrize(
    ("told", "shape"),
    [
        (FORCED, "forced_like"),
        (INCENTIVE, "incentive_like"),
        (CONVENIENCE, "convenience_like"),
        ((1, [0.5] * 12), "other"),
        ((1, [0.0] * 12), "other"),
        ((1, [0.5] * 11), None),
        ((9, FORCED[1]), None),
        ((8, FORCED[1]), "forced_like"),
    ],
)
def test_shapes(trend: Models, told: Series, shape: str | None) -> None:
    assert shapes(trend, told)[-1] == shape


@settings(max_examples=150)
@given(told=series)
@example(told=(-2, [1.0, 1.0, *[0.5] * 14]))
def test_any_series(trend: Models, told: Series) -> None:
    assert shapes(trend, told) == expected(told)


def shapes(trend: Models, told: Series) -> list[str | None]:
    """The model's shape of each week."""
    first, ratios = told
    weeks = [GO_LIVE + timedelta(weeks=first + number) for number in range(len(ratios))]
    rows = [("c1", week, None, 0, ratio) for week, ratio in zip(weeks, ratios, strict=True)]
    trend.fill("int_ews_score", rows)
    trend.build("int_ews_trend")
    found = {row["week_end"]: row["adoption_curve_shape"] for row in trend.rows("int_ews_trend")}
    return [found[week] for week in weeks]


def expected(told: Series) -> list[str | None]:
    """The shape of each week, from what was known by then."""
    first, ratios = told
    known = [None if first + n < 0 else ratio for n, ratio in enumerate(ratios)]
    return [_shape(first, known[: n + 1]) for n in range(len(known))]


def _shape(first: int, ratios: list[float | None]) -> str | None:
    numbers = [n for n, ratio in enumerate(ratios) if ratio is not None]
    if len(numbers) < 12 or ratios[-1] is None or first + numbers[0] > 8:
        return None
    peak = max(ratios[n] for n in numbers)
    at = next(n for n in numbers if ratios[n] == peak)
    newest, before = _mean(ratios[-4:]), _mean(ratios[max(0, at - 4) : at])
    if not peak:
        return "other"
    if first + at <= 8 and newest is not None and newest <= round(0.7 * peak, 6):
        return "forced_like"
    after = [ratio for ratio in ratios[at : at + 7] if ratio is not None]
    if (
        before is not None
        and peak >= round(1.5 * before, 6)
        and min(after) <= round(1.1 * before, 6)
    ):
        return "incentive_like"
    slope = _slope(ratios[-12:])
    if slope is not None and slope > 0 and ratios[-1] >= round(0.9 * peak, 6):
        return "convenience_like"
    return "other"


def _mean(four: list[float | None]) -> float | None:
    return round(sum(four) / 4, 6) if len(four) == 4 and None not in four else None


def _slope(twelve: list[float | None]) -> float | None:
    """By least squares, a week."""
    if None in twelve:
        return None
    return round(sum((n - 5.5) * ratio for n, ratio in enumerate(twelve)) / 143, 6)
