"""The raw lake as the models see it: what a day's runs landed, and the latest version of every key."""

from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from ingestion.catalogue import CatalogueObject
from ingestion.lake import TECHNICAL_COLUMNS, Lake

State = dict[Any, dict[str, str]]


def landed_rows(lake: Lake, entry: CatalogueObject) -> list[dict[str, Any]]:
    """Every row of the committed runs with its technical columns, in commit and row order.

    Quarantined rows are left out, as the load leaves them out.
    """
    rows = []
    for manifest in lake.committed(entry):
        held_back = set(_numbers(lake, lake.quarantined_parts(entry, manifest)))
        run = [row for path in lake.parts(entry, manifest) for row in _read(lake, path)]
        rows += [row for row in run if row["_row"] not in held_back]
    return rows


def current_state(
    lake: Lake, entry: CatalogueObject, before: datetime | None = None, cursor: str | None = None
) -> State:
    """The live records by key, as dbt's `latest_version` macro defines them.

    Of every key the version with the highest (cursor, _extracted_at, _row), tombstones removed.

    Args:
        before: leave out versions whose cursor is not below it, as the models do with the end of the
            business date; None keeps all.
        cursor: field that orders the versions, if the model uses another than the catalogue's.

    Returns:
        Key (a tuple if it has several fields) → the source's fields that are not null.
    """
    name = cursor or entry.cursor
    latest: dict[Any, tuple[tuple, dict[str, Any]]] = {}
    for row in landed_rows(lake, entry):
        instant = _instant(row.get(name)) if name else 0.0
        if before is not None and instant >= _as_unit(before, instant):
            continue
        key = tuple(row[field] for field in entry.key)
        order = (instant, row["_extracted_at"], row["_row"])
        if key not in latest or order > latest[key][0]:
            latest[key] = order, row
    return {
        key if len(key) > 1 else key[0]: _fields(row)
        for key, (_, row) in latest.items()
        if not row["_is_deleted"]
    }


def _read(lake: Lake, path: str) -> list[dict[str, Any]]:
    with lake.fs.open(path) as handle:
        return pq.read_table(handle).to_pylist()


def _numbers(lake: Lake, paths: list[str]) -> list[int]:
    return [row["_row"] for path in paths for row in _read(lake, path)]


def _fields(row: dict[str, Any]) -> dict[str, str]:
    return {
        name: value
        for name, value in row.items()
        if value is not None and name not in TECHNICAL_COLUMNS
    }


def _instant(text: str | None) -> float:
    """A cursor as a number: epoch seconds or milliseconds as they are, ISO times as epoch seconds."""
    if not text:
        return float("-inf")
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text).timestamp()


def _as_unit(moment: datetime, like: float) -> float:
    """``moment`` in the unit of ``like``: milliseconds are those too large for seconds."""
    return moment.timestamp() * (1000 if like > 1e11 else 1)
