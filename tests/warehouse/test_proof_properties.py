"""Any cases: what is said of a score is what plain formulas say, and what was published stays as it was."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dbt import READS_SLICES, vars_argument
from tests.in_process_dbt import invoke, manifest

GROUP = {"basis": "as_known_now", "score_code": "early_warning", "horizon_days": 90}
FEW, CALLS, PEOPLE = 3, 2, 2
VARIABLES = {
    "min_sample_n": 1,
    "proof_min_events": FEW,
    "calls_per_owner_month": CALLS,
    "pre_renewal_window_days": 120,
}
# month, score, MRR, days to renewal, days since it is low, whether it churned
cases = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([0, 19, 20, 39, 40, 100]) | st.integers(0, 100),
        st.integers(1, 5),
        st.none() | st.integers(0, 300),
        st.none() | st.integers(0, 90),
        st.sampled_from([True, False, None]),
    ),
    min_size=1,
    max_size=40,
)


COLUMNS = (
    *(
        "basis",
        "score_code",
        "horizon_days",
        "month",
        "customer_key",
        "score_value",
        "low_since",
        "mrr",
    ),
    *("days_to_renewal", "is_churned", "churned_date"),
)
CASES = {
    "int_score_case": "basis text, score_code text, horizon_days int, month date, customer_key text,"
    " score_value decimal(6, 2), low_since date, mrr decimal(18, 2), days_to_renewal int,"
    " is_churned boolean, churned_date date",
    "dim_customer": "customer_key text, customer_status text, csm_owner_key text, sales_owner_key text",
}


def compiled(models: tuple[str, ...], variables: dict[str, Any]) -> dict[str, str]:
    """The SQL of models for a set of vars; what leads to them need not be compiled."""
    given_vars = ("--vars", vars_argument(variables))
    results = invoke(
        *("compile", "--full-refresh", "--no-populate-cache", *given_vars, "--select", *models)
    )
    return {result.node.name: result.node.compiled_code for result in results}


class Models:
    """Compiled models over tables of their inputs, with the columns that they read."""

    def __init__(
        self, targets: tuple[str, ...], inputs: dict[str, str], variables: dict[str, Any]
    ) -> None:
        self.code = compiled(targets, variables)
        self.names = {
            node.name: node.relation_name
            for node in manifest().nodes.values()
            if node.name in {*targets, *inputs}
        }
        self.connection = duckdb.connect(config={"threads": 1})
        for database in ("warehouse", "marts_build"):
            self.connection.execute(f"attach ':memory:' as {database}")
        for relation in {name.rpartition(".")[0] for name in self.names.values()}:
            self.connection.execute(f"create schema if not exists {relation}")
        for name, columns in inputs.items():
            self.connection.execute(f"create table {self.names[name]} ({columns})")

    def fill(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        """Replace the rows of an input."""
        self.connection.execute(f"delete from {self.names[name]}")
        if rows:
            places = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
            values = [value for row in rows for value in row]
            self.connection.execute(f"insert into {self.names[name]} values {places}", values)

    def build(self, name: str, code: str | None = None) -> None:
        """Make a model's table."""
        code = code or self.code[name]
        self.connection.execute(f"create or replace table {self.names[name]} as {code}")

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A table's rows by column."""
        found = self.connection.execute(f"from {self.names[name]}")
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def judged() -> Models:
    return Models(("mart_score_performance", "mart_score_calibration"), CASES, VARIABLES)


