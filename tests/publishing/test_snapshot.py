"""Publications: readers see a whole file, always; the last seven stay."""

import os
import random
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import duckdb
import pytest
from small_marts import write_marts

from expectations.results import append_results
from expectations.validate import RuleResult
from publishing.snapshot import KEEP, current_snapshot, publish_snapshot, rollback, snapshots
from runtime.errors import StateError
from runtime.files import point_link
from tests.conftest import ROOT

DAY = date(2026, 3, 31)


def publish(settings, value, day=DAY):
    write_marts(settings, value)
    return publish_snapshot(settings, day, 1).path


def seen(settings):
    """What a BI tool reads through the link."""
    link = settings.published_dir / "marts.duckdb"
    with duckdb.connect(str(link), read_only=True) as connection:
        return connection.execute("select distinct value from marts.mart_rfm").fetchall()[0][0]


def test_nothing_is_published_at_first(settings):
    assert (snapshots(settings), current_snapshot(settings)) == ([], None)
    with pytest.raises(StateError, match="no older snapshot"):
        rollback(settings)


def test_a_publication_swaps_the_link(settings):
    first = publish(settings, 1)
    assert (seen(settings), current_snapshot(settings).path) == (1, first)
    second = publish(settings, 2, date(2026, 4, 1))
    assert (seen(settings), current_snapshot(settings).path) == (2, second)
    assert current_snapshot(settings).as_of_date == date(2026, 4, 1)
    assert (
        os.readlink(settings.published_dir / "marts.duckdb")
        == f"{second.parent.name}/{second.name}"
    )
    with duckdb.connect(str(first), read_only=True) as connection:
        assert connection.execute("select max(value) from marts.mart_rfm").fetchone() == (1,)
    assert sorted(os.listdir(settings.published_dir)) == sorted(
        [first.parent.name, second.parent.name, "marts.duckdb"]
    )


def test_dbt_may_go_on_writing_its_own_file(settings):
    """What is published is a copy."""
    publish(settings, 1)
    write_marts(settings, 2)
    assert seen(settings) == 1


def test_the_published_file_cannot_be_written(settings):
    path = publish(settings, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert not path.with_name(f"{path.name}.wal").exists()


def test_what_only_publishing_knows(settings):
    """Loads, builds and check results are beside the marts."""
    result = RuleResult(
        run_id="r",
        business_date=DAY,
        layer="raw",
        table_name="salesforce__account",
        rule="Name_missing",
        severity="quarantine",
        status="quarantined",
        unexpected_count=2,
        observed="",
        message="Nameがある。",
        checked_at=datetime(2026, 4, 1, tzinfo=UTC),
    )
    append_results(settings.audit_dir, [result])
    path = publish(settings, 1)
    publish(settings, 1)  # the tables are replaced, not added to
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'ops' order by 1"
        ).fetchall()
        assert tables == [("_builds",), ("_runs",), ("finding",), ("gx_validation_result",)]
        rows = connection.execute(
            "select table_name, rule, status, unexpected_count, message from ops.gx_validation_result"
        ).fetchall()
        assert rows == [("salesforce__account", "Name_missing", "quarantined", 2, "Nameがある。")]
        assert connection.execute("select count(*) from ops._builds").fetchone() == (1,)
        secrets = connection.execute(
            "select table_name from duckdb_tables() where table_name = 'salt'"
        ).fetchall()
        assert secrets == []


def test_the_catalogue_keeps_its_name(settings):
    """BI tools keep their tables by catalogue, schema and name: all three stay over publications."""
    named = set()
    for value in range(3):
        path = publish(settings, value)
        for opened in (path, settings.published_dir / "marts.duckdb"):
            with duckdb.connect(str(opened), read_only=True) as connection:
                named.add(connection.execute("select current_catalog()").fetchone())
    assert named == {("customer_success",)}


def test_what_older_versions_published_stays_and_goes(settings):
    """Files without a folder are read, rolled back to and pruned like the others."""
    first = publish(settings, 1)
    flat = first.parent.with_name(f"{first.parent.name}.duckdb")
    first.rename(flat)
    first.parent.rmdir()
    point_link(settings.published_dir / "marts.duckdb", flat.name)
    assert (current_snapshot(settings).path, seen(settings)) == (flat, 1)
    publish(settings, 2)
    assert (rollback(settings).path, seen(settings)) == (flat, 1)
    for value in range(3, KEEP + 3):
        publish(settings, value)
    assert not flat.exists()


