"""The lines of a tenant's files, each a version of a record."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from runtime.errors import TenantError
from sandbox.timestamps import SECOND, parse_moment, to_micros

VISIBLE_FROM = "_visible_from"
PURGED = "_purged"
# In microseconds; what SQLite can hold.
LATEST = 2**63 - 1


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


def read_lines(
    path: Path, file: BinaryIO, rule: VersionRule, samples: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Where each line starts and how long it is (in bytes), and what the store orders it by.

    Args:
        path: for messages.
        file: the same, open.
        rule: how lines are told apart.
        samples: is filled with every field that occurs and its first value that is not null.

    Raises:
        TenantError: a line is no JSON object, or lacks its key or its cursor.
    """
    shapes: set[tuple[str, ...]] = set()
    unsampled: set[str] = set()
    start = 0
    for number, line in enumerate(file, 1):
        first, start = start, start + len(line)
        text = line.strip()
        if not text:
            continue
        try:
            record = orjson.loads(text)
            row = _row(record, rule)
        except (ValueError, LookupError, TypeError) as problem:
            where = f"{path.parent.name}/{path.name} line {number}"
            raise TenantError(f"{where}: {_describe(problem)}", "correct the line") from problem
        yield first, len(line), *row
        fields = record if rule.fields is None else record.get(rule.fields) or {}
        shape = tuple(fields)
        if shape not in shapes:
            shapes.add(shape)
            unsampled.update(name for name in shape if name not in samples)
            samples.update(dict.fromkeys(name for name in shape if name not in samples))
        if unsampled:
            for name in [name for name in unsampled if fields.get(name) is not None]:
                samples[name] = fields[name]
                unsampled.discard(name)


def _row(record: Any, rule: VersionRule) -> tuple[int, int, str, int, bool, bool]:
    """Cursor, size of the key, key, when it shows, and whether it is deleted or purged."""
    if not isinstance(record, dict):
        raise TypeError("is no JSON object")
    key = "|".join(str(_filled(record, name)) for name in rule.key)
    is_deleted = rule.deleted is not None and record.get(rule.deleted) is True
    visible_from, purged = record.pop(VISIBLE_FROM, None), bool(record.pop(PURGED, False))
    shown_at = to_micros(parse_moment(visible_from)) if visible_from else _cursor(record, rule)
    cursor = shown_at if purged or not visible_from else _cursor(record, rule)
    return cursor, len(key), key, shown_at, is_deleted, purged


def _cursor(record: dict[str, Any], rule: VersionRule) -> int:
    value = _filled(record, rule.cursor)
    cursor = to_micros(parse_moment(value)) if isinstance(value, str) else int(value) * rule.tick
    if abs(cursor) >= LATEST:
        raise ValueError(f"{value} is out of range")
    return cursor


def _filled(record: dict[str, Any], name: str) -> Any:
    if record.get(name) is None:
        raise LookupError(f"has no {name}")
    return record[name]


def _describe(problem: Exception) -> str:
    if isinstance(problem, orjson.JSONDecodeError):
        return f"is no JSON ({problem.msg}, column {problem.colno})"
    return str(problem)
