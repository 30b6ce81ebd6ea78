"""What the project says, it says with its own pages: nobody outside has the first specification."""

import re

from tests.test_house_rules import files, text

SPECIFICATION = re.compile(
    r"\b(?:DOMAIN|SOURCES|TENANT|ARCHITECTURE|STYLE|STACK|DECISIONS)\.md\b|§|\brulings? \d"
)


def test_nothing_cites_the_first_specification():
    """A rule is named by its heading (docs/domain/…, docs/decisions/…, docs/adr/…)."""
    found = []
    for name in files():
        if name.endswith((".lock", ".parquet", ".xlsx", ".png")) or name.startswith("tests/docs/"):
            continue
        try:
            lines = text(name).splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{name}:{n}: {line.strip()[:80]}"
            for n, line in enumerate(lines, 1)
            if SPECIFICATION.search(line)
        ]
    assert found == []
