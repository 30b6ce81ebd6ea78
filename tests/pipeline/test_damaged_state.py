"""Each damaged file of the state folder is named with what to do, whatever reads it first."""

import json
import os
import random
import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from cli import airflow_home, status, upkeep
from expectations.results import append_results
from expectations.suites import Check, Suite
from expectations.validate import Audit
from ingestion.catalogue import find_object
from ingestion.live_records import live_records
from ingestion.load import store_salt
from ingestion.tokens import TokenStore
from pipeline.build import load_and_plan
from pipeline.build_register import BuildRegister
from pipeline.commit import check_and_commit
from pipeline.history import published_slices, registered_slices
from pipeline.rebuilt_files import RebuildSettings, finish_replacing, replace_files
from publishing.snapshot import publish_snapshot
from runtime.damage import explained
from runtime.duckdb_connection import connect, create_database
from runtime.errors import StateError, WarehouseError
from runtime.findings import Finding
from runtime.progress import EVENTS, open_problems, report
from tests.chaos.attack import spoiled
from tests.landing import accounts, land, land_and_commit
from tests.plans import plan_of

DAY = date(2026, 3, 31)
ACCOUNT, LEAD = find_object("salesforce", "Account"), find_object("salesforce", "Lead")


@pytest.fixture
def state(context, monkeypatch):
    """A state folder with everything a published day leaves, and a landed run that waits for its check."""
    settings = context.settings
    monkeypatch.setattr("pipeline.build.dbt.run_variables", lambda *_: {"config_hash": "a"})
    land_and_commit(context.lake, ACCOUNT, DAY, accounts(3), quarantined=[1])
    land(context.lake, LEAD, DAY, [{"Id": "L1"}])
    finding = Finding("some_rule", "salesforce", "Account", "said / 指摘", "mend / 修正")
    context.findings.record("salesforce.Account", [finding], DAY, lambda _: True)
    context.findings.accept([row["finding_id"] for row in context.findings.open()])
    suite = Suite("raw", ACCOUNT.table, ACCOUNT.table, ())
    result = Audit("run-1", DAY).result(suite, Check("some_rule", "warn", "", "rows"), "passed")
    append_results(settings.audit_dir, [result])
    load_and_plan(context, DAY)
    with connect(settings.marts_file) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.mart_rfm as select date '2026-03-31' as as_of_date, md5(i::varchar) as filler "
            "from range(20000) as t(i)"
        )
    builds = BuildRegister(settings.warehouse_file)
    builds.start(plan_of(settings.warehouse_file, as_of_date=DAY))
    publish_snapshot(settings, DAY, 1)
    builds.finish(1, "published")
    (settings.home / "tenant.json").write_text(json.dumps({"name": "acme", "folder": "acme"}))
    report("failed", dag="build_warehouse", message="some failure")
    return context


def look(context):
    """All that a run and `make status` read before anything is built."""
    settings = context.settings
    status.show(Console(quiet=True), settings)
    context.lake.complete_run(LEAD, DAY.isoformat())
    registered_slices(context)
    published_slices(context)
    load_and_plan(context, DAY)
    with connect(settings.marts_file, read_only=True) as connection:
        connection.execute("select count(distinct filler) from marts.mart_rfm").fetchall()


CASES = [
    ("lake/raw/salesforce/Account/_committed.json", b'{"runs": [{"a": 1}]}', "another form"),
    ("lake/raw/salesforce/Account/_committed.json", b"[]", "no list of runs"),
    ("lake/raw/salesforce/Account/_committed.json", b'{"runs": [1]}', "another form"),
    ("lake/raw/salesforce/Account/_committed.json", b"{", "damaged"),
    ("lake/raw/salesforce/Lead/**/_manifest.json", b"{}", "another form"),
    ("lake/raw/salesforce/Lead/**/_manifest.json", b"\xff", "damaged"),
    ("findings/salesforce.Account.parquet", b"PAR1", "findings.*damaged"),
    ("findings/_accepted.json", b"[1]", "accepted findings"),
    ("salt", b"", "salt is lost or empty"),
    ("salt", None, "salt is lost or empty"),
    ("salt.sha256", b"\xff\xfe", "another one than before"),
    ("marts_build.duckdb", None, "marts_build.duckdb is gone"),
    ("marts_build.duckdb", b"no database" * 2000, "cannot be opened"),
    ("warehouse.duckdb", None, "warehouse.duckdb is gone"),
    ("warehouse.duckdb", b"no database" * 2000, "cannot be opened"),
    ("published/marts_*/*.duckdb", None, "which is gone"),
    ("published/marts_*/*.duckdb", b"no database" * 2000, "cannot be opened"),
    ("tenant.json", b"[]", "tenant.json cannot be read"),
]


