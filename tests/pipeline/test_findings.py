"""Findings: opened by a run, kept, made good by what comes later, accepted as they are."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from runtime.errors import StateError
from runtime.findings import SCHEMA, Finding, FindingStore, describe, scope_of

DAY, NEXT, LATER = date(2026, 3, 30), date(2026, 3, 31), date(2026, 9, 30)
SCOPE = "files.crm__order_line"


def held_back(key: str, place: str = "a.csv", amount: str | None = "100.00") -> Finding:
    """A row that is held back."""
    return Finding(
        "amount_unreadable",
        "files",
        "crm__order_line",
        "amount reads as money. / 金額。",
        "mend it / 修正",
        place=place,
        column="amount_ex_tax",
        key=key,
        key_hash=f"hash of {key}",
        value="12万くらい",
        holds_back=True,
        amount=Decimal(amount) if amount else None,
        currency="JPY" if amount else "",
    )


@pytest.fixture
def store(tmp_path) -> FindingStore:
    """An empty store."""
    return FindingStore(tmp_path / "findings")


def nothing(_: dict) -> bool:
    return False


def everything(_: dict) -> bool:
    return True


def test_rows_of_a_place_and_rule_are_one_finding(store):
    """With its count, money, keys and values."""
    store.record(SCOPE, [held_back("L2"), held_back("L1"), held_back("L3", "b.csv")], DAY, nothing)
    first, second = store.grouped().to_pylist()
    assert (first["place"], first["row_count"], first["amount"]) == ("a.csv", 2, Decimal("200.00"))
    assert (first["keys"], first["found_values"]) == ("L1, L2", "12万くらい")
    assert (second["place"], second["status"], second["severity"]) == ("b.csv", "open", "warn")
    assert "2 rows, 200.00 JPY [L1, L2] found: 12万くらい" in describe(first)


def test_what_stood_there_moves_no_cursor(store):
    """A value may hold an order to the terminal, or the end of a line."""
    store.record(SCOPE, [replace(held_back("L1"), value="\x1b[2J\n0x1F\u202e")], DAY, nothing)
    (found,) = store.grouped().to_pylist()
    assert "found: \\x1b[2J\\x0a0x1F\\x202e:" in describe(found)


def test_a_finding_stays_open_until_it_is_made_good(store):
    """Its day is that on which it was found first; what is made good stays for 90 days."""
    store.record(SCOPE, [held_back("L1"), held_back("L2")], DAY, nothing)
    mended = {"hash of L2"}
    store.record(SCOPE, [], NEXT, lambda row: row["key_hash"] in mended)
    found = {row["status"]: row for row in store.grouped().to_pylist()}
    assert (found["open"]["keys"], found["open"]["business_date"]) == ("L1", DAY)
    assert (found["made_good"]["keys"], found["made_good"]["closed_on"]) == ("L2", NEXT)
    store.record(SCOPE, [], LATER, nothing)
    assert [row["keys"] for row in store.grouped().to_pylist()] == ["L1"]


def test_what_is_found_again_was_never_made_good(store):
    store.record(SCOPE, [held_back("L1")], DAY, nothing)
    store.record(SCOPE, [held_back("L1")], NEXT, everything)
    (only,) = store.grouped().to_pylist()
    assert (only["business_date"], only["status"], only["row_count"]) == (DAY, "open", 1)


def test_recording_a_run_twice_changes_nothing(store):
    """A check that was killed after it had recorded is made again."""
    store.record(SCOPE, [held_back("L1")], DAY, nothing, "run-1")
    for _ in range(2):
        store.record(SCOPE, [held_back("L2")], NEXT, lambda row: row["key"] == "L1", "run-2")
        found = [(row["keys"], row["status"]) for row in store.grouped().to_pylist()]
        assert found == [("L2", "open"), ("L1", "made_good")]


def test_an_acceptance_lapses_when_the_finding_changes(store):
    store.record(SCOPE, [held_back("L1")], DAY, nothing)
    (finding,) = store.open()
    store.accept([finding["finding_id"]])
    assert store.open() == []
    assert [row["status"] for row in store.grouped().to_pylist()] == ["accepted"]
    store.record(SCOPE, [held_back("L1"), held_back("L2")], DAY, everything)
    assert [row["row_count"] for row in store.open()] == [2]


def test_only_an_open_finding_can_be_accepted(store):
    store.record(SCOPE, [held_back("L1")], DAY, nothing)
    with pytest.raises(StateError, match="ACCEPT: 123 is no open finding"):
        store.accept(["123"])


def test_a_damaged_file_is_named(store):
    store.record(SCOPE, [held_back("L1")], DAY, nothing)
    (path,) = store.folder.glob("*.parquet")
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(StateError, match=r"files\.crm__order_line\.parquet is damaged"):
        store.grouped()


def test_any_folder_name_makes_a_scope():
    """Names of dropped folders are not names of files."""
    assert scope_of("files", "crm__order") == SCOPE.removesuffix("_line")
    for name in ("../x", "顧客", "a" * 300, ""):
        assert "/" not in scope_of("files", name) and len(scope_of("files", name)) < 120


def test_the_columns_of_a_finding_are_those_of_its_table():
    assert set(Finding.__dataclass_fields__) < set(SCHEMA.names)
    assert pa.Table.from_pylist([], schema=SCHEMA).num_rows == 0


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_damaged_acceptances_are_named(tmp_path, text):
    store = FindingStore(tmp_path)
    store.record(SCOPE, [held_back("a")], DAY, lambda _: True)
    (tmp_path / "_accepted.json").write_text(text)
    with pytest.raises(StateError, match=r"_accepted.json is damaged.*accept again"):
        store.open()
