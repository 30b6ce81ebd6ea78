"""Any customers: the phase at each month's ends and the censored median agree with a plain recomputation."""

import statistics
import warnings
from datetime import date, timedelta
from fractions import Fraction

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.dbt import vars_argument
from tests.warehouse.compiled import Chain, compiled_models

AS_OF = date(2026, 12, 31)
START = date(2026, 1, 5)
GATES = ["onboarding", "adoption", "renewal_retention", "expansion", "loyalty_advocate"]
VARIABLES = {"as_of_date": AS_OF.isoformat(), "first_business_date": "2025-01-01"}
INPUTS = {
    "int_phase_achieved": "customer_key text, phase_code text, started_date date, achieved_date date",
    "dim_customer": "customer_key text, customer_status text, churn_date date",
    "dim_phase": "phase_code text, phase_no int, is_gate boolean, maturity_days int",
    "int_mrr_change": "customer_key text, month date, is_customer_row boolean,"
    " customer_opening_mrr int, customer_closing_mrr int",
    "int_first_renewal": "customer_key text, first_term_end date",
    "int_customer_follow": "customer_key text, follow_date date",
    "int_advocacy": "customer_key text, advocacy_date date",
    "int_onboarding": "customer_key text, onboarded_date date",
    "fct_activation_monthly": "customer_key text, month date, activation_level int",
    "fct_mrr_movement": "customer_key text, month date, movement_type text",
}
MODELS = ("int_phase_position", "int_phase_month", "fct_customer_phase")

spans = st.lists(
    st.tuples(st.sampled_from([0, 1, 2, 30, 90]) | st.integers(0, 300), st.booleans()),
    min_size=1,
    max_size=40,
)
# gate → days from the start until it was achieved; left out: not measured
gates = st.dictionaries(
    st.sampled_from(GATES),
    st.none() | st.sampled_from([0, 26, 27, 54, 55]) | st.integers(0, 360),
    min_size=1,
)


@pytest.fixture(scope="module")
def lead_times() -> Chain:
    return Chain(("int_phase_lead_time",), ("int_phase_position",), {}, VARIABLES)


class Phases:
    """The models of phases over tables of their inputs, with the columns that they read."""

    def __init__(self) -> None:
        nodes = compiled_models(MODELS[1:], vars_argument(VARIABLES))
        known = {node["name"]: node for node in nodes.values()}
        self._names = {name: node["relation_name"] for name, node in known.items()}
        self._code = [
            f"create or replace table {self._names[name]} as {known[name]['compiled_code']}"
            for name in MODELS
        ]
        self._connection = duckdb.connect()
        for database in ("warehouse", "marts_build"):
            self._connection.execute(f"attach ':memory:' as {database}")
        for relation in {self._names[name].rpartition(".")[0] for name in (*INPUTS, *MODELS)}:
            self._connection.execute(f"create schema if not exists {relation}")
        for name, columns in INPUTS.items():
            self._connection.execute(f"create table {self._names[name]} ({columns})")

    def run(self, **rows: list[tuple]) -> None:
        """Fill the inputs, those not named with nothing, and run the models."""
        for name, columns in INPUTS.items():
            self._connection.execute(f"delete from {self._names[name]}")
            places = ", ".join("?" * len(columns.split(", ")))
            for row in rows.get(name, []):
                self._connection.execute(f"insert into {self._names[name]} values ({places})", row)
        for statement in self._code:
            self._connection.execute(statement)

    def rows(self, model: str, columns: str) -> list[tuple]:
        """Some columns of a model."""
        return self._connection.execute(f"select {columns} from {self._names[model]}").fetchall()


@pytest.fixture(scope="module")
def phases() -> Phases:
    return Phases()


def censored_median(lives: list[tuple[int, bool]]) -> int | None:
    """First day on which the product-limit estimate is down to a half, in fractions."""
    remaining = Fraction(1)
    for day in sorted({days for days, is_achieved in lives if is_achieved}):
        at_risk = sum(days >= day for days, _ in lives)
        achieved = sum(days == day and is_achieved for days, is_achieved in lives)
        remaining *= 1 - Fraction(achieved, at_risk)
        if remaining <= Fraction(1, 2):
            return day
    return None


