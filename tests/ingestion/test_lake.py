"""The lake: what is landed and what counts."""

import json
import os
from datetime import UTC, date, datetime, timedelta

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.raw_check import RunToCheck, check_runs
from ingestion import lake as lake_module
from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.text_table import TECHNICAL_COLUMNS, fold, to_text_table
from runtime.records import RESERVED_COLUMNS, Page
from tests.contracts.landed import USUAL
from tests.landing import accounts, land, land_and_commit, midnight_after, rows_of, window_of

ACCOUNT = find_object("salesforce", "Account")
DAY = date(2026, 3, 31)
NOW = datetime(2026, 4, 1, 2, tzinfo=UTC)

names = st.text(st.characters(codec="utf-8"), min_size=1).filter(
    lambda name: name.lower() not in RESERVED_COLUMNS
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=8,
)
# A vendor never tells two fields apart by capitals only
records = st.dictionaries(names, json_values, max_size=5).filter(
    lambda record: len({fold(name) for name in record}) == len(record)
)
# The fields of a page's records are the same, in any order, or they are not.
alike = st.lists(names, min_size=1, max_size=4, unique_by=fold).flatmap(
    lambda fields: st.lists(
        st.permutations(fields).flatmap(
            lambda order: st.fixed_dictionaries(dict.fromkeys(order, json_values))
        ),
        min_size=1,
        max_size=6,
    )
)


# Records as text


@given(st.lists(records, min_size=1, max_size=6) | alike)
def test_any_record_becomes_text_and_nothing_is_lost(pages):
    """Text stays as it is, all else reads back as the JSON it was; null and absent are null."""
    table = to_text_table(Page(pages), 1, 0, "run", NOW)
    columns = [name for name in table.column_names if name not in TECHNICAL_COLUMNS]
    assert all(str(table.schema.field(name).type) == "string" for name in columns)
    assert table.num_rows == len(pages)
    for record, row in zip(pages, table.to_pylist(), strict=True):
        landed = {name: row[name] for name in columns}
        for name, value in record.items():
            text = landed.pop(name)
            if value is None or isinstance(value, str):
                assert text == value
            else:
                assert json.loads(text) == value
        assert set(landed.values()) <= {None}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("00123", "00123"),
        ("", ""),
        (None, None),
        (True, "true"),
        (0.1, "0.1"),
        (12345678901234567, "12345678901234567"),
        ({"種別": [1, None]}, '{"種別":[1,null]}'),
    ],
)
def test_values_as_json_prints_them(value, text):
    table = to_text_table(Page([{"field": value}]), 1, 0, "run", NOW)
    assert table.column("field").to_pylist() == [text]


def test_technical_columns(lake):
    manifest = lake.write_run(
        find_object("files", "crm__order"),
        DAY,
        lake.next_window(ACCOUNT, midnight_after(DAY)),
        [
            Page([{"a": "1"}, {"a": "2", "_is_deleted": True}], source_file="x.csv"),
            Page([{"a": "3"}], source_file="y.csv"),
        ],
    )
    rows = rows_of(lake, find_object("files", "crm__order"), manifest)
    technical = ("_row", "_page", "_source_file", "_is_deleted")
    assert [tuple(row[name] for name in technical) for row in rows] == [
        (0, 1, "x.csv", False),
        (1, 1, "x.csv", True),
        (2, 2, "y.csv", False),
    ]
    assert {row["_run_id"] for row in rows} == {manifest.run_id}
    assert (manifest.rows, manifest.tombstones, manifest.pages) == (3, 1, 2)
    assert manifest.columns == ["a"]


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(0, 9), max_size=6), part_rows=st.integers(1, 7))
def test_parts_hold_every_row_once_and_in_order(tmp_path_factory, sizes, part_rows):
    """Pages of any size, parts of any size: rows are numbered through the run."""
    lake = Lake(str(tmp_path_factory.mktemp("parts")))
    pages = [accounts(size, sum(sizes[:n])) for n, size in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lake_module, "PART_ROWS", part_rows)
        manifest = land(lake, ACCOUNT, DAY, *pages)
    rows = rows_of(lake, ACCOUNT, manifest)
    assert [row["_row"] for row in rows] == list(range(sum(sizes)))
    assert [row["Id"] for row in rows] == [f"A{number}" for number in range(sum(sizes))]
    assert manifest.rows == sum(part["rows"] for part in manifest.parts) == sum(sizes)
    assert all(part["rows"] <= part_rows for part in manifest.parts)
    assert manifest.bytes == sum(os.path.getsize(part) for part in lake.parts(ACCOUNT, manifest))


