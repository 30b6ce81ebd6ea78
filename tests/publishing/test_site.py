"""The site of a real run, in a browser: from its files and from a server, without a network."""

import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from publishing.site.pages import load_pages
from publishing.site.words import LANGUAGES
from tests.conftest import Run

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FRAMED = ("models.html", "contracts.html")
OTHER_PAGES = (
    "metrics/nrr_t12m.html",
    "documents/domain/retention.html",
    "documents/decisions/README.html",
)
GX_PAGES = ("gx/index.html", "gx/raw.salesforce__account.html", "gx/marts.mart_customer_360.html")
DRAWN = "path, rect, line, text"


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


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(demo: Run) -> Iterator[str]:
    """The demo's site on 127.0.0.1, as `make up` serves it."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=str(demo.home / "site"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class Visit:
    """Pages of a site; whatever they ask another place for is refused and noted, and what the console says."""

    def __init__(self, browser: "playwright.Browser", root: str, **options: object) -> None:
        self.root = root
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(**{"viewport": DESKTOP, **options})
        self.context.route(lambda url: not url.startswith((root, "data:", "blob:")), self._refuse)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))

    def _refuse(self, route: "playwright.Route") -> None:
        self.asked.append(route.request.url)
        route.abort()

    def open(self, name: str) -> "playwright.Page":
        """Open a page of the site by its path, and wait until it is still."""
        self.page.goto("about:blank")  # so that another fragment loads the page anew
        self.page.goto(self.root + name)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def visit(browser: "playwright.Browser", demo: Run) -> Iterator[Visit]:
    """A fresh browser context on the demo's site, opened from its files."""
    visitor = Visit(browser, f"{(demo.home / 'site').as_uri()}/")
    yield visitor
    visitor.context.close()


@pytest.fixture
def served(browser: "playwright.Browser", address: str) -> Iterator[Visit]:
    """A phone on the demo's site as a server gives it."""
    visitor = Visit(browser, address, viewport=PHONE)
    yield visitor
    visitor.context.close()


def a_customer(run: Run) -> tuple[str, str]:
    """Key and name of a customer with tickets and MRR."""
    with run.marts() as marts:
        return marts.execute(
            "select customer_key, customer_name from marts.mart_customer_360 "
            "where mrr > 0 and tickets_90d > 0 and activation_level > 0 order by mrr desc limit 1"
        ).fetchone()


