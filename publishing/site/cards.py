"""Cards: a metric's newest figure, how it moved, and its last 13 months."""

from dataclasses import dataclass
from typing import Any

import duckdb

from publishing.metrics import Metric
from publishing.site.charts import unit_of
from publishing.site.words import NOTHING, plain, shown
from runtime.value_types import Text

MONTHS = 13
_WIDTH, _HEIGHT, _MARGIN = 120, 28, 3


@dataclass(frozen=True)
class Card:
    """One card in one language.

    Attributes:
        metric: its file's name.
        label, period, text: what it is, of when, how much.
        note: why there is no figure, empty with one.
        change: how it moved, empty where nothing can be compared; ``against`` what it is compared with.
        tone: ``good`` or ``bad``, by the metric's direction; empty where neither.
        points: the line of the last 13 periods, as an SVG polyline has them; empty for fewer than two.
        is_provisional: it may still change by itself.
    """

    metric: str
    label: str
    period: str
    text: str
    note: str
    change: str
    against: str
    tone: str
    points: str
    is_provisional: bool


def headline_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """Rows of mart_headline by metric, the oldest period first.

    Raises:
        duckdb.CatalogException, duckdb.BinderException: the marts are of a version without it.
    """
    found = connection.execute(
        "select metric, period, period_type, value, is_provisional, is_suppressed, is_headline "
        "from marts.mart_headline order by metric, period"
    )
    names = [column[0] for column in found.description]
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in found.fetchall():
        line = dict(zip(names, row, strict=True))
        rows.setdefault(line["metric"], []).append(line)
    return rows


def card(
    name: str,
    metric: Metric,
    rows: list[dict[str, Any]],
    language: str,
    words: dict[str, Text],
    min_sample_n: int,
) -> Card:
    """The card of a metric from its rows of mart_headline (none where no connected source supplies it)."""
    at = next((i for i, row in enumerate(rows) if row["is_headline"]), None)
    if at is None:
        return Card(
            name, metric.short[language], "", NOTHING, words["no_data"][language], *[""] * 4, False
        )
    newest, earlier = rows[at], rows[max(at - MONTHS + 1, 0) : at]
    is_month = newest["period_type"] == "month"
    note = words["suppressed"][language].format(n=min_sample_n) if newest["is_suppressed"] else ""
    if newest["value"] is None and not note:
        note = words["no_data"][language]
    before = earlier[-1]["value"] if earlier else None
    change, tone = _change(metric, newest["value"], before, language, words)
    return Card(
        metric=name,
        label=metric.short[language],
        period=shown(newest["period"], "month", language) if is_month else "",
        text=shown(newest["value"], unit_of(metric), language),
        note=note,
        change=change,
        against=words["against_last" if is_month else "against_yesterday"][language]
        if change
        else "",
        tone=tone,
        points=_points([row["value"] for row in (*earlier, newest)]),
        is_provisional=bool(newest["is_provisional"]),
    )


def _change(
    metric: Metric, value: Any, before: Any, language: str, words: dict[str, Text]
) -> tuple[str, str]:
    if value is None or before is None:
        return "", ""
    moved = value - before
    if metric.unit == "rate":
        text = f"{float(moved) * 100:+.1f} {words['points'][language]}"
    elif metric.unit == "money" and before > 0:
        text = f"{float(moved) / float(before):+.1%}"
    else:
        sign = "+" if moved > 0 else "−" if moved < 0 else "±"
        text = sign + shown(abs(moved), unit_of(metric), language)
    good = {"up_is_good": 1, "down_is_good": -1, "neutral": 0}[metric.direction] * moved
    return text, "good" if good > 0 else "bad" if good < 0 else ""


def _points(values: list[Any]) -> str:
    known = [(i, float(plain(value))) for i, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    step = _WIDTH / (len(values) - 1)
    height = _HEIGHT - 2 * _MARGIN
    return " ".join(
        f"{i * step:.1f},{_HEIGHT - _MARGIN - height * ((v - low) / (high - low) if high > low else 0.5):.1f}"
        for i, v in known
    )
