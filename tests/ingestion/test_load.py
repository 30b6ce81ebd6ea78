"""The load: each committed run once, whole or not at all, whatever its columns."""

import signal
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import lake as lake_module
from ingestion.catalogue import find_object, load_catalogue
from ingestion.lake import Lake
from ingestion.load import load, store_salt
from ingestion.sources.files.csv_xlsx import Told, read_records
from ingestion.sources.files.unreadable import UnreadableFile
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.records import ExpectedColumns
from tests.conftest import ROOT
from tests.landing import land, land_and_commit

ACCOUNT, LEAD = find_object("salesforce", "Account"), find_object("salesforce", "Lead")
DAY = date(2026, 3, 31)
NEXT = DAY + timedelta(days=1)
COLUMNS = {"salesforce__account": ["Id", "Name", "CustomerStage__c"]}


@pytest.fixture
def warehouse(tmp_path):
    return tmp_path / "warehouse.duckdb"


def accounts(*numbers):
    return [{"Id": f"A{number}", "Name": "青山"} for number in numbers]


def query(warehouse, sql):
    with connect(warehouse, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def ids(warehouse, table="salesforce__account"):
    return [
        row[0] for row in query(warehouse, f"select Id from raw.{table} order by _load_id, _row")
    ]


def column_names(warehouse, table):
    return [
        row[0]
        for row in query(
            warehouse,
            f"select column_name from duckdb_columns() where schema_name = 'raw' and table_name = '{table}'",
        )
    ]


def test_every_catalogue_table_exists_with_its_contracts_columns(lake, warehouse):
    """Also where nothing was ever extracted, so that staging can name them."""
    assert load(warehouse, lake, COLUMNS) == []
    tables = {row[0] for row in query(warehouse, "select table_name from duckdb_tables()")}
    assert {entry.table for entry in load_catalogue()} <= tables
    assert set(COLUMNS["salesforce__account"]) <= set(column_names(warehouse, ACCOUNT.table))
    assert query(warehouse, "select CustomerStage__c from raw.salesforce__account") == []


def test_a_run_is_loaded_once(lake, warehouse):
    manifest = land_and_commit(lake, ACCOUNT, DAY, accounts(1, 2))
    assert load(warehouse, lake, COLUMNS) == [(ACCOUNT, manifest)]
    before = query(warehouse, "select * from raw.salesforce__account order by all")
    assert load(warehouse, lake, COLUMNS) == []
    assert query(warehouse, "select * from raw.salesforce__account order by all") == before
    assert query(warehouse, "select count(*), sum(rows_in) from ops.loads") == [(1, 2)]


def test_an_uncommitted_run_is_not_loaded(lake, warehouse):
    land(lake, ACCOUNT, DAY, accounts(1))
    blocked = land(lake, ACCOUNT, DAY, accounts(2))
    lake.block(ACCOUNT, blocked, ["no"])
    assert load(warehouse, lake, COLUMNS) == []
    assert ids(warehouse) == []


def test_the_newest_drop_that_was_taken_is_kept(lake, warehouse):
    """A rejected file is none; so is a vendor's run."""
    manifest = land(lake, find_object("files", "crm__order"), DAY, [{"order_id": "O1"}])
    manifest.files = {
        "crm__order/2026-03-30/a.csv": {"drop": "2026-03-30", "rows": 1},
        "crm__order/20260329/a.csv": {"drop": "2026-03-29", "rows": 1},
        "crm__order/2026-03-31/b.csv": {"reason": "no table"},
    }
    lake.commit(find_object("files", "crm__order"), manifest)
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    load(warehouse, lake, COLUMNS, frequencies={"salesforce__account": "weekly"})
    assert query(warehouse, "select object, newest_drop from ops.loads order by 1") == [
        ("Account", None),
        ("crm__order", date(2026, 3, 30)),
    ]
    frequency = "select frequency from ops.source_objects where object in ('Account', 'Lead') order by object"
    assert query(warehouse, frequency) == [("weekly",), ("daily",)]


def test_load_ids_rise_and_dates_are_kept(lake, warehouse):
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    load(warehouse, lake, COLUMNS)
    land_and_commit(lake, ACCOUNT, NEXT, accounts(2))
    land_and_commit(lake, LEAD, NEXT, [{"Id": "L1"}])
    load(warehouse, lake, COLUMNS)
    assert query(
        warehouse, "select load_id, object, business_date, area from ops.loads order by 1"
    ) == [(1, "Account", DAY, "crm"), (2, "Account", NEXT, "crm"), (3, "Lead", NEXT, "sfa")]
    assert query(
        warehouse, "select Id, _business_date, _load_id from raw.salesforce__account order by 1"
    ) == [("A1", DAY, 1), ("A2", NEXT, 2)]


def test_later_dates_are_left_out_of_an_older_one(lake, warehouse):
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    land_and_commit(lake, ACCOUNT, NEXT, accounts(2))
    load(warehouse, lake, COLUMNS, up_to=DAY)
    assert ids(warehouse) == ["A1"]
    load(warehouse, lake, COLUMNS)
    assert ids(warehouse) == ["A1", "A2"]


# Columns


def test_new_columns_are_added(lake, warehouse):
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    load(warehouse, lake, COLUMNS)
    land_and_commit(lake, ACCOUNT, NEXT, [{"Id": "A2", "業種（x）": "製造", "name": "lower"}])
    load(warehouse, lake, COLUMNS)
    assert query(
        warehouse,
        'select Id, Name, "業種（x）", CustomerStage__c from raw.salesforce__account order by 1',
    ) == [("A1", "青山", None, None), ("A2", "lower", "製造", None)]


def test_columns_that_differ_between_parts(lake, warehouse, monkeypatch):
    """Two files, other columns in another order, one name in other capitals."""
    monkeypatch.setattr(lake_module, "PART_ROWS", 2)
    records = [
        {"Id": "A1", "Memo": "x"},
        {"Id": "A2", "memo": "y"},
        {"Rank": "S", "Id": "A3"},
        {"Id": "A4", "Ａ": "1", "ａ": "2"},
        {"MEMO": "z", "Id": "A5"},
    ]
    land_and_commit(lake, ACCOUNT, DAY, *([record] for record in records))
    load(warehouse, lake, COLUMNS)
    assert query(
        warehouse, 'select Id, Memo, Rank, "Ａ", "ａ" from raw.salesforce__account order by 1'
    ) == [
        ("A1", "x", None, None, None),
        ("A2", "y", None, None, None),
        ("A3", None, "S", None, None),
        ("A4", None, None, "1", "2"),
        ("A5", "z", None, None, None),
    ]


@pytest.mark.parametrize("folder", ["hr__staff", "hr-staff", "顧客 2026", 'a"b', "x; drop table y"])
def test_a_dropped_folder_of_any_name(lake, warehouse, folder):
    """It lands raw under its name and holds up nobody."""
    entry = find_object("files", folder)
    land_and_commit(lake, entry, DAY, [{"id": "1", "select": "2"}])
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    load(warehouse, lake, COLUMNS)
    table = entry.table.replace('"', '""')
    assert query(warehouse, f'select id, "select" from raw."{table}"') == [("1", "2")]
    assert ids(warehouse) == ["A1"]
    assert load(warehouse, lake, COLUMNS) == []


def test_a_file_with_the_warehouses_own_columns_is_turned_away(tmp_path):
    """A load of them would fail, and a text `false` in _is_deleted delete the row."""
    path = tmp_path / "x.csv"
    path.write_text("id,_Is_Deleted,_load_id\n1,false,1\n")
    with pytest.raises(UnreadableFile, match="ourselves: _Is_Deleted, _load_id"):
        list(read_records(path, ExpectedColumns(), Told()))


# Conservation


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sets(st.integers(0, 7))).map(
            lambda run: (run[0], {row for row in run[1] if row < run[0]})
        ),
        max_size=4,
    )
)
def test_rows_in_are_rows_loaded_and_rows_held_back(tmp_path_factory, runs):
    """For any runs with any rows held back, in one load or in several."""
    folder = tmp_path_factory.mktemp("conservation")
    lake, warehouse = Lake(str(folder / "lake")), folder / "warehouse.duckdb"
    expected = []
    for number, (count, bad) in enumerate(runs):
        names = [number * 10 + row for row in range(count)]
        land_and_commit(lake, ACCOUNT, DAY, accounts(*names), quarantined=bad)
        expected += [f"A{name}" for row, name in enumerate(names) if row not in bad]
        if number % 2:
            load(warehouse, lake, COLUMNS)
    load(warehouse, lake, COLUMNS)
    assert ids(warehouse) == expected
    rows_in, held_back = query(
        warehouse,
        "select coalesce(sum(rows_in), 0), coalesce(sum(rows_quarantined), 0) from ops.loads",
    )[0]
    assert rows_in == len(expected) + held_back == sum(count for count, _ in runs)


