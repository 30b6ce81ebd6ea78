"""GX Data Docs as static pages that work offline.

GX's own site builder renders every stored suite and validation again, and its page loads scripts,
styles and fonts from CDNs. So its renderer and its content templates are used, in a page template
of our own, for the suites that were just validated and in the process that validated them.
"""

import copy
import html
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import pyarrow as pa

from runtime.files import write_atomically
from runtime.rights import SHARED_FILE

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.render.view import DefaultJinjaPageView


TEMPLATES = Path(__file__).with_name("templates")
STYLES = "validation_page.css"
STATUSES = ("passed", "warned", "quarantined", "blocked", "error")


def write_page(folder: Path, outcome: "ExpectationSuiteValidationResult") -> Path:
    """Render one validated suite to ``<folder>/<suite>.html``, replacing the page of its last run.

    GX is imported already where this is called.
    """
    from great_expectations.render.renderer import ValidationResultsPageRenderer

    document = ValidationResultsPageRenderer().render(_escaped(outcome))
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{outcome.suite_name}.html"
    text = _page_view().render(
        document, "validation_page.j2", title=outcome.suite_name, statistics=outcome.statistics
    )
    write_atomically(page, text, SHARED_FILE)
    return page


def _escaped(outcome: "ExpectationSuiteValidationResult") -> "ExpectationSuiteValidationResult":
    """The outcome with the values it shows as text: GX's renderer puts them into the page as they are."""
    shown = copy.deepcopy(outcome)
    for result in shown.results:
        result.result = _as_text(result.result)
    return shown


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, dict):
        return {_as_text(key): _as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_as_text(item) for item in value]
    return value


def build_data_docs(folder: Path, results: pa.Table) -> Path:
    """Write the index over the pages in ``folder``: the newest run of every table.

    Args:
        folder: where the checks have put their pages.
        results: what ``read_results`` returns.

    Returns:
        The index page. GX is not imported.
    """
    folder.mkdir(parents=True, exist_ok=True)
    loader = jinja2.FileSystemLoader(TEMPLATES)
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("index_page.j2")
    index = folder / "index.html"
    write_atomically(folder / STYLES, (TEMPLATES / STYLES).read_bytes(), SHARED_FILE)
    tables = _newest_runs(folder, results)
    write_atomically(index, template.render(tables=tables, statuses=STATUSES), SHARED_FILE)
    return index


@dataclass
class _Table:
    name: str
    business_date: str
    counts: Counter
    page: str | None


def _newest_runs(folder: Path, results: pa.Table) -> list[_Table]:
    newest: dict[str, tuple] = {}
    rows = results.to_pylist()
    for row in rows:
        name, moment = f"{row['layer']}.{row['table_name']}", (row["checked_at"], row["run_id"])
        newest[name] = max(moment, newest.get(name, moment))
    tables = {}
    for row in rows:
        name = f"{row['layer']}.{row['table_name']}"
        if row["run_id"] != newest[name][1]:
            continue
        page = f"{name}.html"
        tables.setdefault(
            name,
            _Table(
                name,
                row["business_date"].isoformat(),
                Counter(),
                page if (folder / page).is_file() else None,
            ),
        ).counts[row["status"]] += 1
    return [tables[name] for name in sorted(tables)]


@cache
def _page_view() -> "DefaultJinjaPageView":
    # One view a process: it compiles its templates on first use (0.1 s)
    from great_expectations.render.view import DefaultJinjaPageView

    return DefaultJinjaPageView(custom_views_directory=str(TEMPLATES))