@pytest.mark.parametrize(("name", "content", "words"), CASES)
def test_a_damaged_file_is_named_with_what_to_do(state, name, content, words):
    """Nothing is made up for what is lost."""
    (path,) = [p for p in state.settings.home.glob(name) if not p.is_symlink()]
    path.chmod(0o600)
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(WarehouseError, match=words) as caught:
        look(state)
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"PAR1", b"", b"garbage" * 99])
def test_a_damaged_audit_file_costs_its_results_only(state, content):
    """A warning stands in its place."""
    (path,) = state.settings.audit_dir.glob("*.parquet")
    path.write_bytes(content)
    look(state)


def test_damaged_event_lines_are_passed_over(state):
    """What is whole still counts."""
    with (state.settings.logs_dir / EVENTS).open("ab") as events:
        events.write(
            b'{"at": "2026\n[1]\n{"at": "2026-01-01", "event": 5}\n\xff\xfe\n{"at": 1}\nnull\n'
        )
    assert len(open_problems(state.settings)) == 1
    look(state)


def test_a_register_of_another_form_is_named(state):
    """As when somebody has written in it."""
    with duckdb.connect(str(state.settings.warehouse_file)) as connection:
        connection.execute("create or replace table ops.builds as select 1 as build_id")
    with pytest.raises(StateError, match="register of builds cannot be read") as caught:
        look(state)
    assert "make rebuild" in caught.value.hint


def test_any_damage_is_borne_or_named(state, tmp_path):
    """Cut, emptied, overwritten, of another form, with other bits: never an error nobody foresaw."""
    chance, home = random.Random(9), state.settings.home
    kept = tmp_path / "kept"
    shutil.copytree(home, kept, symlinks=True)
    files = [p.relative_to(kept) for p in kept.rglob("*") if p.is_file() and not p.is_symlink()]
    unnamed = []
    for number in range(len(files)):
        shutil.rmtree(home)
        shutil.copytree(kept, home, symlinks=True)
        path = home / files[number % len(files)]
        path.chmod(0o600)
        how, content = spoiled(path.read_bytes(), chance)
        path.write_bytes(content)
        try:
            look(state)
        except Exception as error:
            known = error if isinstance(error, WarehouseError) else explained(error, home)
            if known is None or not known.hint:
                unnamed.append(
                    f"{files[number % len(files)]} {how}: {type(error).__name__}: {error}"
                )
    assert unnamed == []


@pytest.mark.parametrize("content", [b"", b"no database" * 2000, None])
def test_airflows_damaged_database_is_named(tmp_path, monkeypatch, content):
    """An empty one too; one that is gone is made anew."""
    path = tmp_path / "airflow.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table alembic_version (version_num varchar)")
    connection.close()
    airflow_home._refuse_damaged(path)
    if content is None:
        data = bytearray(path.read_bytes())
        data[100:400] = bytes(300)
        content = bytes(data)
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"airflow\.db is damaged") as caught:
        airflow_home._refuse_damaged(path)
    assert "backup" in caught.value.hint and "connections" in caught.value.hint