def look(visitor: Visit, language: str, name: str) -> None:
    """What holds for every page, however it is opened."""
    page = visitor.open(f"{language}/{name}")
    plots = page.locator(".figure:not([hidden]) .plot")
    for number in range(plots.count()):
        plot = plots.nth(number)
        plot.locator("svg").wait_for()
        assert plot.locator("svg .mark-group").locator(DRAWN).count() > 5, (name, number)
    assert visitor.asked == []
    assert visitor.errors == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.locator("html").get_attribute("lang") == language
    levels = [
        int(tag[1])
        for tag in page.locator("h1, h2, h3").evaluate_all("all => all.map(h => h.tagName)")
    ]
    assert levels[0] == 1 and levels.count(1) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_from_its_file(visit: Visit, demo: Run, language: str) -> None:
    """On a desktop: no request leaves the machine, the console stays silent, every chart is drawn."""
    key, _ = a_customer(demo)
    names = [
        page.file if page.name != "customer" else f"customer.html#{key}" for page in load_pages()
    ]
    for name in (*names, *OTHER_PAGES):
        look(visit, language, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_from_a_server(served: Visit, demo: Run, language: str) -> None:
    """On a phone. The pages of dbt and GX stand in a frame; what dbt's page says in the console is dbt's."""
    key, _ = a_customer(demo)
    names = [
        page.file if page.name != "customer" else f"customer.html#{key}" for page in load_pages()
    ]
    for name in (*names, *OTHER_PAGES):
        if name not in FRAMED:
            look(served, language, name)
    for name in FRAMED:
        page = served.open(f"{language}/{name}")
        page.frame_locator("iframe").locator("body").get_by_text("mart_rfm").first.wait_for(
            state="attached"
        )
    assert served.asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anybody(
    browser: "playwright.Browser", demo: Run, scheme: str
) -> None:
    """axe-core over every page: contrast, names, headings, keyboard."""
    from axe_playwright_python.sync_playwright import Axe

    visitor = Visit(browser, f"{(demo.home / 'site').as_uri()}/en/", color_scheme=scheme)
    key, _ = a_customer(demo)
    found = []
    for page in load_pages():
        opened = visitor.open(f"customer.html#{key}" if page.name == "customer" else page.file)
        violations = Axe().run(opened).response["violations"]
        found += [
            (page.name, v["id"], [node["html"][:120] for node in v["nodes"]][:3])
            for v in violations
            if v["impact"] in ("serious", "critical")
        ]
    visitor.context.close()
    assert found == []


def test_the_first_page_leads_to_the_language_of_the_reader(
    browser: "playwright.Browser", demo: Run
) -> None:
    """And a choice made on a page is kept for the next time, from where the reader stands."""
    root = f"{(demo.home / 'site').as_uri()}/"
    for locale, language in (("ja-JP", "ja"), ("de-DE", "en")):
        visitor = Visit(browser, root, locale=locale)
        visitor.open("index.html")
        visitor.page.wait_for_url(f"**/{language}/index.html")
        visitor.context.close()
    visitor = Visit(browser, root, locale="ja-JP")
    visitor.open("ja/revenue.html")
    visitor.page.locator("a.language").click()
    visitor.page.wait_for_url("**/en/revenue.html")
    visitor.open("index.html")
    visitor.page.wait_for_url("**/en/index.html")
    visitor.context.close()


SEARCHES = (
    ("ja", "活用レベル", "metrics/"),
    ("ja", "購入金額(税抜)", "items/"),
    ("ja", "解約", "metrics/"),
    ("ja", "NRR", "metrics/"),
    ("en", "NRR", "metrics/"),
    ("en", "recency_days", "items/"),
    ("en", "churn", "metrics/churn_mrr.html"),
)


def test_the_search_finds_words_columns_and_customers(served: Visit, demo: Run) -> None:
    """Japanese and English, each in its own pages."""
    key, name = a_customer(demo)
    for language, words, expected in (
        *SEARCHES,
        ("ja", name, f"customer.html#{key}"),
        ("en", key, f"customer.html#{key}"),
    ):
        page = served.open(f"{language}/search.html")
        page.locator("#query").fill(words)
        page.locator("#results li a").first.wait_for()
        links = page.locator("#results a").evaluate_all("all => all.map(a => a.href)")
        assert all(f"/{language}/" in link for link in links), (words, links)
        assert any(expected in link for link in links), (words, links)
    assert served.asked == [] and served.errors == []


def test_a_search_from_a_file_says_how_to_get_more(visit: Visit, demo: Run) -> None:
    """Customers are found there, too."""
    key, name = a_customer(demo)
    page = visit.open("ja/search.html")
    assert "make up" in page.locator("#from-file").inner_text()
    page.locator("#query").fill(name)
    assert page.locator("#results a").first.get_attribute("href") == f"customer.html#{key}"


def test_the_list_of_customers_sorts_and_filters(visit: Visit, demo: Run) -> None:
    """By a click on a column, by a choice, by a name or its kana."""
    with demo.marts() as marts:
        most, count = marts.execute(
            "select max(mrr), count(*) filter (where activation_level = 5) from marts.mart_customer_360"
        ).fetchone()
    page = visit.open("ja/customers.html")
    rows = page.locator("#customers tbody tr")
    header = page.locator("#customers thead th").filter(has_text="MRR")
    mrr = 2  # its column
    for order, figure in (("asc", "0"), ("desc", f"{most:,.0f}")):
        header.click()
        page.locator(f"th.dt-ordering-{order}").wait_for()
        playwright.expect(rows.first.locator("td").nth(mrr)).to_have_text(figure)
    page.locator("select[data-field=activation_level]").select_option("5")
    playwright.expect(page.locator(".dt-info")).to_contain_text(re.compile(rf"^{count} 件中"))
    key, name = a_customer(demo)
    page.locator("select[data-field=activation_level]").select_option("")
    page.locator(".dt-search input").fill(name)
    playwright.expect(rows).to_have_count(1)
    rows.first.locator("a").first.click()
    page.wait_for_url(f"**/customer.html#{key}")
    page.get_by_role("heading", name=name).wait_for()


def test_dbt_docs_show_a_model_offline(visit: Visit) -> None:
    """Its columns in both languages, from the contract, and their types."""
    page = visit.open("dbt/index.html#!/model/model.customer_success_warehouse.mart_rfm")
    page.get_by_text("recency_days").first.wait_for()
    assert visit.asked == []
    assert "VARCHAR" in page.inner_text("body")
    assert JAPANESE.search(page.inner_text("body"))


@pytest.mark.parametrize("name", GX_PAGES)
def test_gx_pages_open_alone(visit: Visit, name: str) -> None:
    page = visit.open(name)
    assert visit.asked == [] and visit.errors == []
    assert JAPANESE.search(page.inner_text("body"))
