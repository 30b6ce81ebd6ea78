"""Rows of the retention facts (segment `all`) as found, and as the oracle expects them."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb

from tests.warehouse.revenue_oracle import (
    Line,
    Month,
    half_up,
    month_values,
    retention,
    year_on_year,
)

Rows = dict[date, dict[str, Any]]

MOVEMENTS = ("new", "reactivation", "upsell", "cross_sell", "contraction", "churn")
MONTH_COLUMNS = (
    "opening_mrr",
    *(f"{movement}_mrr" for movement in MOVEMENTS),
    "closing_mrr",
    "opening_customers",
    "new_customers",
    "reactivated_customers",
    "churned_customers",
    "closing_customers",
    "seed_upsell_customers",
    "seed_cross_sell_customers",
    "grr",
    "grr_family_level",
    "nrr",
    "nrr_incl_reactivation",
    "logo_retention",
)
YEAR_COLUMNS = (
    "base_arr",
    "current_arr",
    "grr_t12m_num",
    "base_customers",
    "logo_retention_t12m_num",
    "nrr_t12m",
)


def expected_months(lines: list[Line], as_of: date, grace: int) -> Rows:
    """``fct_retention_monthly`` by the oracle, in a currency with two decimals."""
    totals = retention(month_values(lines, as_of, grace))
    return {
        month: dict(zip(MONTH_COLUMNS, _month(total), strict=True))
        for month, total in totals.items()
    }


def expected_years(lines: list[Line], as_of: date, grace: int) -> Rows:
    """``fct_retention_t12m`` by the oracle: complete months from twelve after the first MRR."""
    months = sorted(retention(month_values(lines, as_of, grace)))
    arr = year_on_year(month_values(lines, as_of, grace, measure=1))
    rows: Rows = {}
    for month in months:
        if month.replace(day=monthrange(month.year, month.month)[1]) > as_of:
            continue
        year = arr[month] if month >= months[0].replace(year=months[0].year + 1) else None
        values = [None] * len(YEAR_COLUMNS)
        if year:
            rate = Fraction(year.current, year.base) if year.base else None
            money = (year.base, year.current, year.retained)
            values = [*map(_money, money), year.base_customers, year.kept_customers, _rate(rate)]
        rows[month] = dict(zip(YEAR_COLUMNS, values, strict=True))
    return rows


def actual_months(con: duckdb.DuckDBPyConnection) -> Rows:
    """``core.fct_retention_monthly`` of all customers."""
    return _found(con, "core.fct_retention_monthly", MONTH_COLUMNS)


def actual_years(con: duckdb.DuckDBPyConnection) -> Rows:
    """``core.fct_retention_t12m`` of all customers."""
    return _found(con, "core.fct_retention_t12m", YEAR_COLUMNS)


def _found(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> Rows:
    found = con.sql(
        f"select month, {', '.join(columns)} from {table} where segment_type = 'all' order by month"
    )
    return {month: dict(zip(columns, row, strict=True)) for month, *row in found.fetchall()}


def _month(total: Month) -> list[Any]:
    return [
        _money(total.opening),
        *(_money(total.amounts[movement]) for movement in MOVEMENTS),
        _money(total.closing),
        total.opening_customers,
        *(len(total.customers[movement]) for movement in ("new", "reactivation", "churn")),
        total.closing_customers,
        *(len(total.customers[movement]) for movement in ("upsell", "cross_sell")),
        *map(_rate, total.rates().values()),
    ]


def _money(minor_units: int) -> Decimal:
    return Decimal(minor_units).scaleb(-2)


def _rate(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(half_up(value * 10**6)).scaleb(-6)