@settings(max_examples=30)
@given(drawn=cases)
def test_any_cases(judged: Models, drawn: list[tuple[Any, ...]]) -> None:
    """Precision, recall and lift of every policy; the Brier score and its parts; none of too few churns."""
    keys = [f"c{n:02}" for n in range(len(drawn))]
    people = [(f"p{n}", "active", f"o{n % PEOPLE}", None) for n in range(5)]
    churned_on = date(2026, 9, 30)
    rows = [
        GROUP
        | {"customer_key": key, "month": date(2026, month, 1), "score_value": score, "mrr": mrr}
        | {"days_to_renewal": renewal, "is_churned": churned, "churned_date": churned_on}
        | {"low_since": low if low is None else churned_on - timedelta(days=low)}
        for key, (month, score, mrr, renewal, low, churned) in zip(keys, drawn, strict=True)
    ]
    judged.fill("int_score_case", [tuple(row[column] for column in COLUMNS) for row in rows])
    judged.fill("dim_customer", people)
    for mart in ("mart_score_performance", "mart_score_calibration"):
        judged.build(mart)
    over = [row for row in rows if row["is_churned"] is not None]
    churn = np.array([row["is_churned"] for row in over], dtype=bool)
    for found in judged.rows("mart_score_performance"):
        called = np.array([row in _called(rows, found["policy"]) for row in over], dtype=bool)
        hits = int((called & churn).sum())
        assert found["cases_open"] == len(rows) - len(over)
        assert (found["precision_num"], found["precision_den"]) == (hits, int(called.sum()))
        assert (found["recall_den"], found["base_rate_den"]) == (int(churn.sum()), len(over))
        if churn.sum() < FEW:
            assert found["guard"] == "too_few_events"
            assert found["precision"] is found["recall"] is found["lift"] is None
            continue
        _same(found["precision"], hits / called.sum() if called.any() else None)
        _same(found["recall"], hits / churn.sum())
        _same(found["lift"], hits / called.sum() / churn.mean() if called.any() else None)
        lags = [
            (churned_on - row["low_since"]).days
            for row, gone in zip(over, churn, strict=True)
            if gone and row["low_since"]
        ]
        is_alarm = found["policy"] == "below_threshold"
        lag = float(np.median(lags)) if is_alarm and lags else None
        _same(found["detection_lag_days"], lag)
    bands = judged.rows("mart_score_calibration")
    assert sum(band["churn_rate_den"] for band in bands) == len(over)
    if churn.sum() >= FEW:
        scores = np.array([row["score_value"] for row in over])
        for name, value in brier(scores, churn).items():
            for band in bands:
                _same(band[name], value)
    else:
        assert all(band["brier_score"] is band["churn_rate"] is None for band in bands)


def _called(rows: Sequence[dict[str, Any]], policy: str) -> list[dict[str, Any]]:
    """The customers that a policy calls at each month's end."""
    if policy == "below_threshold":
        return [row for row in rows if row["low_since"]]

    def renewal(row: dict[str, Any]) -> int:
        return 9999 if row["days_to_renewal"] is None else row["days_to_renewal"]

    place = {
        "lowest_score": lambda row: (row["score_value"],),
        "biggest_mrr": lambda row: (-row["mrr"],),
        "nearest_renewal": lambda row: (renewal(row),),
        "lowest_score_before_renewal": lambda row: (renewal(row) > 120, row["score_value"]),
    }[policy]
    found = []
    for month in {row["month"] for row in rows}:
        listed = [row for row in rows if row["month"] == month]
        listed.sort(key=lambda row: (*place(row), row["customer_key"]))
        found += listed[: PEOPLE * CALLS]
    return found


def brier(scores: np.ndarray, churn: np.ndarray) -> dict[str, float]:
    """The Brier score of forecasts by bands, and Murphy's (1973) parts of it."""
    band = np.minimum(scores // 20, 4)
    groups = [band == number for number in np.unique(band)]
    share = np.array([group.mean() for group in groups])
    forecast = np.array([1 - scores[group].mean() / 100 for group in groups])
    rate = np.array([churn[group].mean() for group in groups])
    mean = churn.mean()
    said = np.zeros(len(scores))
    for group, value in zip(groups, forecast, strict=True):
        said[group] = value
    parts = {
        "brier_score": float(((said - churn) ** 2).mean()),
        "reliability": float((share * (forecast - rate) ** 2).sum()),
        "resolution": float((share * (rate - mean) ** 2).sum()),
        "uncertainty": float(mean * (1 - mean)),
    }
    added_up = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    assert parts["brier_score"] == pytest.approx(added_up, abs=1e-12)
    return parts


def _same(found: Any, expected: float | None) -> None:
    assert (found is None) == (expected is None)
    assert expected is None or float(found) == pytest.approx(expected, abs=1e-6)


THEN, NOW = date(2026, 3, 31), date(2026, 9, 30)
INPUTS = {
    "mart_ews_score": "customer_key text, week_end date, score decimal(6, 2)",
    "mart_health_score": "customer_key text, as_of_date date, health_score decimal(6, 2), health_colour text",
    "fct_activation_monthly": "customer_key text, process_id text, month date, activation_level int,"
    " is_ramp_up boolean",
    "fct_subscription_month": "line_id text, customer_key text, month date, mrr decimal(18, 2)",
    "int_recurring_term": "line_id text, end_date date",
    "int_mrr_change": "customer_key text, month date, is_customer_row boolean,"
    " customer_closing_mrr decimal(18, 2)",
    "fct_mrr_movement": "customer_key text, month date, movement_type text",
    "dim_customer": "customer_key text, customer_status text",
}
MODELS = (
    *("int_month_end", "int_score_reading", "int_score_month"),
    *("mart_score_snapshot", "mart_score_outcome"),
)
KEPT = "score_code, customer_key, score_value, low_since, mrr, days_to_renewal"
# of each customer: a level, scores of the last weeks, MRR, the day of the month on which its term ends
worlds = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.tuples(
        st.integers(0, 5),
        st.lists(st.none() | st.integers(0, 100), min_size=6, max_size=6),
        st.integers(0, 3),
        st.integers(1, 28),
    ),
)


