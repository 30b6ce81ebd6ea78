"""What Spark built, as the DuckDB files that are audited and published."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from expectations.contracts import all_contracts
from pipeline.spark.raw import AT_ONCE
from runtime.duckdb_connection import connect
from runtime.sql import identifier, literal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# schema → whether it is in the file of the marts, not in the warehouse
SCHEMAS = {
    **dict.fromkeys(("staging", "input", "findings", "restricted"), False),
    **dict.fromkeys(("core", "marts"), True),
}
PLANNED_BY = (
    "stg_ops__load_horizon"  # all of staging that anybody reads: the next build is planned by it
)


def fetch(session: "SparkSession", folder: Path, warehouse: Path, marts: Path) -> int:
    """Put Spark's tables of these schemas in place of DuckDB's, with the contracts' types.

    Args:
        folder: of Spark's tables; the files on the way lie in it.
        warehouse, marts: the DuckDB files; each changes in one transaction.

    Returns:
        How many tables they are.

    Raises:
        duckdb.Error: a value does not fit its contract's type.
    """
    way = folder / "fetched"
    shutil.rmtree(way, ignore_errors=True)
    tables = [
        (schema, name)
        for schema in SCHEMAS
        for name in _names(session, schema)
        if schema != "staging" or name == PLANNED_BY
    ]

    def write(table: tuple[str, str]) -> None:
        session.table(".".join(table)).write.parquet(str(way / ".".join(table)))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, tables))
    types = _types()
    for file, is_marts in ((warehouse, False), (marts, True)):
        with connect(file) as connection:
            connection.execute("begin")
            for schema in (name for name, where in SCHEMAS.items() if where == is_marts):
                _replace(
                    connection, schema, [name for of, name in tables if of == schema], way, types
                )
            connection.execute("commit")
            connection.execute("checkpoint")
    shutil.rmtree(way)
    return len(tables)


def bring_slices(session: "SparkSession", folder: Path, marts: Path) -> None:
    """Give Spark the slices of older dates as the marts have them: backfills and other engines write there."""
    if not marts.exists():
        return
    with connect(marts, read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_columns() where schema_name = 'marts' and column_name = 'as_of_date'"
        ).fetchall()
        session.sql("create schema if not exists marts")
        there = set(_names(session, "marts"))
        for (name,) in tables:
            counted = f"select as_of_date, count(*) from marts.{name} group by as_of_date"
            ours = sorted(connection.execute(counted).fetchall())
            if name in there and ours == sorted(map(tuple, session.sql(counted).collect())):
                continue
            path = folder / f"{name}.parquet"
            connection.execute(f"copy marts.{identifier(name)} to {literal(str(path))}")
            rows = session.read.parquet(str(path))
            rows.writeTo(f"marts.{name}").using("iceberg").createOrReplace()
            path.unlink()


def _names(session: "SparkSession", schema: str) -> list[str]:
    """Tables and views of a schema; none if there is no such schema."""
    if not session.catalog.databaseExists(schema):
        return []
    tables = [row["tableName"] for row in session.sql(f"show tables in {schema}").collect()]
    views = [row["viewName"] for row in session.sql(f"show views in {schema}").collect()]
    # what a killed build left of rows on their way into a table
    return sorted(name for name in {*tables, *views} if not name.endswith("__new"))


def _replace(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    names: list[str],
    way: Path,
    types: dict[tuple[str, str], dict[str, str]],
) -> None:
    connection.execute(f"create schema if not exists {schema}")
    kinds = connection.execute(
        "select 'table', table_name from duckdb_tables() where schema_name = $1 "
        "union all select 'view', view_name from duckdb_views() where schema_name = $1",
        [schema],
    ).fetchall()
    for kind, name in kinds:
        connection.execute(f"drop {kind} {schema}.{identifier(name)} cascade")
    for name in names:
        files = literal(str(way / f"{schema}.{name}" / "*.parquet"))
        typed = [
            f"cast({identifier(column)} as {kind}) as {identifier(column)}"
            for column, kind in types.get((schema, name), {}).items()
        ]
        replaced = f" replace ({', '.join(typed)})" if typed else ""
        connection.execute(
            f"create table {schema}.{identifier(name)} as select *{replaced} from read_parquet({files})"
        )


def _types() -> dict[tuple[str, str], dict[str, str]]:
    """(schema, table) → its contract's columns and their types."""
    found = {}
    for layer in ("core", "marts"):
        for contract in all_contracts(layer):
            columns = {column.name: column.data_type for column in contract.columns}
            found[layer, contract.table] = found["restricted", contract.table] = columns
    return found
