"""How a command ends: one message with its remedy, the traceback in a file, never on the terminal."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from cli import airflow_home, demo_history, state, trigger
from cli.command import INTERRUPTED, exit_status, with_home
from runtime.errors import StateError
from runtime.settings import get_settings
from tests.conftest import ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder; not there yet."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def raising(error: BaseException):
    """A command that ends in ``error``."""

    def act(_console: object) -> bool:
        raise error

    return act


def test_an_error_nobody_foresaw(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One line on the terminal; the log it names holds the traceback."""
    assert exit_status(raising(RuntimeError("[red] herring"))) == 1
    told = capfd.readouterr()
    assert "✗ unexpected RuntimeError: [red] herring" in told.out
    assert "Traceback" not in told.out + told.err
    assert str(home / "logs" / "run.log") in told.out
    assert "RuntimeError: [red] herring" in (home / "logs" / "run.log").read_text()


def test_a_file_that_cannot_be_used(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The path and the reason, in words, also where no log can be written."""
    home.write_text("a file")
    assert exit_status(raising(PermissionError(13, "Permission denied", "some/file"))) == 1
    told = capfd.readouterr()
    assert "✗ some/file: Permission denied" in told.out
    assert "check the path" in told.out
    assert "Traceback" not in told.out + told.err


@pytest.mark.usefixtures("home")
def test_ctrl_c(capfd: pytest.CaptureFixture[str]) -> None:
    """It says that nothing is lost."""
    assert exit_status(raising(KeyboardInterrupt())) == INTERRUPTED
    assert "run again to go on" in capfd.readouterr().out


STUBBORN = """
import os, signal, sys
from cli.command import end_at_interrupt, exit_status
def act(console):
    end_at_interrupt(console)
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        pass
    return True
sys.exit(exit_status(act))
"""


def test_ctrl_c_where_a_library_would_go_on() -> None:
    """Airflow catches the interrupt, marks one task as failed and runs the next."""
    ended = subprocess.run(
        [sys.executable, "-c", STUBBORN], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (INTERRUPTED, "")
    assert "run again to go on" in ended.stdout


@pytest.mark.parametrize("where", ["", "below"])
def test_a_state_folder_that_is_a_file(tmp_path: Path, home: Path, where: str, monkeypatch) -> None:
    """The message names the folder, the reason and CSW_HOME."""
    home.write_text("a file")
    monkeypatch.setenv("CSW_HOME", str(home / where))
    with (
        pytest.raises(StateError, match=r"state folder .*(File exists|Not a directory)") as caught,
        state.exclusive(get_settings()),
    ):
        pass
    assert "CSW_HOME" in caught.value.hint


@pytest.mark.parametrize("text", ['{"na', "[]", "{}", ""])
def test_whose_folder_it_is_cannot_be_read(home: Path, text: str) -> None:
    """tenant.json is named; no tenant gets the folder by accident."""
    home.mkdir()
    (home / "tenant.json").write_text(text)
    with pytest.raises(StateError, match=r"tenant\.json cannot be read"):
        state.claim(get_settings(), "acme", home)
    with pytest.raises(StateError, match=r"tenant\.json cannot be read"):
        state.claimed_folder(get_settings())


def test_a_folder_is_claimed_once(home: Path) -> None:
    """The same tenant again is welcome, also from elsewhere; another one is not."""
    state.claim(get_settings(), "acme", home / "a")
    state.claim(get_settings(), "acme", home / "b")
    assert state.claimed_folder(get_settings()) == home / "b"
    with pytest.raises(StateError, match="holds the data of tenant 'acme', not of 'other'"):
        state.claim(get_settings(), "other", home)


def test_triggering_services_that_are_gone(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Killed without `make down`: the note of them is still there, nobody answers."""
    (home / "airflow").mkdir(parents=True)
    (home / "services.json").write_text('{"airflow": "http://127.0.0.1:9", "processes": {}}')
    (home / "airflow" / "service_secrets.json").write_text('{"password": "hush"}')
    day = date(2026, 10, 31)
    assert exit_status(lambda console: bool(trigger.run_all(console, get_settings(), day))) == 1
    told = capfd.readouterr().out
    assert "does not let us in at http://127.0.0.1:9" in told and "make up" in told
    assert "hush" not in told


def test_triggering_where_nothing_was_started(home: Path) -> None:
    """Without a tenant there is no newest date to name the run after."""
    with pytest.raises(StateError, match="no services are up"):
        trigger.date_to_run(get_settings(), "")
    assert not home.exists()


def test_a_connection_that_is_no_json(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named, its text is not shown."""
    monkeypatch.setenv("AIRFLOW_CONN_ZENDESK_DEFAULT", '{"host": "x", "password": "hush')
    with pytest.raises(StateError, match="AIRFLOW_CONN_ZENDESK_DEFAULT is no JSON") as caught:
        airflow_home.configure(get_settings(), home)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), RuntimeError("No space left on device")]
)
def test_a_full_disk(home: Path, capfd: pytest.CaptureFixture[str], error: Exception) -> None:
    """It is named, whichever library met it."""
    assert exit_status(raising(error)) == 1
    told = capfd.readouterr().out
    assert "the disk is full" in told and "make room" in told and "report it" not in told


def test_commands_are_named_for_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gave a state folder is told to give it again."""
    monkeypatch.delenv("CSW_HOME", raising=False)
    assert with_home() == ""
    monkeypatch.setenv("CSW_HOME", str(Path("state").resolve()))
    assert with_home() == "", "as make run tells Airflow"
    monkeypatch.setenv("CSW_HOME", "state of acme")
    assert with_home() == " (with CSW_HOME='state of acme')"


def test_months_that_are_no_number(home: Path, capfd, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none at all; in the words of make."""
    for given in ("x", "0"):
        monkeypatch.setattr(sys, "argv", ["demo_history", "--months", given])
        assert demo_history.main() == 1
        told = capfd.readouterr().out
        assert f"MONTHS={given}" in told and "write MONTHS=1 or more" in told
