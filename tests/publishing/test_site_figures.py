"""What the site of a real run shows is what is published: figures, files to download, links."""

import csv
import gzip
import io
import re
from pathlib import Path

from site_pages import Page

from publishing.metrics import load_metrics
from publishing.site.pages import load_pages
from publishing.site.words import LANGUAGES
from tests.conftest import Run

GX_PAGES = ("gx/index.html", "gx/raw.salesforce__account.html", "gx/marts.mart_customer_360.html")


def test_every_link_leads_somewhere(demo: Run) -> None:
    """From the first page through every page of the site; dbt's own page has its links inside."""
    home = demo.home / "site" / "index.html"
    waiting, seen, broken = {home.resolve()}, set(), []
    while waiting:
        path = waiting.pop()
        seen.add(path)
        if path.parent.name == "dbt":
            continue
        page = Page(path)
        broken += page.broken_links()
        waiting |= page.pages() - seen
    assert broken == []
    names = {path.relative_to(home.resolve().parent).as_posix() for path in seen}
    written = {f"{language}/{page.file}" for language in LANGUAGES for page in load_pages()}
    metrics = {
        f"{language}/metrics/{name}.html" for language in LANGUAGES for name in load_metrics()
    }
    assert names >= {"index.html", "dbt/index.html", *GX_PAGES, *metrics, *written}


def test_the_csv_is_the_mart(demo: Run) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO((demo.home / "site" / "customers.csv").read_text(encoding="utf-8-sig"))
        )
    )
    with demo.marts() as marts:
        mart = marts.execute(
            "select customer_key, customer_name, mrr, activation_level, rfm_segment, contract_end_date "
            "from marts.mart_customer_360 order by customer_key"
        ).fetchall()
    shown = [
        (
            r["customer_key"],
            r["customer_name"],
            r["mrr"],
            r["activation_level"],
            r["rfm_segment"],
            r["contract_end_date"],
        )
        for r in sorted(rows, key=lambda row: row["customer_key"])
    ]
    text = [
        tuple(
            ""
            if v is None
            else f"{v:f}".rstrip("0").rstrip(".")
            if hasattr(v, "as_tuple")
            else str(v)
            for v in row
        )
        for row in mart
    ]
    assert shown == text and len(shown) > 250


def test_what_a_customer_costs(demo: Run) -> None:
    """At most 3 KB a customer, compressed, and no personal data among it; the site of the demo under 10 MB, dbt's own page aside."""
    files = list((demo.home / "site" / "customers").glob("c_*.js"))
    assert len(files) > 250
    assert max(len(gzip.compress(file.read_bytes())) for file in files) < 3_000
    assert "@" not in "".join(file.read_text(encoding="utf-8") for file in files)
    site = demo.home / "site"
    files = [path for path in site.rglob("*") if path.is_file() and path.parent != site / "dbt"]
    assert sum(path.stat().st_size for path in files) < 10_000_000


def test_every_card_is_what_the_mart_says(demo: Run) -> None:
    """Each metric's page, and each card of a page, shows its headline of mart_headline."""
    with demo.marts() as marts:
        values = dict(
            marts.execute(
                "select metric, value from marts.mart_headline where is_headline"
            ).fetchall()
        )
    metrics, cards = load_metrics(), {}
    for path in Path(demo.home, "site", "en").rglob("*.html"):
        found = re.findall(
            r'data-metric="(\w+)">.*?<b class="value">([^<]*)</b>',
            path.read_text(encoding="utf-8"),
            re.S,
        )
        for name, figure in found:
            cards.setdefault(name, set()).add(figure)
    assert cards.keys() == metrics.keys() == values.keys()
    for name, figures in cards.items():
        value, unit = values[name], metrics[name].unit
        if value is None:
            expected = "–"
        elif unit == "rate":
            expected = f"{value:.1%}"
        elif unit == "business_minutes":
            hours, minutes = divmod(round(value), 60)
            expected = f"{hours:,} h {minutes:02} min" if hours else f"{minutes} min"
        elif unit == "score":
            expected = f"{value:.2f}"
        else:
            expected = f"{value:,.0f}"
        assert figures == {expected}, name


def test_the_months_of_the_revenue_page_close(demo: Run) -> None:
    """Opening + movements = closing up to the rounding of nine figures, and every closing is the next opening."""
    rows = Page(demo.home / "site" / "en" / "revenue.html").rows
    months = [
        [int(cell.replace(",", "")) for cell in row[1:10]]
        for row in rows
        if re.match(r"\d{4}-\d{2}$", row[0]) and len(row) == 13
    ]
    assert len(months) == 13
    for opening, *movements, closing in months:
        assert abs(opening + sum(movements) - closing) <= 4
    assert [month[0] for month in months[:-1]] == [month[-1] for month in months[1:]]


def test_the_quality_page_lists_what_was_held_back(demo: Run) -> None:
    """Every quarantined rule with its rows, and the rows of every load."""
    with demo.marts() as marts:
        rules = marts.execute(
            """
            select table_name, rule, cast(unexpected_count as varchar) from ops.gx_validation_result
            where status = 'quarantined' order by all
            """
        ).fetchall()
        held_back = marts.execute("select sum(rows_quarantined) from ops._runs").fetchone()[0]
    rows = Page(demo.home / "site" / "en" / "quality.html").rows
    cells = [row for row in rows if row[0] == "quarantined"]
    assert sorted((row[1], row[2], row[3]) for row in cells) == rules
    assert rules
    loads = [row for row in rows if len(row) == 5 and re.match(r"\d{4}-", row[2])]
    assert sum(int(row[4].replace(",", "")) for row in loads) == held_back > 0


def test_every_chart_has_rows_on_the_demo(demo: Run) -> None:
    """Else a query that fails would pass for marts of an older version."""
    for language, word in (("en", "older version"), ("ja", "旧版")):
        for page in load_pages():
            text = Path(demo.home, "site", language, page.file).read_text(encoding="utf-8")
            assert word not in text, page.name
