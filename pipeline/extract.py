"""Extract: land one object's window on the lake, through its source."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from ingestion.catalogue import CatalogueObject, area_of_entity, objects_of
from ingestion.lake import Lake, Manifest
from ingestion.live_records import keys_of_files, live_records
from ingestion.sources.base import Known, Source, malformed_as_source_error
from pipeline.context import Context
from pipeline.file_columns import expected_columns
from pipeline.findings import record_drop_root, record_passed_over, record_unread
from runtime.business_date import day_end
from runtime.errors import SourceError
from runtime.progress import report
from runtime.records import Connection, Window
from runtime.redaction import hide_values, redact
from runtime.sources import SOURCES
from runtime.tenant import FileFeed

# The area of every dropped folder that is no entity: with it, the root of the drop is looked at.
AREA_OF_THE_UNKNOWN = area_of_entity("")


def connected_objects(
    context: Context, area: str, source: str, connection: Connection, business_date: date
) -> list[CatalogueObject]:
    """Objects of an area that a connected source offers; the source is signed in to, to see that it is there.

    What else lies in the root of a drop becomes findings.

    Raises:
        SourceError: the source cannot be reached, or the drop folder does not exist.
    """
    with (
        opened_source(context, source, connection) as connector,
        malformed_as_source_error(source, "sign-in"),
    ):
        connector.open()
        offered = connector.offered(objects_of(systems=[source]))
        if SOURCES[source].is_file_drop and area == AREA_OF_THE_UNKNOWN:
            record_drop_root(context, business_date, connector.passed_over, offered)
    return [entry for entry in offered if entry.area == area]


@contextmanager
def opened_source(context: Context, name: str, connection: Connection) -> Iterator[Source]:
    """A source's connector, which knows what the tenant adds to its connection; closed at the end.

    That is: the time zone, where rotating tokens are kept, the folder of dropped files, what is said of them,
    and what contracts say of their columns.
    """
    spec, host, feeds = SOURCES[name], connection.host, context.tenant.files
    if spec.is_file_drop and not host:
        host = str(context.settings.tenant / name)
    extra = {
        "timezone": context.tenant.timezone,
        "expected_columns": lambda entry: expected_columns(
            entry, feeds.get(entry.object, FileFeed())
        ),
        "feeds": feeds,
        **connection.extra,
    }
    if "refresh_token" in extra:
        # Such a token is good for one exchange: its successors outlive the Airflow connection's in a file.
        extra.setdefault("token_file", str(context.settings.home / "tokens" / f"{name}.json"))
    source: Source = spec.connector_class()(replace(connection, host=host, extra=extra))
    try:
        yield source
    finally:
        source.close()


def extract_object(
    context: Context,
    entry: CatalogueObject,
    business_date: date,
    connection: Connection,
    force: bool = False,
) -> dict[str, Any]:
    """Land one object's window on the lake, unless the lake has it already.

    A vendor is not asked again for a date that is committed, or for one before. Dropped files are looked at each
    time: a new or mended one is read on the same date's run, and on an older date's.

    Args:
        connection: where the source is.
        force: extract again although the date is committed; a run is added, none removed. Files are read
            again that were read, or rejected, before.

    Returns:
        ``{source, object, run_id | None, state}`` with state ``extracted``, ``landed`` (a killed run had
        finished it), ``committed`` (nothing to do) or ``covered`` (a later date is committed).

    Raises:
        SourceError: the object cannot be read.
    """
    reference = {"source": entry.source, "object": entry.object, "run_id": None}
    committed = context.lake.committed(entry)
    days = [run.business_date for run in committed]
    day = business_date.isoformat()
    done = "committed" if day in days and not force else ""
    if not done and days and day < max(days):
        done = "covered"
    if done and not entry.spec.is_file_drop:
        return reference | {"state": done}
    landed = None if force else context.lake.complete_run(entry, day)
    # what a killed run left behind before the last commit is older than what that brought
    if landed and landed.run_id > max((run.run_id for run in committed), default=""):
        return reference | {"run_id": landed.run_id, "state": "landed"}

    started = time.monotonic()
    try:
        manifest = _land(context, entry, business_date, connection, force, only_news=bool(done))
    except Exception as error:
        record_unread(context, entry, business_date, hide_values(redact(str(error))))
        raise
    if manifest is None:
        return reference | {"state": done}
    report(
        "extracted",
        source=entry.source,
        object=entry.object,
        area=entry.area,
        rows=manifest.rows,
        pages=manifest.pages,
        seconds=round(time.monotonic() - started, 1),
    )
    return reference | {"run_id": manifest.run_id, "state": "extracted"}


def _land(
    context: Context,
    entry: CatalogueObject,
    business_date: date,
    connection: Connection,
    force: bool,
    only_news: bool,
) -> Manifest | None:
    lake = context.lake
    window = lake.next_window(entry, day_end(business_date, context.tenant.zone))
    known = _known(lake, entry, business_date, connection, force)
    with opened_source(context, entry.source, connection) as source:
        has_news = not only_news or _has_news(source, entry, window, known)
        if has_news:
            pages = source.read(entry, window, known)
            manifest = lake.write_run(entry, business_date, window, pages)
            manifest.api = {
                "version": connection.extra.get("api_version", ""),
                "fields": source.fields,
                "compared": known.compare,
            }
            if source.refusals:
                manifest.api["refusals"] = source.refusals
            manifest.window_end = source.covered_until(window).isoformat()
            manifest.findings += [asdict(finding) for finding in source.findings]
            _keep_originals(lake, entry, manifest, source)
        newest = max((run.business_date for run in lake.committed(entry)), default="")
        if entry.spec.is_file_drop and business_date.isoformat() >= newest:
            record_passed_over(context, entry, business_date, source.passed_over)
    if not has_news:
        return None
    lake.finish_run(entry, manifest)
    return manifest


def _has_news(source: Source, entry: CatalogueObject, window: Window, known: Known) -> bool:
    with malformed_as_source_error(entry.source, entry.object):
        return source.has_news(entry, window, known)


def _known(
    lake: Lake, entry: CatalogueObject, business_date: date, connection: Connection, force: bool
) -> Known:
    """What the lake holds, and whether it is time to compare all of it with the vendor."""
    committed = lake.committed(entry)
    described = [run.api["fields"] for run in committed if "fields" in run.api]
    compared = [
        date.fromisoformat(run.business_date)
        for run in committed
        if run.window_start is None or run.api.get("compared")
    ]
    days = entry.compare_days
    if days is not None:  # An object that is never compared stays so, whatever the connection says.
        days = connection.extra.get("compare_days", days)
    return Known(
        fields=frozenset(described[-1]) if described else None,
        compare=bool(compared)
        and days is not None
        and business_date - max(compared) >= timedelta(days=int(days)),
        live=lambda: live_records(lake, entry),
        files={name: file for run in committed for name, file in run.files.items()},
        read_again=force,
        keys_of_files=lambda paths: keys_of_files(lake, entry, paths),
    )


def _keep_originals(lake: Lake, entry: CatalogueObject, manifest: Manifest, source: Source) -> None:
    """Keep the bytes of dropped files, those of a rejected one in the quarantine too."""
    for original in source.originals():
        name, notes = original.path, original.notes
        if lake.keep_original(original.content) != notes["sha256"]:
            raise SourceError(
                entry.source, entry.object, f"{name} changed while it was read", "run again"
            )
        manifest.files[name] = notes
        if "reason" in notes:
            said = f"{notes['reason']} → {notes['what_to_do']}"
            lake.quarantine_file(entry, manifest, name, original.content, said)
            report("warning", message=f"{entry.source} / {name} is quarantined: {said}")
