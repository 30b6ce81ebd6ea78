"""Spark publishes what DuckDB does, row for row (`make test-spark`)."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from runtime.tenant import load_tenant
from tests.conftest import ROOT, TENANTS
from tests.e2e.daily_run import run_day
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant
from tests.spark.on_spark import ON_SPARK, needs_spark, takes_both_cores
from tests.warehouse.test_dbt_unit_tests import assert_unit_tests_pass

FILES = {"marts_build": ("core", "marts"), "warehouse": ("input", "findings", "restricted")}

pytestmark = [pytest.mark.timeout(7200), needs_spark, takes_both_cores]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the states of both engines after the small company's first day."""
    home = tmp_path_factory.mktemp("small")
    run_days(home, write_tiny_tenant(home / "tenant"), DATES[0])
    return home


def test_a_day_of_a_small_company(small):
    """What CI looks at of it."""
    assert differences(small / "duckdb", small / "spark") == {}


def test_unit_tests(small):
    """dbt's own, with the worked examples."""
    assert_unit_tests_pass(small / "spark", ON_SPARK)


def test_the_next_day_of_a_small_company(small):
    """It is an incremental one on both."""
    run_days(small, small / "tenant", DATES[1])
    assert differences(small / "duckdb", small / "spark") == {}


@pytest.mark.parametrize(
    "folder",
    [ROOT / "demo", TENANTS / "ravenstack", TENANTS / "mrr_playbook"],
    ids=lambda f: f.name,
)
def test_two_days_of_a_company(tmp_path, folder):
    """The last two days of the demo and of the real tenants."""
    if not folder.exists():
        pytest.skip(f"{folder.name} is not beside the project (shared/data/tenants)")
    last = load_tenant(folder).last_business_date
    for day in (last - timedelta(days=1), last):
        run_days(tmp_path, folder, day.isoformat())
        assert differences(tmp_path / "duckdb", tmp_path / "spark") == {}, day


def run_days(home: Path, tenant: Path, day: str) -> None:
    """Run a day on both engines, which goes well on each."""
    for engine, variables in (("duckdb", {}), ("spark", ON_SPARK)):
        outcome = run_day(home / engine, tenant, day, site=False, variables=variables)
        assert outcome.status == 0, outcome.output


def differences(ours: Path, theirs: Path, left_out: str = "") -> dict[str, str]:
    """Tables of two states that are not equal but for a column: rates to 1e-9, everything else exactly."""
    found = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for folder, prefix in ((ours, ""), (theirs, "other_")):
            for file in FILES:  # under their own names, by which views know them
                path = folder / f"{file}.duckdb"
                connection.execute(f"attach '{path}' as {prefix}{file} (read_only)")
        for file, schemas in FILES.items():
            tables = connection.execute(
                "select schema_name, table_name, list(column_name order by column_index), "
                "list(data_type order by column_index) from duckdb_columns() "
                "where database_name = ? and schema_name in (select unnest(?)) group by all",
                [file, list(schemas)],
            ).fetchall()
            assert len(tables) > 10
            for schema, table, columns, types in tables:
                compared = ", ".join(
                    f'round("{column}", 9)'
                    if kind in ("DOUBLE", "FLOAT")
                    else f'cast("{column}" as {kind})'
                    for column, kind in zip(columns, types, strict=True)
                    if column != left_out
                )
                left, right = (
                    f"(select {compared} from {name}.{schema}.{table})"
                    for name in (file, f"other_{file}")
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
