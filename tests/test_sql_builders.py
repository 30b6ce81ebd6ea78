"""Names from outside in SQL: headers, fields, folders and paths of any kind change no statement."""

import ast
import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from expectations.gx_duckdb import open_datasource
from expectations.raw_rules import version_rule
from expectations.reading import define
from expectations.suites import Check, violations
from ingestion.catalogue import CatalogueObject, find_object
from ingestion.lake import Lake
from ingestion.live_records import keys_of_files, live_records
from ingestion.load import load
from ingestion.sources.sweep import Sweep
from ingestion.text_table import LONGEST_COLUMN, column_name, fold
from pipeline.build import warehouse_tables
from pipeline.build_register import BuildRegister
from pipeline.history import slice_rows
from pipeline.slices import copy
from publishing.snapshot import publish_snapshot
from runtime.duckdb_connection import connect
from runtime.records import Page
from runtime.settings import get_settings
from runtime.sql import identifier, literal
from tests.conftest import ROOT
from tests.contracts.landed import USUAL
from tests.landing import land_and_commit
from tests.plans import plan_of

PACKAGES = ("runtime", "ingestion", "expectations", "publishing", "pipeline", "dags", "cli")

DAY = date(2026, 3, 31)
ACCOUNT = find_object("salesforce", "Account")
QUERY = """name"", 'q' as x from (select content from read_text('/etc/passwd')) --"""
HOSTILE = (
    *('a"b', "a'b", '"', "'", "{object}", "{0}", "{", "a\nb", "a\r\nb", "a;drop table t", QUERY),
    *(
        "ａ＂ｂ",
        "＇",
        "；",
        "a\0b",
        "\0",
        "/* a */",
        "-- a",
        "$$a$$",
        "$1",
        "?",
        ":a",
        "%s",
        "%(a)s",
    ),
    *("\\", "a\\'b", "a`b", "[a]", "a,b", "*", " ", "a" * 300, "😀", "\u202e", ""),
    *("select", "_row(", "e\u0301", "한글", "ひらがな", "column", "{batch}", "#a", "é"),
)
names = st.sampled_from(HOSTILE) | st.text(
    st.sampled_from("aA\"'{}; \n\0-/*$ａ＂。\\%:?é"), max_size=8
)
usable = names.filter(lambda name: name and "\0" not in name)
# DuckDB itself looks for the log of a file beside the first question mark of its path
file_names = usable.filter(lambda name: not set(name) & set("/?") and len(name) < 100)
few = settings(max_examples=12, deadline=None)


@given(name=usable)
def test_a_quoted_name_is_that_name(name: str) -> None:
    """Whatever it holds, it is one column and one text."""
    with duckdb.connect() as connection:
        found = connection.execute(f"select {literal(name)} as {identifier(name)}")
        assert (found.description[0][0], found.fetchone()[0]) == (name, name)
        assert len(found.description) == 1


@pytest.mark.parametrize("name", ["", "\0", "a\0b"])
def test_what_no_engine_takes_is_refused(name: str) -> None:
    """It would end the statement where it stands."""
    with pytest.raises(ValueError, match="is no name"):
        identifier(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Region__c",
            "顧客名",
            "金額（税込）",
            "売上 (円)",
            "a-b",
            "a.b",
            "a/b",
            "Ａ＿Ｂ",
            "２０２６／６",
        ),
        *("日付　時刻", "ภาษาไทย", "हिन्दी", "e\u0301", "a" * LONGEST_COLUMN),
    ],
)
def test_a_name_of_letters_digits_and_the_signs_stays(name: str) -> None:
    """Letters and digits of any script, full-width signs too."""
    assert column_name(name) == name


@given(name=names, other=names)
@example(name='a"b', other="a'b")
@example(name="a" * 201, other="a" * 202)
def test_any_other_name_lands_under_a_safe_one(name: str, other: str) -> None:
    """It is safe, stays itself, and two that differ in more than capitals stay two."""
    safe = column_name(name)
    assert column_name(safe) == safe and 0 < len(safe) <= LONGEST_COLUMN
    assert not set(safe) & set("\"'{};\n\0*$\\%:?,`")
    assert (fold(safe) == fold(column_name(other))) == (fold(name) == fold(other))


@few
@given(fields=st.lists(names, min_size=1, max_size=6, unique_by=fold))
@example(fields=[*HOSTILE])
def test_any_field_lands_and_loads(tmp_path_factory, fields: list[str]) -> None:
    """Rows and values stay; the checks' queries run; each odd name is a finding."""
    folder = tmp_path_factory.mktemp("odd '")
    lake = Lake(str(folder / "it's a lake"))
    day = "2026-03-01T00:00:00.000+0000"
    record = {"Id": "A1", "Name": "青山", "SystemModstamp": day} | dict.fromkeys(fields, "v")
    manifest = land_and_commit(lake, ACCOUNT, DAY, [record, record | {"Id": "A2"}])
    renamed = [name for name in fields if column_name(name) != name]
    assert len(manifest.findings) == len(renamed)
    warehouse = folder / 'a "warehouse".duckdb'
    load(warehouse, lake, {})
    with connect(warehouse) as connection:
        table = f"raw.{identifier(ACCOUNT.table)}"
        shown = ", ".join(identifier(column_name(name)) for name in fields)
        rows = connection.execute(f"select {shown} from {table}").fetchall()
        assert rows == [("v",) * len(fields)] * 2
        rule = version_rule(ACCOUNT)
        assert (
            connection.execute(
                rule.query(f"(select * exclude (_business_date, _load_id) from {table})")
            ).fetchall()
            == []
        )
    assert sorted(live_records(lake, ACCOUNT).column("Id").to_pylist()) == ["A1", "A2"]


