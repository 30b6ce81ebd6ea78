"""Any lines and contracts: which terms end, what goes on with each and what it is worth, told in plain Python."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.warehouse.test_proof_properties import Models

START, AS_OF, GRACE, WINDOW = date(2026, 1, 1), 20, 3, 4
NEVER = 10**6
INPUTS = {
    "int_recurring_term": "line_id text, contract_id text, customer_key text, product_family_id text, start_date date,"
    " end_date date, amount_total_ex_tax decimal(18, 2), created_at timestamptz",
    "int_recurring_line": "line_id text, arr decimal(18, 2)",
    "int_auto_renewal": "line_id text, is_counted boolean, renewed_until date",
    "crm__contract": "contract_id text, end_date date, previous_contract_id text, signed_at timestamptz,"
    " churn_reason_code text, status text",
}
MODELS = ("int_renewal_line", "int_renewal_successor", "fct_renewal")


@dataclass(frozen=True)
class Line:
    """A recurring line; days count from ``START``, ``end`` is the last one, or ``NEVER``.

    ``itself``: the last day until which it goes on by itself, None if it does not.
    """

    name: str
    contract: str | None
    customer: str
    family: str
    start: int
    end: int
    arr: int
    itself: int | None = None


@dataclass(frozen=True)
class Contract:
    """``end`` and ``before`` (the contract it names) as far as it has them."""

    end: int | None
    before: str | None
    is_draft: bool = False


@dataclass(frozen=True)
class Term:
    """What ended together."""

    contract: str | None
    customer: str
    family: str | None
    end: int


World = tuple[list[Line], dict[str, Contract]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A few lines in a few days, of a few customers and contracts."""
    names = ["k1", "k2", "k3"]
    contracts = {
        name: Contract(
            draw(st.sampled_from([None, 9, 10, 11, 25])),
            draw(st.none() | st.sampled_from([*names, "gone"])),
            draw(st.sampled_from([False, False, False, True])),
        )
        for name in names
    }
    lines = []
    for number in range(draw(st.integers(0, 7))):
        start = draw(st.integers(0, 20))
        end = draw(st.integers(start, start + 12) | st.sampled_from([NEVER, 9, 10, 25]))
        contract = draw(st.none() | st.sampled_from(names))
        if end < start:
            continue
        itself = draw(st.sampled_from([None, None, end + 2, NEVER])) if contract else None
        line = Line(
            name=f"l{number}",
            contract=contract,
            customer=draw(st.sampled_from(["c1", "c1", "c1", "c2", "unknown"])),
            family=draw(st.sampled_from(["core", "option"])),
            start=start,
            end=end,
            arr=draw(st.sampled_from([-3, 0, 1, 7, 100, 100])),
            itself=None if end == NEVER else itself,
        )
        lines.append(line)
    return lines, contracts


@pytest.fixture(scope="module")
def renewals() -> Models:
    variables = {"timezone": "UTC", "reporting_currency": "JPY", "renewal_grace_days": GRACE}
    variables |= {"as_of_date": str(day(AS_OF)), "pre_renewal_window_days": WINDOW}
    models = Models(MODELS, INPUTS, variables)
    models.connection.execute("set TimeZone = 'UTC'")
    return models


def unchanged(months: int) -> World:
    """A customer whose subscription has a line a month, as ever."""
    lines = [
        Line(f"l{n}", None, "c1", "core", n * 3, NEVER if n == months else n * 3 + 2, 100)
        for n in range(months + 1)
    ]
    return lines, {}


# the option's renewal is not the core's; seats changed in a contract beside are no renewal
OPTION_KEPT = [
    Line("core", "k1", "c1", "core", 0, 10, 100),
    Line("option", "k2", "c1", "option", 0, 10, 7),
    Line("next", None, "c1", "option", 11, NEVER, 7),
]
BESIDE = [
    Line("ended", "k1", "c1", "core", 0, 10, 100),
    Line("seats", "k2", "c1", "core", 2, 12, 100),
    Line("more", "k2", "c1", "core", 13, 25, 100),
]


@settings(max_examples=200)
@given(world=worlds())
@example(world=unchanged(6))
@example(world=(OPTION_KEPT, {"k1": Contract(None, None), "k2": Contract(None, None)}))
@example(world=(BESIDE, {"k1": Contract(None, None), "k2": Contract(25, None)}))
def test_any_lines(renewals: Models, world: World) -> None:
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
    ended = terms(lines, contracts)
    assert found.keys() == ended.keys()
    going_on, own = followers(ended, lines, contracts), Decimal(0)
    for term, row in found.items():
        itself = [
            line
            for line in ended[term]
            if line.itself is not None and line.itself > term.end + GRACE
        ]
        by_itself = any(line.arr > 0 for line in itself)
        if going_on[term]:
            is_early = min(line.start for line in going_on[term]) < term.end
            assert row["outcome"] == ("early_renewed" if is_early else "renewed")
        elif by_itself:
            assert (row["outcome"], row["is_auto_renew"]) == ("renewed", True)
        else:
            assert row["outcome"] == ("pending" if term.end + GRACE >= AS_OF else "churned")
            assert row["renewed_arr"] == 0
        if going_on[term] or by_itself:
            own += sum(line.arr for line in itself)
    sold = {line for group in going_on.values() for line in group}
    assert sum((row["renewed_arr"] for row in found.values()), Decimal(0)) == own + sum(
        line.arr for line in sold
    )


