"""The headline numbers: the few figures everybody asks for, each with its one definition."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb


@dataclass(frozen=True)
class Number:
    """One figure.

    Attributes:
        label_en, label_ja: what it is called.
        text: the value as it is shown, ``–`` where there is no data.
        value: the value itself, None where there is no data.
        column: ``schema.table.column`` whose contract defines it.
        is_provisional: it may still change by itself.
    """

    label_en: str
    label_ja: str
    text: str
    value: Any
    column: str
    is_provisional: bool = False


def headline_numbers(connection: duckdb.DuckDBPyConnection, as_of_date: date) -> list[Number]:
    """Customers, MRR, monthly and trailing-12-month NRR and GRR, activation mix of a published file.

    Paying customers are the active ones with MRR; the others have ordered within active_order_days. MRR and rates are those of the newest complete month: its last day ≤ ``as_of_date``
    (docs/domain/revenue.md#mrr, docs/domain/retention.md#nrr).
    """
    customers = connection.execute(
        "select count(*) from core.dim_customer where customer_status = 'active'"
    ).fetchone()[0]
    monthly = connection.execute(
        """
        select month, closing_mrr, nrr, grr, is_provisional from core.fct_retention_monthly
        where segment_type = 'all' and last_day(month) <= ? order by month desc limit 1
        """,
        [as_of_date],
    ).fetchone() or (None, None, None, None, False)
    yearly = connection.execute(
        """
        select nrr_t12m, grr_t12m from core.fct_retention_t12m
        where segment_type = 'all' and last_day(month) <= ? order by month desc limit 1
        """,
        [as_of_date],
    ).fetchone() or (None, None)
    paying = connection.execute(
        """
        select max_by(closing_customers, month) from core.fct_retention_monthly
        where segment_type = 'all' and month <= ?
        """,
        [as_of_date],
    ).fetchone()[0]
    levels = activation_levels(connection)
    month = f"{monthly[0]:%Y-%m}" if monthly[0] else "–"
    mix = " ".join(f"L{level}:{levels.get(level, 0)}" for level in range(6)) if levels else "–"
    by_month, by_year = "core.fct_retention_monthly", "core.fct_retention_t12m"
    provisional = monthly[4]
    return [
        Number(
            "Active customers",
            "有効顧客数",
            f"{customers:,}",
            customers,
            "core.dim_customer.customer_status",
        ),
        Number(
            "of them paying (MRR)",
            "うち課金中",
            "–" if paying is None else f"{paying:,}",
            paying,
            f"{by_month}.closing_customers",
        ),
        Number(
            f"MRR {month}",
            "月次経常収益",
            _money(monthly[1]),
            monthly[1],
            f"{by_month}.closing_mrr",
            provisional,
        ),
        Number(
            f"NRR {month}",
            "ネット収益維持率(月次)",
            _rate(monthly[2]),
            monthly[2],
            f"{by_month}.nrr",
            provisional,
        ),
        Number(
            f"GRR {month}",
            "グロス収益維持率(月次)",
            _rate(monthly[3]),
            monthly[3],
            f"{by_month}.grr",
            provisional,
        ),
        Number(
            "NRR trailing 12 months",
            "ネット収益維持率(12か月)",
            _rate(yearly[0]),
            yearly[0],
            f"{by_year}.nrr_t12m",
            provisional,
        ),
        Number(
            "GRR trailing 12 months",
            "グロス収益維持率(12か月)",
            _rate(yearly[1]),
            yearly[1],
            f"{by_year}.grr_t12m",
            provisional,
        ),
        Number(
            "Activation levels 0–5",
            "活用レベル別顧客数",
            mix,
            levels,
            "marts.mart_activation_level.activation_level",
        ),
    ]


def activation_levels(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Active customers by the activation level of the newest slice; of several processes the highest.

    Active customers in no process are at no level, so the sum may be below their number.
    """
    return dict(
        connection.execute(
            """
            select activation_level, count(*)
            from (
                select customer_key, max(activation_level) as activation_level
                from marts.mart_activation_level
                where as_of_date = (select max(as_of_date) from marts.mart_activation_level)
                group by customer_key
            )
            join core.dim_customer using (customer_key)
            where customer_status = 'active'
            group by activation_level
            """
        ).fetchall()
    )


def _money(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _rate(value: Any) -> str:
    return "–" if value is None else f"{float(value):.1%}"
