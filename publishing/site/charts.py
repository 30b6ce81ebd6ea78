"""Charts and tables of the site: a file each, with its query over the published marts and its Vega-Lite spec."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field

from publishing.metrics import Metric
from publishing.site.words import plain, shown
from runtime.value_types import Text

FOLDER = Path(__file__).with_name("charts")
_SCALES = ((1_000_000_000, 1_000_000), (1_000_000, 1_000), (0, 1))
_SCALE_NAMES = {
    1_000_000: {"en": "M", "ja": "百万"},
    1_000: {"en": "k", "ja": "千"},
    1: {"en": "", "ja": ""},
}


class Column(BaseModel):
    """One column of a chart's query.

    Attributes:
        en, ja: what it is called on axes, in legends and at the head of the table.
        unit: how its values are written (words.shown).
        metric: the metric whose page explains it.
        values: what a code is called.
        link: the table links the value to a customer's page by the key in this other column.
        hidden: the query needs it, the table does not show it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    ja: str
    unit: str = "text"
    metric: str | None = None
    values: dict[str, Text] = Field(default_factory=dict)
    link: str | None = None
    hidden: bool = False

    def name(self, language: str) -> str:
        """What the column is called."""
        return self.ja if language == "ja" else self.en

    @property
    def is_number(self) -> bool:
        """Whether its values are read from the right."""
        return self.unit in (
            "money",
            "rate",
            "count",
            "score",
            "days",
            "minutes",
            "signed",
            "of_metric",
        )


class Chart(BaseModel):
    """One file of the folder ``charts``.

    Attributes:
        title: what it shows.
        note: how to read it, what is not in it.
        sql: one query over the published marts; ``previous`` is the publication before, where ``compares``.
        columns: what each column of the query is.
        spec: a Vega-Lite spec without data, titles and number formats, which come from the columns; None for a
            table alone.
        compares: the query reads the previous publication too.
        empty: what is said where the query finds nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    note: Text | None = None
    sql: str
    columns: dict[str, Column]
    spec: dict[str, Any] | None = None
    compares: bool = False
    empty: Text | None = None


@dataclass(frozen=True)
class Drawn:
    """A chart with its rows, in one language.

    Attributes:
        name: the file's name.
        chart: the file.
        rows: what the table shows, a cell a column: its text, and the page it leads to.
        columns: the shown columns with their names.
        spec: the complete Vega-Lite spec; None without a chart or without rows.
    """

    name: str
    chart: Chart
    rows: list[list[tuple[str, str | None]]]
    columns: list[tuple[str, Column]]
    spec: dict[str, Any] | None


def load_chart(name: str) -> Chart:
    """Read ``charts/<name>.yml``.

    Raises:
        pydantic.ValidationError: a key is unknown, missing or wrong.
    """
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    return Chart.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))


def rows_of(chart: Chart, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What the chart's query finds.

    Raises:
        duckdb.BinderException, duckdb.CatalogException: an older version of this project published the marts.
        KeyError: the file says nothing of a column of its query.
    """
    found = connection.execute(chart.sql)
    names = [column[0] for column in found.description]
    if unknown := set(names) - set(chart.columns):
        raise KeyError(f"{chart.title.en}: columns without a description: {sorted(unknown)}")
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def drawn(
    name: str,
    chart: Chart,
    rows: list[dict[str, Any]],
    language: str,
    currency: str,
    metrics: dict[str, Metric],
) -> Drawn:
    """The chart with these rows, in one language; amounts are in ``currency``."""
    rows = [_one_language(row, language) for row in rows]
    columns = [
        (key, column)
        for key, column in chart.columns.items()
        if not column.hidden and (not rows or key in rows[0])
    ]
    table = [
        [_cell(row, key, column, language, metrics) for key, column in columns] for row in rows
    ]
    spec = None
    if chart.spec and rows:
        values = [
            {key: _datum(row[key], chart.columns[key], language) for key in row} for row in rows
        ]
        spec = localised_spec(chart, rows, language, currency) | {"data": {"values": values}}
    return Drawn(name, chart, table, columns, spec)


def localised_spec(
    chart: Chart, rows: list[dict[str, Any]], language: str, currency: str
) -> dict[str, Any]:
    """The chart's spec with what follows from its columns; rows decide in which unit amounts are written."""
    return _Localised(chart.columns, rows, language, currency).spec(chart.spec)


def _one_language(row: dict[str, Any], language: str) -> dict[str, Any]:
    """Of the columns ``x_en`` and ``x_ja`` the one that is read, as ``x``."""
    other = "en" if language == "ja" else "ja"
    pairs = [key[:-3] for key in row if key.endswith("_en") and f"{key[:-3]}_ja" in row]
    named = {
        key.removesuffix(f"_{language}") if key[:-3] in pairs else key: row[key] for key in row
    }
    return {
        key: value
        for key, value in named.items()
        if key.removesuffix(f"_{other}") not in pairs or key in pairs
    }


