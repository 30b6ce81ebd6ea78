"""The one place that makes Great Expectations work on DuckDB.

GX 1.24 reads a result after giving its connection back, which DuckDB has emptied by then, unless the dialect is in a
private list of those that keep one connection (tests/contracts/test_gx_duckdb.py fails when that changes).
Suites name bare tables: their schemas are on the search path.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from runtime.settings import get_settings
from runtime.sql import literal

if TYPE_CHECKING:
    from great_expectations.datasource.fluent import SQLDatasource


class _Dialect(StrEnum):
    DUCKDB = "duckdb"


@contextmanager
def open_datasource(database: Path, schemas: Sequence[str]) -> "Iterator[SQLDatasource]":
    """A GX datasource over a DuckDB file, opened read-only and released on leaving.

    Args:
        database: file that no other process is writing.
        schemas: schemas in which bare table names are looked up, in this order.
    """
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    settings = get_settings()
    _keep_one_connection()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    context.enable_analytics(False)
    source = context.data_sources.add_sql(
        "duckdb",
        connection_string=f"duckdb:///{quote(str(database))}?access_mode=read_only",
    )
    engines = [source.get_engine(), source.get_execution_engine().engine]
    try:
        for engine in engines:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"set search_path = {literal(','.join(schemas))}")
                connection.exec_driver_sql("set TimeZone = 'UTC'")
                connection.exec_driver_sql(f"set threads = {settings.duckdb_threads}")
                connection.exec_driver_sql(f"set memory_limit = {literal(settings.duckdb_memory)}")
        yield source
    finally:
        for engine in engines:
            engine.dispose()


def _keep_one_connection() -> None:
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    if _Dialect.DUCKDB not in engine._PERSISTED_CONNECTION_DIALECTS:
        engine._PERSISTED_CONNECTION_DIALECTS += (_Dialect.DUCKDB,)
