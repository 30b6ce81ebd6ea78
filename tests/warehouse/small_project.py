"""A dbt project of one model with macros of the real one, in a folder of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import yaml

from pipeline.dbt_process import PROJECT, SILENT

RUN = "import sys; from dbt.cli.main import dbtRunner; sys.exit(not dbtRunner().invoke(sys.argv[1:]).success)"


class Project:
    """A project whose model is called ``thing``.

    Args:
        folder: an empty one.
        files: of the real project, copied to where they are there.
        settings: for dbt_project.yml.
        model: what its properties file says of the model.
    """

    def __init__(
        self,
        folder: Path,
        *files: str,
        settings: dict[str, object] | None = None,
        model: dict[str, object] | None = None,
    ) -> None:
        self.folder = folder
        self.warehouse = folder / "warehouse.duckdb"
        (folder / "models").mkdir()
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
        profile = {
            "small": {
                "target": "duckdb",
                "outputs": {"duckdb": {"type": "duckdb", "path": str(self.warehouse)}},
            }
        }
        self._write("profiles.yml", profile)
        self._write(
            "dbt_project.yml",
            {"name": "small", "version": "1.0", "profile": "small"} | (settings or {}),
        )
        if model:
            self._write("models/thing.yml", {"models": [{"name": "thing"} | model]})

    def _write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")

    def run(self, materialized: str, sql: str, command: tuple[str, ...] = ("run",)) -> bool:
        """Build the model; returns whether dbt was content."""
        config = f"{{{{ config(materialized='{materialized}') }}}}\n"
        (self.folder / "models" / "thing.sql").write_text(config + sql, encoding="utf-8")
        arguments = [sys.executable, "-c", RUN, *SILENT, *command]
        arguments += ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        arguments += ["--log-path", str(self.folder)]
        return subprocess.run(arguments, cwd=self.folder, check=False).returncode == 0

    def failed(self) -> list[tuple[str, str]]:
        """Status and message of what failed in the last command."""
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        return [
            (result["unique_id"].split(".")[0], result["message"])
            for result in results
            if result["status"] in ("error", "fail")
        ]

    def thing(self) -> tuple[str, list[tuple]]:
        """What kind of thing the warehouse has, all that is in it, and that nothing else is there."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            [(name, kind)] = connection.execute(
                "select table_name, table_type from information_schema.tables"
            ).fetchall()
            assert name == "thing"
            return kind, connection.execute("select * from thing").fetchall()
