"""DuckDB files, opened with the project's session settings."""

from pathlib import Path

import duckdb

from runtime.errors import StateError
from runtime.files import replacing
from runtime.settings import get_settings
from runtime.sql import literal


def create_database(path: Path) -> None:
    """Make an empty DuckDB file, unless there is a file: a kill leaves none, where DuckDB's own would be half written."""
    if not path.exists():
        with replacing(path) as temporary:
            temporary.unlink(missing_ok=True)  # a killed process with this id may have left one
            duckdb.connect(str(temporary)).close()
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)  # of a file that is gone


def connect(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file with the project's session settings: UTC, the threads and memory it may use.

    One that is not there is made, unless it is only to be read.

    Raises:
        StateError: another process is writing it, or it is no DuckDB file.
    """
    try:
        if not read_only:
            create_database(path)
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