class Days(Models):
    """Builds of two business dates over the same marts, between which anything may arrive."""

    def __init__(self) -> None:
        super().__init__(MODELS, INPUTS, {"as_of_date": THEN.isoformat()})
        self._code = {THEN: self.code, NOW: compiled(MODELS, {"as_of_date": NOW.isoformat()})}

    def know(self, world: dict[str, tuple[Any, ...]]) -> None:
        """Everything that is known, in place of what was known before."""
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in INPUTS}
        rows["dim_customer"] = [(key, "active") for key in "abc"]
        months = [date(2026, month, 1) for month in range(1, 10)]
        for key, (level, scores, mrr, day) in world.items():
            weeks = [date(2026, 3, 29) - timedelta(days=7 * n) for n in range(6)]
            rows["mart_ews_score"] += [(key, *each) for each in zip(weeks, scores, strict=True)]
            rows["int_recurring_term"].append((key, date(2026, 6, day)))
            for month in months:
                rows["fct_activation_monthly"].append((key, "p", month, level, False))
                rows["fct_subscription_month"].append((key, key, month, mrr))
                rows["int_mrr_change"].append((key, month, True, mrr))
        for name, found in rows.items():
            self.fill(name, found)

    def build_day(self, day: date) -> None:
        """The models of the day; of the slices its own is replaced, others are not touched."""
        code, snapshot = self._code[day], self.names["mart_score_snapshot"]
        for name in MODELS[:3]:
            self.build(name, code[name])
        slice_of_day = code["mart_score_snapshot"]
        self.connection.execute(f"create table if not exists {snapshot} as {slice_of_day} limit 0")
        self.connection.execute(f"delete from {snapshot} where as_of_date = ?", [day])
        self.connection.execute(f"insert into {snapshot} {slice_of_day}")
        self.build("mart_score_outcome", code["mart_score_outcome"])

    def march(self, basis: str) -> list[tuple[Any, ...]]:
        """What is said of March."""
        return self.connection.execute(
            f"select {KEPT} from {self.names['mart_score_outcome']} "
            "where basis = ? and month = date '2026-03-01' and score_code <> 'health' order by all",
            [basis],
        ).fetchall()


@pytest.fixture(scope="module")
def days() -> Days:
    return Days()


@settings(max_examples=30)
@given(then=worlds, now=worlds)
def test_what_arrives_later_does_not_change_what_was_published(
    days: Days, then: dict[str, tuple[Any, ...]], now: dict[str, tuple[Any, ...]]
) -> None:
    """However much is known half a year later; the other basis says what is known now."""
    days.connection.execute(f"drop table if exists {days.names['mart_score_snapshot']}")
    days.know(then)
    days.build_day(THEN)
    published = days.march("as_published")
    assert published == days.march("as_known_now")
    days.know(now)
    for _ in range(2):
        days.build_day(NOW)
        assert days.march("as_published") == published
    known_now = days.march("as_known_now")
    days.build_day(THEN)
    assert days.march("as_known_now") == known_now


def test_a_rebuild_builds_again_what_reads_older_slices() -> None:
    """Whatever reads the snapshots has the tag by which a rebuild finds it."""
    models = [node for node in manifest().nodes.values() if node.resource_type == "model"]
    (snapshot,) = (node.unique_id for node in models if node.name == "mart_score_snapshot")
    readers = {node.name for node in models if snapshot in node.depends_on.nodes}
    assert readers == {node.name for node in models if READS_SLICES in node.tags}
