"""Any states: coefficients, p and q are those of SciPy; the rows are complete and within their bounds."""

import warnings
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import (
    NearConstantInputWarning,
    chi2_contingency,
    false_discovery_control,
    norm,
    pearsonr,
    pointbiserialr,
    spearmanr,
)

from pipeline.dbt import vars_argument
from tests.in_process_dbt import invoke

yes_no = st.integers(0, 1)
measured = st.decimals(0, 100, places=4, allow_nan=False) | st.integers(0, 5).map(Decimal)
customers = st.lists(st.tuples(yes_no, yes_no, measured, measured), min_size=1, max_size=70)
STATES = ("goal_x", "regular", "login", "tickets")


class Models:
    """From the states' values to their correlation: two models, without all that lies before them."""

    def __init__(self) -> None:
        """Compile them over an empty table of values."""
        selected = ("int_state_pair", "mart_state_correlation")
        options = ("--full-refresh", "--no-populate-cache", "--vars", vars_argument({}))
        results = invoke("compile", *options, "--select", *selected).results
        nodes = {result.node.name: result.node for result in results}
        self._connection = duckdb.connect(config={"threads": 1})
        for database in ("marts_build", "warehouse"):
            self._connection.execute(f"attach ':memory:' as {database}")
            for schema in ("intermediate", "marts"):
                self._connection.execute(f"create schema {database}.{schema}")
        self._connection.execute(
            "create table warehouse.intermediate.int_state_value (customer_key varchar, "
            "state_code varchar, weeks_ago integer, value decimal(12, 4))"
        )
        self._names = {name: nodes[name].relation_name for name in selected}
        self._statements = [
            f"create or replace table {self._names[name]} as {nodes[name].compiled_code}"
            for name in selected
        ]

    def run(self, rows: Sequence[tuple[str, str, int, Decimal]]) -> None:
        """Replace the values and run both."""
        self._connection.execute("delete from warehouse.intermediate.int_state_value")
        places = ", ".join(["(?, ?, ?, ?)"] * len(rows))
        self._connection.execute(
            f"insert into warehouse.intermediate.int_state_value values {places}",
            [value for row in rows for value in row],
        )
        for statement in self._statements:
            self._connection.execute(statement)

    def rows(self, model: str) -> list[dict[str, Any]]:
        """What a model holds."""
        found = self._connection.execute(f"from {self._names[model]}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def models() -> Models:
    """Compiled once."""
    return Models()


def found(models: Models, values: Sequence[Sequence]) -> dict[tuple[str, str], dict]:
    """Today's correlations of customers with these four states, by pair."""
    rows = [
        (str(n), state, 0, value)
        for n, told in enumerate(values)
        for state, value in zip(STATES, told, strict=True)
    ]
    models.run(rows)
    told = models.rows("mart_state_correlation")
    assert {row["mode"] for row in told} == {"level"}
    return {(row["state_a"], row["state_b"]): row for row in told}


def coefficient(method: str, a: np.ndarray, b: np.ndarray) -> float:
    """SciPy's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NearConstantInputWarning)
        match method:
            case "phi":
                found = pearsonr(a, b)
            case "point_biserial":
                found = pointbiserialr(a, b) if set(a) <= {0, 1} else pointbiserialr(b, a)
            case _:
                found = spearmanr(a, b)
    return float(found.statistic)


@settings(max_examples=20)
@given(values=customers)
def test_any_coefficient_is_that_of_scipy(models: Models, values: list[tuple]) -> None:
    """Of each kind of pair, to 1e-9, before it is held against chance and whatever n is."""
    found(models, values)
    columns = dict(zip(STATES, zip(*values, strict=True), strict=True))
    for row in models.rows("int_state_pair"):
        a, b = (np.array(columns[row[side]], float) for side in ("state_a", "state_b"))
        assert row["n"] == len(values)
        assert row["is_constant"] == (len(set(a)) == 1 or len(set(b)) == 1)
        if row["is_constant"]:
            assert row["coefficient"] is None
            continue
        expected = coefficient(row["method"], a, b)
        assert float(row["coefficient"]) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=20)
@given(values=st.lists(st.tuples(yes_no, yes_no, measured, measured), min_size=30, max_size=70))
def test_chance_is_that_of_scipy(models: Models, values: list[tuple]) -> None:
    """p to 1e-6 (the error function is an approximation), q of these p, and which pairs have neither."""
    rows = found(models, values)
    columns = dict(zip(STATES, zip(*values, strict=True), strict=True))
    shown = [row for row in rows.values() if row["guard_reason"] is None]
    for row in shown:
        r, n = float(row["coefficient"]), row["n"]
        assert -1 <= row["ci_low"] <= row["ci_high"] <= 1
        if row["method"] == "phi":
            table = np.array([[row["cell_a"], row["cell_b"]], [row["cell_c"], row["cell_d"]]])
            tested = chi2_contingency(table, correction=False)
            assert tested.expected_freq.min() >= 5
            assert float(row["statistic"]) == pytest.approx(tested.statistic, abs=1e-6)
            assert float(row["p_value"]) == pytest.approx(tested.pvalue, abs=1e-6)
        elif abs(r) < 1:
            t = float(row["statistic"])
            assert t == pytest.approx(r * np.sqrt((n - 2) / (1 - r * r)), rel=1e-5, abs=1e-6)
            assert float(row["p_value"]) == pytest.approx(2 * norm.sf(abs(t)), abs=1e-6)
        if row["method"] != "spearman" and abs(r) < 0.999:
            a, b = (np.array(columns[row[side]], float) for side in ("state_a", "state_b"))
            interval = pearsonr(a, b).confidence_interval(0.95)
            assert float(row["ci_low"]) == pytest.approx(interval.low, abs=1e-6)
            assert float(row["ci_high"]) == pytest.approx(interval.high, abs=1e-6)
    if shown:
        expected = false_discovery_control([min(float(row["p_value"]), 1) for row in shown])
        assert [float(row["q_value"]) for row in shown] == pytest.approx(expected, abs=1e-6)


@settings(max_examples=20)
@given(values=st.lists(st.tuples(yes_no, yes_no, measured, measured), min_size=1, max_size=40))
def test_a_pair_has_a_coefficient_or_its_reason(models: Models, values: list[tuple]) -> None:
    """Few customers, what is alike for all, and fewer than five by chance, in this order."""
    columns = dict(zip(STATES, zip(*values, strict=True), strict=True))
    for (a, b), row in found(models, values).items():
        left, right = columns[a], columns[b]
        reason = None
        if len(values) < 30:
            reason = "n_lt_30"
        elif len(set(left)) == 1 or len(set(right)) == 1:
            reason = "constant"
        elif row["method"] == "phi":
            smallest = min(sum(left), len(left) - sum(left)) * min(
                sum(right), len(right) - sum(right)
            )
            reason = "expected_lt_5" if smallest < 5 * len(left) else None
        assert row["guard_reason"] == reason
        for column in ("coefficient", "p_value", "q_value", "strength", "ci_low", "ci_high"):
            assert (row[column] is None) == (reason is not None)


def test_a_pair_that_goes_along_wholly_has_no_chance(models: Models) -> None:
    """±1: no statistic, p is 0 and the interval the coefficient."""
    values = [(n % 2, 1 - n % 2, Decimal(n), Decimal(n)) for n in range(40)]
    rows = found(models, values)
    wholly = rows[("login", "tickets")]
    assert (wholly["coefficient"], wholly["statistic"], wholly["p_value"]) == (1, None, 0)
    assert (wholly["ci_low"], wholly["ci_high"], wholly["q_value"]) == (1, 1, 0)
    opposite = rows[("goal_x", "regular")]
    assert (opposite["coefficient"], opposite["ci_low"], opposite["ci_high"]) == (-1, -1, -1)
    assert opposite["statistic"] == 40
