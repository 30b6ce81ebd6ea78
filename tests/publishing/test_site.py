"""The site of a real run, in a browser, without a network."""

import re
import shutil
from collections.abc import Iterator

import pytest
from site_pages import Page

from tests.conftest import Run

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
START_PAGES = ("index.html", "checks.html", "dbt/index.html", "gx/index.html")
GX_PAGES = ("gx/raw.salesforce__account.html", "gx/marts.mart_customer_360.html")


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    """Debian's Chromium; playwright brings none of its own here."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed: run scripts/install_chromium")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


class Visit:
    """Pages opened from the disk; whatever they ask the network for is refused and noted."""

    def __init__(self, browser: "playwright.Browser", run: Run) -> None:
        self.site = run.home / "site"
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.route(re.compile(r"^(?!file:|data:|blob:)"), self._refuse)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))

    def _refuse(self, route: "playwright.Route") -> None:
        self.asked.append(route.request.url)
        route.abort()

    def open(self, name: str) -> "playwright.Page":
        """Open a page of the site by its path, and wait until it is still."""
        self.page.goto(
            (self.site / name.partition("#")[0]).as_uri() + name[len(name.partition("#")[0]) :]
        )
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def visit(browser: "playwright.Browser", demo: Run) -> Iterator[Visit]:
    """A fresh browser context on the demo's site."""
    visitor = Visit(browser, demo)
    yield visitor
    visitor.context.close()


@pytest.mark.parametrize("name", [*START_PAGES, *GX_PAGES])
def test_a_page_opens_from_the_disk_alone(visit: Visit, name: str) -> None:
    """No request leaves the machine, no script fails, and there is something to read in Japanese."""
    page = visit.open(name)
    text = page.inner_text("body")
    assert visit.asked == []
    assert visit.errors == []
    assert len(text) > 100
    assert JAPANESE.search(text)


def test_every_link_leads_somewhere(demo: Run) -> None:
    """From the home page through every page of the site; dbt's own page has its links inside."""
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
    assert names >= {*START_PAGES, *GX_PAGES}


def test_the_headline_is_what_is_published(visit: Visit, demo: Run) -> None:
    """Each figure by its own query, not by the code that wrote the page."""
    with demo.marts() as marts:
        customers = marts.execute(
            "select count(*) from core.dim_customer where customer_status = 'active'"
        ).fetchone()[0]
        paying = marts.execute(
            "select count(*) from marts.mart_customer_360 where mrr > 0"
        ).fetchone()[0]
        month, mrr, nrr, grr, yearly_nrr, yearly_grr = marts.execute(
            """
            select strftime(month, '%Y-%m'), m.closing_mrr, m.nrr, m.grr, y.nrr_t12m, y.grr_t12m
            from core.fct_retention_monthly as m
            left join core.fct_retention_t12m as y using (month, segment_type, segment_value)
            where segment_type = 'all'
                and month + interval 1 month <= (select max(as_of_date) + 1 from marts.mart_rfm)
            order by month desc limit 1
            """
        ).fetchone()
    visit.open("index.html")
    shown = [card.splitlines() for card in visit.page.locator(".card").all_inner_texts()]
    assert [(card[0], card[-1]) for card in shown] == [
        ("Active", f"{customers:,}"),
        ("Paying", f"{paying:,}"),
        (f"MRR {month}", f"{mrr:,.0f}"),
        (f"NRR {month}", f"{nrr:.1%}"),
        (f"GRR {month}", f"{grr:.1%}"),
        (f"NRR 12 m {month}", f"{yearly_nrr:.1%}"),
        (f"GRR 12 m {month}", f"{yearly_grr:.1%}"),
    ]
    assert customers > 0 and mrr > 0


def test_the_months_of_the_home_page_close(demo: Run) -> None:
    """Opening + movements = closing up to the rounding of eight figures, and every closing is the next opening."""
    rows = Page(demo.home / "site" / "index.html").rows
    months = [
        [int(cell.replace(",", "")) for cell in row[1:9]]
        for row in rows
        if re.match(r"\d{4}-\d{2}", row[0])
    ]
    assert len(months) == 13
    for opening, *movements, closing in months:
        assert abs(opening + sum(movements) - closing) <= 4
    assert [month[0] for month in months[:-1]] == [month[-1] for month in months[1:]]


def test_the_activation_levels_are_those_of_the_newest_slice(demo: Run) -> None:
    with demo.marts() as marts:
        counts = dict(
            marts.execute(
                """
                select activation_level, count(*) from marts.mart_customer_360
                where customer_status = 'active' and activation_level is not null group by 1
                """
            ).fetchall()
        )
    rows = Page(demo.home / "site" / "index.html").rows
    shown = {int(row[0][0]): int(row[1]) for row in rows if re.match(r"[0-5] \S", row[0])}
    assert shown == {level: counts.get(level, 0) for level in range(6)}
    assert sum(shown.values()) == sum(counts.values()) > 0


def test_the_checks_page_lists_what_was_held_back(visit: Visit, demo: Run) -> None:
    """Every quarantined rule with its rows, and the rows of every load."""
    with demo.marts() as marts:
        rules = marts.execute(
            """
            select table_name, rule, cast(unexpected_count as varchar) from ops.gx_validation_result
            where status = 'quarantined' order by all
            """
        ).fetchall()
        held_back = marts.execute("select sum(rows_quarantined) from ops._runs").fetchone()[0]
    visit.open("checks.html")
    cells = [
        row.split("\t")
        for row in visit.page.locator("tr").all_inner_texts()
        if row.startswith("quarantined")
    ]
    assert sorted((row[1], row[2], row[3]) for row in cells) == rules
    assert rules
    loads = [row for row in Page(demo.home / "site" / "checks.html").rows if len(row) == 5]
    assert sum(int(row[4].replace(",", "")) for row in loads[1:]) == held_back > 0


def test_dbt_docs_show_a_model_offline(visit: Visit) -> None:
    """Its columns in both languages, from the contract, and their types."""
    page = visit.open("dbt/index.html#!/model/model.customer_success_warehouse.mart_rfm")
    page.get_by_text("recency_days").first.wait_for()
    assert visit.asked == []
    assert "VARCHAR" in page.inner_text("body")
    assert JAPANESE.search(page.inner_text("body"))


def test_gx_pages_show_the_rules_of_a_table(visit: Visit) -> None:
    """Reached by the links a person follows."""
    visit.open("index.html")
    visit.page.get_by_text("GX data docs").click()
    visit.page.get_by_text("marts.mart_rfm", exact=True).click()
    assert visit.page.url.endswith("gx/marts.mart_rfm.html")
    assert "customer_key" in visit.page.inner_text("body")
    assert visit.asked == []
