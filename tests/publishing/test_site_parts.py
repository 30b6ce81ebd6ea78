"""Charts, cards, customers and runs: what stands in a file is what a page shows, in either language."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.metrics import load_metrics
from publishing.site.cards import card
from publishing.site.charts import Chart, drawn, load_chart
from publishing.site.customers import Customers, csv_of, read_customers, write_customers
from publishing.site.pages import FOLDER, load_pages
from publishing.site.runs import recent_runs
from publishing.site.words import LANGUAGES, load_words, one_language, shown
from runtime.progress import report

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|'/C calc'!A0",
    "</script>",
    "@x",
    "-1+1",
)
NAME, KEY = "customer_name", "customer_key"


def chart(**given_of):
    """A chart of a month, a code and an amount."""
    columns = {
        "month": {"en": "Month", "ja": "月", "unit": "month"},
        "kind": {"en": "Kind", "ja": "種類", "values": {"a": {"en": "Alpha", "ja": "甲"}}},
        "amount": {"en": "MRR", "ja": "MRR", "unit": "money", "metric": "mrr"},
    }
    spec = {
        "mark": "bar",
        "encoding": {
            "x": {"field": "month", "type": "ordinal"},
            "y": {"field": "amount", "type": "quantitative"},
            "color": {"field": "kind", "type": "nominal", "scale": {"domain": ["a", "b"]}},
        },
    }
    return Chart.model_validate(
        {"title": {"en": "T", "ja": "題"}, "sql": "", "columns": columns, "spec": spec} | given_of
    )


ROWS = [{"month": date(2026, 3, 1), "kind": "a", "amount": Decimal("2500000")}]


@pytest.mark.parametrize(
    ("language", "currency", "title", "code"),
    [
        ("ja", "JPY", "MRR (千円)", "甲"),
        ("en", "JPY", "MRR (k JPY)", "Alpha"),
        ("en", "USD", "MRR (k USD)", "Alpha"),
    ],
)
def test_a_chart_speaks_one_language(language, currency, title, code):
    figure = drawn("x", chart(), ROWS, language, currency, load_metrics())
    assert figure.rows == [[("2026-03", None), (code, None), ("2,500,000", "metrics/mrr.html")]]
    encoding = figure.spec["encoding"]
    assert encoding["y"]["title"] == title
    assert encoding["color"]["scale"]["domain"] == [code, "b"]
    assert figure.spec["data"]["values"] == [{"month": "2026-03", "kind": code, "amount": 2500000}]
    assert [entry["field"] for entry in encoding["tooltip"]] == ["month", "amount", "kind"]


def test_large_amounts_are_millions():
    rows = [ROWS[0] | {"amount": Decimal("-3000000000")}]
    figure = drawn("x", chart(), rows, "ja", "JPY", load_metrics())
    assert figure.spec["encoding"]["y"]["title"] == "MRR (百万円)"


def test_every_chart_of_a_page_is_there_and_every_file_is_used():
    """And each metric that a page or a column names has its file."""
    metrics, used = load_metrics(), {"customer_list", "customer_timeline"}
    for page in load_pages():
        for block in page.blocks:
            assert set(block.cards) <= metrics.keys()
            used |= {block.chart} if block.chart else set()
    charts = {path.stem for path in (FOLDER.parent / "charts").glob("*.yml")}
    assert charts == used
    for name in charts:
        named = {column.metric for column in load_chart(name).columns.values() if column.metric}
        assert named <= metrics.keys(), name


def test_every_part_and_word_of_a_template_is_there():
    """A word that is missing would end the rendering."""
    templates = "".join(path.read_text() for path in (FOLDER.parent / "templates").rglob("*.j2"))
    words = load_words()
    assert set(re.findall(r"word\('(\w+)'\)", templates)) <= words.keys()
    parts = {block.part for page in load_pages() for block in page.blocks if block.part}
    assert parts == {
        path.name.split(".")[0] for path in (FOLDER.parent / "templates" / "parts").glob("*.j2")
    }


def rows_of(values, **newest):
    rows = [
        {
            "period": date(2025 + i // 12, i % 12 + 1, 1),
            "period_type": "month",
            "value": value,
            "is_provisional": False,
            "is_suppressed": False,
            "is_headline": False,
        }
        for i, value in enumerate(values)
    ]
    rows[-1] |= {"is_headline": True} | newest
    return rows


def made(name, rows, language="en"):
    return card(name, load_metrics()[name], rows, language, load_words(), 10)


@pytest.mark.parametrize(
    ("name", "values", "text", "change", "tone"),
    [
        ("mrr", [Decimal(100), Decimal(110)], "110", "+10.0%", "good"),
        ("nrr", [Decimal("1.01"), Decimal("0.99")], "99.0%", "-2.0 pt", "bad"),
        ("logo_churn", [Decimal("0.02"), Decimal("0.01")], "1.0%", "-1.0 pt", "good"),
        ("tickets_created", [Decimal(5), Decimal(5)], "5", "±0", ""),
        ("mrr", [None, Decimal(7)], "7", "", ""),
    ],
)
def test_a_card_says_how_its_metric_moved(name, values, text, change, tone):
    shown_card = made(name, rows_of(values))
    assert (shown_card.text, shown_card.change, shown_card.tone) == (text, change, tone)
    assert shown_card.period == "2025-02"


def test_a_card_without_a_figure_says_why():
    assert made("mrr", []).note == "no data"
    assert (
        made("csat", rows_of([None], is_suppressed=True)).note
        == "too few cases to show (fewer than 10)"
    )
    assert made("csat", rows_of([None]), "ja").note == "データなし"


def test_thirteen_months_make_a_line():
    line = made("mrr", rows_of([Decimal(i) for i in range(20)])).points.split()
    assert len(line) == 13
    heights = [float(point.split(",")[1]) for point in line]
    assert heights == sorted(heights, reverse=True)


@given(st.text(), st.text())
def test_each_half_of_a_text_is_one_language(english, japanese):
    text = f"{english.replace(' / ', ' ')} / {japanese}あ"
    assert one_language(text, "ja") == f"{japanese}あ"
    assert one_language(text, "en") == english.replace(" / ", " ")


@given(
    st.sampled_from(("money", "rate", "count", "score", "days", "minutes", "signed")),
    st.decimals(-(10**12), 10**12, places=2),
)
def test_every_number_can_be_read(unit, value):
    for language in LANGUAGES:
        assert any(sign.isdigit() for sign in shown(value, unit, language))
        assert shown(None, unit, language) == "–"


def listed(
    rows,
    columns=(
        KEY,
        NAME,
        "customer_name_kana",
        "mrr",
        "level_change_28d",
        "complaints_90d",
        "corporate_number",
    ),
):
    return Customers(list(columns), rows, 0)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_the_csv_and_in_the_script(tmp_path, name):
    customers = listed([["c_1", name, None, 5, 0, 0, None]])
    with duckdb.connect() as connection:
        written = list(csv.reader(io.StringIO(csv_of(connection, customers).decode("utf-8-sig"))))
        (cell,) = [row[1] for row in written[1:]]
        assert cell.lstrip("'") == name and not cell.startswith(("=", "+", "-", "@"))
        for table, columns in (
            ("core.fct_subscription_month", "customer_key varchar, month date, mrr decimal(18, 2)"),
            (
                "core.fct_activation_monthly",
                "customer_key varchar, month date, activation_level int, activation_score double",
            ),
            (
                "core.fct_usage_weekly",
                "customer_key varchar, week_end date, uses_7d int, active_users_28d int",
            ),
            (
                "marts.mart_ews_score",
                "customer_key varchar, week_end date, score decimal(6, 2)",
            ),
            (
                "core.fct_ticket",
                "customer_key varchar, created_at timestamptz, is_complaint boolean",
            ),
            (
                "core.fct_survey_response",
                "customer_key varchar, response_date date, survey_type varchar, score int, scale_max int, is_newest boolean",
            ),
            (
                "core.fct_mrr_movement",
                "customer_key varchar, month date, movement_type varchar, amount decimal(18, 2)",
            ),
        ):
            connection.execute(
                "create schema if not exists core; create schema if not exists marts; "
                f"create table {table} ({columns})"
            )
        write_customers(tmp_path, connection, customers, "2026-01-01", 0o640)
    script = (tmp_path / "c_1.js").read_text(encoding="utf-8")
    assert "<" not in script
    held = json.loads(script.removeprefix("window.showCustomer(").removesuffix(");\n"))
    assert held["facts"][NAME] == name
    write_empty = {path.name for path in tmp_path.iterdir()}
    assert write_empty == {"c_1.js", "list.js"}


def test_runs_are_told_from_their_events(settings):
    """A run that published, one that found nothing new, one that was blocked, one that failed."""
    assert recent_runs(settings, None) == []
    for outcome in ("published", "blocked", "failed"):
        report("extracted", source="s", object="o", rows=5)
        report("committed", source="s", object="o", rows=5, rows_quarantined=1)
        report("announced", dag="ingest_crm", business_date="2026-03-31")
        report("loaded", source="s", object="o", rows=4)
        report("dbt", done=1, total=1)
        if outcome == "failed":
            report("failed", dag="build_warehouse", message="dbt failed")
            continue
        report("audited", passed=1, warned=0, blocked=(outcome == "blocked" and 1) or 0)
        if outcome == "published":
            report("published", as_of_date="2026-03-31", file="x")
        report("finished", dag="build_warehouse")
    runs = recent_runs(settings, None)
    assert [run.outcome for run in runs] == ["failed", "blocked", "published"]
    assert {(run.business_date, run.rows, run.quarantined) for run in runs} == {
        ("2026-03-31", 5, 1)
    }
    assert all(run.total >= 0 for run in runs)


def test_customers_by_codes_name_nobody():
    """Neither the name nor what leads to it."""
    columns = load_chart("customer_list").columns.keys() - {"csm", "last_contact"}
    values = ", ".join(f"'{column}' as {column}" for column in columns)
    with duckdb.connect() as marts:
        marts.execute(
            "create schema marts; create schema core; create schema ops; "
            "create table core.dim_employee (employee_key varchar, employee_name varchar); "
            "create table ops._builds (as_of_date date, status varchar); "
            "create table marts.mart_ews_follow_up (customer_key varchar, as_of_date date, rank_no int, "
            "reasons_en varchar, reasons_ja varchar); "
            "create table marts.mart_health_score (customer_key varchar, as_of_date date, activation_points int, "
            "ews_points int, csat_points int, nps_points int, tickets_points int); "
            "create table marts.mart_ews_score (customer_key varchar, week_end date, score int, s_login int, "
            "s_data_change int, s_license_activation int, s_record_count int, s_collaboration int, "
            "s_report_view int, s_platform_use int, breadth int, uses_per_licence int, uses_per_mrr int); "
            "create table marts.mart_data_quadrant (customer_key varchar, quadrant_no int, is_filled boolean, "
            "quadrant_name_en varchar, quadrant_name_ja varchar); "
            f"create table marts.mart_customer_360 as select {values}, 'e' as csm_owner_key, now() as last_contact_at"
        )
        customers = read_customers(marts, as_codes=True)
    held = dict(zip(customers.columns, customers.rows[0], strict=True))
    assert held[NAME] == held[KEY] == "customer_key"
    assert held["customer_name_kana"] is None and held["corporate_number"] is None