def interval_of_median(lives: list[tuple[int, bool]]) -> list[int | None]:
    """First days on which scipy's bounds of the estimate are down to a half: 1 before anybody is there; after all are,
    the lower one is 0 and the upper one is none, as R's survfit has it."""
    cases = stats.CensoredData(
        uncensored=[days for days, is_achieved in lives if is_achieved],
        right=[days for days, is_achieved in lives if not is_achieved],
    )
    share = stats.ecdf(cases).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # undefined at shares of 0 and 1
        bounds = share.confidence_interval(confidence_level=0.95, method="log-log")
    found = []
    for bound, undefined in ((bounds.low, share.probabilities), (bounds.high, 1)):
        known = np.where(np.isnan(bound.probabilities), undefined, bound.probabilities)
        days = share.quantiles[known <= 0.5 + 1e-9]
        found.append(int(days[0]) if len(days) else None)
    return found


def held_at(measured: dict[str, date | None], moment: date) -> str:
    """The first gate not achieved before ``moment``, the last one if all were."""
    names = [name for name in GATES if name in measured]
    for name in names:
        achieved = measured[name]
        if achieved is None or achieved >= moment:
            return name
    return names[-1]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(lives=spans)
def test_censored_median_agrees_with_fractions(lead_times: Chain, lives: list) -> None:
    rows = []
    for number, (days, is_achieved) in enumerate(lives):
        end = START + timedelta(days=days)
        rows.append(
            {
                "customer_key": f"c{number}",
                "phase_code": "onboarding",
                "started_date": START,
                "lead_from_date": START,
                "achieved_date": end if is_achieved else None,
                "observed_until": AS_OF if is_achieved else end,
            }
        )
    lead_times.run(int_phase_position=rows)
    achieved = [days for days, is_achieved in lives if is_achieved]
    found = lead_times.rows("int_phase_lead_time")
    assert {row["segment_type"] for row in found} >= {"all", "plan_tier"}
    for row in found:  # of nobody the segment is known: each has them all
        assert row["observed"] == len(lives)
        assert row["lead_time_n"] == len(achieved)
        assert row["km_median_days"] == censored_median(lives)
        assert [row["km_ci_low_days"], row["km_ci_high_days"]] == interval_of_median(lives)
        assert row["median_days"] == (statistics.median(achieved) if achieved else None)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(worlds=st.lists(gates, min_size=1, max_size=5))
def test_phases_agree_with_their_definition(phases: Phases, worlds: list[dict]) -> None:
    """At both ends of each month, and now; support is beside them."""
    measured = {
        f"c{number}": {
            name: None if days is None else START + timedelta(days=days)
            for name, days in world.items()
        }
        for number, world in enumerate(worlds)
    }
    phases.run(
        int_phase_achieved=[
            (key, name, START, day)
            for key, gates_of in measured.items()
            for name, day in (gates_of | {"support": START}).items()
        ],
        int_mrr_change=[
            (key, date(2026, month, 1), True, 1, 1) for key in measured for month in range(2, 13)
        ],
        dim_customer=[(key, "active", None) for key in measured],
        dim_phase=[("support", 2, False, 90)]
        + [(name, 2 * number + 1, True, 90) for number, name in enumerate(GATES)],
    )
    months = phases.rows("int_phase_month", "customer_key, month, opening_phase, closing_phase")
    assert len(months) == 11 * len(worlds)
    for key, first, opening, closing in months:
        following = (first + timedelta(days=31)).replace(day=1)
        assert opening == held_at(measured[key], first)
        assert closing == held_at(measured[key], following)
    current = phases.rows("fct_customer_phase", "customer_key, phase_code, is_current")
    tomorrow = AS_OF + timedelta(days=1)
    expected = sorted((key, held_at(gates_of, tomorrow)) for key, gates_of in measured.items())
    assert sorted((key, code) for key, code, is_current in current if is_current) == expected
