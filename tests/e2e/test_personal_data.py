"""No value of a personal column leaves the lake, the warehouse and the marts: not for a log, a message or a page."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.daily_run import run_day
from tests.e2e.personal_tenant import DAY, PERSON, personal_columns, write_personal_tenant

TOLD = ("logs", "findings", "audit", "site")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run over records that fail their checks."""
    folder = tmp_path_factory.mktemp("personal")
    return run_day(folder / "state", write_personal_tenant(folder / "tenant"), DAY)


def test_no_person_is_told_of(outcome: Run) -> None:
    """On the terminal, in logs, findings, results and on the site."""
    assert PERSON not in outcome.output
    found = [
        str(path.relative_to(outcome.home))
        for folder in TOLD
        for path in sorted((outcome.home / folder).rglob("*"))
        if path.is_file() and PERSON.encode() in path.read_bytes()
    ]
    assert found == []