def test_an_open_reader_keeps_what_it_opened(settings):
    """Even when its file is no longer among the last seven."""
    publish(settings, 1)
    with duckdb.connect(str(settings.published_dir / "marts.duckdb"), read_only=True) as reader:
        for value in range(2, KEEP + 3):
            opened = publish(settings, value)
        assert reader.execute("select min(value), count(*) from marts.mart_rfm").fetchone() == (
            1,
            50_000,
        )
    assert seen(settings) == KEEP + 2
    assert opened.exists()


def test_the_last_seven_stay(settings):
    published = [publish(settings, value) for value in range(KEEP + 2)]
    assert KEEP == 7
    assert [snapshot.path for snapshot in snapshots(settings)] == published[-KEEP:]
    assert [snapshot.is_current for snapshot in snapshots(settings)] == [False] * 6 + [True]


def test_roll_back_and_forward(settings):
    first, second = publish(settings, 1), publish(settings, 2)
    assert rollback(settings).path == first
    assert seen(settings) == 1
    assert second.exists()
    with pytest.raises(StateError, match="no older snapshot"):
        rollback(settings)
    publish(settings, 3)
    assert seen(settings) == 3


def test_what_readers_see_is_never_removed(settings):
    """Rolled back to the oldest, then a publication that fails before its link: the old one stays."""
    published = [publish(settings, value) for value in range(KEEP)]
    for _ in range(KEEP - 1):
        rollback(settings)
    assert current_snapshot(settings).path == published[0]
    settings.findings_dir.mkdir(exist_ok=True)
    (settings.findings_dir / "x.parquet").write_text("damaged")
    with pytest.raises(StateError, match="is damaged"):
        publish(settings, 99)
    assert seen(settings) == 0


def test_the_folder_may_be_a_link_to_a_share(settings, tmp_path):
    (tmp_path / "share").mkdir()
    settings.published_dir.symlink_to(tmp_path / "share")
    path = publish(settings, 1)
    assert current_snapshot(settings).path == path


PUBLISHER = """
import os, sys
from datetime import date
import expectations.results, pandas, pyarrow.dataset
from runtime.settings import get_settings
from publishing.snapshot import publish_snapshot
settings = get_settings()
for _ in sys.stdin:
    if os.fork() == 0:  # what is imported is imported once
        print(os.getpid(), flush=True)
        while True:
            publish_snapshot(settings, date(2026, 4, 1), 1)
            print("published", flush=True)
    os.wait()
    print("ended", flush=True)
"""


def test_a_killed_publication_leaves_a_whole_file(settings):
    """Whatever the moment, readers see the old or the new publication, and the next one tidies up."""
    chance = random.Random(20260331)
    publish(settings, 1)
    write_marts(settings, 2)
    publish_snapshot(settings, DAY, 1)
    interrupted = 0
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISHER],
        cwd=ROOT,
        env=os.environ | {"CSW_HOME": str(settings.home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as launcher:
        for _ in range(12):
            launcher.stdin.write("go\n")
            launcher.stdin.flush()
            publisher = int(launcher.stdout.readline())
            began = time.monotonic()
            assert launcher.stdout.readline() == "published\n"
            time.sleep(chance.uniform(0, time.monotonic() - began))
            os.kill(publisher, signal.SIGKILL)
            while launcher.stdout.readline() != "ended\n":
                pass
            interrupted += any(settings.published_dir.glob("*.tmp*"))
            assert seen(settings) == 2
            current = current_snapshot(settings)
            with duckdb.connect(str(current.path), read_only=True) as connection:
                rows = connection.execute("select count(*) from marts.mart_rfm").fetchone()
                builds = connection.execute("select count(*) from ops._builds").fetchone()
            assert (rows, builds) == ((50_000,), (1,))
        launcher.stdin.close()
    assert interrupted, "no kill came within a publication"
    publish(settings, 3)
    assert seen(settings) == 3
    assert not list(settings.published_dir.glob("*.tmp*"))
    assert len(snapshots(settings)) == KEEP


def test_a_clock_set_back_prunes_no_newer_publication(settings):
    """The last seven go by publication, whatever the clock says."""
    first = publish(settings, 1)
    ahead = first.parent.with_name("marts_2026-03-31_29991231T000000000000")
    first.parent.rename(ahead)
    newest = [publish(settings, value, date(2026, 3, 1)) for value in range(2, KEEP + 2)]
    assert [snapshot.path for snapshot in snapshots(settings)] == newest


def test_a_link_to_nothing_is_named(settings):
    """Not "nothing published yet": readers see an error."""
    publish(settings, 1).unlink()
    with pytest.raises(StateError, match=r"which is gone.*ln -sfn"):
        current_snapshot(settings)