# All or nothing


def test_a_load_that_fails_half_way_leaves_nothing(lake, warehouse):
    """The second object's part is damaged: the first is not loaded either, new columns neither."""
    load(warehouse, lake, COLUMNS)
    land_and_commit(lake, ACCOUNT, DAY, [{"Id": "A1", "Extra": "x"}])
    damaged = land_and_commit(lake, LEAD, DAY, [{"Id": "L1"}])
    (part,) = lake.parts(LEAD, damaged)
    good = lake.fs.cat_file(part)
    lake.fs.pipe_file(part, good[:20])
    with pytest.raises(StateError, match="is damaged"):
        load(warehouse, lake, COLUMNS)
    assert ids(warehouse) == []
    assert "Extra" not in column_names(warehouse, ACCOUNT.table)
    assert query(warehouse, "from ops.loads") == []
    lake.fs.pipe_file(part, good)
    assert len(load(warehouse, lake, COLUMNS)) == 2
    assert ids(warehouse) == ["A1"]


_LOADER = """
import sys, time
from pathlib import Path
from ingestion import load as module
from runtime.errors import StateError
from ingestion.lake import Lake
load_run = module._load_rows
def slowly(connection, lake, entry, manifest, load_id):
    load_run(connection, lake, entry, manifest, load_id)
    print(entry.object, flush=True)
    if entry.object == "Lead":
        time.sleep(600)
module._load_rows = slowly
module.load(Path(sys.argv[2]), Lake(sys.argv[1]), {})
"""


