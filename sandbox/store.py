"""The tenant folder's records as they stood at a point in time.

A version shows from its cursor on. A line may say otherwise, in keys that no client sees:
``_visible_from`` (ISO 8601) shows it from then on, as what was committed late, changed without
moving the cursor, or reached the search index late; ``_purged: true`` beside it makes the record
vanish as if it had never been.

A file may be larger than memory. Its versions are indexed when the object is first asked for, and
lines are read from the file when they are shown.
"""

import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from sandbox.index import Index, Places
from sandbox.tenant_lines import LATEST, PURGED, VISIBLE_FROM, VersionRule, read_lines

BATCH = 1_000
# A version shows until the next one of its record does; of equal moments the later line is the
# later version. Most records have one version and need not be sorted by key.
NUMBER = """
INSERT INTO {versions} (cursor, size, key, shown_at, until, deleted, start, length)
WITH changed AS (SELECT key FROM {lines} GROUP BY key HAVING count(*) > 1),
ends AS MATERIALIZED (
    SELECT start, lead(shown_at) OVER (PARTITION BY key ORDER BY shown_at, start) AS until
    FROM {lines} WHERE key IN changed
)
SELECT cursor, size, key, shown_at, coalesce(until, {forever}), deleted, start, length
FROM {lines} LEFT JOIN ends USING (start)
WHERE shown_at < coalesce(until, {forever}) AND NOT purged
ORDER BY cursor, size, key
"""
READ = "SELECT v.place, v.cursor, v.key, v.deleted, v.shown_at, v.start, v.length FROM"


class Version(NamedTuple):
    """One state of one record; most lines are never looked into.

    Attributes:
        place: where it stands among the object's versions, by (cursor, key).
        cursor: microseconds since the epoch.
        shown_at: when it takes effect, in microseconds since the epoch.
        start: where its line starts in the file, in bytes.
        length: of the line, in bytes.
    """

    place: int
    cursor: int
    key: str
    deleted: bool
    shown_at: int
    start: int
    length: int
    file: BinaryIO

    @property
    def record(self) -> dict[str, Any]:
        """The vendor's own object."""
        record = orjson.loads(os.pread(self.file.fileno(), self.length, self.start).strip())
        for mark in (VISIBLE_FROM, PURGED):
            record.pop(mark, None)
        return record


def key_order(key: str) -> tuple[int, str]:
    """Sort key under which numeric ids order as numbers."""
    return len(key), key


class Versions(Sequence[Version]):
    """Versions in an order, each read when it is looked at; a slice reads none.

    Args:
        collection: whose versions they are.
        places: their places among the object's versions, and maybe those of others.
        span: the positions in ``places``, one after the other; all of them if None.
    """

    def __init__(
        self, collection: "Collection", places: "Places", span: range | None = None
    ) -> None:
        self._collection, self._places = collection, places
        self._span = range(places.count()) if span is None else span

    def __len__(self) -> int:
        return len(self._span)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Versions(self._collection, self._places, self._span[index])
        position = self._span[index]
        return self._read(position, position + 1)[0]

    def __iter__(self) -> Iterator[Version]:
        for start in range(self._span.start, self._span.stop, BATCH):
            yield from self._read(start, min(start + BATCH, self._span.stop))

    def __reversed__(self) -> Iterator[Version]:
        for stop in range(self._span.stop, self._span.start, -BATCH):
            yield from reversed(self._read(max(stop - BATCH, self._span.start), stop))

    def filtered(self, test: Callable[[Version], bool]) -> "Versions":
        """Those that pass a test, in the same order."""
        places = Places(self._collection.index)
        places.add((version.place,) for version in self if test(version))
        return Versions(self._collection, places)

    def grouped(self, value: Callable[[Version], str]) -> dict[str, "Versions"]:
        """The versions of each value, in the same order."""
        places: dict[str, Places] = {}
        for version in self:
            group = value(version)
            if group not in places:
                places[group] = Places(self._collection.index)
            places[group].add([(version.place,)])
        return {group: Versions(self._collection, found) for group, found in places.items()}

    def _read(self, start: int, stop: int) -> list[Version]:
        source = f"{self._places.table} AS p CROSS JOIN {self._collection.table} AS v"
        within = "v.place = p.place AND p.position > ? AND p.position <= ? ORDER BY p.position"
        return self._collection.read(f"{source} WHERE {within}", (start, stop))


