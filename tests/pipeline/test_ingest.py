"""An area's objects and their extraction: what is read, what is already there, what stands aside."""

import json
import os
from dataclasses import replace
from datetime import date

import pytest

from expectations.results import read_results
from ingestion.catalogue import find_object
from ingestion.lake import Lake
from pipeline.commit import check_and_commit
from pipeline.extract import connected_objects, extract_object
from runtime.errors import CatalogueError, SourceError
from runtime.records import Connection
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
    assert names(connected_objects(context, "support", "files", connection)) == [
        "files.support__ticket"
    ]
    assert names(connected_objects(context, "success", "files", connection)) == ["files.hr__staff"]
    assert names(connected_objects(context, "crm", "files", connection)) == ["files.crm__order"]


def test_a_missing_drop_folder_is_named(files):
    context, _ = files
    with pytest.raises(SourceError, match="does not exist"):
        connected_objects(
            context, "crm", "files", Connection(host=f"{context.settings.home}/nowhere")
        )


def test_a_folder_that_only_looks_like_an_entity_is_named(files):
    context, connection = files
    drop(connection, DAY1, entity="CRM__order")
    with pytest.raises(CatalogueError, match="rename it to crm__order"):
        connected_objects(context, "crm", "files", connection)


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


def test_an_older_date_is_covered_by_a_later_one(files):
    """Its records are on the lake already, and a source shows only their newest version."""
    drop(files[1], DAY2)
    commit(files, run_of(files, DAY2), DAY2)
    assert run_of(files, DAY1)["state"] == "covered"


def test_a_forced_extraction_is_a_new_run(files):
    context, connection = files
    drop(connection, DAY1)
    first = commit(files, run_of(files, DAY1), DAY1)
    drop(connection, DAY1, order="O2")
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