def test_a_part_that_lost_rows_after_its_commit_is_not_loaded(lake, warehouse):
    """A part is the one that was written: a shorter one would be a silent loss."""
    manifest = land_and_commit(lake, ACCOUNT, DAY, accounts(1, 2, 3))
    (part,) = lake.parts(ACCOUNT, manifest)
    pq.write_table(pq.read_table(part).slice(1), part)
    with pytest.raises(StateError, match=r"part-00000.parquet is damaged"):
        load(warehouse, lake, COLUMNS)
    load(warehouse, Lake(f"{lake.root}-empty"), COLUMNS)
    assert ids(warehouse) == []


def test_a_file_that_is_no_warehouse_is_named(warehouse):
    warehouse.write_bytes(b"no database" * 1000)
    with pytest.raises(
        StateError, match=r"warehouse\.duckdb cannot be opened: .*not a valid"
    ) as caught:
        connect(warehouse, read_only=True)
    assert "make rebuild" in caught.value.hint


@pytest.mark.parametrize("damage", ["damaged", "gone"])
def test_a_part_that_cannot_be_read_is_named(lake, warehouse, damage):
    manifest = land_and_commit(lake, ACCOUNT, DAY, accounts(1, 2))
    (part,) = lake.parts(ACCOUNT, manifest)
    content = Path(part).read_bytes()
    Path(part).unlink()
    if damage == "damaged":
        Path(part).write_bytes(content[:100])
    with pytest.raises(StateError, match=rf"Account/.*/part-0.* is {damage}") as caught:
        load(warehouse, lake, COLUMNS)
    assert "backup" in caught.value.hint


