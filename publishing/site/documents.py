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
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_HEADING_SIGNS = re.compile(r"[^\w\- ]")
_NOT_SHOWN = ("adr", "ja", "performance.md")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """One Markdown file as HTML, in one language.

    Attributes:
        path: below docs/, without its suffix.
        title: its first heading.
        headings: its other headings by their anchors.
        html: what stands below the title; written by this project, without raw HTML.
    """

    path: str
    title: str
    headings: dict[str, str]
    html: str

    @property
    def group(self) -> str:
        """Its folder."""
        return posixpath.dirname(self.path)


def load_documents(language: str) -> list[Document]:
    """Every document a reader of the site may want: all of docs/ but what is for who builds the warehouse."""
    paths = sorted(path.relative_to(DOCS) for path in DOCS.rglob("*.md"))
    kept = [path.with_suffix("").as_posix() for path in paths if path.parts[0] not in _NOT_SHOWN]
    folder = "ja/" if language == "ja" else ""
    tokens = {path: _tokens(folder + path) for path in kept}
    titles = {path: _headings(found)[0] for path, found in tokens.items()}
    return [_document(path, folder + path, tokens[path], titles) for path in kept]


def _document(path: str, source: str, tokens: list[Token], titles: dict[str, str]) -> Document:
    anchors = _anchors(tokens if source == path else _tokens(path))
    headings = dict(zip(anchors, _headings(tokens), strict=True))
    del tokens[:3]
    opened = (token for token in tokens if token.type == "heading_open")
    for token, anchor in zip(opened, anchors[1:], strict=True):
        token.attrSet("id", anchor)
    _lead_links(tokens, source, titles)
    return Document(
        path, titles[path], headings, _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    )


def _tokens(path: str) -> list[Token]:
    text = (DOCS / f"{path}.md").read_text(encoding="utf-8")
    return _MARKDOWN.parse(_COMMENT.sub("", text))


def _headings(tokens: list[Token]) -> list[str]:
    return [inline.content for token, inline in pairwise(tokens) if token.type == "heading_open"]


def _anchors(tokens: list[Token]) -> list[str]:
    """The names by which documents refer to headings, as a forge makes them; in Japanese those of the original."""
    signs = (_HEADING_SIGNS.sub("", heading.lower()) for heading in _headings(tokens))
    return [name.strip().replace(" ", "-") for name in signs]


def _lead_links(tokens: list[Token], source: str, titles: dict[str, str]) -> None:
    """Links to other documents lead to their pages; to a model, to its page among dbt's; to no file, nowhere.

    One that is called after its file is called after its title.
    """
    for number, token in enumerate(tokens):
        if token.type == "link_open" and (href := str(token.attrGet("href") or "")):
            token.attrSet("href", _target(href, source, titles))
            text, name = tokens[number + 1], _name(href, source)
            if text.content.endswith(".md") and name in titles:
                text.content = titles[name]
        _lead_links(token.children or [], source, titles)


def _name(href: str, source: str) -> str:
    """The path from the root, without suffix, that a link names; that of a document below docs/."""
    file = href.partition("#")[0]
    target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(source), file))
    return target.removeprefix("docs/").removeprefix("ja/").removesuffix(".md")


def _target(href: str, source: str, titles: dict[str, str]) -> str:
    if href.startswith(("#", "http:", "https:")):
        return href
    name, fragment = _name(href, source), href.partition("#")[2]
    up = "../" * (source.removeprefix("ja/").count("/") + 1)
    if name in titles:
        return f"{up}documents/{name}.html" + (f"#{fragment}" if fragment else "")
    if name.startswith("dbt_project/models/") and name.endswith(".sql"):
        return f"{up}models.html#!/model/model.customer_success_warehouse.{Path(name).stem}"
    return f"{up}documents.html"
