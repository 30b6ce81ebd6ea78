"""The project is parsed once a version of it: what is kept is used, and is the same for every run."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import dbt_process
from pipeline.dbt import vars_argument
from runtime.definitions import load_definitions
from runtime.settings import PROJECT_ROOT


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A small project of its own."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    shutil.copy(dbt_process.PROJECT / "profiles.yml", folder)
    (folder / "dbt_project.yml").write_text(
        "name: small\nversion: '1.0'\nprofile: customer_success_warehouse\n", encoding="utf-8"
    )
    (folder / "models" / "first.sql").write_text("select 1 as a", encoding="utf-8")
    monkeypatch.setattr(dbt_process, "PROJECT", folder)
    monkeypatch.setattr(
        dbt_process, "LOCATION", ("--project-dir", str(folder), "--profiles-dir", str(folder))
    )
    return folder


def models(manifest) -> set[str]:
    return {node.name for node in manifest.nodes.values()}


def test_a_project_is_parsed_once(project, monkeypatch):
    assert models(dbt_process.parsed_project()) == {"first"}
    monkeypatch.setattr(dbt_process, "parse", None)
    assert models(dbt_process.parsed_project()) == {"first"}


def test_a_changed_project_is_parsed_anew(project):
    dbt_process.parsed_project()
    (project / "models" / "second.sql").write_text("select * from {{ ref('first') }}")
    assert models(dbt_process.parsed_project()) == {"first", "second"}
    assert len(list((project / "target").iterdir())) == 1


@pytest.mark.parametrize("length", [0, 1000])
def test_a_cut_one_is_made_again(project, length):
    dbt_process.parsed_project()
    (kept,) = (project / "target").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:length])
    assert models(dbt_process.parsed_project()) == {"first"}
    assert len(kept.read_bytes()) == len(whole)


def test_where_nothing_can_be_kept_the_project_is_parsed(project):
    (project / "target").write_text("no folder")
    assert models(dbt_process.parsed_project()) == {"first"}


def test_a_project_that_cannot_be_parsed_is_named(project):
    (project / "models" / "second.sql").write_text("select * from {{ ref('nothing') }}")
    with pytest.raises(dbt_process.BuildError, match="second"):
        dbt_process.parsed_project()


def test_no_value_of_a_var_and_no_path_changes_what_is_parsed(tmp_path, monkeypatch):
    """The models, tests and configuration are the same for every company, date and folder."""
    known = yaml.safe_load((dbt_process.PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    changed = {name: other(name, value) for name, value in known["vars"].items()}
    del changed["changed_tables"]  # leaves out what was parsed without it
    assert not [name for name, value in changed.items() if known["vars"][name] == value]
    first = parsed(tmp_path / "first")
    monkeypatch.setenv("CSW_WAREHOUSE_FILE", str(tmp_path / dbt_process.WAREHOUSE_FILE))
    monkeypatch.setenv("CSW_MARTS_FILE", str(tmp_path / "elsewhere.duckdb"))
    second = parsed(tmp_path / "second", "--vars", vars_argument(changed))
    assert first.keys() == second.keys()
    for name, node in first.items():
        assert second[name] == node, name


def test_a_later_build_runs_what_may_have_changed():
    """Everything but seeds, views that say the same in each build, and what is kept of tables without news."""
    manifest = dbt_process.parsed_project()
    names = {name: node.name for name, node in manifest.nodes.items()}
    found = {names[name] for name in dbt_process.due(manifest, ["zendesk__tickets"])}
    left_out = set(names.values()) - found
    assert {"stg_zendesk__tickets", "unique_key_stg_zendesk__tickets__build_id__ticket_id"} <= found
    assert {"stg_zendesk__users", "unique_key_stg_zendesk__users__build_id__user_id"} <= left_out
    assert {"stg_ops__load_horizon", "fct_ticket", "dim_date", "mart_rfm"} <= found
    assert {
        "assert_records_are_conserved",
        "unique_key_crm__account__build_id__account_id",
    } <= found
    assert {"crm__account", "source_code"} <= left_out
    assert "stg_ops__load_horizon" not in {names[name] for name in dbt_process.due(manifest, [])}
    tests = {node.name for node in manifest.nodes.values() if node.resource_type == "test"}
    assert all(name.startswith("unique_key_stg_") for name in tests & left_out)


def other(name: str, value: Any) -> Any:
    """Another value that the var may have."""
    for definition in load_definitions():
        if definition.name == name and definition.choices:
            return next(choice for choice in definition.choices if choice != value)
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case None:
            return "2026-01-01" if name == "since_as_of_date" else 7
        case []:
            return ["a"]
        case list():
            return [*value[:-1], value[-1] * 2]
        case dict() if not value:
            return {"a": 1}
        case dict():
            return value | {"start": "08:00"}
        case _:
            return "2026-02-03" if name.endswith("_date") else "UTC"


def parsed(folder: Path, *options: str) -> dict[str, Any]:
    """What dbt makes of the project; which macros a node came by is not asked when it runs, nor when it was parsed."""
    manifest = dbt_process.parse(str(folder), *options).writable_manifest().to_dict()
    found = {}
    for kind in ("nodes", "sources", "macros", "unit_tests"):
        for name, node in manifest[kind].items():
            for changing in ("created_at", "refs", "sources"):  # what they lead to is in depends_on
                node.pop(changing, None)
            node.get("depends_on", {}).pop("macros", None)
            found[f"{kind} {name}"] = node
    return found


def test_a_debug_event_is_made_only_when_it_is_asked_for():
    program = """
from pipeline.dbt_process import _drop_debug_events
_drop_debug_events()
from dbt.adapters.events.types import SQLQuery
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager_client import add_callback_to_manager
from dbt_common.events.functions import fire_event
add_callback_to_manager(lambda event: print(event.info.msg))
quiet, loud = (SQLQuery(conn_name=name, sql="select 1", node_info={}) for name in ("quiet", "loud"))
fire_event(quiet)
print(list(vars(quiet)))
fire_event(loud, level=EventLevel.WARN)
"""
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == ["['told']", "On loud: select 1"]
