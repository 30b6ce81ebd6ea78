"""`make status` beside a run, and after one that was killed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli import state, status
from cli.command import exit_status
from ingestion.lake import Lake
from ingestion.load import load
from pipeline.build_register import BuildRegister
from runtime.settings import Settings, get_settings
from tests.conftest import ROOT
from tests.plans import plan_of

WRITER = """
import sys, time
from pathlib import Path
from runtime.duckdb_connection import connect
with connect(Path(sys.argv[1])) as connection:
    connection.execute("create table busy (i integer)")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A claimed folder with a warehouse and a build that began."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path / "state"))
    settings = get_settings()
    state.claim(settings, "acme", tmp_path)
    load(settings.warehouse_file, Lake(settings.lake_root), {})
    BuildRegister(settings.warehouse_file).start(plan_of(settings.warehouse_file))
    return settings


def told(settings: Settings, capfd: pytest.CaptureFixture[str]) -> str:
    """What it prints; nothing was published, so its exit status is 1."""
    assert exit_status(lambda console: status.show(console, settings)) == 1
    return capfd.readouterr().out


def test_a_build_that_was_killed(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody is at work: it did not finish."""
    text = told(settings, capfd)
    assert "Build      1 for 2026-03-31: did not finish" in text
    assert re.search(r"input +│ +0 +│ +0", text)


def test_beside_a_run(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    """The folder's holder is named and its build is running."""
    with state.exclusive(settings):
        text = told(settings, capfd)
    assert "Running    process" in text
    assert "Build      1 for 2026-03-31: running" in text


def test_beside_a_run_that_writes_the_warehouse(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    """The warehouse cannot be opened then; everything else is told."""
    command = [sys.executable, "-c", WRITER, str(settings.warehouse_file)]
    with (
        state.exclusive(settings),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer,
    ):
        assert writer.stdout.readline().strip() == "writing"
        text = told(settings, capfd)
        writer.kill()
    assert "Running    process" in text
    assert "Blocked    nothing" in text
    assert "Build" not in text
