"""Small marts, as dbt would have built them."""

import duckdb


def write_marts(settings, value):
    """Let dbt's file hold this value, and enough rows to take a moment to copy."""
    with duckdb.connect(str(settings.marts_file)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            f"create or replace table marts.mart_rfm as select {value} as value, md5(i::varchar) as filler from range(50000) as numbers(i)"
        )
