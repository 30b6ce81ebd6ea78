"""A metric has one value: in the mart, by the plain SQL of its file, through MetricFlow, among the headline numbers."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from publishing.headline import headline_numbers
from publishing.metric_query import metric_sql
from publishing.metrics import Metric, load_metrics
from runtime.errors import StateError
from tests.conftest import Run

METRICS = load_metrics()
ALL = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
HALF_A_DIGIT = 6e-7  # of the six that a rate has in the mart


@cache
def headline(published: Path) -> dict[str, dict[str, Any]]:
    """Rows of mart_headline that are shown, by metric."""
    with duckdb.connect(str(published), read_only=True) as connection:
        cursor = connection.execute("select * from marts.mart_headline where is_headline")
        names = [name for name, *_ in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["metric"]: row for row in rows}


def marts_of(run: Run) -> Path:
    return run.home / "published" / "marts.duckdb"


def is_equal(metric: Metric, one: Any, other: Any) -> bool:
    """Money and counts to the last digit, rates to the sixth."""
    if one is None or other is None:
        return one is other
    if metric.unit in ("money", "count"):
        return Decimal(str(one)) == Decimal(str(other))
    return abs(float(one) - float(other)) <= HALF_A_DIGIT


def test_the_mart_has_exactly_the_metrics_that_have_a_file(demo: Run):
    with demo.marts() as marts:
        found = marts.execute("select distinct metric from marts.mart_headline").fetchall()
        as_of = marts.execute("select max(as_of_date) from marts.mart_rfm").fetchone()[0]
    assert {name for (name,) in found} == METRICS.keys()
    newest = headline(marts_of(demo))
    assert newest.keys() == METRICS.keys()
    for name, row in newest.items():
        last = as_of if row["period_type"] == "day" else as_of.replace(day=1)
        if name == "renewal_rate":  # a term of the newest month may still be renewed
            last = (last - timedelta(days=1)).replace(day=1)
        assert row["period"] == last, name  # the demo's last business date ends a month


@ALL
def test_plain_sql_gives_the_value(metric: Metric, demo: Run):
    row = headline(marts_of(demo))[metric.name]
    with demo.marts() as marts:
        marts.execute("set TimeZone = 'America/New_York'")  # whatever the analyst's session says
        cursor = marts.execute(metric.sql)
        assert [name for name, *_ in cursor.description] == ["period", "value", "num", "den"]
        ((period, value, num, den),) = cursor.fetchall()
    assert period == row["period"]
    assert not row["is_suppressed"]
    assert is_equal(metric, value, row["value"])
    assert row["value"] is not None
    assert is_equal(metric, num, row["num"]) and is_equal(metric, den, row["den"])


@ALL
def test_metricflow_gives_the_value_of_every_period(metric: Metric, demo: Run):
    monthly = headline(marts_of(demo))[metric.name]["period_type"] == "month"
    sql = metric_sql([metric.name], ["metric_time__month" if monthly else "metric_time__day"])
    with demo.marts() as marts:
        answer = marts.execute(sql).fetchall()
        rows = marts.execute(
            "select period, value from marts.mart_headline where metric = ? and not is_suppressed",
            [metric.name],
        ).fetchall()
    found = {
        period.date() if isinstance(period, datetime) else period: value for period, value in answer
    }
    # where nothing happened there are no rows to sum
    wrong = {
        period: (value, found.get(period))
        for period, value in rows
        if not is_equal(metric, value, found.get(period))
        and not (value == 0 and found.get(period) is None)
    }
    assert rows and wrong == {}


def test_headline_numbers_are_those_of_the_mart(demo: Run):
    rows = headline(marts_of(demo))
    with demo.marts() as marts:
        numbers = headline_numbers(marts, tuple(METRICS))
    assert [(number.metric.name, number.period, number.value) for number in numbers] == [
        (name, rows[name]["period"], rows[name]["value"]) for name in METRICS
    ]


def test_plain_sql_of_a_small_company(tiny_at_once: Run):
    """Few cases hide a value in the mart, not its numerator and denominator; what has no feed has no row."""
    rows = headline(marts_of(tiny_at_once))
    with tiny_at_once.marts() as marts:
        for name, metric in METRICS.items():
            answer = marts.execute(metric.sql).fetchall()
            if name not in rows or not answer:
                assert not answer or answer[0][1] is None, name
                continue
            ((period, value, num, den),) = answer
            row = rows[name]
            assert period == row["period"], name
            assert is_equal(metric, num, row["num"]) and is_equal(metric, den, row["den"]), name
            assert row["is_suppressed"] or is_equal(metric, value, row["value"]), name
    assert any(row["is_suppressed"] for row in rows.values())


def test_a_part_of_the_company_is_asked_the_same_way(demo: Run):
    """Where rows add up, any of the customer's attributes splits a metric, and the parts sum to the whole."""
    with demo.marts() as marts:
        parts = marts.execute(metric_sql(["tickets_created"], ["customer__touch_model"])).fetchall()
        tickets = marts.execute("select count(*) from core.fct_ticket").fetchone()[0]
    assert len(parts) > 1 and sum(count for _, count in parts) == tickets


def test_a_metric_that_is_not_there_is_said():
    with pytest.raises(StateError, match="nrx"):
        metric_sql(["nrx"])


def test_a_level_whose_definition_is_not_validated_says_so(tiny_at_once: Run, demo: Run):
    """On every page that shows levels, until enough judgements agree, as the demo's do."""

    def said(run: Run, page: str) -> bool:
        text = (run.home / "site" / "en" / page).read_text(encoding="utf-8")
        return "the activation level is not validated" in text

    levels = [
        "index",
        "activation",
        "customers",
        "customer",
        "follow_up",
        "metrics/activation_score",
    ]
    assert [page for page in levels if not said(tiny_at_once, f"{page}.html")] == []
    assert not said(tiny_at_once, "support.html")
    assert not said(tiny_at_once, "metrics/mrr.html")
    assert [page for page in levels if said(demo, f"{page}.html")] == []
