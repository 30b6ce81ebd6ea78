"""No value of a personal column leaves the lake, the warehouse and the marts: not for a log, a message or a page."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import Run
from tests.e2e.daily_run import run_day
from tests.e2e.personal_tenant import DAY, PERSON, write_personal_tenant

TOLD = ("logs", "findings", "audit", "site")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run over records that fail their checks."""
    folder = tmp_path_factory.mktemp("personal")
    return run_day(folder / "state", write_personal_tenant(folder / "tenant"), DAY)


def text_of(path: Path) -> str:
    """What a file says, also where it is compressed."""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist())
    return path.read_text(encoding="utf-8", errors="replace")


def test_no_person_is_told_of(outcome: Run) -> None:
    """On the terminal, in logs, findings, results and on the site; values of other columns are."""
    assert PERSON not in outcome.output
    told = {
        str(path.relative_to(outcome.home)): text_of(path)
        for folder in TOLD
        for path in sorted((outcome.home / folder).rglob("*"))
        if path.is_file()
    }
    assert [name for name, text in told.items() if PERSON in text] == []
    findings = "".join(text for name, text in told.items() if name.startswith("findings/"))
    assert "'value': 'unreadable'" in findings
    assert "Birthdate_unreadable" in findings
    assert "headerless.csv" in findings


def test_the_run_came_to_its_end(outcome: Run) -> None:
    """So that every step had its chance to tell."""
    assert outcome.status == 3, outcome.output
    with outcome.marts() as marts:
        (customers,) = marts.execute("select count(*) from core.dim_customer").fetchone()
    assert customers > 1
