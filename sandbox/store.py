"""The tenant folder's records as they stood at a point in time.

A version shows from its cursor on. A line may say otherwise, in keys that no client sees:
``_visible_from`` (ISO 8601) shows it from then on, as what was committed late, changed without
moving the cursor, or reached the search index late; ``_purged: true`` beside it makes the record
vanish as if it had never been.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from runtime.errors import TenantError
from sandbox.timestamps import SECOND, parse_moment, to_micros

VISIBLE_FROM = "_visible_from"
PURGED = "_purged"


@dataclass(frozen=True)
class VersionRule:
    """How the lines of one file are told apart and ordered.

    Attributes:
        key: fields that identify a record.
        cursor: field whose value orders the versions of a record.
        tick: microseconds of one unit where the cursor is a number.
        deleted: boolean field that marks a deleted version; None where the vendor has none.
        fields: field that holds the record's own fields; None if they lie at the top.
    """

    key: tuple[str, ...]
    cursor: str
    tick: int = SECOND
    deleted: str | None = None
    fields: str | None = None


class Version(NamedTuple):
    """One state of one record; the line is kept as text because most are never looked into.

    ``visible_from`` is in microseconds since the epoch, None where it is the cursor.
    """

    cursor: int
    key: str
    deleted: bool
    line: bytes
    visible_from: int | None = None
    purged: bool = False

    @property
    def shown_at(self) -> int:
        """When the version takes effect, in microseconds since the epoch."""
        return self.cursor if self.visible_from is None else self.visible_from

    @property
    def record(self) -> dict[str, Any]:
        """The vendor's own object."""
        return orjson.loads(self.line)


def key_order(key: str) -> tuple[int, str]:
    """Sort key under which numeric ids order as numbers."""
    return len(key), key


class Snapshot:
    """The latest version of every record at one moment, by (cursor, key)."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self.versions = sorted(versions, key=lambda v: (v.cursor, key_order(v.key)))
        self._cursors = [version.cursor for version in self.versions]

    @cached_property
    def by_key(self) -> dict[str, Version]:
        """Versions by record key."""
        return {version.key: version for version in self.versions}

    @cached_property
    def in_key_order(self) -> list[Version]:
        """Versions by record key in ascending order."""
        return sorted(self.versions, key=lambda v: key_order(v.key))

    @cached_property
    def alive(self) -> "Snapshot":
        """The same moment without deleted records."""
        return Snapshot(version for version in self.versions if not version.deleted)

    @cached_property
    def deleted(self) -> "Snapshot":
        """The deleted records of the same moment."""
        return Snapshot(version for version in self.versions if version.deleted)

    def first_at(self, cursor: int) -> int:
        """Position of the first version whose cursor is not below ``cursor`` (microseconds)."""
        return bisect_left(self._cursors, cursor)

    def first_past(self, cursor: int, key: str | None = None) -> int:
        """Position of the first version behind ``(cursor, key)``, or behind the whole cursor."""
        if key is None:
            return bisect_right(self._cursors, cursor)
        place = (cursor, key_order(key))
        return bisect_right(self.versions, place, key=lambda v: (v.cursor, key_order(v.key)))

    def between(self, bounds: Iterable[tuple[str, int]]) -> list[Version]:
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


class Collection:
    """Every version of every record of one object.

    Args:
        versions: in file order.
        samples: for every field that occurs, its first value that is not null (else None).
    """

    def __init__(self, versions: Iterable[Version], samples: dict[str, Any]) -> None:
        # The sort is stable: of equal moments the later line of the file stays the later one.
        self._versions = sorted(versions, key=lambda v: v.shown_at)
        self.samples = samples
        self._seen_at: int | None = None
        self._snapshot = Snapshot(())

    def at(self, moment: int) -> Snapshot:
        """What stands at ``moment`` (microseconds since the epoch)."""
        if self._seen_at != moment:
            visible = bisect_right(self._versions, moment, key=lambda v: v.shown_at)
            latest = {version.key: version for version in self._versions[:visible]}
            standing = (version for version in latest.values() if not version.purged)
            self._snapshot, self._seen_at = Snapshot(standing), moment
        return self._snapshot


class Store:
    """Reads ``<tenant>/<source>/<object>.jsonl`` when an object is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
            path = self._folder / source / f"{name}.jsonl"
            self._collections[source, name] = (
                _read_collection(path, rule) if present else Collection((), {})
            )
        return self._collections[source, name]


def _read_collection(path: Path, rule: VersionRule) -> Collection:
    samples: dict[str, Any] = {}
    shapes: set[tuple[str, ...]] = set()
    unsampled: set[str] = set()
    versions = []
    for number, line in _numbered_lines(path):
        try:
            record = orjson.loads(line)
            versions.append(_version(record, line, rule))
        except (ValueError, LookupError, TypeError) as problem:
            where = f"{path.parent.name}/{path.name} line {number}"
            raise TenantError(f"{where}: {_describe(problem)}", "correct the line") from problem
        fields = record if rule.fields is None else record.get(rule.fields) or {}
        shape = tuple(fields)
        if shape not in shapes:
            shapes.add(shape)
            unsampled.update(name for name in shape if name not in samples)
            samples.update(dict.fromkeys(name for name in shape if name not in samples))
        for name in [name for name in unsampled if fields.get(name) is not None]:
            samples[name] = fields[name]
            unsampled.discard(name)
    return Collection(versions, samples)


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line.strip()


def _version(record: Any, line: bytes, rule: VersionRule) -> Version:
    if not isinstance(record, dict):
        raise TypeError("is no JSON object")
    key = "|".join(str(_filled(record, name)) for name in rule.key)
    is_deleted = rule.deleted is not None and record.get(rule.deleted) is True
    visible_from, purged = record.pop(VISIBLE_FROM, None), bool(record.pop(PURGED, False))
    if visible_from is None and not purged:
        return Version(_cursor(record, rule), key, is_deleted, line)
    shown_at = to_micros(parse_moment(visible_from)) if visible_from else _cursor(record, rule)
    cursor = shown_at if purged else _cursor(record, rule)
    return Version(cursor, key, is_deleted, orjson.dumps(record), shown_at, purged)


def _cursor(record: dict[str, Any], rule: VersionRule) -> int:
    value = _filled(record, rule.cursor)
    return to_micros(parse_moment(value)) if isinstance(value, str) else int(value) * rule.tick


def _filled(record: dict[str, Any], name: str) -> Any:
    if record.get(name) is None:
        raise LookupError(f"has no {name}")
    return record[name]


def _describe(problem: Exception) -> str:
    if isinstance(problem, orjson.JSONDecodeError):
        return f"is no JSON ({problem.msg}, column {problem.colno})"
    return str(problem)