def test_large_records_make_smaller_parts(lake, monkeypatch):
    monkeypatch.setattr(lake_module, "PART_BYTES", 50_000)
    records = [{"Id": f"A{number}", "Name": "x" * 10_000} for number in range(13)]
    manifest = land(lake, ACCOUNT, DAY, *([record] for record in records))
    assert [part["rows"] for part in manifest.parts] == [5, 5, 3]
    assert [row["Id"] for row in rows_of(lake, ACCOUNT, manifest)] == [r["Id"] for r in records]


# What counts


def test_a_run_is_invisible_before_its_commit(lake):
    manifest = land(lake, ACCOUNT, DAY, accounts(2))
    assert lake.committed(ACCOUNT) == []
    assert lake.next_window(ACCOUNT, NOW).start is None
    lake.commit(ACCOUNT, manifest)
    assert lake.committed(ACCOUNT) == [manifest]


def test_a_commit_twice_is_one(lake):
    first = land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    second = land_and_commit(lake, ACCOUNT, DAY + timedelta(days=1), accounts(2))
    lake.commit(ACCOUNT, second)
    assert lake.committed(ACCOUNT) == [first, second]
    assert lake.committed(ACCOUNT, up_to=DAY) == [first]


def test_a_commit_replaces_the_pointer_and_never_writes_into_it(lake):
    """Who is reading it meanwhile reads the old one to its end."""
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    with open(f"{lake.object_path(ACCOUNT)}/_committed.json") as reader:
        land_and_commit(lake, ACCOUNT, DAY + timedelta(days=1), accounts(1))
        assert len(json.load(reader)["runs"]) == 1
    assert len(lake.committed(ACCOUNT)) == 2


def test_a_forced_run_stands_beside_the_first(lake):
    first = land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    forced = land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    assert lake.committed(ACCOUNT) == [first, forced]
    assert all(os.path.exists(part) for part in lake.parts(ACCOUNT, first))


def test_a_complete_run_waits_for_its_check(lake):
    """Found until it is committed or blocked; a run without a manifest is none."""
    window = lake.next_window(ACCOUNT, midnight_after(DAY))
    lake.write_run(ACCOUNT, DAY, window, [Page(accounts(1))])
    assert lake.complete_run(ACCOUNT, "2026-03-31") is None
    waiting = land(lake, ACCOUNT, DAY, accounts(3))
    assert lake.complete_run(ACCOUNT, "2026-03-31") == waiting
    assert lake.complete_run(ACCOUNT, "2026-03-30") is None
    lake.commit(ACCOUNT, waiting)
    assert lake.complete_run(ACCOUNT, "2026-03-31") is None


def test_a_blocked_run_is_no_longer_waiting(lake):
    blocked = land(lake, ACCOUNT, DAY, accounts(3))
    lake.block(ACCOUNT, blocked, ["Name_missing: 3 rows"])
    assert lake.complete_run(ACCOUNT, "2026-03-31") is None
    again = land(lake, ACCOUNT, DAY, accounts(3))
    assert lake.complete_run(ACCOUNT, "2026-03-31") == again
    folder = lake.run_path(ACCOUNT, "2026-03-31", blocked.run_id)
    assert json.loads(lake.fs.cat_file(f"{folder}/_blocked.json"))["reasons"] == [
        "Name_missing: 3 rows"
    ]


def test_folders_that_are_no_entity(lake):
    land(lake, find_object("files", "hr-staff [new]"), DAY, [{"id": "1"}])
    land(lake, find_object("files", "crm__order"), DAY, [{"order_id": "1"}])
    lake.fs.touch(f"{lake.root}/raw/files/.DS_Store")
    (unknown,) = lake.unknown_entities()
    assert unknown.object == "hr-staff [new]"
    assert lake.complete_run(unknown, "2026-03-31").rows == 1


# Windows


def test_the_first_window_has_no_lower_bound_and_the_next_looks_back(lake):
    first = land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    assert window_of(first).start is None
    end = midnight_after(DAY + timedelta(days=1))
    window = lake.next_window(ACCOUNT, end)
    assert window.start == midnight_after(DAY) - ACCOUNT.lookback
    assert window.end == end


def test_a_blocked_run_does_not_move_the_window(lake):
    land_and_commit(lake, ACCOUNT, DAY, accounts(1))
    lake.block(ACCOUNT, land(lake, ACCOUNT, DAY + timedelta(days=1), accounts(1)), ["no"])
    window = lake.next_window(ACCOUNT, midnight_after(DAY + timedelta(days=2)))
    assert window.start == midnight_after(DAY) - ACCOUNT.lookback


