"""Extract: land one object's window on the lake, through its source."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from expectations.contracts import contract_for
from ingestion.catalogue import CatalogueObject, is_known, objects_of
from ingestion.lake import Lake, Manifest
from ingestion.live_records import live_records
from ingestion.sources.base import ExpectedColumns, Known, Source, malformed_as_source_error
from pipeline.context import Context
from pipeline.findings import record_unread
from runtime.business_date import day_end
from runtime.errors import SourceError
from runtime.progress import report
from runtime.records import Connection
from runtime.redaction import hide_values, redact
from runtime.sources import SOURCES


def connected_objects(
    context: Context, area: str, source: str, connection: Connection
) -> list[CatalogueObject]:
    """Objects of an area that a connected source offers; the source is signed in to, to see that it is there.

    Raises:
        SourceError: the source cannot be reached, or the drop folder does not exist.
    """
    with (
        opened_source(context, source, connection) as connector,
        malformed_as_source_error(source, "sign-in"),
    ):
        connector.open()
        offered = connector.offered(objects_of(systems=[source]))
    entries = [entry for entry in offered if entry.area == area]
    return entries


@contextmanager
def opened_source(context: Context, name: str, connection: Connection) -> Iterator[Source]:
    """A source's connector, which knows what the tenant adds to its connection; closed at the end.

    That is: the time zone, where rotating tokens are kept, the folder of dropped files, and what contracts say
    of their columns.
    """
    spec, host = SOURCES[name], connection.host
    if spec.is_file_drop and not host:
        host = str(context.settings.tenant / name)
    extra = {
        "timezone": context.tenant.timezone,
        "expected_columns": _expected_columns,
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
    committed = [run.business_date for run in context.lake.committed(entry)]
    day = business_date.isoformat()
    if not force and day in committed:
        return reference | {"state": "committed"}
    if committed and day < max(committed):
        return reference | {"state": "covered"}
    landed = None if force else context.lake.complete_run(entry, day)
    if landed:
        return reference | {"run_id": landed.run_id, "state": "landed"}

    started = time.monotonic()
    try:
        manifest = _land(context, entry, business_date, connection, force)
    except Exception as error:
        record_unread(context, entry, business_date, hide_values(redact(str(error))))
        raise
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
) -> Manifest:
    lake = context.lake
    window = lake.next_window(entry, day_end(business_date, context.tenant.zone))
    known = _known(lake, entry, business_date, connection, force)
    with opened_source(context, entry.source, connection) as source:
        manifest = lake.write_run(entry, business_date, window, source.read(entry, window, known))
        manifest.api = {
            "version": connection.extra.get("api_version", ""),
            "fields": source.fields,
            "compared": known.compare,
        }
        manifest.window_end = source.covered_until(window).isoformat()
        manifest.findings = [asdict(finding) for finding in source.findings]
        _keep_originals(lake, entry, manifest, source)
    lake.finish_run(entry, manifest)
    return manifest


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
        files={}
        if force
        else {name: file for run in committed for name, file in run.files.items()},
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
            lake.quarantine_file(entry, manifest, name, original.content, notes["reason"])
            report("warning", message=f"{entry.source} / {name} is quarantined: {notes['reason']}")


def _expected_columns(entry: CatalogueObject) -> ExpectedColumns:
    """What an entity's contract says of its columns; nothing of an object that is not in the catalogue."""
    if not is_known(entry):
        return ExpectedColumns()
    contract = contract_for(entry)
    dates = [c.name for c in contract.columns if c.logical_type in ("date", "timestamp")]
    return ExpectedColumns(list(contract.required_columns), dates)
