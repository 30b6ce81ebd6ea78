"""Ingest one area: extract its objects onto the lake, check them against their contracts, commit them."""

import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.catalogue import CatalogueObject, find_object, is_known, objects_of
from ingestion.current import live_records
from ingestion.lake import Manifest
from ingestion.sources.base import Known, Source
from ingestion.sources.database.connector import Database
from ingestion.sources.hubspot.connector import HubSpot
from ingestion.sources.marketo.connector import Marketo
from ingestion.sources.salesforce.connector import Salesforce
from ingestion.sources.zendesk.connector import Zendesk
from pipeline.context import Context
from pipeline.drops import drop_folders, land_files
from runtime.business_date import day_end
from runtime.errors import ContractError, SourceError
from runtime.progress import report
from runtime.records import Connection, Page, Window
from runtime.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from expectations.raw import RunToCheck

SOURCES = {
    "salesforce": Salesforce,
    "hubspot": HubSpot,
    "marketo": Marketo,
    "zendesk": Zendesk,
    "database": Database,
}
CONNECTIONS = {
    "salesforce": "salesforce_default",
    "hubspot": "hubspot_default",
    "marketo": "marketo_default",
    "zendesk": "zendesk_default",
    "database": "database_default",
    "files": "file_drop_default",
}

# Objects of a source that are read at the same time: what the vendor bears (SOURCES.md §1), as Airflow pools.
CONCURRENCY = {
    "salesforce": 5,
    "hubspot": 3,
    "marketo": 2,
    "zendesk": 1,  # its exports allow ten calls a minute
    "database": 2,
    "files": 4,
}

# Salesforce stamps a change before it commits it: what is younger may still be missing.
COMMIT_DELAY = timedelta(minutes=5)


def pool_of(source: str) -> str:
    """Name of the Airflow pool that holds a source's objects back to its concurrency."""
    return f"source_{source}"


def connected_objects(
    context: Context, area: str, source: str, connection: Connection
) -> list[CatalogueObject]:
    """Objects of an area that a connected source offers; the source is signed in to, to see that it is there.

    Of the dropped-file entities those with a folder; a folder that is no known entity lands raw, with a
    warning.

    Raises:
        SourceError: the source cannot be reached, or the drop folder does not exist.
    """
    if source != "files":
        connector = SOURCES[source](completed(context, source, connection))
        entries = objects_of(area, [source])
        with _form_in_words(source, "sign-in"):
            if hasattr(connector, "api"):
                connector.api.open()
            return connector.offered(entries) if hasattr(connector, "offered") else entries
    entries = [find_object("files", name) for name in drop_folders(context, connection)]
    entries = [entry for entry in entries if entry.area == area]
    for entry in entries:
        if not is_known(entry):
            report(
                "warning",
                message=f"files / {entry.object}: no known entity; it lands raw and is not modelled",
            )
    return entries


def extract(
    context: Context,
    entry: CatalogueObject,
    business_date: date,
    connection: Connection,
    force: bool = False,
) -> dict[str, Any]:
    """Land one object's window on the lake, unless the lake has it already.

    Args:
        connection: where the source is.
        force: extract again although the date is committed; a run is added, none removed.

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
    window = context.lake.next_window(entry, day_end(business_date, context.tenant.zone))
    if entry.source == "files":
        manifest = land_files(context, entry, business_date, window, connection, force)
    else:
        manifest = _land(context, entry, business_date, window, connection)
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
    window: Window,
    connection: Connection,
) -> Manifest:
    connection = completed(context, entry.source, connection)
    source = SOURCES[entry.source](connection)
    known = _known(context, entry, business_date, connection)
    pages = _pages(source, entry, window, known)
    manifest = context.lake.write_run(entry, business_date, window, in_words(entry, pages))
    manifest.api = {"version": connection.extra.get("api_version", "")}
    if hasattr(source, "update"):
        manifest.api |= {"fields": source.fields, "compared": known.compare}
    manifest.window_end = _covered_until(source, window).isoformat()
    context.lake.finish_run(entry, manifest)
    return manifest


def completed(context: Context, source: str, connection: Connection) -> Connection:
    """The connection with what the tenant adds: its time zone, and where rotating tokens are kept."""
    extra = {"timezone": context.tenant.timezone, **connection.extra}
    if "refresh_token" in extra:
        # Such a token is good for one exchange: its successors outlive the Airflow connection's in a file.
        path = context.settings.home / "tokens" / f"{source}.json"
        extra.setdefault("token_file", str(path))
    return replace(connection, extra=extra)


def _known(
    context: Context, entry: CatalogueObject, business_date: date, connection: Connection
) -> Known:
    """What the lake holds, and whether it is time to compare all of it with the vendor."""
    committed = context.lake.committed(entry)
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
        live=lambda: live_records(context.lake, entry),
    )


def _pages(source: Source, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
    if window.start is not None and hasattr(source, "update"):
        return source.update(entry, window, known)
    return source.extract(entry, window)


def in_words(entry: CatalogueObject, pages: Iterator[Page]) -> Iterator[Page]:
    """``pages``; an answer that has not the form the vendor documents ends them in a SourceError."""
    with _form_in_words(entry.source, entry.object):
        yield from pages


@contextmanager
def _form_in_words(source: str, object_name: str) -> Iterator[None]:
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise SourceError(
            source,
            object_name,
            f"an answer has another form than documented ({type(error).__name__} "
            f"at {_place(error)})",
            f"run again; if it stays so, compare api_version of `{source}_default` with the vendor's",
        ) from error


def _place(error: BaseException) -> str:
    """Module and line of ours that could not read on; the values it read are not shown."""
    ingestion = PROJECT_ROOT / "ingestion"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ingestion)]
    if not ours:
        return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return f"{Path(ours[-1].filename).relative_to(ingestion)}:{ours[-1].lineno}"


def _covered_until(source: Source, window: Window) -> datetime:
    """End of what this run can have seen, by the vendor's clock: ours may be ahead of it."""
    clock = source.api.clock if hasattr(source, "api") else None
    seen = clock - COMMIT_DELAY if clock else window.end
    # A quota that ran out on the way: the next date goes on from there.
    return min(window.end, seen, getattr(source, "reached", None) or window.end)