def test_who_stays_as_it_was_is_renewed_to_what_it_was(renewals: Models) -> None:
    lines, contracts = unchanged(6)
    fill(renewals, lines, contracts)
    rows = renewals.rows("fct_renewal")
    assert (
        [row["renewed_arr"] for row in rows] == [row["expiring_arr"] for row in rows] == [100] * 6
    )


def day(number: int) -> date | None:
    return None if number == NEVER else START + timedelta(days=number)


def fill(renewals: Models, lines: list[Line], contracts: dict[str, Contract]) -> None:
    rows = [
        (x.name, x.contract, x.customer, x.family, day(x.start), day(x.end), x.arr, None)
        for x in lines
    ]
    renewals.fill("int_recurring_term", rows)
    renewals.fill("int_recurring_line", [(line.name, line.arr) for line in lines])
    auto = [(x.name, True, day(x.itself)) for x in lines if x.itself is not None]
    renewals.fill("int_auto_renewal", auto)
    renewals.fill(
        "crm__contract",
        [
            (name, x.end and day(x.end), x.before, None, None, "draft" if x.is_draft else "active")
            for name, x in contracts.items()
        ],
    )
    for model in MODELS:
        renewals.build(model)


def terms(lines: list[Line], contracts: dict[str, Contract]) -> dict[Term, list[Line]]:
    """The lines of each term."""
    found: dict[Term, list[Line]] = defaultdict(list)
    for line in lines:
        if line.end == NEVER:
            continue
        end, family = line.end, line.family
        if line.contract:
            family, until = None, contracts[line.contract].end
            ends = [
                x.end for x in lines if (x.contract, x.customer) == (line.contract, line.customer)
            ]
            if until is None:
                if NEVER in ends:
                    continue
            elif end < until - 1 and (max(ends) >= until - 1 or end < max(ends)):
                continue
            elif abs(end - until) <= 1:
                end = min(x for x in ends if abs(x - until) <= 1)
        if end <= AS_OF:
            found[Term(line.contract, line.customer, family, end)].append(line)
    return {term: group for term, group in found.items() if sum(x.arr for x in group) > 0}


def followers(
    ended: dict[Term, list[Line]], lines: list[Line], contracts: dict[str, Contract]
) -> dict[Term, list[Line]]:
    """The lines that go on with each term."""

    def before(line: Line) -> str | None:
        return contracts[line.contract].before if line.contract else None

    sold = [
        x
        for x in lines
        if x.arr and not (x.contract and contracts[x.contract].is_draft and x.start > AS_OF)
    ]
    began = {
        name: min((x.start for x in sold if x.contract == name), default=0) for name in contracts
    }

    def kind(term: Term, line: Line) -> int | None:
        at_end = term.end <= line.start <= term.end + GRACE + 1
        if line.end <= term.end or line.start > term.end + GRACE + 1:
            return None
        if term.contract and before(line) == term.contract:
            return 1
        if line.customer != term.customer:
            return None
        if term.contract and line.contract == term.contract and at_end:
            return 2
        if term.customer == "unknown" or before(line) not in (None, term.contract):
            return None
        if line.contract and began[line.contract] < term.end - WINDOW:
            return None
        renews_itself = any(x.itself is not None for x in ended[term])
        if line.family in {x.family for x in ended[term]}:
            if at_end:
                return 3
            return 4 if term.end - WINDOW <= line.start and not renews_itself else None
        runs_on = any(x.customer == term.customer and x.start < term.end < x.end for x in sold)
        return 5 if at_end and not renews_itself and not runs_on else None

    kinds = {(term, x): k for term in ended for x in sold if (k := kind(term, x))}
    nearest = {
        x: min((k for (_, other), k in kinds.items() if other == x), default=0) for x in sold
    }
    found = {}
    for term in ended:
        of_kind: dict[int, list[Line]] = defaultdict(list)
        for (other, line), number in kinds.items():
            if other == term and number == nearest[line]:
                of_kind[number].append(line)
        kept = ((number, begun(group)) for number, group in sorted(of_kind.items()))
        found[term] = next((group for _, group in kept if group), [])
    return found


def begun(group: list[Line]) -> list[Line]:
    """Without what only follows another of its family."""
    first = min((x.end for x in group if x.arr > 0), default=-1)
    ends = {
        x.family: min((y.end for y in group if y.arr > 0 and y.family == x.family), default=first)
        for x in group
    }
    return [x for x in group if x.start <= ends[x.family]]
