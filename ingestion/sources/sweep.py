"""The sweep: every key the source has against every live key of the lake.

Hard-deleted and purged records appear in no window and no list; a record committed later than the
look-back, or hidden from our user for a while, is not found by windows either.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from runtime.sql import identifier

CHUNK = 10_000


class Sweep:
    """One object's comparison.

    Args:
        known: key fields and ``cursor`` of the lake's live records.
        key: names of the key fields.
        cursor: the object's field that orders versions; None if the vendor has none of it.
    """

    def __init__(self, known: pa.Table, key: Sequence[str], cursor: str | None) -> None:
        self._known, self._key, self._cursor = known, key, cursor
        fields = [(name, pa.string()) for name in key]
        self._schema = pa.schema([*fields, ("cursor", pa.string()), ("deleted", pa.bool_())])
        self._seen: list[pa.RecordBatch] = []

    def see(self, records: list[dict[str, Any]]) -> None:
        """Note records the vendor has; their key and cursor as text."""
        columns = [
            *([record[name] for record in records] for name in self._key),
            [record.get(self._cursor) if self._cursor else None for record in records],
            [is_true(record.get("IsDeleted")) for record in records],
        ]
        self._seen.append(pa.record_batch(columns, schema=self._schema))

    def vanished(self) -> Iterator[list[tuple[str | None, ...]]]:
        """Key and last known cursor of the lake's records that the vendor no longer has."""
        key = self._columns()
        yield from self._answer(
            f"select {key}, cursor from known anti join seen using ({key}) order by {key}", {}
        )

    def missed(self, before: datetime) -> Iterator[list[tuple[str, ...]]]:
        """Keys of the records whose version older than ``before`` the lake does not have."""
        key, seen_key, first = self._columns(), self._columns("seen."), identifier(self._key[0])
        yield from self._answer(
            f"""
            select {seen_key} from seen left join known using ({key})
            where coalesce(try_cast(seen.cursor as timestamptz) < $before, false)
                and case when seen.deleted then known.{first} is not null
                    else known.{first} is null
                        or try_cast(known.cursor as timestamptz) < try_cast(seen.cursor as timestamptz)
                    end
            order by {seen_key}
            """,
            {"before": before},
        )

    def _columns(self, table: str = "") -> str:
        return ", ".join(f"{table}{identifier(name)}" for name in self._key)

    def _answer(self, sql: str, parameters: dict[str, Any]) -> Iterator[list[tuple]]:
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.register("known", self._known)
            connection.register("seen", pa.Table.from_batches(self._seen, self._schema))
            found = connection.execute(sql, parameters)
            while rows := found.fetchmany(CHUNK):
                yield rows


def is_true(value: Any) -> bool:
    """A boolean as REST (``true``) or Bulk (``"true"``) gives it."""
    return value is True or value == "true"
