"""Reads the site's pages as files: their links, tables and cards."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Page(HTMLParser):
    """One page, parsed.

    Attributes:
        links: every href and src, as written.
        ids: what a fragment may name.
        rows: text of the cells of every table row.
        cards: label → figure.
    """

    path: Path
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    rows: list[list[str]] = field(default_factory=list)
    cards: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._text: list[str] = []
        self._label = ""
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and ids; begin a row, a cell or a card."""
        named = dict(attrs)
        self.links += [named[name] for name in ("href", "src") if named.get(name)]
        self.ids |= {named[name] for name in ("id", "name") if named.get(name)}
        if tag == "tr":
            self.rows.append([])
        if tag == "br":
            self._text.append(" ")
        if tag in ("td", "th", "span"):
            self._text = []
        if tag == "b":
            self._label, self._text = "".join(self._text).strip(), []

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a card."""
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("".join(self._text).strip())
        if tag == "b":
            self.cards[self._label] = "".join(self._text).strip()

    def broken_links(self) -> list[str]:
        """Links to pages or places that do not exist; those that lead out of the site are broken too."""
        return [f"{self.path.name} → {link}" for link in self.links if not self._exists(link)]

    def pages(self) -> set[Path]:
        """HTML pages of the site that this one links to."""
        targets = {self._target(link) for link in self.links}
        return {target for target in targets if target.suffix == ".html" and target.is_file()}

    def _target(self, link: str) -> Path:
        path = unquote(urlsplit(link).path)
        return (self.path.parent / path).resolve() if path else self.path

    def _exists(self, link: str) -> bool:
        parts = urlsplit(link)
        if parts.scheme == "data":
            return True
        if parts.scheme or parts.netloc or link.startswith("/"):
            return False
        target = self._target(link)
        if not target.is_file():
            return False
        # what these show is decided by what follows #, in the browser
        if not parts.fragment or target.name in ("customer.html", "models.html"):
            return True
        return parts.fragment in (self if target == self.path else Page(target)).ids
