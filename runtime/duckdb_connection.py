"""DuckDB files, opened with the project's session settings."""

from pathlib import Path

import duckdb

from runtime.errors import StateError
from runtime.settings import get_settings
from runtime.sql import literal


def connect(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file with the project's session settings: UTC, the threads and memory it may use.

    Raises:
        StateError: another process is writing it, or it is no DuckDB file.
    """
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "Could not set lock" in str(error):
            raise StateError(
                f"{path} is being written by another process", "wait for the run to end"
            ) from error
        raise StateError(
            f"{path} cannot be opened: {str(error).splitlines()[0]}",
            "`make rebuild` makes the warehouse again from the lake; "
            "`make rollback` goes back to the publication before",
        ) from error
    settings = get_settings()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"set threads = {settings.duckdb_threads}")
    connection.execute(f"set memory_limit = {literal(settings.duckdb_memory)}")
    return connection
