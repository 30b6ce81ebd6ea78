"""Land runs on a lake as the ingest tasks do, without a source system."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow.parquet as pq

from ingestion.catalogue import CatalogueObject
from ingestion.lake import Lake, Manifest
from runtime.records import Page, Window

Record = dict[str, Any]


def midnight_after(day: date) -> datetime:
    """End of a business date in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def land(
    lake: Lake,
    entry: CatalogueObject,
    day: date,
    *pages: list[Record],
    source_file: str | None = None,
) -> Manifest:
    """A complete run that nobody has checked yet."""
    window = lake.next_window(entry, midnight_after(day))
    manifest = lake.write_run(entry, day, window, [Page(page, source_file) for page in pages])
    lake.finish_run(entry, manifest)
    return manifest


def land_and_commit(
    lake: Lake,
    entry: CatalogueObject,
    day: date,
    *pages: list[Record],
    quarantined: Iterable[int] = (),
) -> Manifest:
    """A committed run, the rows of the given numbers held back."""
    manifest = land(lake, entry, day, *pages)
    rows = dict.fromkeys(quarantined, ("some_rule", "some reason"))
    manifest.rows_quarantined = len(rows)
    if rows:
        lake.quarantine_rows(entry, manifest, rows)
        lake.finish_run(entry, manifest)
    lake.commit(entry, manifest)
    return manifest


def window_of(manifest: Manifest) -> Window:
    """The window a run was extracted with."""
    start = manifest.window_start
    return Window(
        datetime.fromisoformat(start) if start else None,
        datetime.fromisoformat(manifest.window_end),
    )


def accounts(count: int, start: int = 0) -> list[Record]:
    """Salesforce accounts A<start>, A<start + 1> …"""
    return [{"Id": f"A{number}", "Name": "青山"} for number in range(start, start + count)]


def rows_of(lake: Lake, entry: CatalogueObject, manifest: Manifest) -> list[Record]:
    """Every row of a run's parts."""
    return [row for part in lake.parts(entry, manifest) for row in pq.read_table(part).to_pylist()]
