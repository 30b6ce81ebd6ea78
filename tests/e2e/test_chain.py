"""Days in a row with kills between, against one run at the last date: nothing lost, nothing doubled."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from ingestion.catalogue import find_object
from tests.conftest import ROOT, Run, environment, run_command
from tests.e2e.daily_run import events, kill_day, run_day
from tests.e2e.marts import assert_same, staged, tables
from tests.e2e.tiny_tenant import DATES

BUILT_THEN = "built_then.duckdb"  # what readers saw after the second date


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, tiny_tenant: Path) -> Path:
    """State after three business dates, each killed at another place and run again."""
    home = tmp_path_factory.mktemp("chain")
    published = home / "published"

    def count(event: str) -> int:
        return sum(line["event"] == event for line in events(home))

    def complete(date: str) -> None:
        outcome = run_day(home, tiny_tenant, date, site=False)
        assert outcome.status == 0, outcome.output

    day1, day2, day3 = DATES
    kill_day(home, tiny_tenant, day1, lambda: count("extracted") >= 2)
    kill_day(home, tiny_tenant, day1, lambda: (home / "warehouse.duckdb").exists())
    complete(day1)
    building = count("dbt")
    kill_day(home, tiny_tenant, day2, lambda: count("dbt") > building)
    complete(day2)
    before = (published / "marts.duckdb").resolve()
    shutil.copyfile(before, home / BUILT_THEN)
    kill_day(home, tiny_tenant, day3, lambda: any(published.glob("marts_*.tmp")))
    assert (published / "marts.duckdb").resolve() == before, (
        "a killed publication changed what readers see"
    )
    complete(day3)
    return home


def test_a_merged_account_lives_on_in_the_surviving_one(tiny_at_once: Run) -> None:
    """Its subscription, ticket, usage and content hang on the customer it was merged into."""
    with tiny_at_once.marts() as connection:
        found = connection.execute(
            """
            with survivor as (
                select customer_key from core.bridge_customer_identity where source_id = '001000000000009AAA'
            )
            select
                (select count(distinct line_id) from core.fct_subscription_month join survivor using (customer_key)),
                (select count(*) from core.fct_ticket join survivor using (customer_key)),
                (select max(uses_28d) from core.fct_usage_weekly join survivor using (customer_key)),
                (select max(open_items) from marts.mart_activation_level join survivor using (customer_key))
            """
        ).fetchone()
    assert found == (2, 2, 8 + 9, 1)


def test_killed_days_end_as_one_run(chain: Path, tiny_at_once: Run) -> None:
    """Facts, current marts and the last slice do not tell how the history was run."""
    assert_same(
        tables(chain / "published/marts.duckdb"),
        tables(tiny_at_once.home / "published/marts.duckdb"),
    )


def test_killed_days_end_with_the_same_staging(chain: Path, tiny_at_once: Run) -> None:
    """Current state of every source object too, technical columns aside."""
    assert_same(staged(chain / "warehouse.duckdb"), staged(tiny_at_once.home / "warehouse.duckdb"))


def test_records_are_conserved(chain: Path) -> None:
    """Every record that came in is in the warehouse or in quarantine."""
    with duckdb.connect(str(chain / "warehouse.duckdb"), read_only=True) as connection:
        for source, name, rows_in, quarantined in connection.execute(
            "select source, object, sum(rows_in), sum(rows_quarantined) from ops.loads group by all"
        ).fetchall():
            table = find_object(source, name).table
            loaded = connection.execute(f"select count(*) from raw.{table}").fetchone()[0]
            assert loaded == rows_in - quarantined, (source, name)


def test_slices_of_every_date_are_kept(chain: Path) -> None:
    """A mart with slices holds one a business date."""
    with duckdb.connect(str(chain / "published/marts.duckdb"), read_only=True) as connection:
        dates = connection.execute(
            "select distinct cast(as_of_date as varchar) from marts.mart_activation_level order by 1"
        ).fetchall()
    assert [row[0] for row in dates] == list(DATES)


def test_an_older_date_fills_its_slice_only(chain: Path, tiny_tenant: Path) -> None:
    """A backfill neither moves the published date back nor touches current marts or other slices."""
    before = tables(chain / "published/marts.duckdb")
    outcome = run_day(chain, tiny_tenant, DATES[1], site=False)
    assert outcome.status == 0, outcome.output
    assert_same(tables(chain / "published/marts.duckdb"), before)


def test_a_past_date_gives_what_was_built_then(
    chain: Path, tiny_tenant: Path, tmp_path: Path
) -> None:
    """Every table, with all on the lake that came later: early warning, calls, phases, proof, health, support …"""
    shutil.copytree(chain / "lake", tmp_path / "lake")
    for salt in chain.glob("salt*"):
        shutil.copyfile(salt, tmp_path / salt.name)
    outcome = run_day(tmp_path, tiny_tenant, DATES[1], site=False)
    assert outcome.status == 0, outcome.output
    assert_same(tables(tmp_path / "published/marts.duckdb"), tables(chain / BUILT_THEN))


def test_a_killed_rebuild_changes_nothing(chain: Path) -> None:
    """Readers keep what they have, and so does the next run, until the rebuilt files are whole."""
    before, files = tables(chain / "published/marts.duckdb"), snapshot_names(chain)
    with subprocess.Popen(
        [sys.executable, "-m", "cli.rebuild"],
        cwd=ROOT,
        env=environment(chain),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as rebuild:
        while not any((chain / "scratch").glob("*/warehouse.duckdb")):  # the second date
            assert rebuild.poll() is None
            time.sleep(0.05)
        os.killpg(rebuild.pid, signal.SIGKILL)
    assert snapshot_names(chain) == files
    assert_same(tables(chain / "published/marts.duckdb"), before)
    assert (chain / "marts_build.duckdb").exists()


def test_rebuild_from_the_lake_alone(chain: Path) -> None:
    """The lake gives the same marts, every kept slice included, in one publication."""
    before, files = tables(chain / "published/marts.duckdb"), snapshot_names(chain)
    outcome = run_command(chain, "cli.rebuild")
    assert outcome.status == 0, outcome.output
    assert_same(tables(chain / "published/marts.duckdb"), before)
    assert len(snapshot_names(chain) - files) == 1
    assert not (chain / "rebuild").exists()


def snapshot_names(home: Path) -> set[str]:
    """The publications that are kept."""
    return {path.name for path in (home / "published").glob("marts_*")}
