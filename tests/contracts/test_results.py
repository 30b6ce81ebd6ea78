"""The store of results and the offline pages."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from expectations.data_docs import build_data_docs
from expectations.raw_check import check_runs
from expectations.results import SCHEMA, append_results, read_results
from expectations.validate import RuleResult
from tests.contracts.landed import DAY, USUAL, account, land, run_of

RESULT = RuleResult(
    run_id="r1",
    business_date=date(2026, 3, 31),
    layer="marts",
    table_name="mart_a",
    rule="key_unique",
    severity="block",
    status="passed",
    unexpected_count=0,
    observed="",
    message="a identifies a row. / aで行が一意に決まる。",
    checked_at=datetime(2026, 4, 1, 3, tzinfo=UTC),
)


def on(day: date, **fields) -> RuleResult:
    return replace(RESULT, business_date=day, run_id=f"r{day}", **fields)


def test_an_empty_store_reads_as_an_empty_table(tmp_path):
    append_results(tmp_path / "audit", [])
    table = read_results(tmp_path / "audit")
    assert table.num_rows == 0 and table.schema == SCHEMA


def test_results_come_back_and_a_repeated_check_counts_once(tmp_path):
    later = replace(RESULT, status="blocked", checked_at=RESULT.checked_at + timedelta(hours=1))
    append_results(tmp_path, [later])
    append_results(tmp_path, [RESULT, replace(RESULT, rule="a_not_null")])
    rows = read_results(tmp_path).to_pylist()
    assert [(row["rule"], row["status"]) for row in rows] == [
        ("a_not_null", "passed"),
        ("key_unique", "blocked"),
    ]
    assert RuleResult(**rows[1]) == later


def test_only_the_last_days_are_read_and_kept(tmp_path):
    days = [date(2026, 3, 31) - timedelta(days=back) for back in (0, 89, 90, 200)]
    for day in reversed(days):
        append_results(tmp_path, [on(day)])
    assert [row["business_date"] for row in read_results(tmp_path, days=90).to_pylist()] == days[
        1::-1
    ]
    assert len(list(tmp_path.iterdir())) == 3
    append_results(tmp_path, [on(date(2026, 1, 1))])
    assert len(list(tmp_path.iterdir())) == 4, "an older date appended later removes nothing newer"


def test_pages_are_linked_from_the_index_and_ask_nothing_of_the_network(tmp_path):
    docs = tmp_path / "docs"
    run = run_of("salesforce", "Account", [land(tmp_path, [account(), account(Name="別会社")])])
    (verdict,) = check_runs([run], "run-1", DAY, tmp_path, USUAL, data_docs=docs)
    append_results(tmp_path / "audit", verdict.results)
    index = build_data_docs(docs, read_results(tmp_path / "audit"))
    assert 'href="raw.salesforce__account.html"' in index.read_text("utf-8")
    page = (docs / "raw.salesforce__account.html").read_text("utf-8")
    assert "同じキーと版の内容は一つ。" in page
    assert "別会社" not in page, "no row's content is shown"
    names = {file.name for file in docs.iterdir()} | {"../index.html"}  # the site's home
    for file in docs.iterdir():
        assert set(re.findall(r'href="([^"]+)"', file.read_text("utf-8"))) <= names
        assert (
            re.findall(r"(?:https?:)?//[\w.]+|@import|url\(|<script", file.read_text("utf-8")) == []
        )