class Snapshot:
    """The latest version of every record at one moment, by (cursor, key).

    Args:
        collection: whose versions they are.
        moment: microseconds since the epoch.
        condition: which of them, in SQL.
    """

    def __init__(self, collection: "Collection", moment: int, condition: str = "true") -> None:
        self._collection, self._moment = collection, moment
        self._standing = f"v.shown_at <= :moment AND v.until > :moment AND {condition}"

    @cached_property
    def versions(self) -> Versions:
        """Versions by cursor, those of one moment by key."""
        return self._in_order("v.place")

    @cached_property
    def in_key_order(self) -> Versions:
        """Versions by record key in ascending order."""
        return self._in_order("v.size, v.key")

    @cached_property
    def alive(self) -> "Snapshot":
        """The same moment without deleted records."""
        return Snapshot(self._collection, self._moment, "NOT v.deleted")

    @cached_property
    def deleted(self) -> "Snapshot":
        """The deleted records of the same moment."""
        return Snapshot(self._collection, self._moment, "v.deleted")

    @property
    def has_even_keys(self) -> bool:
        """Whether all keys are of one length, so that their order as texts is the same."""
        return self._collection.has_even_keys

    def shown_between(self, low: int, high: int) -> "Snapshot":
        """Those that took effect from ``low`` to ``high`` (microseconds), both included."""
        condition = f"v.shown_at BETWEEN {low} AND {high}"
        return Snapshot(self._collection, self._moment, condition)

    def with_keys(self, keys: Iterable[str]) -> list[Version]:
        """The records of some keys, by (cursor, key)."""
        self._collection.index_keys()
        source = f"{self._collection.table} AS v WHERE v.key = :key AND {self._standing}"
        found = [
            version
            for key in set(keys)
            for version in self._collection.read(source, {"key": key, "moment": self._moment})
        ]
        return sorted(found)

    def with_key(self, key: str) -> Version | None:
        """The record of a key, if there is one."""
        return next(iter(self.with_keys([key])), None)

    def first_at(self, cursor: int) -> int:
        """Position of the first version whose cursor is not below ``cursor`` (microseconds)."""
        return bisect_left(self.versions, cursor, key=lambda v: v.cursor)

    def first_past(self, cursor: int, key: str | None = None) -> int:
        """Position of the first version behind ``(cursor, key)``, or behind the whole cursor."""
        if key is None:
            return bisect_right(self.versions, cursor, key=lambda v: v.cursor)
        place = (cursor, key_order(key))
        return bisect_right(self.versions, place, key=lambda v: (v.cursor, key_order(v.key)))

    def between(self, bounds: Iterable[tuple[str, int]]) -> Versions:
        """Versions whose cursor keeps all bounds, each ``=``, ``<``, ``<=``, ``>`` or ``>=`` one."""
        start, end = 0, len(self.versions)
        for sign, cursor in bounds:
            if sign in ("=", ">", ">="):
                start = max(
                    start, self.first_past(cursor) if sign == ">" else self.first_at(cursor)
                )
            if sign in ("=", "<", "<="):
                end = min(end, self.first_at(cursor) if sign == "<" else self.first_past(cursor))
        return self.versions[start:end]

    def _in_order(self, order: str) -> Versions:
        places = Places(self._collection.index)
        source = f"SELECT v.place FROM {self._collection.table} AS v WHERE {self._standing}"
        places.select(f"{source} ORDER BY {order}", {"moment": self._moment})
        return Versions(self._collection, places)


class Collection:
    """Every version of every record of one object.

    Args:
        index: where they are kept.
        path: the object's file; None for an object without versions.
        rule: how its lines are told apart.

    Attributes:
        table: the versions that ever show, numbered by (cursor, key).
        samples: for every field that occurs, its first value that is not null (else None).

    Raises:
        TenantError: see `Store.collection`.
    """

    def __init__(self, index: Index, path: Path | None, rule: VersionRule) -> None:
        self.index = index
        self.samples: dict[str, Any] = {}
        self._file = path.open("rb") if path else None
        lines = _Lines(index, read_lines(path, self._file, rule, self.samples) if path else ())
        self.table = index.create(
            "place INTEGER PRIMARY KEY, cursor INTEGER, size INTEGER, key TEXT, shown_at INTEGER,"
            " until INTEGER, deleted INTEGER, start INTEGER, length INTEGER",
            self,
        )
        index.execute(NUMBER.format(versions=self.table, lines=lines.table, forever=LATEST))
        self._has_keys = False
        self._seen_at: int | None = None
        self._snapshot = Snapshot(self, 0)

    def at(self, moment: int) -> Snapshot:
        """What stands at ``moment`` (microseconds since the epoch)."""
        if self._seen_at != moment:
            self._snapshot, self._seen_at = Snapshot(self, moment), moment
        return self._snapshot

    def read(self, source: str, parameters: Any) -> list[Version]:
        """Versions that a query finds; ``source`` is what follows FROM, the versions being ``v``."""
        rows = self.index.execute(f"{READ} {source}", parameters).fetchall()
        return [
            Version(place, cursor, key, bool(deleted), shown_at, start, length, self._file)
            for place, cursor, key, deleted, shown_at, start, length in rows
        ]

    @cached_property
    def has_even_keys(self) -> bool:
        """Whether the keys of all versions are of one length."""
        query = f"SELECT count(DISTINCT size) < 2 FROM {self.table}"
        return bool(self.index.execute(query).fetchone()[0])

    def index_keys(self) -> None:
        """Make records findable by key; most objects are never asked for one."""
        if not self._has_keys:
            self.index.execute(f"CREATE INDEX {self.table}_key ON {self.table} (key)")
            self._has_keys = True


class _Lines:
    """What `read_lines` gives, as a table."""

    def __init__(self, index: Index, rows: Iterable[tuple[Any, ...]]) -> None:
        self.table = index.create(
            "start INTEGER PRIMARY KEY, length INTEGER, cursor INTEGER, size INTEGER, key TEXT,"
            " shown_at INTEGER, deleted INTEGER, purged INTEGER",
            self,
        )
        index.execute_many(f"INSERT INTO {self.table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


class Store:
    """Indexes ``<tenant>/<source>/<object>.jsonl`` when an object is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.index = Index()
        self._collections: dict[tuple[str, str], Collection] = {}

    def objects(self, source: str) -> list[str]:
        """Names of the objects a source has a file of, in alphabetical order."""
        return sorted(path.stem for path in (self._folder / source).glob("*.jsonl"))

    def collection(self, source: str, name: str, rule: VersionRule) -> Collection:
        """All versions of one object; empty if the tenant has no file of it.

        Raises:
            TenantError: a line is no JSON object, or lacks its key or its cursor.
        """
        if (source, name) not in self._collections:
            present = name in self.objects(source)
            path = self._folder / source / f"{name}.jsonl" if present else None
            self._collections[source, name] = Collection(self.index, path, rule)
        return self._collections[source, name]