def check_and_commit(
    context: Context, area: str, business_date: date, runs: list[dict[str, Any]]
) -> None:
    """Check the area's new runs in one process and commit them object by object.

    Args:
        runs: what `extract` returned for each object it could read.

    Raises:
        ContractError: a run was blocked, or a required object is missing; what is good is committed first.
    """
    from expectations.raw import check_runs
    from expectations.results import append_results

    references = {(run["source"], run["object"]): run for run in runs}
    missing = [
        f"{entry.source}.{entry.object}"
        for entry in objects_of(area, context.tenant.systems)
        if entry.required and (entry.source, entry.object) not in references
    ]
    problems = [f"required and not extracted: {', '.join(missing)}"] if missing else []
    waiting = []
    for (source, name), run in references.items():
        entry = find_object(source, name)
        # a check that was killed half-way and tried again has committed some of its runs
        done = {old.run_id for old in context.lake.committed(entry)}
        if run["run_id"] and run["run_id"] not in done:
            manifest = _manifest(context, entry, business_date, run["run_id"])
            if is_known(entry):
                waiting.append((entry, manifest))
            else:
                context.lake.commit(entry, manifest)

    check_id = f"{business_date.isoformat()}-{area}"
    with tempfile.TemporaryDirectory() as scratch:
        checks = check_runs(
            [_to_check(context, entry, manifest) for entry, manifest in waiting],
            check_id,
            business_date,
            Path(scratch),
            context.settings.gx_docs_dir,
        )
    # before the first commit: of what is committed, the results are there
    append_results(
        context.settings.audit_dir, [result for check in checks for result in check.results]
    )
    for (entry, manifest), check in zip(waiting, checks, strict=True):
        reasons = (check.reasons if check.blocked else []) + _required_file_problems(
            entry, manifest
        )
        if reasons:
            context.lake.block(entry, manifest, reasons)
            fails_dag = check.fails_dag or entry.required
            report(
                "blocked",
                dag=f"ingest_{area}",
                source=entry.source,
                object=entry.object,
                reasons=reasons,
                fails_dag=fails_dag,
            )
            if fails_dag:
                problems.append(f"{entry.source}.{entry.object}: {'; '.join(reasons)}")
            continue
        rows = {row.row: (row.rule, row.reason) for row in check.quarantined}
        manifest.rows_quarantined = len(rows)
        if rows:
            context.lake.quarantine_rows(entry, manifest, rows)
            context.lake.finish_run(entry, manifest)
        context.lake.commit(entry, manifest)
        report(
            "committed",
            source=entry.source,
            object=entry.object,
            area=area,
            rows=manifest.rows,
            rows_quarantined=manifest.rows_quarantined,
        )
    if problems:
        raise ContractError(
            f"ingest_{area}: " + " | ".join(problems), "mend the source and run the date again"
        )


def _to_check(context: Context, entry: CatalogueObject, manifest: Manifest) -> "RunToCheck":
    from expectations.raw import RunToCheck

    lake, before = context.lake, context.lake.committed(entry)
    return RunToCheck(
        entry,
        lake.parts(entry, manifest),
        manifest.columns,
        [part for run in before for part in lake.parts(entry, run)],
        sorted({column for run in before for column in run.columns}),
    )


def _required_file_problems(entry: CatalogueObject, manifest: Manifest) -> list[str]:
    if not entry.required:
        return []
    return [
        f"{name}: {file['reason']}" for name, file in manifest.files.items() if "reason" in file
    ]


def _manifest(
    context: Context, entry: CatalogueObject, business_date: date, run_id: str
) -> Manifest:
    manifest = context.lake.complete_run(entry, business_date.isoformat())
    if manifest is None or manifest.run_id != run_id:
        raise SourceError(
            entry.source, entry.object, f"run {run_id} is not on the lake", "run the date again"
        )
    return manifest
