"""History of the marts: what was published stays, or the publication is blocked."""

from datetime import date

import duckdb
import pytest

from pipeline.build import load_and_plan
from pipeline.build_plan import Mode
from pipeline.history import check_history
from runtime.errors import StateError
from tests.plans import plan_of

OLD, DAY, NEW = date(2026, 3, 29), date(2026, 3, 30), date(2026, 3, 31)
BEFORE = {OLD: 100, DAY: 100}


def write(path, counts):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create table marts.mart_rfm (as_of_date date)")
        for day, count in counts.items():
            connection.execute("insert into marts.mart_rfm select ? from range(?)", [day, count])


@pytest.fixture
def published(context):
    """What readers see has two slices."""
    folder = context.settings.published_dir
    name = "marts_2026-03-30_20260331T000000000000.duckdb"
    write(folder / name, BEFORE)
    (folder / "marts.duckdb").symlink_to(name)
    return context


def statuses(context, counts, mode=Mode.FULL, day=NEW, known=None):
    settings = context.settings
    plan = plan_of(settings.warehouse_file, as_of_date=day, mode=mode)
    if mode is Mode.BACKFILL:
        write(settings.marts_file, BEFORE)
        plan = plan.model_copy(update={"marts": settings.home / "scratch_marts.duckdb"})
    write(plan.marts, counts)
    return [result.status for result in check_history(context, plan, known)]


def findings(context):
    return context.findings.open()


def test_a_lost_slice_blocks(published):
    """As after a lost file of marts: 12 dates became 1."""
    assert statuses(published, {NEW: 100}) == ["blocked"]
    assert statuses(published, {DAY: 100, NEW: 100}) == ["blocked"]
    assert statuses(published, {**BEFORE, NEW: 100}) == ["passed"]


def test_what_retention_prunes_may_go(published):
    """Of a month long ago its last slice stays."""
    late = date(2028, 3, 31)
    assert statuses(published, {DAY: 100, late: 1}, day=late) == ["passed"]
    assert statuses(published, {OLD: 100, late: 1}, day=late) == ["blocked"]


def test_a_daily_build_changes_its_own_day_only(published):
    assert statuses(published, {OLD: 100, DAY: 7}, day=DAY) == ["passed"]
    assert statuses(published, {OLD: 99, DAY: 100}, day=DAY) == ["blocked"]
    assert findings(published) == []


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.BACKFILL])
def test_another_count_is_a_finding_that_blocks_above_5_percent(published, mode):
    known = {("mart_rfm", day): rows for day, rows in BEFORE.items()} if mode is Mode.FULL else None

    def look(rows):
        return statuses(published, {OLD: 100, DAY: rows}, mode, DAY, known)

    assert look(95) == ["passed"]
    (finding,) = findings(published)
    assert (finding["found_values"], finding["severity"]) == ("100 → 95", "warn")
    assert look(94) == ["blocked"]
    (finding,) = findings(published)
    assert (finding["found_values"], finding["severity"]) == ("100 → 94", "incomplete")
    published.findings.accept([finding["finding_id"]])
    assert look(94) == ["passed"]
    # killed before it was published, the next day goes on
    assert statuses(published, {OLD: 100, DAY: 94, NEW: 1}) == ["passed"]
    assert look(80) == ["blocked"]


def test_a_lost_file_beside_a_warehouse_with_builds_is_refused(context, monkeypatch):
    """Its older slices would be gone without a word."""
    settings = context.settings
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(
            """
            create schema ops;
            create table ops.builds as
            select 1 as build_id, date '2026-03-30' as as_of_date, 'a' as config_hash, 1 as load_id,
                'published' as status
            """
        )
    monkeypatch.setattr("pipeline.build.first_landed_date", lambda *_: "2026-03-30")
    with pytest.raises(StateError, match=r"marts_build.duckdb is gone.*make rebuild"):
        load_and_plan(context, NEW)
