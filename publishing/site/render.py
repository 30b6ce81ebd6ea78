"""The site: what people look at, in Japanese and English; static files that open without a network."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expectations.data_docs import build_data_docs
from publishing import item_names
from publishing.item_definitions import ItemDefinitions, five_items, item_definitions
from publishing.item_names import AREAS
from publishing.item_workbook import write_workbook
from publishing.lineage import Lineage, read_lineage
from publishing.metrics import load_metrics
from publishing.site.assets import write_assets
from publishing.site.cards import Card, card, headline_rows
from publishing.site.charts import Chart, drawn, load_chart, rows_of
from publishing.site.customers import (
    Customers,
    csv_of,
    customer_words,
    read_customers,
    write_customers,
)
from publishing.site.documents import GROUPS, Document, load_documents
from publishing.site.glossary import Term, load_glossary
from publishing.site.pages import Page, load_pages
from publishing.site.runs import STEPS, recent_runs
from publishing.site.search import write_index
from publishing.site.state import freshness, read_state, unvalidated_tables
from publishing.site.words import LANGUAGES, load_words, one_language, shown
from publishing.snapshot import current_snapshot, snapshots
from runtime import definitions, rights
from runtime.definitions import Subject, load_subjects
from runtime.duckdb_connection import connect
from runtime.files import write_atomically, write_changed
from runtime.settings import Settings
from runtime.sql import literal
from runtime.tenant import Tenant

TEMPLATES = Path(__file__).with_name("templates")
_OLDER = (duckdb.BinderException, duckdb.CatalogException)  # marts of an older version
_MONTHS_TOLD = 24
_TARGETS = ("first_response_target_minutes", "resolution_target_minutes")
WORKBOOK = "data_item_definitions.xlsx"  # データ項目定義書


def render(settings: Settings, tenant: Tenant) -> Path:
    """Write the site from the published snapshot, the check results and the project's documents.

    Rendered after a blocked build too: it then says what is blocked and shows the last good numbers.

    Returns:
        Path of its first page, which leads to the language of the reader.
    """
    write_pages(settings, tenant)
    write_assets(settings.site_dir / "assets")
    write_index(settings.site_dir)
    rights.share(settings, settings.site_dir)
    return settings.site_dir / "index.html"


def write_pages(settings: Settings, tenant: Tenant) -> None:
    """Write every page and the customers' data, without what a page loads and without the search's index."""
    settings.site_dir.mkdir(parents=True, exist_ok=True)
    site = Site(settings, tenant)
    try:
        for language in LANGUAGES:
            site.write_pages(language)
        site.write_data()
    finally:
        site.close()
    start = site.environment.get_template("start.html.j2").render()
    write_atomically(settings.site_dir / "index.html", start, rights.SHARED_FILE)
    build_data_docs(settings.gx_docs_dir, site.state.results)


@dataclass(frozen=True)
class _Found:
    """Rows of a chart, or why there are none: a word of words.yml."""

    chart: Chart
    rows: list[dict[str, Any]]
    says: str = ""


_SCRIPTS = {
    "customers": ("datatables.js", "customers.js"),
    "customer": ("vega.js", "charts.js", "customer.js"),
}


def _scripts(page: Page) -> tuple[str, ...]:
    """What a page loads besides site.js."""
    for block in page.blocks:
        if block.part in _SCRIPTS:
            return _SCRIPTS[block.part]
    has_charts = any(block.chart and load_chart(block.chart).spec for block in page.blocks)
    return ("vega.js", "charts.js") if has_charts else ()


class Site:
    """Everything the pages show, read once for both languages."""

    def __init__(self, settings: Settings, tenant: Tenant) -> None:
        self.settings, self.tenant = settings, tenant
        self.words, self.metrics = load_words(), load_metrics()
        self.state = read_state(settings, tenant)
        self.snapshot = current_snapshot(settings)
        self.connection = connect(self.snapshot.path, read_only=True) if self.snapshot else None
        self.has_previous = self._attach_previous()
        self.definition = definitions.values(settings, tenant.vars)
        self.min_sample_n = self.definition["min_sample_n"]
        if self.connection:
            for name in ("min_sample_n", *_TARGETS):
                value = self.definition[name]
                self.connection.execute(f"set variable {name} = cast(? as bigint)", [value])
        self.found: dict[str, _Found] = {}
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        # columns stay in the order in which their files have them
        self.environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": False}

    def close(self) -> None:
        """Let go of the snapshots."""
        if self.connection:
            self.connection.close()

    def _attach_previous(self) -> bool:
        if not self.snapshot:
            return False
        known = snapshots(self.settings)  # in the order of publication
        earlier = known[: [old.name for old in known].index(self.snapshot.name)]
        if not earlier:
            return False
        self.connection.execute(f"attach {literal(str(earlier[-1].path))} as previous (read_only)")
        return True

    @cached_property
    def menu(self) -> list[Page]:
        """Every page."""
        return load_pages()

    @cached_property
    def documents(self) -> dict[str, dict[str, Document]]:
        """The project's documents by language and path."""
        return {
            language: {document.path: document for document in load_documents(language)}
            for language in LANGUAGES
        }

    def told_in(self, address: str, language: str) -> tuple[str, str]:
        """Where a heading of a document (``docs/decisions/revenue.md#headline``) is on the site, and what it is called."""
        file, _, anchor = address.removeprefix("docs/").partition("#")
        document = self.documents[language][file.removesuffix(".md")]
        heading = document.headings.get(anchor, "").strip("`")
        return f"documents/{document.path}.html#{anchor}", " – ".join(
            filter(None, [document.title, heading])
        )

    @cached_property
    def glossary(self) -> dict[str, list[Term]]:
        """The words by language."""
        return load_glossary()

    @cached_property
    def lineage(self) -> dict[str, Lineage]:
        """Where each published table comes from, and who reads it."""
        return read_lineage(self.settings.site_dir / "dbt" / "lineage.json")

    @cached_property
    def _descriptions(self) -> dict[str, str]:
        return {
            table.name: f"items/{table.area}.html#{table.layer}.{table.name}"
            for table in self.items.tables
        }

    def described_at(self, table: str) -> str:
        """The page that describes a table's columns; of a feed that lands an entity (files), that entity's."""
        at = self._descriptions
        return at.get(table) or at[table.partition("__")[2]]

    @cached_property
    def headline(self) -> dict[str, list[dict[str, Any]]] | None:
        """Rows of mart_headline by metric; None where nothing, or an older version's marts, is published."""
        return self._read(headline_rows)

    @cached_property
    def customers(self) -> Customers | None:
        """The customers; None as for ``headline``."""
        as_codes = self.definition["customer_names"] == "code"
        return self._read(lambda connection: read_customers(connection, as_codes))

    @cached_property
    def items(self) -> ItemDefinitions:
        """データ項目定義書."""
        return item_definitions(self.connection if self.headline is not None else None)

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """What a company may define otherwise."""
        return load_subjects()

    @cached_property
    def freshness(self) -> list[dict[str, Any]]:
        """Lines of the freshness table."""
        return self._read(freshness) or []

    @cached_property
    def unvalidated(self) -> frozenset[str]:
        """Tables with activation levels, until their definition is validated."""
        return self._read(unvalidated_tables) or frozenset()

    def _read(self, read: Any) -> Any:
        if not self.connection:
            return None
        try:
            return read(self.connection)
        except _OLDER:
            return None

    def chart(self, name: str) -> _Found:
        """A chart's rows, asked once."""
        if name not in self.found:
            self.found[name] = self._ask(load_chart(name))
        return self.found[name]

    def _ask(self, chart: Chart) -> _Found:
        if not self.connection:
            return _Found(chart, [], "not_published")
        if chart.compares and not self.has_previous:
            return _Found(chart, [], "no_previous")
        try:
            rows = rows_of(chart, self.connection)
        except _OLDER:
            return _Found(chart, [], "older_chart")
        return _Found(chart, rows, "" if rows else "nothing_to_draw")

    def write_pages(self, language: str) -> None:
        """Write every page of a language."""
        frame = self._frame(language)
        say = frame["say"]
        for page in self.menu:
            values = {
                "title": page.title[language],
                "about": page.about[language],
                "blocks": [self._block(block, language) for block in page.blocks],
                "scripts": _scripts(page),
                "is_unvalidated": not self.unvalidated.isdisjoint(page.tables),
            }
            template = "search.html.j2" if page.name == "search" else "page.html.j2"
            self._write(language, page.file, template, frame | values)
        for name, metric in self.metrics.items():
            values = {
                "title": metric.label[language],
                "about": metric.question[language],
                "metric": metric,
            }
            values |= {"name": name, "card": self.card(name, language), "rows": self._past(name)}
            values["is_unvalidated"] = metric.column.split(".")[1] in self.unvalidated
            self._write(language, f"metrics/{name}.html", "metric.html.j2", frame | values)
        for area, name in AREAS.items():
            values = {
                "title": f"{self.words['item_definitions'][language]} – {say(name)}",
                "about": "",
                "area_name": area,
            }
            self._write(language, f"items/{area}.html", "items.html.j2", frame | values)
        for document in self.documents[language].values():
            values = {"title": document.title, "about": "", "html": document.html}
            self._write(
                language, f"documents/{document.path}.html", "document.html.j2", frame | values
            )

    def _frame(self, language: str) -> dict[str, Any]:
        late = [line for line in self.freshness if line["is_overdue"]]
        return {
            "language": language,
            "scripts": (),
            "other": next(other for other in LANGUAGES if other != language),
            "word": lambda key: self.words[key][language],
            "say": lambda name: name.ja if language == "ja" else name.en,
            "one": lambda text: one_language(text, language),
            "shown": lambda value, unit="text": shown(value, unit, language),
            "tenant": self.tenant.name,
            "currency": self.tenant.reporting_currency,
            "as_of": self.snapshot.as_of_date if self.headline is not None else None,
            "older": self.snapshot.as_of_date if self.snapshot and self.headline is None else None,
            "stale": "、".join(self._area(line["name"], language) for line in late),
            "is_current": not any(line["is_stale"] for line in self.freshness),
            "area": lambda name: self._area(name, language),
            "state": self.state,
            "problems": self.state.problems,
            "findings": self.state.open,
            "is_incomplete": self.state.is_incomplete,
            "is_unvalidated": False,
            "menu": [
                {"file": page.file, "title": page.title[language]}
                for page in self.menu
                if page.menu is not None
            ],
            "site": self,
            "has_models": (self.settings.site_dir / "dbt" / "index.html").is_file(),
            "groups": GROUPS,
            "areas": AREAS,
            "item_names": item_names,
            "five_items": five_items,
            "workbook": WORKBOOK,
            "steps": STEPS,
            "today": self.snapshot.as_of_date if self.snapshot else date.min,
        }

    def _area(self, name: str, language: str) -> str:
        word = self.words.get(name)
        return word[language] if word else name

    def _block(self, block: Any, language: str) -> dict[str, Any]:
        values = {
            name: getattr(block, name)
            for name in ("heading", "id", "text", "cards", "chart", "part")
        }
        if block.chart:
            found = self.chart(block.chart)
            figure = drawn(
                block.chart,
                found.chart,
                found.rows,
                language,
                self.tenant.reporting_currency,
                self.metrics,
            )
            empty = found.chart.empty if found.says == "nothing_to_draw" else None
            says = (empty or self.words[found.says])[language] if found.says else ""
            values["drawn"] = {
                "chart": figure.chart,
                "rows": figure.rows,
                "columns": figure.columns,
                "spec": figure.spec,
                "says": says,
            }
        elif block.cards and self.headline is not None:
            values["drawn"] = [self.card(name, language) for name in block.cards]
        elif block.cards:
            values["cards"] = []
        return values

    def card(self, name: str, language: str) -> Card | None:
        """A metric's card; None where nothing can be shown yet."""
        if self.headline is None:
            return None
        rows = self.headline.get(name, [])
        return card(name, self.metrics[name], rows, language, self.words, self.min_sample_n)

    def customer_words(self, language: str) -> dict[str, Any]:
        """What the scripts of the customers' pages need to write values in one language."""
        return customer_words(self.words, language, self.tenant.reporting_currency)

    def _past(self, name: str) -> list[dict[str, Any]]:
        return (self.headline or {}).get(name, [])[::-1]

    @cached_property
    def runs(self) -> list[Any]:
        """What the last runs took."""
        return recent_runs(self.settings, self.tenant.zone)

    def _write(self, language: str, path: str, template: str, values: dict[str, Any]) -> None:
        depth = path.count("/")
        where = {"up": "../" * depth, "root": "../" * (depth + 1), "path": path, "current": path}
        html = self.environment.get_template(template).render(**values | where)
        target = self.settings.site_dir / language / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_changed(target, html, rights.SHARED_FILE)

    def write_data(self) -> None:
        """Write the customers' data and the files to download."""
        write_workbook(self.items, self.settings.site_dir / WORKBOOK)
        if not self.customers:
            return
        since = self.connection.execute(
            "select cast(cast(? as date) - to_months(?) as date)",
            [self.snapshot.as_of_date, _MONTHS_TOLD],
        ).fetchone()[0]
        folder = self.settings.site_dir / "customers"
        write_customers(folder, self.connection, self.customers, since, rights.SHARED_FILE)
        target = self.settings.site_dir / "customers.csv"
        write_atomically(target, csv_of(self.connection, self.customers), rights.SHARED_FILE)
