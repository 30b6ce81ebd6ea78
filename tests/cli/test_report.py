"""What a run tells while it works, from its progress events."""

from pathlib import Path

import pytest
from rich.console import Console

from cli.report import Follower
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
