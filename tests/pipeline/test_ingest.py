"""An area's objects and their extraction: what is read, what is already there, what stands aside."""

import json
import os
import shutil
from dataclasses import replace
from datetime import date

import pytest

from expectations.results import read_results
from ingestion.catalogue import find_object
from ingestion.lake import Lake
from pipeline.commit import check_and_commit
from pipeline.extract import connected_objects, extract_object
from runtime.errors import SourceError, StateError, TenantError
from runtime.records import Connection
from runtime.tenant import FileFeed
from tests.landing import land

DAY1, DAY2, DAY3 = (date(2026, 3, day) for day in (29, 30, 31))
ORDERS = find_object("files", "crm__order")
HEADER = "order_id,account_id,order_date,status,currency,updated_at\n"


@pytest.fixture
def files(context, tmp_path):
    """The context with the file drop connected, and the drop's connection."""
    root = tmp_path / "drop"
    root.mkdir()
    tenant = context.tenant.model_copy(update={"systems": ["files", "salesforce"]})
    return replace(context, tenant=tenant), Connection(host=str(root))


def drop(connection, day, name="orders.csv", entity="crm__order", order="O1"):
    path = f"{connection.host}/{entity}/{day}/{name}"
    folder = path.rpartition("/")[0]
    os.makedirs(folder, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{HEADER}{order},A1,2026-03-01,activated,JPY,2026-03-01T00:00:00Z\n")


def messages(context):
    path = context.settings.logs_dir / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line).get("message", "") for line in lines]


def names(entries):
    return [f"{entry.source}.{entry.object}" for entry in entries]


# Which objects


def test_a_folder_makes_an_entity_an_unknown_one_too(files):
    context, connection = files
    for entity in ("crm__order", "support__ticket", "hr__staff", ".stfolder"):
        drop(connection, DAY1, entity=entity)
    assert names(connected_objects(context, "support", "files", connection, DAY1)) == [
        "files.support__ticket"
    ]
    assert names(connected_objects(context, "success", "files", connection, DAY1)) == [
        "files.hr__staff"
    ]
    assert names(connected_objects(context, "crm", "files", connection, DAY1)) == [
        "files.crm__order"
    ]


def test_a_missing_drop_folder_is_named(files):
    context, _ = files
    nowhere = Connection(host=f"{context.settings.home}/nowhere")
    with pytest.raises(SourceError, match="does not exist"):
        connected_objects(context, "crm", "files", nowhere, DAY1)


def test_what_is_required_and_was_not_read_is_no_contracts_fault(files):
    """An alert of it does not speak of a contract."""
    context, _ = files
    with pytest.raises(StateError, match="ingest_crm: required and not extracted: salesforce"):
        check_and_commit(context, "crm", DAY1, [])


def found(context):
    return {
        (row["rule"], row["place"], row["severity"], row["status"])
        for row in context.findings.grouped().to_pylist()
    }


def test_what_lies_in_the_root_and_is_no_entity_is_a_finding_until_it_is_gone(files):
    context, connection = files
    for entity in ("CRM__order", "crm__order", "hr__staff", "HR__Staff", "crm__subscription_lines"):
        drop(connection, DAY1, entity=entity)
    with open(f"{connection.host}/orders.csv", "w") as file:
        file.write("lost")
    entries = connected_objects(context, "success", "files", connection, DAY1)
    assert names(entries) == ["files.hr__staff"]
    assert found(context) == {
        ("folder_name_taken", "CRM__order", "incomplete", "open"),
        ("folder_name_taken", "HR__Staff", "incomplete", "open"),
        ("unknown_entity", "hr__staff", "warn", "open"),
        ("unknown_entity", "crm__subscription_lines", "incomplete", "open"),
        ("file_misplaced", "orders.csv", "incomplete", "open"),
    }
    (plural,) = [r for r in context.findings.open() if r["place"] == "crm__subscription_lines"]
    assert "crm__subscription_line " in plural["what_to_do"]
    os.remove(f"{connection.host}/orders.csv")
    connected_objects(context, "success", "files", connection, DAY2)
    assert ("file_misplaced", "orders.csv", "incomplete", "made_good") in found(context)


def test_what_lies_beside_the_drops_of_an_entity_is_a_finding_until_it_is_gone(files):
    context, connection = files
    drop(connection, "6月")
    commit(files, run_of(files, DAY1), DAY1)
    misplaced = ("file_misplaced", "crm__order/6月", "incomplete", "open")
    assert found(context) == {misplaced}
    os.rename(f"{connection.host}/crm__order/6月", f"{connection.host}/crm__order/20260329")
    manifest = commit(files, run_of(files, DAY1), DAY1)
    assert list(manifest.files) == ["crm__order/20260329/orders.csv"]
    assert found(context) == {(*misplaced[:3], "made_good")}


def test_what_was_found_in_a_folder_goes_with_it(files):
    context, connection = files
    drop(connection, "6月")
    run_of(files, DAY1)
    shutil.rmtree(f"{connection.host}/crm__order")
    connected_objects(context, "success", "files", connection, DAY1)
    assert {status for *_, status in found(context)} == {"made_good"}


def test_an_entity_of_tenant_yml_that_there_is_not_is_refused(files):
    context, _ = files
    tenant = context.tenant.model_copy(update={"files": {"crm__orders": FileFeed()}})
    with pytest.raises(TenantError, match="crm__orders is no entity"):
        replace(context, tenant=tenant)


# What is extracted