@pytest.mark.parametrize("name", ["_committed.json", "_manifest.json"])
def test_a_damaged_pointer_or_manifest_is_named(lake, name):
    manifest = land(lake, ACCOUNT, DAY, accounts(1))
    if name == "_committed.json":
        lake.commit(ACCOUNT, manifest)
    (path,) = Path(lake.object_path(ACCOUNT)).rglob(name)
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(StateError, match=f"{name} is damaged"):
        lake.complete_run(ACCOUNT, manifest.business_date)


def test_a_killed_load_leaves_nothing_and_the_next_one_all(lake, warehouse):
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    load(warehouse, lake, COLUMNS)
    land_and_commit(lake, ACCOUNT, NEXT, accounts(2, 3))
    land_and_commit(lake, LEAD, NEXT, [{"Id": "L1"}])
    command = [sys.executable, "-c", _LOADER, lake.root, str(warehouse)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert [process.stdout.readline() for _ in range(2)] == ["Account\n", "Lead\n"]
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert ids(warehouse) == ["A1"]
    load(warehouse, lake, COLUMNS)
    assert ids(warehouse) == ["A1", "A2", "A3"]
    assert ids(warehouse, "salesforce__lead") == ["L1"]


# Roots, limits and salt


def test_duckdb_uses_what_it_may(warehouse, monkeypatch):
    """Five areas check their runs at once: DuckDB's own default is four fifths of the machine each."""
    monkeypatch.setenv("CSW_DUCKDB_THREADS", "1")
    monkeypatch.setenv("CSW_DUCKDB_MEMORY", "300MiB")
    with connect(warehouse) as connection:
        settings = "current_setting('threads'), current_setting('memory_limit'), current_setting('TimeZone')"
        assert connection.execute(f"select {settings}").fetchone() == (1, "300.0 MiB", "UTC")


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_any_fsspec_root(tmp_path, warehouse, scheme):
    lake = Lake(f"{scheme}://{tmp_path}/lake")
    land_and_commit(lake, ACCOUNT, DAY, accounts(1, 2), quarantined=[0])
    load(warehouse, lake, COLUMNS)
    land_and_commit(lake, find_object("files", "hr__staff"), NEXT, [{"id": "1"}])
    load(warehouse, lake, COLUMNS)
    assert ids(warehouse) == ["A2"]
    assert query(warehouse, "select id from raw.files__hr__staff") == [("1",)]


def test_the_salt_is_made_once_and_only_its_owner_reads_it(tmp_path, warehouse):
    salt_file = tmp_path / "salt"
    store_salt(warehouse, salt_file)
    salt = salt_file.read_text()
    assert len(salt) == 64
    assert stat.S_IMODE(salt_file.stat().st_mode) == 0o600
    store_salt(warehouse, salt_file)
    assert query(warehouse, "from ops.salt") == [(salt,)]
    other = tmp_path / "scratch.duckdb"
    store_salt(other, salt_file)
    assert query(other, "from ops.salt") == [(salt,)]


@pytest.mark.parametrize("damage", ["lost", "empty", "other"])
@pytest.mark.parametrize("with_warehouse", [True, False])
def test_a_lost_salt_is_refused(tmp_path, warehouse, damage, with_warehouse):
    """All hashes would change without a word; the warehouse or the fingerprint knows of the old one."""
    salt_file = tmp_path / "salt"
    store_salt(warehouse, salt_file)
    salt = salt_file.read_text()
    salt_file.unlink()
    if damage != "lost":
        salt_file.write_text("" if damage == "empty" else "0" * 64)
    if with_warehouse:
        (tmp_path / "salt.sha256").unlink()
    target = warehouse if with_warehouse else tmp_path / "new.duckdb"
    with pytest.raises(StateError, match="all hashes"):
        store_salt(target, salt_file)
    salt_file.write_text(salt)
    store_salt(target, salt_file)
    assert query(target, "from ops.salt") == [(salt,)]
