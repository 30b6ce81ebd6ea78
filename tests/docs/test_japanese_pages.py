"""Each page that the site shows in Japanese says what its English original says: headings, code, links, numbers, rows."""

import re
from collections import Counter

import pytest

from tests.docs.test_citations import FENCED, LINK, from_root
from tests.test_house_rules import having, text

TRANSLATED = [
    page
    for page in having(".md")
    if re.fullmatch(r"docs/((domain|metrics|decisions)/)?[\w-]+\.md", page)
    and page != "docs/performance.md"
]
HEADING = re.compile(r"^(#+) .+$", re.MULTILINE)
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
GENERATED = re.compile(r"<!-- definitions: .*?<!-- /definitions -->", re.DOTALL)
SUMMARY = re.compile(r"^> \*\*要約\*\*.*$", re.MULTILINE)


def japanese(page: str) -> str:
    """Where the Japanese of an English page stands."""
    return page.replace("docs/", "docs/ja/", 1)


def sections(page: str) -> list[dict[str, object]]:
    """What a page's sections have whatever the language."""
    written = SUMMARY.sub("", text(page))
    # what is made from one text in both languages has its headings compared, no more
    written = GENERATED.sub(lambda made: "\n".join(re.findall("^#.*", made[0], re.M)), written)
    fences = FENCED.findall(written)
    bare = FENCED.sub("", written)
    levels = [len(signs) for signs in HEADING.findall(bare)]
    bodies = HEADING.split(bare)[2::2]
    found = [{"fences": len(fences), "before the title": HEADING.split(bare)[0].strip()}]
    for level, body in zip(levels, bodies, strict=True):
        links = [target for target in LINK.findall(body) if not re.match(r"[a-z]+:", target)]
        prose = LINK.sub(lambda link: link[0].rpartition("](")[0], body)
        code = re.findall(r"`([^`]+)`", prose)
        found.append(
            {
                "level": level,
                "code": Counter(code),
                "links": Counter(
                    from_root(page, link).replace("docs/ja/", "docs/", 1) for link in links
                ),
                "numbers": set(NUMBER.findall(re.sub(r"`[^`]+`", "", prose))),
                "table rows": len(re.findall(r"^\|", body, re.MULTILINE)),
            }
        )
    return found


@pytest.mark.parametrize("page", TRANSLATED)
def test_the_japanese_page_says_the_same(page):
    """A month is a number in Japanese, and so is "two": up to 12, numbers may be there that English has in words."""
    english, translated = sections(page), sections(japanese(page))
    assert [s.get("level") for s in english] == [s.get("level") for s in translated]
    differing = []
    for number, (original, other) in enumerate(zip(english, translated, strict=True)):
        for kind, value in original.items():
            found = other[kind]
            if kind == "numbers":
                found = {n for n in found if n in value or not (n.isdigit() and int(n) <= 12)}
            if found != value:
                differing.append((number, kind, value, found))
    assert differing == []


def test_no_japanese_page_stands_alone():
    assert {page for page in having(".md") if page.startswith("docs/ja/")} == {
        japanese(page) for page in TRANSLATED
    }
