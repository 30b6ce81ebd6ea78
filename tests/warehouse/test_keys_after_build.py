"""Keys of what was built without its tests of keys: looked at when the build has ended."""

import subprocess
import sys

import duckdb
import pytest

from pipeline.dbt import WITHOUT_KEY_TESTS
from pipeline.dbt_process import DUE
from tests.conftest import ROOT
from tests.warehouse.small_project import Project

TWICE = "select 1 as a, 2 as b union all select 1, 2 union all select 2, 2"


@pytest.fixture
def project(tmp_path) -> Project:
    test = {"unique_key": {"arguments": {"columns": ["a", "b"]}}}
    return Project(
        tmp_path,
        "macros/operations/keys.sql",
        "tests/generic/unique_key.sql",
        settings={
            "vars": {"checks_all_keys": True, "build_id": 1},
            "on-run-end": "{{ check_unique_keys(results) }}",
        },
        model={"data_tests": [test]},
    )


def test_a_key_that_two_rows_have_fails_the_build_and_is_named(project):
    assert not project.run("table", TWICE, ("build", *WITHOUT_KEY_TESTS))
    [(kind, message)] = project.failed()
    assert kind == "operation"
    assert "keys that more than one row has: thing (a, b): 1" in message
    assert project.run("table", TWICE + " limit 1", ("build", *WITHOUT_KEY_TESTS))


def test_the_test_itself_is_not_asked_twice(project):
    assert not project.run("view", TWICE, ("build",))
    [(kind, message)] = project.failed()
    assert (kind, message) == ("test", "Got 1 result, configured to fail if != 0")


def test_what_was_not_built_is_not_looked_at(project):
    assert not project.run("table", "select a from not_there", ("build", *WITHOUT_KEY_TESTS))
    assert [kind for kind, _ in project.failed()] == ["model"]
    assert project.run("table", TWICE, ("run",))


LATER = """
import sys
from pathlib import Path
from pipeline import dbt_process
dbt_process.PROJECT = Path(sys.argv[1])
dbt_process.LOCATION = ("--project-dir", sys.argv[1], "--profiles-dir", sys.argv[1])
sys.exit(dbt_process.main(sys.argv[2:]))
"""


def test_a_view_that_stays_as_it_is_is_looked_at_in_a_later_build(project):
    """Its rows may be others: the tests of keys that are due count, whether their model is built or not."""
    folder = str(project.folder)
    place = ["--project-dir", folder, "--profiles-dir", folder, "--log-path", folder]
    place += ["--target-path", f"{folder}/target"]
    (project.folder / "models" / "written.sql").write_text(
        "{{ config(materialized='table') }} select 1 as a"
    )
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("create table landed as select 1 as a, 2 as b")
    view = "select * from warehouse.main.landed"
    assert project.run("view", view, ("build", *WITHOUT_KEY_TESTS))
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("insert into landed values (1, 2)")
    given = ["--vars", "{changed_tables: [landed]}", "--select", f"tag:{DUE}"]
    given += ["--indirect-selection", "empty", *WITHOUT_KEY_TESTS]
    command = [sys.executable, "-c", LATER, folder, "build", *place, *given]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    [(kind, message)] = project.failed()
    assert kind == "operation" and "thing (a, b): 1" in message
    assert "view model main.thing" not in done.stdout
