"""Who may read a state folder: its owner; the published marts and the site also a group."""

import grp
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import state
from runtime import rights
from runtime.errors import StateError
from runtime.settings import Settings
from tests.conftest import ROOT, Run, environment
from tests.rights import wrong_rights


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The process's own umask again afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def older_folder(home: Path) -> Path:
    """A state folder as an older version left it: readable by all."""
    for name in ("lake/raw/part.parquet", "warehouse.duckdb", "logs/run.log", "tenant.json"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text('{"name": "acme", "folder": "/acme"}')
    for name in ("published/marts_1.duckdb", "site/index.html", "site/gx/page.html"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")
    (home / "published/marts_1.duckdb").chmod(0o444)
    (home / "published/marts.duckdb").symlink_to("marts_1.duckdb")
    return home


def test_a_run_leaves_nothing_open(tiny_at_once: Run) -> None:
    """Whatever wrote it: connectors, DuckDB, dbt, GX, the sandbox, the site."""
    assert wrong_rights(tiny_at_once.home) == []


def test_a_run_under_airflow_leaves_nothing_open(demo: Run) -> None:
    """Airflow's database and logs too."""
    assert wrong_rights(demo.home) == []


def test_an_older_folder_is_mended_by_whatever_works_in_it(tmp_path: Path) -> None:
    """The snapshots stay read-only."""
    home = older_folder(tmp_path / "state")
    with state.exclusive(Settings(home=home)):
        assert wrong_rights(home) == []
        (home / "lake" / "new").mkdir()
        (home / "lake" / "new" / "part").touch()
        (home / "site" / "new.html").write_text("what a tool has written")
        rights.share(Settings(home=home), home / "site")
        assert wrong_rights(home) == []
    assert stat.S_IMODE((home / "published/marts_1.duckdb").stat().st_mode) == 0o440


def test_a_mending_that_was_killed_begins_anew(tmp_path: Path) -> None:
    """The folder's own rights are set last."""
    home = older_folder(tmp_path / "state")
    os.chmod(home / "lake", 0o700)
    rights.mend(Settings(home=home))
    assert wrong_rights(home) == []


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """CSW_HOME set to a folder that is no state folder: a refused run changes nobody's rights."""
    (tmp_path / "mine").write_text("x")
    before = stat.S_IMODE(tmp_path.stat().st_mode), stat.S_IMODE((tmp_path / "mine").stat().st_mode)
    with state.exclusive(Settings(home=tmp_path)):
        pass
    after = stat.S_IMODE(tmp_path.stat().st_mode), stat.S_IMODE((tmp_path / "mine").stat().st_mode)
    assert after == before


def test_the_readers_group_gets_what_is_published(tmp_path: Path) -> None:
    """Also what is written there later; and it loses it again when another one is set."""
    home = older_folder(tmp_path / "state")
    groups = [g.gr_gid for g in grp.getgrall()] if os.geteuid() == 0 else os.getgroups()
    other = next((group for group in groups if group != os.getegid()), os.getegid())
    settings = Settings(home=home, readers_group=grp.getgrgid(other).gr_name)
    rights.mend(settings)
    (home / "site" / "later.html").touch()
    assert wrong_rights(home) == ["644 site/later.html"]
    shared = [path for name in ("published", "site") for path in (home / name).rglob("*")]
    assert {path.lstat().st_gid for path in shared if not path.is_symlink()} == {other}
    assert (home / "lake").stat().st_gid == os.getegid()
    rights.mend(Settings(home=home))
    assert {path.lstat().st_gid for path in shared if not path.is_symlink()} == {os.getegid()}


def test_a_group_that_is_not_there(tmp_path: Path) -> None:
    """It names the setting."""
    home = older_folder(tmp_path / "state")
    with pytest.raises(StateError, match="CSW_READERS_GROUP=nobodys: there is no such group"):
        rights.mend(Settings(home=home, readers_group="nobodys"))


# what `make up` or `make run` does first; then somebody saves a connection, as in the UI
SAVE = """
import os, sys
from pathlib import Path
from cli import airflow_home
from runtime.settings import get_settings
settings = get_settings()
airflow_home.configure(settings, Path())
if "plain" in sys.argv:
    os.environ["AIRFLOW__CORE__FERNET_KEY"] = ""
airflow_home.migrate(settings)
from airflow.models import Connection, Variable
from airflow.utils.session import create_session
with create_session() as session:
    if "save" in sys.argv:
        session.add(Connection(conn_id="mine", conn_type="http", login="l", password="hush-hush", extra='{"a": "hush-hush"}'))
        Variable.set("mine", "hush-hush", session=session)
with create_session() as session:
    found = session.query(Connection).filter_by(conn_id="mine").one()
    variable = session.query(Variable).filter_by(key="mine").one()
    print(found.password, found.extra_dejson["a"], variable.val)
"""


def test_a_saved_connection_is_never_plain(tmp_path: Path) -> None:
    """Neither in a folder that was never `up`, nor, from the next start on, one saved before there was a key."""

    def start(*arguments: str) -> str:
        command = [sys.executable, "-c", SAVE, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(home), capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()[-1]

    def saved() -> str:
        with sqlite3.connect(home / "airflow" / "airflow.db") as database:
            tables = ("select password, extra from connection", "select val, 1 from variable")
            return str([database.execute(query).fetchall() for query in tables])

    home = tmp_path / "state"
    home.mkdir()
    shown = "hush-hush hush-hush hush-hush"
    assert start("save", "plain") == shown
    assert "hush-hush" in saved()
    (home / "airflow" / "migrated").write_text("of an older version")
    assert start() == shown
    assert "hush-hush" not in saved()

    home = tmp_path / "new"
    home.mkdir()
    assert start("save") == shown
    assert "hush-hush" not in saved()
    assert stat.S_IMODE((home / "airflow" / "fernet_key").stat().st_mode) == 0o600


def test_the_key_that_an_older_version_left_is_kept(tmp_path: Path) -> None:
    """What was saved under it stays readable; an emptied key is refused, not replaced."""
    from cli.airflow_home import _fernet_key

    key = "x" * 43 + "="
    (tmp_path / "airflow.cfg").write_text(f"[core]\nfernet_key = {key}\n[a]\nb = %(c)s\n")
    assert _fernet_key(tmp_path) == key
    (tmp_path / "airflow.cfg").unlink()
    assert _fernet_key(tmp_path) == key
    (tmp_path / "fernet_key").write_text("")
    with pytest.raises(StateError, match="restore it from a backup"):
        _fernet_key(tmp_path)
