"""Land runs on a lake as the ingest tasks do, without a source system."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ingestion.catalogue import CatalogueObject
from ingestion.lake import Lake, Manifest
from ingestion.sources.base import Page, Window

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
