"""The freshness table's colours: amber what is late by its own frequency, red what is overdue."""

import re
from types import SimpleNamespace

import duckdb
from jinja2 import Environment, FileSystemLoader

from publishing.site.render import TEMPLATES
from publishing.site.state import freshness
from publishing.site.words import load_words

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
        lines = freshness(connection)
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    words = {key: text.en for key, text in load_words().items()}
    html = page.get_template("parts/freshness.html.j2").render(
        site=SimpleNamespace(freshness=lines),
        word=words.get,
        area=lambda name: words.get(name, name),
    )
    shown = re.findall(
        r"<td>([^<]*)</td><td class=\"d\">([^<]*)</td><td class=\"d\"><span class=\"(\w+)\">", html
    )
    assert shown == [
        ("CRM", "2026-07-20", "bad"),
        ("SFA", "–", "soft"),
        ("Customer success", "–", "bad"),
        ("files.crm__order (weekly)", "2026-07-20", "bad"),
        ("files.crm__product (monthly)", "2026-07-20", "good"),
        ("files.success__nps_response (quarterly)", "–", "bad"),
        ("salesforce.Order (daily)", "2026-07-30", "warn"),
        ("Tables of core and marts (1)", "2026-07-31", "good"),
    ]
