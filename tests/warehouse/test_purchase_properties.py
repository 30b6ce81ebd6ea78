"""Any purchases: RFM and decile agree with the plain Python recomputation, under every choice of their vars."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.compiled import Chain
from tests.warehouse.purchase_oracle import (
    Definition,
    Purchase,
    bought,
    decile,
    decile_summary,
    month_ends,
    rfm,
    subscription_purchases,
)
from tests.warehouse.revenue_oracle import Line

AS_OF = date(2026, 7, 31)
ACCOUNTS = [f"a{number}" for number in range(12)]
GRACE = 30
TENANT = {"as_of_date": AS_OF.isoformat(), "renewal_grace_days": GRACE}
# Customers without an order: a former one; one of today; one with a gap that is bridged over a month's
# end and a gap that is not; one with a discount line.
SUBSCRIPTIONS = [
    Line("s0", "a0", "p", date(2019, 4, 1), date(2020, 3, 31), 1_200_000, "term"),
    Line("s1", "a1", "p", date(2025, 10, 15), None, 1_000_000, "annual"),
    Line("s2", "a2", "p", date(2025, 1, 1), date(2025, 9, 15), 900_000, "term"),
    Line("s3", "a2", "p", date(2025, 10, 6), date(2026, 2, 20), 500_000, "term"),
    Line("s4", "a2", "p", date(2026, 4, 10), date(2026, 12, 31), 50_000, "monthly"),
    Line("s5", "a3", "p", date(2026, 2, 28), None, 100_000, "monthly"),
    Line("s6", "a3", "p", date(2026, 2, 28), date(2026, 6, 29), -30_000, "monthly"),
]

# Days around the ends of the look-backs (24, 12 and 3 months) and of the fixed thresholds.
days = st.sampled_from(
    [
        *(AS_OF + timedelta(days=n) for n in (1, 0, 0, -1, -30, -31, -90, -91, -180, -365, -366)),
        *(date(2024, 7, 31), date(2024, 8, 1), date(2025, 7, 31), date(2025, 8, 1)),
        *(date(2026, 4, 30), date(2026, 5, 1), date(2019, 5, 1)),
    ]
)


@st.composite
def orders(draw: st.DrawFn) -> list[Purchase]:
    """Up to thirty lines of up to twelve companies, with equal amounts and days more often than chance has it."""
    purchases: list[Purchase] = []
    for number in range(draw(st.integers(0, 14))):
        customer = draw(st.sampled_from([*ACCOUNTS, *ACCOUNTS, "unknown"]))
        day, is_cancelled = draw(days), draw(st.sampled_from([False] * 5 + [True]))
        for _ in range(draw(st.integers(1, 2))):
            quantity = draw(st.sampled_from([1, 1, 2, 3, -1]))
            returned = draw(st.integers(0, quantity)) if quantity > 1 else 0
            if quantity == 1:
                returned = draw(st.sampled_from([0, 0, 0, 1]))
            free = [0, 0] if quantity > 0 else []
            price = draw(st.sampled_from([*free, 1, 50_000, 100_000, 300_000, 333_333, 1_500_000]))
            purchases.append(
                Purchase(customer, f"o{number}", day, quantity, price, returned, is_cancelled)
            )
    return purchases


def definitions() -> list[Definition]:
    """The default and each other choice."""
    default = Definition()
    return [
        default,
        replace(default, tie_method="max_rank", bins=4, weights=(0.5, 2, 1.25)),
        replace(default, tie_method="ntile", bins=3, frequency_unit="order"),
        replace(default, scoring_method="fixed", lookback_months=12),
        replace(default, bins=2, lookback_months=3, decile_tie_method="rank"),
        replace(default, bins=9, decile_lookback_months=24),
        replace(default, include_subscription=True, frequency_unit="order"),
        replace(default, free_orders=True),
    ]


@pytest.fixture(scope="module", params=definitions(), ids=str)
def chain(request: pytest.FixtureRequest) -> tuple[Chain, Definition]:
    """The models under one definition, over twelve companies, four of them with subscriptions."""
    chosen: Definition = request.param
    variables = {
        "rfm_bins": chosen.bins,
        "rfm_lookback_months": chosen.lookback_months,
        "rfm_tie_method": chosen.tie_method,
        "rfm_scoring_method": chosen.scoring_method,
        "rfm_frequency_unit": chosen.frequency_unit,
        "rfm_include_subscription": chosen.include_subscription,
        "rfm_weights": list(chosen.weights),
        "decile_lookback_months": chosen.decile_lookback_months,
        "decile_tie_method": chosen.decile_tie_method,
        "free_orders_are_purchases": chosen.free_orders,
    }
    fixed = {
        "crm__account": [{"account_id": key, "name": f"株式会社{key}"} for key in ACCOUNTS],
        "crm__subscription_line": [
            {
                "line_id": line.line_id,
                "account_id": line.customer,
                "product_id": line.family,
                "amount_total_ex_tax": line.amount,
                "start_date": line.start,
                "end_date": line.end,
                "charge_type": "recurring",
                "billing_period": line.period,
            }
            for line in SUBSCRIPTIONS
        ],
    }
    built = Chain(
        ("mart_rfm", "fct_rfm_monthly", "mart_decile_summary", "bridge_customer_identity"),
        ("crm__order", "crm__order_line"),
        fixed,
        TENANT | variables,
    )
    return built, chosen


def entities(purchases: list[Purchase]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the input entities."""
    orders = {
        line.order: {
            "order_id": line.order,
            "account_id": None if line.customer == "unknown" else line.customer,
            "order_date": line.day,
            "status": "cancelled" if line.is_cancelled else "ordered",
        }
        for line in purchases
    }
    lines = [
        {
            "order_line_id": f"l{number}",
            "order_id": line.order,
            "product_id": "q",
            "quantity": line.quantity,
            "unit_price_net_ex_tax": line.price,
            "amount_ex_tax": line.quantity * line.price,
            "returned_quantity": line.returned,
            "charge_type": "one_time",
        }
        for number, line in enumerate(purchases)
    ]
    return {"crm__order": list(orders.values()), "crm__order_line": lines}


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(orders=orders())
def test_rfm_and_decile_agree_with_the_oracle(
    chain: tuple[Chain, Definition], orders: list[Purchase]
) -> None:
    """Populations, scores, codes, totals, dates, at each month's end too; ranks, tenths, shares, and their sums."""
    models, chosen = chain
    models.run(**entities(orders))
    keys = keys_of_accounts(models)
    purchases = [replace(line, customer=keys[line.customer]) for line in bought(orders, chosen)]
    customers = {keys[line.customer] for line in SUBSCRIPTIONS} | {
        line.customer for line in purchases if line.is_valid and line.day <= AS_OF
    }
    if chosen.include_subscription:
        purchases += [
            replace(purchase, customer=keys[purchase.customer])
            for purchase in subscription_purchases(SUBSCRIPTIONS, AS_OF, GRACE)
        ]

    assert found_rfm(models) == rfm(purchases, customers, AS_OF, chosen)
    assert found_months(models) == {
        (day.replace(day=1), customer): row[:6]
        for day in month_ends(AS_OF, 24)
        for customer, row in rfm(purchases, customers, day, chosen).items()
        if row[0] != "no_purchase"
    }
    deciles = decile(purchases, customers, AS_OF, chosen)
    assert found_deciles(models) == deciles
    assert found_summary(models) == decile_summary(deciles)


