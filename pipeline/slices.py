"""Backfill: an older business date is built in a scratch warehouse, its slices are copied over."""

import shutil
from datetime import date
from pathlib import Path

from pipeline.context import Context
from pipeline.dbt_process import WAREHOUSE_FILE
from runtime.duckdb_connection import connect
from runtime.sql import identifier, literal

MARTS_FILE = (
    "marts_build.duckdb"  # as "marts.duckdb", the database would be called as a schema in it
)


def scratch_files(context: Context, business_date: date) -> tuple[Path, Path]:
    """Fresh warehouse and marts files for an older date, built from the lake as of that date."""
    scratch = context.settings.home / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    folder = scratch / business_date.isoformat()
    folder.mkdir(parents=True)
    return folder / WAREHOUSE_FILE, folder / MARTS_FILE


def copy(scratch: Path, marts: Path, as_of_date: date) -> list[str]:
    """Replace one date's slice of every mart that keeps slices; nothing else is touched.

    Returns:
        Names of the marts that got a slice.
    """
    with connect(marts) as connection:
        connection.execute(f"attach {literal(str(scratch))} as scratch (read_only)")
        tables = [
            row[0]
            for row in connection.execute(
                """
                select table_name from duckdb_columns()
                where database_name = 'scratch' and schema_name = 'marts' and column_name = 'as_of_date'
                """
            ).fetchall()
        ]
        connection.execute("begin")
        for table in map(identifier, tables):
            connection.execute(f"delete from marts.{table} where as_of_date = ?", [as_of_date])
            connection.execute(
                f"insert into marts.{table} by name select * from scratch.marts.{table} where as_of_date = ?",
                [as_of_date],
            )
        connection.execute("commit")
        connection.execute("checkpoint")
    return tables


def discard(scratch: Path) -> None:
    """Remove the scratch files, once what they were for is published."""
    shutil.rmtree(scratch.parent, ignore_errors=True)
