"""dbt in this process, the project parsed once: a further command costs under a second, a subprocess two."""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.dbt_process import LOCATION, SILENT, WAREHOUSE_FILE, parsed_project


@cache
def manifest() -> Any:
    """Everything dbt knows of the project."""
    return parsed_project()


def invoke(command: str, *arguments: str, warehouse: Path | None = None) -> Any:
    """Run a dbt command; what it opened is closed again.

    Args:
        command: compile, run …
        arguments: its options.
        warehouse: the DuckDB file ``warehouse.duckdb``, the marts beside it; None = empty ones.

    Returns:
        dbt's result; a command that fails fails the test.
    """
    # 2 s to import, and most processes never need it
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    folder = Path(_artifacts().name)
    warehouse = warehouse or folder / WAREHOUSE_FILE
    files = {
        "CSW_WAREHOUSE_FILE": str(warehouse),
        "CSW_MARTS_FILE": str(warehouse.with_name("marts_build.duckdb")),
    }
    before = dict(os.environ)
    os.environ.update(files)
    try:
        outcome = dbtRunner(manifest=manifest()).invoke(
            [
                *(*SILENT, command, *arguments, *LOCATION),
                *("--target-path", str(folder), "--log-path", str(folder)),
            ]
        )
    finally:
        for name in files:
            os.environ.pop(name)
        os.environ.update(before)
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()
    assert outcome.success, outcome.exception or [r.message for r in outcome.result]
    return outcome.result


@cache
def _artifacts() -> TemporaryDirectory:
    """The folder of dbt's artifacts, which lives as long as the process."""
    return TemporaryDirectory(prefix="dbt_")
