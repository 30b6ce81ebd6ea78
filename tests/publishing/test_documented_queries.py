"""Every query of the documents runs on a real publication, and finds something."""

import re

import duckdb
import pytest

from tests.conftest import ROOT, Run

# Nothing is late in a run that has just ended.
MAY_BE_EMPTY = ("is everything fresh?",)


def queries(document: str) -> list[str]:
    """The statements of a document's sql blocks, each with the comment above it."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    blocks = re.findall(r"```sql\n(.*?)```", text, flags=re.DOTALL)
    return [part.strip() for block in blocks for part in block.split(";") if part.strip()]


def is_answered(query: str, rows: list[tuple]) -> bool:
    """Whether a query that should find something did."""
    return bool(rows) or any(words in query for words in MAY_BE_EMPTY)


@pytest.mark.parametrize("query", queries("reading_the_marts.md"))
def test_a_query_of_the_marts(demo: Run, query: str) -> None:
    with demo.marts() as marts:
        assert is_answered(query, marts.execute(query).fetchall())


@pytest.mark.parametrize("query", queries("runbook.md"))
def test_a_query_of_the_runbook(demo: Run, query: str) -> None:
    """They read the state folder's own files, with the folder called ``state``."""
    with duckdb.connect() as connection:
        home = str(demo.home).replace("'", "''")
        there = query.replace("'state/", f"'{home}/")
        assert is_answered(query, connection.execute(there).fetchall())
