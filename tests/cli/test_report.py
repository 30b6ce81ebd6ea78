"""What a run tells while it works, from its progress events."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from cli.report import Follower, headline_table
from publishing.snapshot import Snapshot
from runtime.progress import report
from runtime.settings import get_settings


def test_a_run_with_nothing_to_build_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line with the date of the last build."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path))
    console = Console(width=120, record=True)
    with Follower(console, get_settings()):
        report("unchanged", as_of_date="2026-06-30", build_id=1)
    assert (
        "nothing new since the last build of 2026-06-30: nothing to build" in console.export_text()
    )


def test_marts_of_an_older_version_have_no_headline(tmp_path: Path) -> None:
    """After a version that came with mart_headline was installed, and its first build was blocked."""
    file = tmp_path / "customer_success.duckdb"
    duckdb.connect(str(file)).close()
    snapshot = Snapshot("marts", file, date(2026, 7, 31), is_current=True)
    table = headline_table(snapshot, incomplete=False)
    assert table.row_count == 1 and "older version" in next(iter(table.columns[0].cells))
