"""What documents and comments point to exists: files, and headings in them."""

import re
from functools import cache
from pathlib import PurePosixPath

import pytest

from runtime.definitions import defaults
from tests.conftest import ROOT
from tests.test_house_rules import files, having, text

# docs/domain/revenue.md#movements, wherever it is written
CITATION = re.compile(r"\bdocs/[\w/.-]+\.md(?:#[\w-]+)?")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PAGES = having(".md")
# `ramp_up_days` (30), with or without a link
TOLD = re.compile(r"`(\w+)`\]?(?:\([^)\s]*\))?[ (]+(\d[\d.,]*\d|\d)")


@cache
def anchors(page: str) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them; of a Japanese page those of its original."""
    page = page.replace("docs/ja/", "docs/", 1)
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text(page)), re.MULTILINE)
    return frozenset(
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    )


def problem(target: str) -> str | None:
    """Why ``path#anchor``, from the root, leads nowhere."""
    path, _, anchor = target.partition("#")
    if not (ROOT / path).exists():
        return f"there is no {path}"
    if anchor and anchor not in anchors(path):
        return f"{path} has no heading {anchor}"
    return None


def from_root(page: str, target: str) -> str:
    """A link of a page as a path from the root."""
    path, _, anchor = target.partition("#")
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / path).parts if path else PurePosixPath(page).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts) + (f"#{anchor}" if anchor else "")


def test_anchors_are_those_of_github():
    assert "small-numbers" in anchors("docs/domain/conventions.md")
    assert "grr_level" in anchors("docs/decisions/revenue.md")
    assert (
        from_root("docs/domain/revenue.md", "../adr/README.md#shape") == "docs/adr/README.md#shape"
    )
    assert problem("docs/domain/revenue.md#no-such-heading")


@pytest.mark.parametrize("page", PAGES)
def test_headings_are_different(page):
    """Two equal headings on a page would make the second one's anchor depend on the first."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text(page)), re.MULTILINE)
    if page.startswith(("docs/domain/", "docs/decisions/", "docs/adr/")):
        assert len(headings) == len(anchors(page))


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_resolve(page):
    links = LINK.findall(FENCED.sub("", text(page)))
    relative = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [found for link in relative if (found := problem(from_root(page, link)))] == []


def test_citations_resolve():
    """In code, models, contracts and tests."""
    wrong = []
    for name in files():
        if (
            name.endswith((".lock", ".parquet", ".xlsx", ".png"))
            or name == "tests/docs/test_citations.py"
        ):
            continue
        try:
            found = CITATION.findall(text(name))
        except UnicodeDecodeError:
            continue
        wrong += [f"{name}: {why}" for citation in found if (why := problem(citation))]
    assert wrong == []


@pytest.mark.parametrize("folder", ["domain", "decisions", "adr", "metrics"])
def test_every_page_is_in_its_index(folder):
    index = text(f"docs/{folder}/README.md")
    pages = [name for name in PAGES if name.startswith(f"docs/{folder}/")]
    names = [PurePosixPath(page).name for page in pages]
    assert [name for name in names if name != "README.md" and f"({name}" not in index] == []


@pytest.mark.parametrize("page", [p for p in PAGES if re.match(r"docs/metrics/[a-z_]+\.md", p)])
def test_a_metric_page_says_where_everything_stands(page):
    """Formula, model, unit test, contract and decision within a minute, and the tests it names exist."""
    block = re.search(r"## Where it stands\n(.*?)\n## ", text(page), re.DOTALL)[1]
    rows = re.findall(r"^\| ([a-z ]+) \| (.+) \|$", block, re.MULTILINE)
    assert [name for name, _ in rows] == [
        "formula",
        "model",
        "unit test",
        "must add up",
        "contract",
        "meaning",
        "decisions",
    ]
    named = re.findall(r"\(([^)]+\.yml)\) ((?:`\w+`(?:, )?)+)", dict(rows)["unit test"])
    assert named
    for link, tests in named:
        there = text(from_root(page, link))
        assert [
            name for name in re.findall(r"`(\w+)`", tests) if f"name: {name}\n" not in there
        ] == []


def test_a_default_told_beside_its_var_is_the_default():
    """Where a page gives the number too: `ramp_up_days` (30)."""
    known, told = defaults(), []
    for page in PAGES:
        if page.startswith("docs/") and not page.startswith("docs/decisions/"):
            found = [(name, n) for name, n in TOLD.findall(text(page)) if name in known]
            told += [(page, name, float(n.replace(",", ""))) for name, n in found]
    assert len(told) > 10
    assert [entry for entry in told if entry[2] != known[entry[1]]] == []