@few
@given(folder=file_names)
def test_any_folder_and_key_makes_its_table(tmp_path_factory, folder: str) -> None:
    """A folder's name becomes a table; keys are selected, joined and compared."""
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    key = column_name(folder)
    entry = CatalogueObject(
        source="files", object=f"x{folder}", area="success", mode="file_drop", key=(key,)
    )
    page = [{folder: "k1"}, {folder: " k2"}]
    window = lake.next_window(entry, datetime(2026, 4, 1, tzinfo=UTC))
    manifest = lake.write_run(entry, DAY, window, [Page(page, "a.csv")])
    manifest.files = {"a.csv": {}}
    lake.commit(entry, manifest)
    assert sorted(live_records(lake, entry).column(key).to_pylist()) == [" k2", "k1"]
    assert keys_of_files(lake, entry, ["a.csv"]) == {"a.csv": {("k1",), ("k2",)}}
    sweep = Sweep(live_records(lake, entry), (key,), None)
    sweep.see([{key: "k1"}])
    assert [row for chunk in sweep.vanished() for row in chunk] == [(" k2", None)]
    assert list(sweep.missed(datetime(2026, 4, 1, tzinfo=UTC))) == []
    load(Path(lake.root) / "w.duckdb", lake, {entry.table: [key]})


@given(name=usable)
def test_a_check_of_any_column(name: str) -> None:
    """Contract checks look at the column and at nothing else, whatever replaces their table."""
    with duckdb.connect() as connection:
        connection.execute(f"create table odd ({identifier(name)} varchar)")
        connection.execute("insert into odd values ('a'), ('a'), (null)")
        for kind, count in (("not_null", 1), ("unique", 1)):
            query = violations(Check("a", "block", "", kind, (name,)))
            assert query.startswith("select ")
            query = re.sub(r"from \{object\} ", "from odd ", query)
            assert len(connection.execute(query).fetchall()) == count


@few
@given(text=usable)
def test_any_text_of_a_definition(text: str) -> None:
    """What a company calls no value or no end is a text, and no SQL."""
    with duckdb.connect() as connection:
        for statement in define(DAY, USUAL | {"no_value_texts": [text], "no_end_texts": [text]}):
            connection.execute(statement)
        for function in ("no_value_texts", "no_end_texts"):
            assert connection.execute(f"select {function}()").fetchone()[0] == [text.lower()]


@few
@given(name=file_names)
def test_any_path_and_mart(tmp_path_factory, name: str) -> None:
    """Files are opened and attached wherever they are; slices are counted and copied, whatever their mart is called."""
    folder = tmp_path_factory.mktemp("home") / f"{name}'s"
    folder.mkdir()
    old, new = folder / "old.duckdb", folder / "new.duckdb"
    for path, day in ((old, "2026-03-30"), (new, "2026-03-31")):
        with connect(path) as connection:
            connection.execute("create schema marts")
            connection.execute(f"create table marts.{identifier(name)} (as_of_date date)")
            connection.execute(f"insert into marts.{identifier(name)} values ('{day}')")
    assert copy(new, old, DAY) == [name]
    assert slice_rows(old) == {(name, date(2026, 3, 30)): 1, (name, DAY): 1}
    assert warehouse_tables(old) == [("marts", name, 2)]


@pytest.mark.parametrize("name", ["it's a state", 'a "b" {c}; --', "$HOME ${HOME} %20#x", "客先"])
def test_a_publication_from_any_state_folder(tmp_path, monkeypatch, name: str) -> None:
    """Marts are audited, attached and published below a folder of any name."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path / name))
    settings = get_settings()
    settings.home.mkdir()
    load(settings.warehouse_file, Lake(settings.lake_root), {})
    BuildRegister(settings.warehouse_file).start(plan_of(settings.warehouse_file))
    with connect(settings.marts_file) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.mart_rfm as select date '2026-03-31' as as_of_date")
    with open_datasource(settings.marts_file, ("marts",)) as source:
        assert source.add_table_asset("mart_rfm", table_name="mart_rfm")
    assert publish_snapshot(settings, DAY, 1).path.exists()


def test_every_statement_is_put_together_with_them() -> None:
    """No placeholder stands between quotation marks in a text that begins like a statement."""
    begins = re.compile(
        r"\s*(select|with|insert|create|alter|attach|update|delete|set|copy|from)\s", re.I
    )
    found = []
    for path in (path for name in PACKAGES for path in (ROOT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            if not (parts[0] and begins.match(parts[0])):
                continue
            for before, part in pairwise(parts):
                if part is None and before and before[-1] in "\"'":
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
