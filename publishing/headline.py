"""The headline numbers: the few figures everybody asks for, each with its one definition."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb


@dataclass(frozen=True)
class Number:
    """One figure: labels, text to show, raw value (None = no data)."""

    label_en: str
    label_ja: str
    text: str
    value: Any


def headline_numbers(connection: duckdb.DuckDBPyConnection, as_of_date: date) -> list[Number]:
    """Customers, MRR, monthly and trailing-12-month NRR and GRR, activation mix of a published file.

    MRR and rates are those of the newest complete month: its last day ≤ ``as_of_date`` (DOMAIN.md §2.1, 2.2).
    """
    customers = connection.execute(
        "select count(*) from core.dim_customer where customer_status = 'active'"
    ).fetchone()[0]
    monthly = connection.execute(
        """
        select month, closing_mrr, nrr, grr from core.fct_retention_monthly
        where segment_type = 'all' and last_day(month) <= ? order by month desc limit 1
        """,
        [as_of_date],
    ).fetchone() or (None, None, None, None)
    yearly = connection.execute(
        """
        select nrr_t12m, grr_t12m from core.fct_retention_t12m
        where segment_type = 'all' and last_day(month) <= ? order by month desc limit 1
        """,
        [as_of_date],
    ).fetchone() or (None, None)
    levels = dict(
        connection.execute(
            """
            select activation_level, count(*) from marts.mart_activation_level
            where as_of_date = (select max(as_of_date) from marts.mart_activation_level) group by 1
            """
        ).fetchall()
    )
    month = f"{monthly[0]:%Y-%m}" if monthly[0] else "–"
    mix = " ".join(f"L{level}:{levels.get(level, 0)}" for level in range(6)) if levels else "–"
    return [
        Number("Active customers", "有効顧客数", f"{customers:,}", customers),
        Number(f"MRR {month}", "月次経常収益", _money(monthly[1]), monthly[1]),
        Number(f"NRR {month}", "売上継続率(月次)", _rate(monthly[2]), monthly[2]),
        Number(f"GRR {month}", "総収益維持率(月次)", _rate(monthly[3]), monthly[3]),
        Number("NRR trailing 12 months", "売上継続率(12か月)", _rate(yearly[0]), yearly[0]),
        Number("GRR trailing 12 months", "総収益維持率(12か月)", _rate(yearly[1]), yearly[1]),
        Number("Activation levels 0–5", "活用レベル別顧客数", mix, levels),
    ]


def _money(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _rate(value: Any) -> str:
    return "–" if value is None else f"{float(value):.1%}"
