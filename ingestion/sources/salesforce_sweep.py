"""The sweep: every Id the vendor has against every live Id of the lake.

Hard-deleted and purged records appear in no window and no list; a record committed later than the
look-back, or hidden from our user for a while, is not found by windows either.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

CHUNK = 10_000
_SCHEMA = pa.schema([("Id", pa.string()), ("cursor", pa.string()), ("deleted", pa.bool_())])


class Sweep:
    """One object's comparison.

    Args:
        known: ``Id`` and ``cursor`` of the lake's live records.
        cursor: the object's field that orders versions; None if the vendor has none of it.
    """

    def __init__(self, known: pa.Table, cursor: str | None) -> None:
        self._known = known
        self._cursor = cursor
        self._seen: list[pa.RecordBatch] = []

    def see(self, records: list[dict[str, Any]]) -> None:
        """Note records the vendor has."""
        columns = [
            [record["Id"] for record in records],
            [record.get(self._cursor) if self._cursor else None for record in records],
            [is_true(record.get("IsDeleted")) for record in records],
        ]
        self._seen.append(pa.record_batch(columns, schema=_SCHEMA))

    def vanished(self) -> Iterator[list[tuple[str, str | None]]]:
        """Id and last known cursor of the lake's records that the vendor no longer has."""
        yield from self._answer(
            "select Id, cursor from known anti join seen using (Id) order by Id", {}
        )

    def missed(self, before: datetime) -> Iterator[list[tuple[str]]]:
        """Ids of the records whose version older than ``before`` the lake does not have."""
        yield from self._answer(
            """
            select seen.Id from seen left join known using (Id)
            where coalesce(try_cast(seen.cursor as timestamptz) < $before, false)
                and case when seen.deleted then known.Id is not null
                    else known.Id is null
                        or try_cast(known.cursor as timestamptz) < try_cast(seen.cursor as timestamptz)
                    end
            order by seen.Id
            """,
            {"before": before},
        )

    def _answer(self, sql: str, parameters: dict[str, Any]) -> Iterator[list[tuple]]:
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.register("known", self._known)
            connection.register("seen", pa.Table.from_batches(self._seen, _SCHEMA))
            found = connection.execute(sql, parameters)
            while rows := found.fetchmany(CHUNK):
                yield rows


def is_true(value: Any) -> bool:
    """A boolean as REST (``true``) or Bulk (``"true"``) gives it."""
    return value is True or value == "true"
