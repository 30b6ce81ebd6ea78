"""The headline numbers: the figures everybody asks for first, of ``marts.mart_headline``."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from publishing.metrics import Metric, load_metrics

SHOWN = (
    *("active_customers", "paying_customers", "mrr", "nrr", "grr", "nrr_t12m", "grr_t12m"),
    "activation_level_4_share",
)


@dataclass(frozen=True)
class Number:
    """One figure.

    Attributes:
        metric: what it means.
        period: first day of its month, or its day; None where there is no row.
        value: the value itself, None where there is no data or too few cases.
        is_provisional: it may still change by itself.
        is_suppressed: too few cases.
    """

    metric: Metric
    period: date | None = None
    value: Decimal | None = None
    is_provisional: bool = False
    is_suppressed: bool = False

    @property
    def label_en(self) -> str:
        """What it is called, with its month if that is not the running one."""
        if self.period is None or self.metric.period == "as_of":
            return self.metric.short.en
        return f"{self.metric.short.en} {self.period:%Y-%m}"

    @property
    def label_ja(self) -> str:
        """What it is called in Japanese."""
        return self.metric.label.ja

    @property
    def text(self) -> str:
        """The value as it is shown, ``–`` where there is none."""
        if self.value is None:
            return "–"
        if self.metric.unit == "rate":
            return f"{self.value:.1%}"
        return f"{self.value:,.0f}" if self.value == int(self.value) else f"{self.value:,.2f}"


def headline_numbers(
    connection: duckdb.DuckDBPyConnection, names: tuple[str, ...] = SHOWN
) -> list[Number]:
    """The newest figure of each of these metrics in a published file (docs/domain/conventions.md#headline).

    Raises:
        duckdb.CatalogException: an older version of this project made it, without ``mart_headline``.
    """
    rows = connection.execute(
        "select metric, period, value, is_provisional, is_suppressed from marts.mart_headline where is_headline"
    ).fetchall()
    found = {name: rest for name, *rest in rows}
    metrics = load_metrics()
    return [Number(metrics[name], *found.get(name, ())) for name in names]