def run_of(files, day, force=False):
    context, connection = files
    return extract_object(context, ORDERS, day, connection, force)


def commit(files, reference, day):
    context, _ = files
    manifest = context.lake.complete_run(ORDERS, day.isoformat())
    assert manifest.run_id == reference["run_id"]
    context.lake.commit(ORDERS, manifest)
    return manifest


def test_a_killed_run_is_taken_up_and_a_committed_one_left_alone(files):
    context, connection = files
    drop(connection, DAY1)
    first = run_of(files, DAY1)
    assert first["state"] == "extracted"
    again = run_of(files, DAY1)
    assert (again["state"], again["run_id"]) == ("landed", first["run_id"])
    commit(files, again, DAY1)
    assert run_of(files, DAY1) == again | {"state": "committed", "run_id": None}
    assert [run.rows for run in context.lake.committed(ORDERS)] == [1]


def test_a_file_mended_under_its_name_is_read_on_the_same_date(files):
    _context, connection = files
    drop(connection, DAY1)
    commit(files, run_of(files, DAY1), DAY1)
    drop(connection, DAY1, order="O9")
    mended = run_of(files, DAY1)
    assert mended["state"] == "extracted"
    assert commit(files, mended, DAY1).rows == 2  # the new row, and one that takes the old one back
    assert run_of(files, DAY1)["state"] == "committed"


def test_an_older_date_is_covered_by_a_later_one_unless_a_file_of_it_is_new(files):
    """What was read for the later date is on the lake already, also for the older one."""
    _context, connection = files
    drop(connection, DAY2)
    commit(files, run_of(files, DAY2), DAY2)
    assert run_of(files, DAY1)["state"] == "covered"
    drop(connection, DAY2, name="more.csv")
    assert run_of(files, DAY1)["state"] == "covered"  # its day has not ended
    drop(connection, DAY1, order="O2")
    late = commit(files, run_of(files, DAY1), DAY1)
    assert (late.business_date, list(late.files)) == (
        DAY1.isoformat(),
        ["crm__order/2026-03-29/orders.csv"],
    )


def test_a_forced_extraction_is_a_new_run(files):
    context, connection = files
    drop(connection, DAY1)
    first = commit(files, run_of(files, DAY1), DAY1)
    forced = run_of(files, DAY1, force=True)
    assert forced["state"] == "extracted"
    commit(files, forced, DAY1)
    assert [run.run_id for run in context.lake.committed(ORDERS)] == [
        first.run_id,
        forced["run_id"],
    ]


def test_an_outage_is_caught_up(files):
    """Nothing ran on the second day: the third brings its file too, and no file twice."""
    context, connection = files
    for day, name in ((DAY1, "a.csv"), (DAY2, "b.csv"), (DAY3, "c.csv")):
        drop(connection, day, name)
    commit(files, run_of(files, DAY1), DAY1)
    manifest = commit(files, run_of(files, DAY3), DAY3)
    assert sorted(manifest.files) == [
        "crm__order/2026-03-30/b.csv",
        "crm__order/2026-03-31/c.csv",
    ]
    assert sum(run.rows for run in context.lake.committed(ORDERS)) == 3


def test_an_unreadable_file_stands_aside_with_its_reason(files):
    context, connection = files
    drop(connection, DAY1, "good.csv")
    drop(connection, DAY1, "bad.csv")
    with open(f"{connection.host}/crm__order/{DAY1}/bad.csv", "ab") as file:
        file.write(b"O2,only two\n")
    reference = run_of(files, DAY1)
    manifest = commit(files, reference, DAY1)
    assert manifest.rows == 1
    assert "columns" in manifest.files["crm__order/2026-03-29/bad.csv"]["reason"]
    folder = context.lake.run_path(ORDERS, DAY1.isoformat(), manifest.run_id, zone="quarantine")
    kept = context.lake.fs.cat_file(f"{folder}/crm__order/2026-03-29/bad.csv")
    assert kept.endswith(b"O2,only two\n")


# What is committed


def test_a_check_that_died_between_two_commits_is_tried_again(files, monkeypatch):
    """Airflow's retry gets the same runs: the committed one stays, the other follows, no result is lost."""
    context, _ = files
    context = replace(context, tenant=context.tenant.model_copy(update={"systems": ["files"]}))
    lake, commit = context.lake, Lake.commit
    contact, contract = (find_object("files", name) for name in ("crm__contact", "crm__contract"))
    references = []
    for entry, pages in ((contact, [[{"x": "1"}]]), (contract, []), (ORDERS, [])):
        manifest = land(lake, entry, DAY1, *pages)
        run = {"source": "files", "object": entry.object, "run_id": manifest.run_id}
        references.append(run)

    def dies_at_the_orders(self, entry, manifest):
        if entry is ORDERS:
            raise KeyboardInterrupt
        commit(self, entry, manifest)

    monkeypatch.setattr(Lake, "commit", dies_at_the_orders)
    with pytest.raises(KeyboardInterrupt):
        check_and_commit(context, "crm", DAY1, references)
    monkeypatch.undo()
    first = lake.committed(contract)
    assert [run.run_id for run in first] == [references[1]["run_id"]]
    (result,) = read_results(context.settings.audit_dir).to_pylist()
    assert (result["table_name"], result["rule"]) == ("files__crm__contact", "columns_exist")
    check_and_commit(context, "crm", DAY1, references[1:])
    assert lake.committed(contract) == first
    assert [run.run_id for run in lake.committed(ORDERS)] == [references[2]["run_id"]]