def test_a_damaged_key_is_named(tmp_path):
    """Of saved connections; it may hold anything."""
    (tmp_path / "fernet_key").write_bytes(b"\xff" * 44)
    with pytest.raises(StateError, match="fernet_key is damaged"):
        airflow_home._fernet_key(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", '{"origin": 1}', ""])
def test_a_damaged_token_pair_is_named(tmp_path, content):
    """No exchange is tried with half of it; its text is not shown."""
    path = tmp_path / "tokens.json"
    path.write_text(content)
    with pytest.raises(StateError, match=r"tokens\.json is damaged") as caught:
        TokenStore(path, "first").access_token(None, lambda _: {})
    assert "authorise again" in caught.value.hint


def test_damaged_notes_of_upkeep_do_no_harm(context):
    """When the logs began, when the database was cleaned: as if there were none."""
    folder = context.settings.logs_dir
    folder.mkdir(parents=True)
    (folder / ".month").write_bytes(b"../../\xff")
    upkeep.keep_logs_small(context.settings, DAY)
    assert (folder / ".month").read_text() == "2026-03"


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_swap_that_was_killed_is_finished(context, moved):
    """Once decided, the rebuilt files take the places of the old ones, in however many goes."""
    settings = RebuildSettings(**context.settings.model_dump())
    settings.folder.mkdir()
    for path in (settings.marts_file, settings.warehouse_file):
        with connect(path) as connection:
            connection.execute("create table rebuilt as select 1 as one")
    if moved:
        decided = context.settings.home / "rebuilt"
        settings.folder.rename(decided)
        for name in ("marts_build.duckdb", "warehouse.duckdb")[:moved]:
            (decided / name).rename(context.settings.home / name)
        finish_replacing(context.settings)
    else:
        replace_files(settings)
    for path in (context.settings.marts_file, context.settings.warehouse_file):
        with connect(path, read_only=True) as connection:
            assert connection.execute("from rebuilt").fetchall() == [(1,)]
    assert not (context.settings.home / "rebuilt").exists() and not settings.folder.exists()
    store_salt(context.settings.warehouse_file, context.settings.home / "salt")


@pytest.mark.parametrize("written", [0, 100, 4096, 8192])
def test_a_kill_while_a_database_is_made_leaves_none(context, monkeypatch, written):
    """What DuckDB has written of an empty file by then it cannot open: the next run has to begin anew."""
    make = duckdb.connect

    def killed(name: str, **options: bool) -> duckdb.DuckDBPyConnection:
        make(name, **options).close()
        with Path(name).open("r+b") as file:
            file.truncate(written)
        raise KeyboardInterrupt

    path = context.settings.marts_file
    path.parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(duckdb, "connect", killed)
    with pytest.raises(KeyboardInterrupt):
        create_database(path)
    monkeypatch.undo()
    left = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    left.write_bytes(bytes(written))  # a kill by the kernel takes nothing away
    with connect(path) as connection:
        connection.execute("create table made as select 1 as one")
    assert not left.exists()


def test_a_damaged_part_is_named_whoever_reads_it(context):
    """Cut, overwritten, one bit other: what is compared with the vendor would delete records, the check would crash."""
    land_and_commit(context.lake, ACCOUNT, DAY, accounts(300))
    (path,) = context.lake.parts(ACCOUNT, context.lake.committed(ACCOUNT)[0])
    part, chance = Path(path), random.Random(11)
    whole = part.read_bytes()
    assert live_records(context.lake, ACCOUNT).num_rows == 300
    for content in (b"", whole[:-1], *(spoiled(whole, chance)[1] for _ in range(20))):
        part.write_bytes(content)
        with pytest.raises(StateError, match=r"part-00000\.parquet is damaged"):
            live_records(context.lake, ACCOUNT)
    part.write_bytes(b"")
    gone = {"Id": "A1", "IsDeleted": True, "_is_deleted": True}  # is anything left, asks the check
    manifest = land(context.lake, ACCOUNT, date(2026, 4, 1), [gone])
    run = {"source": "salesforce", "object": "Account", "state": "extracted"}
    run |= {"run_id": manifest.run_id, "business_date": manifest.business_date}
    with pytest.raises(StateError, match=r"part-00000\.parquet is damaged"):
        check_and_commit(context, ACCOUNT.area, date(2026, 4, 1), [run])


def test_a_full_disk_is_named_whatever_met_it(context):
    """A library of Airflow's may raise something else after it."""
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError:
            raise RuntimeError("Instance <TaskInstance> is not bound to a Session") from None
    except RuntimeError as error:
        assert "the disk is full" in explained(error, Path(context.settings.home)).message


def test_a_rebuild_begins_without_builds(state):
    """What is published says nothing against its files, which are new."""
    settings = RebuildSettings(**state.settings.model_dump())
    settings.folder.mkdir()
    assert load_and_plan(replace(state, settings=settings), DAY).build_id == 1
