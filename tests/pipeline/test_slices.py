"""Backfilled slices: one date is replaced, nothing else is touched."""

from datetime import date, timedelta

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.rebuild import slice_dates
from ingestion.lake import Lake
from pipeline import slices
from pipeline.context import Context
from pipeline.dbt_process import PROJECT
from pipeline.history import slice_rows
from runtime.settings import Settings
from runtime.tenant import Tenant

OLD, DAY, NEW = "2026-03-29", "2026-03-30", "2026-03-31"


def write(path, rows, current="new", extra=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema core")
        for table in ("mart_rfm", "mart_decile"):
            connection.execute(
                f"create table marts.{table} (as_of_date date, k varchar, v bigint {extra})"
            )
            for row in rows:
                connection.execute(
                    f"insert into marts.{table} (as_of_date, k, v) values (?, ?, ?)", row
                )
        connection.execute(f"create table marts.mart_customer_360 as select '{current}' as k")
        connection.execute(f"create table core.dim_date as select date '{NEW}' as as_of_date")


def read(path, table="marts.mart_rfm"):
    with duckdb.connect(str(path), read_only=True) as connection:
        return [
            (str(row[0]), *row[1:])
            for row in connection.execute(f"from {table} order by all").fetchall()
        ]


def test_one_date_is_replaced(tmp_path):
    marts, scratch = (
        tmp_path / "marts_build.duckdb",
        tmp_path / "scratch" / "2026-03-30" / "marts_build.duckdb",
    )
    write(marts, [(OLD, "a", 1), (DAY, "a", 2), (DAY, "gone", 3), (NEW, "a", 4)])
    write(scratch, [(OLD, "a", 91), (DAY, "a", 92), (DAY, "b", 93)], current="old")
    assert sorted(slices.copy(scratch, marts, DAY)) == ["mart_decile", "mart_rfm"]
    expected = [(OLD, "a", 1), (DAY, "a", 92), (DAY, "b", 93), (NEW, "a", 4)]
    assert read(marts) == read(marts, "marts.mart_decile") == expected
    assert read(marts, "marts.mart_customer_360") == [("new",)]
    assert read(marts, "core.dim_date") == [(NEW,)]
    slices.discard(scratch)
    assert not scratch.parent.exists()


def test_copying_again_changes_nothing(tmp_path):
    marts = tmp_path / "marts_build.duckdb"
    write(marts, [(NEW, "a", 4)])
    scratch = tmp_path / "scratch" / "2026-03-30" / "marts_build.duckdb"
    write(scratch, [(DAY, "a", 92)])
    for _ in range(2):
        slices.copy(scratch, marts, DAY)
    assert read(marts) == [(DAY, "a", 92), (NEW, "a", 4)]


def test_a_copy_that_fails_leaves_every_slice(tmp_path):
    """The marts are those of another model version: all or nothing."""
    marts, scratch = (
        tmp_path / "marts_build.duckdb",
        tmp_path / "scratch" / "2026-03-30" / "marts_build.duckdb",
    )
    write(marts, [(DAY, "a", 2)])
    write(scratch, [(DAY, "a", 92)], extra=", added varchar")
    with pytest.raises(duckdb.Error):
        slices.copy(scratch, marts, DAY)
    assert read(marts) == read(marts, "marts.mart_decile") == [(DAY, "a", 2)]


def test_scratch_files_are_fresh(tmp_path):
    """What a killed backfill left does not get into the next."""
    settings = Settings(home=tmp_path)
    tenant = Tenant(name="a", first_business_date=date(2026, 1, 1), systems=["files"])
    context = Context(settings, tenant, Lake(settings.lake_root))
    warehouse, marts = slices.scratch_files(context, date(2026, 3, 30))
    warehouse.write_text("left over")
    again = slices.scratch_files(context, date(2026, 3, 30))
    assert again == (warehouse, marts)
    assert not warehouse.exists()
    assert warehouse.parent == marts.parent != settings.home


# Which slices are kept


def kept(dates, as_of, days):
    """The dates left of a mart's slices, the written one included, by the project's own macro."""
    text = (PROJECT / "macros" / "strategy" / "slices.sql").read_text(encoding="utf-8")
    sql = jinja2.Template(text + "{{ replaced_slices() }}").render(
        this="mart",
        as_of_date=lambda: f"date '{as_of}'",
        month_of=lambda column: f"date_trunc('month', {column})",
        var={"slice_retention_days": days}.get,
    )
    with duckdb.connect() as connection:
        connection.execute("create table mart as select unnest(?::date[]) as as_of_date", [dates])
        replaced = {row[0] for row in connection.execute(sql).fetchall()}
    assert as_of in replaced
    return set(dates) - replaced | {as_of}


@settings(max_examples=20)
@given(
    st.sets(st.dates(date(2026, 1, 1), date(2026, 6, 30)), min_size=1, max_size=40),
    st.integers(0, 40),
)
def test_recent_slices_and_the_last_of_each_month_are_kept(dates, days):
    """Of every month with a slice one stays, whether or not anything ran on its last day."""
    as_of = max(dates)
    last = {max(day for day in dates if day.month == month) for month in {d.month for d in dates}}
    expected = {day for day in dates if day > as_of - timedelta(days=days)} | last
    assert kept(sorted(dates), as_of, days) == expected


def test_a_rebuild_makes_the_slices_that_are_kept(context):
    dates = [date(2026, 1, 29), date(2026, 1, 30), *(date(2026, 5, n) for n in (1, 2, 30))]
    assert slice_dates(context, dates) == [dates[4], dates[3], dates[2], dates[1]]


def test_a_scratch_file_can_be_asked_for_its_slices(context):
    """Its database is not called as the schema in it, which DuckDB could not tell apart."""
    _, marts = slices.scratch_files(context, date(2026, 3, 31))
    with duckdb.connect(str(marts)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.mart_x as select date '2026-03-31' as as_of_date")
    assert slice_rows(marts) == {("mart_x", date(2026, 3, 31)): 1}
