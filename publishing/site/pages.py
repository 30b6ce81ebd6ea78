"""Pages of the site: a file each, in the order in which the menu shows them."""

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from publishing.site.charts import load_chart
from runtime.value_types import Text

FOLDER = Path(__file__).with_name("pages")
_PUBLISHED_TABLE = re.compile(r"\b(?:core|marts)\.(\w+)")


class Block(BaseModel):
    """One thing on a page: a heading, a text, cards of metrics, a chart, or a part with a template of its own.

    Attributes:
        heading: begins a section; ``id`` is what a link names.
        text: a paragraph.
        cards: metrics (metrics/<name>.yml), a card each.
        chart: a file of charts/.
        part: a template of templates/parts/.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    heading: Text | None = None
    id: str = ""
    text: Text | None = None
    cards: list[str] = Field(default_factory=list)
    chart: str = ""
    part: str = ""


class Page(BaseModel):
    """One file of the folder ``pages``.

    Attributes:
        name: the file's name; the page ``overview`` is index.html.
        title: what the menu and the page call it.
        about: the question it answers.
        owner: who answers for it.
        menu: its place in the menu; None: only links lead to it.
        blocks: what it shows, from top to bottom.
        reads: published tables it reads besides those of its charts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: Text
    about: Text
    owner: str = "customer-success"
    menu: int | None = None
    blocks: list[Block]
    reads: list[str] = Field(default_factory=list)

    @property
    def file(self) -> str:
        """Its file in the folder of a language."""
        return "index.html" if self.name == "overview" else f"{self.name}.html"

    @cached_property
    def tables(self) -> list[str]:
        """The published tables it reads."""
        charts = (load_chart(block.chart) for block in self.blocks if block.chart)
        found = {name for chart in charts for name in _PUBLISHED_TABLE.findall(chart.sql)}
        cards = {"mart_headline"} if any(block.cards for block in self.blocks) else set()
        return sorted(found | cards | set(self.reads))


def load_pages() -> list[Page]:
    """Every page, those of the menu first and in its order.

    Raises:
        pydantic.ValidationError: a key of a file is unknown, missing or wrong.
    """
    pages = []
    for path in sorted(FOLDER.glob("*.yml")):
        written: dict[str, Any] = yaml.load(
            path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
        )
        pages.append(Page.model_validate(written | {"name": path.stem}))
    return sorted(pages, key=lambda page: (page.menu is None, page.menu or 0))