def keys_of_accounts(models: Chain) -> dict[str, str]:
    """Account → customer key, as published."""
    rows = models.rows("bridge_customer_identity", "source_id, customer_key")
    return {row["source_id"]: row["customer_key"] for row in rows} | {"unknown": "unknown"}


def found_rfm(models: Chain) -> dict[str, tuple]:
    """``mart_rfm`` as the oracle gives it."""
    found = {}
    for row in models.rows("mart_rfm"):
        scores = (row["r_score"], row["f_score"], row["m_score"])
        found[row["customer_key"]] = (
            *(row["population"], row["recency_days"], row["frequency"], row["monetary"]),
            None if scores == (None, None, None) else scores,
            *(row["rfm_code"], row["rfm_total"], row["first_order_date"], row["last_order_date"]),
        )
    return found


def found_months(models: Chain) -> dict[tuple[date, str], tuple]:
    """``fct_rfm_monthly`` as the oracle gives it: all but the total and the dates."""
    found = {}
    for row in models.rows("fct_rfm_monthly"):
        scores = (row["r_score"], row["f_score"], row["m_score"])
        found[row["month"], row["customer_key"]] = (
            *(row["population"], row["recency_days"], row["frequency"], row["monetary"]),
            None if scores == (None, None, None) else scores,
            row["rfm_code"],
        )
    return found


def found_deciles(models: Chain) -> dict[str, tuple]:
    """``mart_decile`` as the oracle gives it."""
    return {
        row["customer_key"]: (
            *(row["amount"], row["rank_no"], row["decile"]),
            *(row["share"] * 1_000_000, row["cum_share"] * 1_000_000),
            *(row["tie_at_boundary"], row["is_small_population"], row["last_order_date"]),
        )
        for row in models.rows("mart_decile")
    }


def found_summary(models: Chain) -> dict[int, tuple]:
    """``mart_decile_summary`` as the oracle gives it."""
    return {
        row["decile"]: (
            *(row["customers"], row["amount"]),
            *(row["share"] * 1_000_000, row["cum_share"] * 1_000_000, row["amount_per_customer"]),
        )
        for row in models.rows("mart_decile_summary")
    }
