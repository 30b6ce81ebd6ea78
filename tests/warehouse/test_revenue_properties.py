"""Any subscription lines: the compiled revenue models agree with the plain Python recomputation."""

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
from tests.warehouse.revenue_oracle import Line

AS_OF = date(2026, 7, 15)
GRACE = 40
CONTRACTS = [
    {"contract_id": f"k{number}", "previous_contract_id": f"k{number - 1}" if number else None}
    for number in range(16)
]
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
                days=draw(st.sampled_from([1, 2, GRACE + 1, GRACE + 2]))
            )
        length = draw(st.sampled_from([-1, 0, 10, 29, 30, 59, 90, 364, 365]))
        # contract k<n> names k<n-1> as its predecessor
        contract = draw(st.sampled_from([0, 4]))
        if previous:
            contract = int(previous.contract[1:]) + draw(st.sampled_from([0, 1, 1]))
        drawn.append(
            Line(
                line_id=f"l{number}",
                customer=draw(customers) if previous is None else previous.customer,
                family=draw(families),
                start=start,
                end=draw(st.sampled_from([start + timedelta(days=length)] * 4 + [None])),
                amount=draw(st.sampled_from([100_000, 33_333, 7, 0, -20_000])),
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
                contract=f"k{contract}",
                previous_contract=f"k{contract - 1}" if contract else None,
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


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
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
