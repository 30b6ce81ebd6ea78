"""The home page's colours: amber what is late by its own frequency, red what is overdue."""

import re

import duckdb
from jinja2 import Environment, FileSystemLoader

from publishing.site import TEMPLATES, _freshness

FEEDS = [
    ("ingest_crm", "area", None, "2026-07-20", True, True),
    ("ingest_sfa", "area", None, None, False, False),
    ("ingest_success", "area", None, None, True, True),
    ("salesforce.Account", "feed", "daily", "2026-07-31", False, False),
    ("salesforce.Order", "feed", "daily", "2026-07-30", True, False),
    ("files.crm__order", "feed", "weekly", "2026-07-20", True, True),
    ("files.crm__product", "feed", "monthly", "2026-07-20", False, False),
    ("files.success__nps_response", "feed", "quarterly", None, True, True),
    ("dim_date", "mart", None, "2026-07-31", False, False),
]


def test_amber_and_red_are_the_feeds_own(tmp_path):
    with duckdb.connect() as connection:
        connection.execute(
            "create schema marts; create table marts.mart_freshness (mart_name varchar, kind varchar, "
            "frequency varchar, last_success_as_of date, is_stale boolean, is_overdue boolean)"
        )
        connection.executemany("insert into marts.mart_freshness values (?, ?, ?, ?, ?, ?)", FEEDS)
        lines = _freshness(connection)
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    html = page.get_template("index.html.j2").render(
        as_of="2026-07-31", freshness=lines, retention={"columns": [], "rows": []}
    )
    shown = re.findall(
        r"<td>([^<]*)</td><td class=\"d\">([^<]*)</td><td class=\"d\"><span class=\"(\w+)\">", html
    )
    assert shown == [
        ("CRM 顧客・契約", "2026-07-20", "bad"),
        ("SFA 商談", "–", "soft"),
        ("Customer success 活用・アンケート", "–", "bad"),
        ("files.crm__order (weekly 週次)", "2026-07-20", "bad"),
        ("files.crm__product (monthly 月次)", "2026-07-20", "good"),
        ("files.success__nps_response (quarterly 四半期)", "–", "bad"),
        ("salesforce.Order (daily 日次)", "2026-07-30", "warn"),
        ("Tables of core and marts テーブル (1)", "2026-07-31", "good"),
    ]
