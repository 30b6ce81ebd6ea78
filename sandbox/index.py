"""Where the store indexes versions: a database on disk that holds no line.

It is a SQLite database without a name. SQLite keeps it in memory while it is small, then in a file
of ``TMPDIR`` that is gone when the process is, however it ends.
"""

import sqlite3
from collections.abc import Iterable
from itertools import count
from typing import Any
from weakref import finalize


class Index:
    """The database of a store's objects. Nothing outlives the process, so nothing is committed."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode = OFF")
        self.db.execute("BEGIN")
        self._numbers = count()
        self._unused: list[str] = []

    def create(self, columns: str, owner: object) -> str:
        """The name of a new table, which goes some time after its owner."""
        while self._unused:
            self.db.execute(f"DROP TABLE {self._unused.pop()}")
        table = f"t{next(self._numbers)}"
        self.db.execute(f"CREATE TABLE {table} ({columns})")
        finalize(owner, self._unused.append, table)
        return table


class Places:
    """Places of versions in an order, as a table: the first has position 1."""

    def __init__(self, index: Index) -> None:
        self._db = index.db
        self.table = index.create("position INTEGER PRIMARY KEY, place INTEGER", self)

    def add(self, places: Iterable[tuple[int]]) -> None:
        """Append places."""
        self._db.executemany(f"INSERT INTO {self.table} (place) VALUES (?)", places)

    def select(self, query: str, parameters: dict[str, Any]) -> None:
        """Append the places that a query gives."""
        self._db.execute(f"INSERT INTO {self.table} (place) {query}", parameters)

    def count(self) -> int:
        """How many there are."""
        return self._db.execute(f"SELECT coalesce(max(position), 0) FROM {self.table}").fetchone()[
            0
        ]
