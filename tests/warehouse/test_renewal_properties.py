"""Any lines and contracts: which terms end, what goes on with each and what it is worth, told in plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.test_proof_properties import Models

START, AS_OF, GRACE, WINDOW = date(2026, 1, 1), date(2026, 1, 21), 3, 4
INPUTS = {
    "int_recurring_term": "line_id text, contract_id text, customer_key text, product_family_id text, start_date date,"
    " end_date date, amount_total_ex_tax decimal(18, 2), created_at timestamptz",
    "int_recurring_line": "line_id text, arr decimal(18, 2)",
    "int_auto_renewal": "line_id text, is_counted boolean",
    "crm__contract": "contract_id text, end_date date, previous_contract_id text, signed_at timestamptz,"
    " churn_reason_code text",
}
MODELS = ("int_renewal_term", "int_renewal_successor", "fct_renewal")


@dataclass(frozen=True)
class Line:
    """A recurring line; days count from ``START``, ``end`` is the last one or None."""

    name: str
    contract: str | None
    customer: str
    family: str
    start: int
    end: int | None
    arr: int


@dataclass(frozen=True)
class Term:
    """What ended together."""

    contract: str | None
    customer: str
    family: str | None
    end: int


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Line], dict[str, tuple[int | None, str | None]]]:
    """Lines of few customers, and contracts with their end and predecessor; a contract is of one customer."""
    days, names = st.integers(0, 20), ["k1", "k2", "k3"]
    owner = {name: draw(st.sampled_from(["c1", "c1", "unknown"])) for name in names}
    contracts = {
        name: (
            draw(st.sampled_from([None, 9, 10, 11, 25])),
            draw(st.none() | st.sampled_from([*names, "gone"])),
        )
        for name in names
    }
    lines = []
    for number in range(draw(st.integers(0, 7))):
        contract = draw(st.none() | st.sampled_from(names))
        customer = (
            owner[contract]
            if contract
            else draw(st.sampled_from(["c1", "c1", "c1", "c2", "unknown"]))
        )
        start = draw(days)
        end = draw(st.integers(start, start + 12) | st.sampled_from([None, 9, 10, 25]))
        if end is not None and end < start:
            continue
        arr = draw(st.sampled_from([0, 1, 7, 100]))
        family = draw(st.sampled_from(["core", "option"]))
        lines.append(Line(f"l{number}", contract, customer, family, start, end, arr))
    return lines, contracts


@pytest.fixture(scope="module")
def renewals() -> Models:
    variables = {"as_of_date": str(AS_OF), "timezone": "UTC", "reporting_currency": "JPY"}
    windows = {"renewal_grace_days": GRACE, "pre_renewal_window_days": WINDOW}
    models = Models(MODELS, INPUTS, variables | windows)
    models.connection.execute("set TimeZone = 'UTC'")
    return models


@settings(max_examples=200)
@given(world=worlds())
def test_any_lines(renewals: Models, world: tuple) -> None:
    lines, contracts = world
    fill(renewals, lines, contracts)
    found = {
        Term(
            row["contract_id"],
            row["customer_key"],
            row["product_family_id"],
            (row["term_end_date"] - START).days,
        ): row
        for row in renewals.rows("fct_renewal")
    }
    expected = {term: set(followers(term, lines, contracts)) for term in terms(lines, contracts)}
    assert found.keys() == expected.keys()
    for term, line_ids in expected.items():
        is_open = term.end + GRACE >= (AS_OF - START).days
        outcome = found[term]["outcome"]
        if line_ids:
            first = min(line.start for line in lines if line.name in line_ids)
            assert outcome == ("early_renewed" if first <= term.end else "renewed")
        else:
            assert outcome == ("pending" if is_open else "churned")
            assert found[term]["renewed_arr"] == 0
    worth = {line.name: line.arr for line in lines}
    going_on = set().union(*expected.values()) if expected else set()
    renewed = sum((row["renewed_arr"] for row in found.values()), Decimal(0))
    assert renewed == sum(worth[name] for name in going_on)


def fill(renewals: Models, lines: list[Line], contracts: dict) -> None:
    def day(number: int | None) -> date | None:
        return None if number is None else START + timedelta(days=number)

    rows = [
        (x.name, x.contract, x.customer, x.family, day(x.start), day(x.end), x.arr, None)
        for x in lines
    ]
    renewals.fill("int_recurring_term", rows)
    renewals.fill("int_recurring_line", [(line.name, line.arr) for line in lines])
    renewals.fill(
        "crm__contract",
        [(name, day(end), before, None, None) for name, (end, before) in contracts.items()],
    )
    for model in MODELS:
        renewals.build(model)


def terms(lines: list[Line], contracts: dict) -> Iterator[Term]:
    worth: dict[Term, int] = {}
    for line in lines:
        if line.end is None or line.end > (AS_OF - START).days:
            continue
        until = contracts[line.contract][0] if line.contract else None
        if until is not None and line.end < until - 1:
            ends = [
                other.end
                for other in lines
                if other.contract == line.contract and other.end is not None
            ]
            if line.end < max(ends) or max(ends) >= until - 1:
                continue
        family = None if line.contract else line.family
        term = Term(line.contract, line.customer, family, line.end)
        worth[term] = worth.get(term, 0) + line.arr
    return (term for term, value in worth.items() if value > 0)


def followers(term: Term, lines: list[Line], contracts: dict) -> Iterator[str]:
    """The lines of the first kind that there is."""
    paid = [line for line in lines if line.arr > 0]
    longer = [line for line in paid if line.end is None or line.end > term.end]
    in_time = [line for line in longer if line.start <= term.end + GRACE + 1]

    def before(line: Line) -> str | None:
        return contracts[line.contract][1] if line.contract else None

    families = {
        line.family
        for line in paid
        if (line.contract, line.customer, line.end) == (term.contract, term.customer, term.end)
        and term.family in (None, line.family)
    }
    own = [
        line
        for line in in_time
        if line.customer == term.customer != "unknown"
        and (before(line) is None or before(line) == term.contract)
    ]
    of_family = [line for line in own if line.family in families]
    runs_on = any(line.customer == term.customer and line.start < term.end for line in longer)
    kinds = [
        [x for x in in_time if term.contract and before(x) == term.contract],
        [
            x
            for x in in_time
            if term.contract and x.contract == term.contract and x.start >= term.end
        ],
        [x for x in of_family if x.start >= term.end],
        [x for x in of_family if term.end - WINDOW <= x.start < term.end],
        [] if runs_on else [x for x in own if x.start >= term.end],
    ]
    return (line.name for line in next((kind for kind in kinds if kind), []))
