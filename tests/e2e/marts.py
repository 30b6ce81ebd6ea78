"""Read whole files of tables, to compare one run's result with another's."""

from pathlib import Path
from typing import Any

import duckdb


def tables(
    path: Path, schemas: tuple[str, ...] = ("core", "marts")
) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every table, sorted; of tables with slices the newest slice only.

    Args:
        path: DuckDB file, opened read-only.
        schemas: which schemas to read.
    """
    found = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where list_contains(?, schema_name) order by all",
            [list(schemas)],
        ).fetchall()
        slices = [name for name in names if name == ("marts", "mart_rfm")]
        as_of = (
            connection.execute("select max(as_of_date) from marts.mart_rfm").fetchone()[0]
            if slices
            else None
        )
        for schema, table in names:
            columns = [
                row[0]
                for row in connection.execute(
                    """
                    select column_name from duckdb_columns() where schema_name = ? and table_name = ?
                    order by column_name
                    """,
                    [schema, table],
                ).fetchall()
            ]
            shown = ", ".join(f'"{name}"' for name in columns if not name.startswith("_"))
            newest = f"where as_of_date = date '{as_of}'" if "as_of_date" in columns else ""
            found[f"{schema}.{table}"] = connection.execute(
                f"select {shown} from {schema}.{table} {newest} order by all"
            ).fetchall()
    return found


def staged(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every staging table but that of the loads, which differ with how the records came."""
    found = tables(warehouse, ("staging",))
    del found["staging.stg_ops__load_horizon"]
    return found


def assert_same(left: dict[str, list], right: dict[str, list]) -> None:
    """Fail with the tables that differ and the first rows that do."""
    assert left.keys() == right.keys()
    problems = []
    for name in left:
        if left[name] != right[name]:
            only_left = [row for row in left[name] if row not in right[name]][:2]
            only_right = [row for row in right[name] if row not in left[name]][:2]
            problems.append(
                f"{name}: {len(left[name])} and {len(right[name])} rows; {only_left} | {only_right}"
            )
    assert not problems, "\n".join(problems)
