"""Any subscription lines: the compiled revenue models agree with the plain Python recomputation."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.compiled import Chain
from tests.warehouse.retention_rows import (
    actual_months,
    actual_years,
    expected_months,
    expected_years,
)
from tests.warehouse.revenue_oracle import Line, Renewal

AS_OF = date(2026, 7, 15)
GRACE = 40
RENEWALS = {
    "r0": Renewal(date(2026, 2, 28)),
    "r1": Renewal(date(2025, 11, 30), notice=date(2026, 3, 30)),
    "r2": Renewal(date(2025, 12, 31), next_contract_start=date(2026, 3, 1)),
    "r3": Renewal(AS_OF),
    "r4": Renewal(date(2026, 1, 10), notice=date(2025, 12, 1)),
}
WRITTEN_END = date(2026, 2, 28)
CONTRACTS = [
    *(
        {"contract_id": f"k{number}", "previous_contract_id": f"k{number - 1}" if number else None}
        for number in range(16)
    ),
    *(
        {
            "contract_id": key,
            "end_date": renewal.end,
            "auto_renew": True,
            "status": "active",
            "cancel_notice_date": renewal.notice,
        }
        for key, renewal in RENEWALS.items()
    ),
    {"contract_id": "n2", "previous_contract_id": "r2", "start_date": date(2026, 3, 1)},
    {"contract_id": "draft", "previous_contract_id": "r0", "start_date": date(2026, 4, 1)}
    | {"status": "draft"},
    {"contract_id": "expired", "end_date": WRITTEN_END, "auto_renew": True, "status": "expired"},
    {"contract_id": "cancelled", "end_date": WRITTEN_END, "auto_renew": True}
    | {"status": "cancelled"},
    {"contract_id": "by_hand", "end_date": WRITTEN_END, "auto_renew": False, "status": "active"},
]
PREVIOUS = {row["contract_id"]: row.get("previous_contract_id") for row in CONTRACTS}
ENDING = {"n2": WRITTEN_END} | {
    row["contract_id"]: row["end_date"] for row in CONTRACTS if row.get("end_date")
}
PRODUCTS = [
    {"product_id": "p", "product_family_id": "p", "plan_tier": "Pro"},
    {"product_id": "q", "product_family_id": "q", "plan_tier": "Basic"},
]

customers = st.sampled_from(["a0", "a1", "unknown"])
families = st.sampled_from(["p", "p", "q"])
days = st.dates(date(2024, 11, 25), AS_OF + timedelta(days=60))


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """A few customers' lines, with gaps around the grace period more often than chance has it."""
    drawn: list[Line] = []
    for number in range(draw(st.integers(2, 8))):
        previous = draw(st.sampled_from([None, *[line for line in drawn if line.end][-2:]]))
        start = draw(days)
        if previous:
            start = previous.end + timedelta(
                days=draw(st.sampled_from([0, 0, 1, 2, GRACE + 1, GRACE + 2]))
            )
        length = draw(st.sampled_from([-1, 0, 10, 29, 30, 59, 90, 364, 365]))
        end = draw(st.sampled_from([start + timedelta(days=length)] * 4 + [None]))
        # contract k<n> names k<n-1> as its predecessor
        contract = f"k{draw(st.sampled_from([0, 4]))}"
        if draw(st.integers(0, 3)) == 0:
            contract, written_end = draw(st.sampled_from(sorted(ENDING.items())))
            if draw(st.integers(0, 3)):
                start, end = written_end - timedelta(days=length), written_end
        elif previous and previous.contract.startswith("k"):
            contract = f"k{int(previous.contract[1:]) + draw(st.sampled_from([0, 1, 1]))}"
        drawn.append(
            Line(
                line_id=f"l{number}",
                customer=draw(customers) if previous is None else previous.customer,
                family=draw(families),
                start=start,
                end=end,
                amount=draw(st.sampled_from([100_000, 33_333, 13, 0, -20_000])),
                period=draw(
                    st.sampled_from(
                        [
                            "term",
                            "term",
                            "term",
                            "monthly",
                            "annual",
                            "weekly",
                            "daily",
                            "3_months",
                            "24_months",
                        ]
                    )
                ),
                contract=contract,
                previous_contract=PREVIOUS.get(contract),
                renewal=RENEWALS.get(contract),
            )
        )
    return drawn


@pytest.fixture(scope="module")
def revenue() -> Chain:
    """The models that lead from subscription lines to retention, over two companies."""
    fixed = {
        "crm__account": [{"account_id": key, "name": f"株式会社{key}"} for key in ("a0", "a1")],
        "crm__contract": CONTRACTS,
        "crm__product": PRODUCTS,
    }
    variables = {
        "as_of_date": AS_OF.isoformat(),
        "reporting_currency": "USD",
        "renewal_grace_days": GRACE,
    }
    built = Chain(
        ("fct_retention_monthly", "fct_retention_t12m"),
        ("crm__subscription_line",),
        fixed,
        variables,
    )
    built.connection.execute("use marts_build")
    return built


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(lines=lines())
def test_models_agree_with_the_oracle(revenue: Chain, lines: list[Line]) -> None:
    """Grace, rounding, movements, rates and the twelve-month comparison, for any lines."""
    revenue.run(
        crm__subscription_line=[
            {
                "line_id": line.line_id,
                "account_id": None if line.customer == "unknown" else line.customer,
                "contract_id": line.contract,
                "product_id": line.family,
                "quantity": 1,
                "amount_total_ex_tax": Decimal(line.amount) / 100,
                "start_date": line.start,
                "end_date": line.end,
                "charge_type": "recurring",
                "billing_period": line.period,
            }
            for line in lines
        ]
    )
    con = revenue.connection
    assert actual_months(con) == expected_months(lines, AS_OF, GRACE)
    assert actual_years(con) == expected_years(lines, AS_OF, GRACE)


def test_what_was_sold_as_whole_months_is_whole_months() -> None:
    """For any first day: by the Civil Code, to the next term's first day, and as the next term cuts it."""
    chain = Chain(
        ("int_recurring_line",),
        ("crm__subscription_line",),
        variables={"reporting_currency": "JPY"},
    )
    for months in (1, 2, 3, 6, 11, 12, 13, 36):
        rows = [
            {
                "line_id": f"{start}/{end}",
                "account_id": None,
                "product_id": f"{start}/{end}",
                "amount_total_ex_tax": 1000 * months,
                "start_date": start,
                "end_date": end,
                "charge_type": "recurring",
                "billing_period": "term",
            }
            for start in (date(2023, 3, 1) + timedelta(days=day) for day in range(1461))
            for end in sorted(ends_of_term(start, months))
        ]
        chain.run(crm__subscription_line=rows)
        found = chain.connection.execute(
            "select count(*), min(mrr), max(mrr) from warehouse.intermediate.int_recurring_line"
        ).fetchone()
        assert found == (len(rows), 1000, 1000), months


def ends_of_term(start: date, months: int) -> set[date]:
    """Last days that different readings give a term of whole months.

    The Civil Code (Art. 143): the day before the corresponding day; without one in the last month, that
    month's last day. Billing systems: the day before the next term's first day, which is clamped to the
    month; many write that first day itself.
    """
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    length = monthrange(year, month)[1]
    civil = (
        date(year, month, start.day) - timedelta(days=1)
        if start.day <= length
        else date(year, month, length)
    )
    next_start = date(year, month, min(start.day, length))
    return {civil, next_start - timedelta(days=1), next_start}
