"""The materializations `table` and `view` on DuckDB: what is there is replaced whole, or stays."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline.dbt_process import PROJECT, SILENT

MACRO = PROJECT / "macros" / "strategy" / "materializations.sql"
RUN = "import sys; from dbt.cli.main import dbtRunner; sys.exit(not dbtRunner().invoke(sys.argv[1:]).success)"


class Project:
    """A project of one model with the real macros, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "warehouse.duckdb"
        for name in ("models", "macros"):
            (folder / name).mkdir()
        shutil.copy(MACRO, folder / "macros")
        profile = {
            "small": {
                "target": "duckdb",
                "outputs": {"duckdb": {"type": "duckdb", "path": str(self.warehouse)}},
            }
        }
        (folder / "profiles.yml").write_text(json.dumps(profile), encoding="utf-8")
        (folder / "dbt_project.yml").write_text(
            "name: small\nversion: '1.0'\nprofile: small\n", encoding="utf-8"
        )

    def run(self, materialized: str, sql: str) -> bool:
        """Build the model ``thing``; returns whether dbt was content."""
        config = f"{{{{ config(materialized='{materialized}') }}}}\n"
        (self.folder / "models" / "thing.sql").write_text(config + sql, encoding="utf-8")
        command = [sys.executable, "-c", RUN, *SILENT, "run", "--project-dir", str(self.folder)]
        command += ["--profiles-dir", str(self.folder), "--log-path", str(self.folder)]
        return subprocess.run(command, cwd=self.folder, check=False).returncode == 0

    def thing(self) -> tuple[str, list[tuple]]:
        """What kind of thing the warehouse has, all that is in it, and that nothing else is there."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            [(name, kind)] = connection.execute(
                "select table_name, table_type from information_schema.tables"
            ).fetchall()
            assert name == "thing"
            return kind, connection.execute("select * from thing").fetchall()


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path)


def test_what_is_there_is_replaced_whole_or_stays(project):
    assert project.run("table", "select 1 as a")
    assert project.thing() == ("BASE TABLE", [(1,)])
    assert project.run("table", "select 2 as a, 'x' as b")
    assert project.thing() == ("BASE TABLE", [(2, "x")])
    # nothing to read from; and one that fails while its rows are read
    assert not project.run("view", "select * from not_there")
    assert not project.run("table", "select cast(x as integer) as a from (values ('x')) as v (x)")
    assert project.thing() == ("BASE TABLE", [(2, "x")])
    assert project.run("view", "select 3 as a")
    assert project.thing() == ("VIEW", [(3,)])
    assert project.run("table", "select 4 as a")
    assert project.thing() == ("BASE TABLE", [(4,)])