def _cell(
    row: dict[str, Any], key: str, column: Column, language: str, metrics: dict[str, Metric]
) -> tuple[str, str | None]:
    """Text of a table's cell and where it leads."""
    value, unit = _coded(row[key], column, language), column.unit
    if unit == "metric":
        return metrics[value].label[language], f"metrics/{value}.html"
    if unit == "of_metric":
        unit = unit_of(metrics[row["metric"]])
    link = f"customer.html#{row[column.link]}" if column.link else None
    metric = row["metric"] if column.unit == "of_metric" else column.metric
    if metric and value is not None:
        link = f"metrics/{metric}.html"
    return shown(value, unit, language), link


def unit_of(metric: Metric) -> str:
    """How a metric's values are written (words.shown)."""
    return "minutes" if metric.unit.endswith("minutes") else metric.unit


def _datum(value: Any, column: Column, language: str) -> Any:
    if column.unit == "month":
        return shown(value, "month", language)
    return _coded(plain(value), column, language)


def _coded(value: Any, column: Column, language: str) -> Any:
    name = column.values.get(str(value)) if column.values else None
    return name[language] if name else value


class _Localised:
    """Adds to a spec what follows from its columns: titles, number formats, tooltips, orders of codes."""

    def __init__(
        self, columns: dict[str, Column], rows: list[dict[str, Any]], language: str, currency: str
    ) -> None:
        self.columns, self.rows, self.language, self.currency = columns, rows, language, currency

    def spec(self, spec: dict[str, Any]) -> dict[str, Any]:
        done = self._walked(spec)
        if not {"facet", "vconcat"} & done.keys() and "row" not in done.get("encoding", {}):
            done.setdefault("width", "container")
        return done

    def _walked(self, node: Any, channel: str = "") -> Any:
        if isinstance(node, list):
            return [self._walked(item, channel) for item in node]
        if not isinstance(node, dict):
            return node
        done = {key: self._walked(item, key) for key, item in node.items()}
        if channel == "scale" and isinstance(done.get("domain"), list):
            done["domain"] = [self._code(item) for item in done["domain"]]
        column = (
            self.columns.get(done.get("field", "")) if isinstance(done.get("field"), str) else None
        )
        if column and channel not in ("sort", "transform", "tooltip"):
            self._describe(done, channel, column, done["field"])
        if "mark" in done and "encoding" in done:
            done["encoding"].setdefault("tooltip", list(self._tooltip(done["encoding"])))
        return done

    def _code(self, value: Any) -> Any:
        for column in self.columns.values():
            if str(value) in column.values:
                return column.values[str(value)][self.language]
        return value

    def _describe(self, channel: dict[str, Any], name: str, column: Column, field: str) -> None:
        if isinstance(channel.get("sort"), list):
            channel["sort"] = [self._code(item) for item in channel["sort"]]
        title, axis = column.name(self.language), {}
        if column.unit == "money":
            scale = self._scale(field)
            unit = _SCALE_NAMES[scale][self.language] + (
                "円" if self.currency == "JPY" and self.language == "ja" else ""
            )
            unit = unit if unit.endswith("円") else f"{unit} {self.currency}".strip()
            title = f"{title} ({unit})"
            axis = {"labelExpr": f"format(datum.value / {scale}, ',~f')"}
        elif column.unit == "rate":
            axis = {"format": ".0%"}
        elif column.unit in ("count", "days", "minutes"):
            axis = {"format": ",~f"}
        channel.setdefault("title", None if column.unit == "month" else title)
        if name in ("x", "y") and channel.get("axis", {}) is not None:
            channel["axis"] = axis | channel.get("axis", {})

    def _scale(self, field: str) -> int:
        most = max((abs(row[field]) for row in self.rows if row.get(field) is not None), default=0)
        return next(scale for least, scale in _SCALES if most >= least)

    def _tooltip(self, encoding: dict[str, Any]) -> Iterator[dict[str, Any]]:
        seen = set()
        for channel in encoding.values():
            for part in channel if isinstance(channel, list) else [channel]:
                field = part.get("field") if isinstance(part, dict) else None
                column = self.columns.get(field) if isinstance(field, str) else None
                if column is None or field in seen:
                    continue
                seen.add(field)
                entry = {
                    "field": field,
                    "title": column.name(self.language),
                    "type": part.get("type", "nominal"),
                }
                if column.unit == "rate":
                    entry |= {"format": ".1%", "type": "quantitative"}
                elif column.unit in ("money", "count", "days", "minutes"):
                    entry |= {"format": ",~f", "type": "quantitative"}
                yield entry