@settings(max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_windows_leave_no_gap_after_an_outage(tmp_path_factory, gaps):
    """However many days apart the runs are (an outage of a week), each starts where the last ended or before."""
    lake = Lake(str(tmp_path_factory.mktemp("outage")))
    day = DAY
    previous = land_and_commit(lake, ACCOUNT, day)
    for gap in gaps:
        day += timedelta(days=gap)
        manifest = land_and_commit(lake, ACCOUNT, day)
        window = window_of(manifest)
        assert window.start == window_of(previous).end - ACCOUNT.lookback
        assert window.end == midnight_after(day)
        previous = manifest


# Quarantine


@settings(max_examples=40)
@given(st.data())
def test_rows_in_are_rows_kept_and_rows_held_back(tmp_path_factory, data):
    """Whole rows are copied, each with its rule and reason, whichever part they are in."""
    lake = Lake(str(tmp_path_factory.mktemp("quarantine")))
    count = data.draw(st.integers(1, 12))
    bad = data.draw(st.sets(st.integers(0, count - 1), min_size=1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lake_module, "PART_ROWS", 5)
        manifest = land(lake, ACCOUNT, DAY, accounts(count - 1), [{"Id": "Z", "Extra": "x"}])
    lake.quarantine_rows(ACCOUNT, manifest, {row: (f"rule_{row}", f"理由{row}") for row in bad})
    manifest.rows_quarantined = len(bad)
    (path,) = lake.quarantined_parts(ACCOUNT, manifest)
    held = {row["_row"]: row for row in pq.read_table(path).to_pylist()}
    assert held.keys() == bad
    for landed in rows_of(lake, ACCOUNT, manifest):
        if landed["_row"] in bad:
            copy = held[landed["_row"]]
            assert {name: copy[name] for name in landed} == landed
            assert (copy["_rule"], copy["_reason"]) == (
                f"rule_{landed['_row']}",
                f"理由{landed['_row']}",
            )


def test_rows_of_an_unfinished_quarantine_do_not_count(lake):
    """Killed between quarantine and manifest, then mended: the check finds nothing, nothing is held back."""
    manifest = land(lake, ACCOUNT, DAY, accounts(3))
    lake.quarantine_rows(ACCOUNT, manifest, {1: ("rule", "reason")})
    landed = lake.complete_run(ACCOUNT, "2026-03-31")
    assert lake.quarantined_parts(ACCOUNT, landed) == []


def test_an_unreadable_file_is_kept_byte_for_byte(lake):
    entry = find_object("files", "crm__order")
    manifest = land(lake, entry, DAY)
    lake.quarantine_file(
        entry, manifest, "crm__order/2026-03-31/注文.csv", b"\x81\xff", "not UTF-8"
    )
    folder = lake.run_path(entry, "2026-03-31", manifest.run_id, zone="quarantine")
    kept = f"{folder}/crm__order/2026-03-31/注文.csv"
    assert lake.fs.cat_file(kept) == b"\x81\xff"
    assert json.loads(lake.fs.cat_file(f"{kept}.reason.json"))["reason"] == "not UTF-8"


# Roots


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_any_fsspec_root(tmp_path, scheme):
    """Landed, checked, held back and read again where there is no local folder."""
    lake = Lake(f"{scheme}://{tmp_path}/lake")
    good = {"Id": "A1", "Name": "青山", "SystemModstamp": "2026-03-01T00:00:00.000+0000"}
    first = land_and_commit(lake, ACCOUNT, DAY, [good])
    second = land(lake, ACCOUNT, DAY + timedelta(days=1), [good, good | {"Id": "A2", "Name": None}])
    assert lake.complete_run(ACCOUNT, "2026-04-01") == second
    run = RunToCheck(
        ACCOUNT,
        lake.parts(ACCOUNT, second),
        second.columns,
        lake.parts(ACCOUNT, first),
        first.columns,
    )
    (check,) = check_runs([run], "run", DAY, tmp_path, USUAL)
    assert [row.row for row in check.quarantined] == [1]
    lake.quarantine_rows(ACCOUNT, second, {1: ("Name_missing", "no name")})
    second.rows_quarantined = 1
    with duckdb.connect() as connection:
        lake_module.register_lake(connection, lake.quarantined_parts(ACCOUNT, second))
        (held,) = connection.execute(
            "select Id, _rule from read_parquet(?)", [lake.quarantined_parts(ACCOUNT, second)]
        ).fetchall()
    assert held == ("A2", "Name_missing")
    lake.block(ACCOUNT, second, ["no"])
    assert lake.complete_run(ACCOUNT, "2026-04-01") is None
