"""Results and pages of a check show unexpected values only of columns that no contract calls personal."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.suites import Check, Suite
from expectations.validate import Audit, validate

PERSON = "山田 太郎"
CHECKS = (
    Check("unique", "warn", "d", "unique", ("person",)),
    Check("key", "warn", "d", "unique", ("code", "person")),
    Check("accepted", "warn", "d", "accepted", ("person",), ("a",)),
    Check("rows", "warn", "d", "rows", query="select * from {object} where code = 'wrong'"),
    Check("codes", "warn", "d", "accepted", ("code",), ("a",)),
)
BROKEN = Check(
    "broken", "warn", "d", "rows", query="select * from {object} where person::integer > 0"
)


@pytest.mark.parametrize("checks", [CHECKS, (BROKEN,)])
def test_a_person_is_on_no_page(tmp_path: Path, checks: tuple[Check, ...]) -> None:
    """Not as an unexpected value, not in the message of a check that could not be evaluated."""
    database = tmp_path / "data.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            f"create table t as select '{PERSON}' as person, 'wrong' as code from range(2)"
        )
    suite = Suite("marts", "t", "t", checks, shown=frozenset({"code"}))
    pages = tmp_path / "gx"
    results = validate(database, ("main",), [suite], Audit("run", date(2026, 6, 30), pages))
    assert [result.status for result in results if result.status == "passed"] == []
    told = repr(results) + (pages / "marts.t.html").read_text(encoding="utf-8")
    assert PERSON not in told
    if checks is CHECKS:
        assert results[-1].observed == "wrong"
    else:
        assert "The check itself failed" in results[0].message
