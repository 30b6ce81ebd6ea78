"""Spark publishes what DuckDB does, row for row; needs `make spark-install` and Java (`make test-spark`)."""

import importlib.util
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.spark.session import FETCHED
from tests.e2e.daily_run import run_day
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant

FILES = {"marts_build": ("core", "marts"), "warehouse": ("input", "findings", "restricted")}

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.skipif(
        not (importlib.util.find_spec("pyspark") and shutil.which("java") and FETCHED.exists()),
        reason="Spark is optional: `make spark-install`",
    ),
    pytest.mark.skipif(
        "PYTEST_XDIST_WORKER" in os.environ,
        reason="a whole run on Spark takes minutes of both cores: `make test-spark`",
    ),
]


def test_two_days_of_a_small_company(tmp_path):
    """The second day is an incremental one on both."""
    tenant = write_tiny_tenant(tmp_path / "tenant")
    for day in DATES[:2]:
        for engine in ("duckdb", "spark"):
            outcome = run_day(tmp_path / engine, tenant, day, site=False, engine=engine)
            assert outcome.status == 0, outcome.output
        assert differences(tmp_path / "duckdb", tmp_path / "spark") == {}


def differences(ours: Path, theirs: Path) -> dict[str, str]:
    """Tables of two states that are not equal: rates to 1e-8, everything else exactly."""
    found = {}
    for file, schemas in FILES.items():
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            for folder, name in ((ours, file), (theirs, "other")):
                path = folder / f"{file}.duckdb"
                connection.execute(f"attach '{path}' as {name} (read_only)")
            tables = connection.execute(
                "select schema_name, table_name, list(column_name order by column_index), "
                "list(data_type order by column_index) from duckdb_columns() "
                "where database_name = ? and schema_name in (select unnest(?)) group by all",
                [file, list(schemas)],
            ).fetchall()
            assert len(tables) > 10
            for schema, table, columns, types in tables:
                compared = ", ".join(
                    f'round("{column}", 8)'
                    if kind in ("DOUBLE", "FLOAT")
                    else f'cast("{column}" as {kind})'
                    for column, kind in zip(columns, types, strict=True)
                )
                left, right = (
                    f"(select {compared} from {name}.{schema}.{table})" for name in (file, "other")
                )
                rows = connection.execute(
                    f"select (select count(*) from ({left} except all {right})), "
                    f"(select count(*) from ({right} except all {left}))"
                ).fetchone()
                if any(rows):
                    found[f"{schema}.{table}"] = (
                        f"{rows[0]} rows only in DuckDB, {rows[1]} in Spark"
                    )
    return found
