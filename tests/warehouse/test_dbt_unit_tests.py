"""dbt's own unit tests: the worked examples of docs/domain and every edge case beside its model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.dbt_process import LOCATION
from runtime.settings import PROJECT_ROOT
from tests.conftest import Run, environment


def test_dbt_unit_tests(demo: Run, tmp_path: Path) -> None:
    """All of them pass; they read column types from a built warehouse, so a copy of the demo's is used."""
    for name in ("warehouse.duckdb", "marts_build.duckdb"):
        shutil.copyfile(demo.home / name, tmp_path / name)
    assert_unit_tests_pass(tmp_path)


def assert_unit_tests_pass(home: Path, variables: dict[str, str] | None = None) -> None:
    """Run dbt's unit tests on the warehouse in a folder.

    Args:
        variables: settings of the environment, ``CSW_*``.
    """
    command = [
        *(sys.executable, "-m", "pipeline.dbt_process"),
        *("test", "--select", "test_type:unit", *LOCATION),
        *("--target-path", str(home / "target"), "--log-path", str(home / "logs")),
    ]
    files = {
        "CSW_WAREHOUSE_FILE": str(home / "warehouse.duckdb"),
        "CSW_MARTS_FILE": str(home / "marts_build.duckdb"),
    }
    done = subprocess.run(
        command,
        cwd=PROJECT_ROOT,
        env=environment(home) | files | (variables or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    results = json.loads((home / "target" / "run_results.json").read_text())["results"]
    failed = [result["unique_id"] for result in results if result["status"] != "pass"]
    assert done.returncode == 0, f"{failed}\n{done.stdout[-3000:]}"
    assert len(results) >= 60
