"""Revenue of the two real tenants, month by month against a recomputation in plain Python."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import yaml
from revenue_oracle import Month, half_up, month_values, read_lines, retention

MONEY = ("new", "reactivation", "upsell", "cross_sell", "contraction", "churn")


def assert_matches(con: duckdb.DuckDBPyConnection, tenant_folder: Path, grace_days: int) -> None:
    """Compare every month of fct_retention_monthly (segment `all`) with the oracle.

    Args:
        con: connection in which ``core.fct_retention_monthly`` is the tenant's, built at its
            last business date.
        tenant_folder: the tenant's files.
        grace_days: the ``renewal_grace_days`` it was built with.
    """
    tenant = yaml.safe_load((tenant_folder / "tenant.yml").read_text(encoding="utf-8"))
    lines = read_lines(tenant_folder, tenant["last_business_date"], tenant["timezone"])
    values = month_values(lines, tenant["last_business_date"], grace_days)
    expected = {month: _expected(total) for month, total in retention(values).items()}
    actual = _actual(con, next(iter(expected.values())))
    assert list(actual) == sorted(expected)
    for month, row in expected.items():
        assert actual[month] == row, month


def _expected(total: Month) -> dict[str, Any]:
    return {
        "opening_mrr": _money(total.opening),
        **{f"{kind}_mrr": _money(total.amounts[kind]) for kind in MONEY},
        "closing_mrr": _money(total.closing),
        "opening_customers": total.opening_customers,
        "new_customers": len(total.customers["new"]),
        "reactivated_customers": len(total.customers["reactivation"]),
        "churned_customers": len(total.customers["churn"]),
        "closing_customers": total.closing_customers,
        "seed_upsell_customers": len(total.customers["upsell"]),
        "seed_cross_sell_customers": len(total.customers["cross_sell"]),
        **{name: _six_digits(rate) for name, rate in total.rates().items()},
    }


def _actual(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> dict[date, dict[str, Any]]:
    found = con.sql(
        f"select month, {', '.join(row)} from core.fct_retention_monthly"
        " where segment_type = 'all' order by month"
    )
    return {month: dict(zip(row, rest, strict=True)) for month, *rest in found.fetchall()}


def _money(minor_units: int) -> Decimal:
    return Decimal(minor_units).scaleb(-2)


def _six_digits(rate: Fraction | None) -> Decimal | None:
    return None if rate is None else Decimal(half_up(rate * 10**6)).scaleb(-6)
