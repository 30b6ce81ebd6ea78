"""Where the store indexes versions: a database on disk that holds no line.

It is a SQLite database without a name. SQLite keeps it in memory while it is small, then in a file
of ``TMPDIR`` that is gone when the process is, however it ends.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from weakref import finalize

from runtime.errors import TenantError


class Index:
    """The database of a store's objects. Nothing outlives the process, so nothing is committed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("BEGIN")
        self._numbers = count()
        self._unused: list[str] = []

    def execute(self, query: str, parameters: Any = ()) -> sqlite3.Cursor:
        """Run a statement; raises TenantError if there is no room for what it writes."""
        with _room():
            return self._db.execute(query, parameters)

    def execute_many(self, query: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for every row; raises TenantError as `execute` does."""
        with _room():
            self._db.executemany(query, rows)

    def create(self, columns: str, owner: object) -> str:
        """The name of a new table, which goes some time after its owner."""
        while self._unused:
            self.execute(f"DROP TABLE {self._unused.pop()}")
        table = f"t{next(self._numbers)}"
        self.execute(f"CREATE TABLE {table} ({columns})")
        finalize(owner, self._unused.append, table)
        return table


class Places:
    """Places of versions in an order, as a table: the first has position 1."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.table = index.create("position INTEGER PRIMARY KEY, place INTEGER", self)

    def add(self, places: Iterable[tuple[int]]) -> None:
        """Append places."""
        self._index.execute_many(f"INSERT INTO {self.table} (place) VALUES (?)", places)

    def select(self, query: str, parameters: dict[str, Any]) -> None:
        """Append the places that a query gives."""
        self._index.execute(f"INSERT INTO {self.table} (place) {query}", parameters)

    def count(self) -> int:
        """How many there are."""
        query = f"SELECT coalesce(max(position), 0) FROM {self.table}"
        return self._index.execute(query).fetchone()[0]


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as problem:
        advice = "make room in the folder that TMPDIR names, then start the sandbox again"
        raise TenantError(f"the sandbox's index: {problem}", advice) from problem
