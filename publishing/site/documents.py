"""The project's own documents (docs/) as pages of the site."""

import posixpath
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from runtime.value_types import Text

DOCS = Path(__file__).parents[2] / "docs"
# folder or file of docs/ → what the list of documents calls it
GROUPS = {
    "domain": Text(en="What words mean", ja="用語と考え方"),
    "metrics": Text(en="Metrics at length", ja="指標の詳しい説明"),
    "decisions": Text(en="Decisions", ja="定義の決定"),
    "": Text(en="For those who run and read it", ja="運用・利用の手引き"),
}
_HEADING_SIGNS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Document:
    """One Markdown file as HTML.

    Attributes:
        path: below docs/, without its suffix.
        title: its first heading.
        html: what stands below that; written by this project, without raw HTML.
    """

    path: str
    title: str
    html: str

    @property
    def group(self) -> str:
        """Its folder."""
        return posixpath.dirname(self.path)


def load_documents() -> list[Document]:
    """Every document a reader of the site may want: all of docs/ but the ADRs."""
    paths = sorted(p.relative_to(DOCS) for p in DOCS.rglob("*.md"))
    kept = [path for path in paths if path.parts[0] not in ("adr", "performance")]
    known = {path.with_suffix("").as_posix() for path in kept}
    return [_document(path.with_suffix("").as_posix(), known) for path in kept]


def _document(path: str, known: set[str]) -> Document:
    text = (DOCS / f"{path}.md").read_text(encoding="utf-8")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    title = path
    if tokens and tokens[0].type == "heading_open":
        title = tokens[1].content
        del tokens[:3]
    _name_headings(tokens)
    _lead_links(tokens, path, known)
    return Document(path, title, markdown.renderer.render(tokens, markdown.options, {}))


def _name_headings(tokens: list[Token]) -> None:
    """Give headings the names by which the documents refer to them, as a forge does."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            signs = _HEADING_SIGNS.sub("", inline.content.lower())
            token.attrSet("id", signs.strip().replace(" ", "-"))


def _lead_links(tokens: list[Token], path: str, known: set[str]) -> None:
    """Links to other documents lead to their pages; to a model, to its page among dbt's; to no file, nowhere."""
    for token in tokens:
        if token.type == "link_open" and (href := str(token.attrGet("href") or "")):
            token.attrSet("href", _target(href, path, known))
        _lead_links(token.children or [], path, known)


def _target(href: str, path: str, known: set[str]) -> str:
    if href.startswith(("#", "http:", "https:")):
        return href
    file, _, fragment = href.partition("#")
    target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(path), file))
    name = target.removeprefix("docs/").removesuffix(".md")
    up = "../" * (path.count("/") + 1)
    if name in known and target.startswith("docs/"):
        return f"{up}documents/{name}.html" + (f"#{fragment}" if fragment else "")
    if target.startswith("dbt_project/models/") and target.endswith(".sql"):
        return f"{up}models.html#!/model/model.customer_success_warehouse.{Path(target).stem}"
    return f"{up}documents.html"
