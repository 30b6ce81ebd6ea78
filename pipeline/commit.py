"""Commit: the verdict on an area's new runs, the quarantine of what they hold back, the commit of the rest."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.catalogue import CatalogueObject, find_object, is_known, objects_of
from ingestion.lake import Manifest
from ingestion.live_records import reading
from pipeline.context import Context
from pipeline.dbt import definition
from pipeline.findings import (
    FEED_BLOCKED,
    accepted_refusal,
    open_rows,
    record_blocked,
    record_committed,
)
from runtime.errors import ContractError, SourceError, StateError
from runtime.progress import report

if TYPE_CHECKING:
    from expectations.raw_check import RunCheck, RunToCheck

NewRun = tuple[CatalogueObject, Manifest]


def check_and_commit(
    context: Context, area: str, business_date: date, runs: list[dict[str, Any]]
) -> None:
    """Check the area's new runs in one process and commit them object by object.

    Args:
        runs: what `extract_object` returned for each object it could read.

    A run that is blocked is a finding: the last good state of its object stays, the area goes on without it.

    Raises:
        ContractError: a check could not be evaluated; what is good is committed first.
        StateError: a required object was not read; likewise.
    """
    missing, problems = _missing_objects(context, area, runs), []
    known = []
    for run in _new_runs(context, business_date, runs):
        if is_known(run[0]):
            known.append(run)
        else:  # there is no contract to check it against
            _commit(context, area, run, None)
    for run, verdict in zip(known, _verdicts(context, area, business_date, known), strict=True):
        if reasons := _reasons_to_block(context, run, verdict):
            problems += _block(context, area, run, verdict, reasons)
        else:
            _quarantine(context, run, verdict)
            _commit(context, area, run, verdict)
    if problems or missing:
        error = ContractError if problems else StateError  # only the first is told as a contract's
        raise error(
            f"ingest_{area}: " + " | ".join(missing + problems),
            "mend the source and run the date again",
        )


def _missing_objects(context: Context, area: str, runs: list[dict[str, Any]]) -> list[str]:
    extracted = {(run["source"], run["object"]) for run in runs}
    missing = [
        f"{entry.source}.{entry.object}"
        for entry in objects_of(area, context.tenant.systems)
        if entry.required and (entry.source, entry.object) not in extracted
    ]
    return [f"required and not extracted: {', '.join(missing)}"] if missing else []


def _new_runs(
    context: Context, business_date: date, runs: list[dict[str, Any]]
) -> Iterator[NewRun]:
    for run in runs:
        entry = find_object(run["source"], run["object"])
        # a check that was killed half-way and tried again has committed some of its runs
        committed = {old.run_id for old in context.lake.committed(entry)}
        if not run["run_id"] or run["run_id"] in committed:
            continue
        manifest = context.lake.complete_run(entry, business_date.isoformat())
        if manifest is None or manifest.run_id != run["run_id"]:
            raise SourceError(
                entry.source,
                entry.object,
                f"run {run['run_id']} is not on the lake",
                "run the date again",
            )
        yield entry, manifest


def _verdicts(
    context: Context, area: str, business_date: date, runs: list[NewRun]
) -> list["RunCheck"]:
    """What the contracts say of the runs; it is on disk before the first of them is committed."""
    from expectations.raw_check import check_runs
    from expectations.reading import DEFINITIONS
    from expectations.results import append_results

    check_id = f"{business_date.isoformat()}-{area}"
    definitions = {name: definition(context, name) for name in DEFINITIONS}
    definitions["reporting_currency"] = context.tenant.reporting_currency
    entries = [entry for entry, _ in runs]
    with tempfile.TemporaryDirectory() as scratch, reading(context.lake, *entries):
        verdicts = check_runs(
            [_to_check(context, *run) for run in runs],
            check_id,
            business_date,
            Path(scratch),
            definitions,
            context.settings.gx_docs_dir,
        )
    append_results(context.settings.audit_dir, [r for verdict in verdicts for r in verdict.results])
    return verdicts


def _to_check(context: Context, entry: CatalogueObject, manifest: Manifest) -> "RunToCheck":
    from expectations.raw_check import NOT_EMPTY, RunToCheck

    lake, before = context.lake, context.lake.committed(entry)
    findings = open_rows(context, entry)
    was_blocked = any(row["rule"] == FEED_BLOCKED for row in findings)
    return RunToCheck(
        entry,
        lake.parts(entry, manifest),
        manifest.columns,
        [part for run in before for part in lake.parts(entry, run)],
        sorted({column for run in before for column in run.columns}),
        frozenset(row["key_hash"] for row in findings if row["key_hash"]),
        any(row["holds_back"] for row in findings),
        was_blocked and NOT_EMPTY in accepted_refusal(context, entry, manifest),
    )


def _reasons_to_block(context: Context, run: NewRun, verdict: "RunCheck") -> list[str]:
    entry, manifest = run
    refusals = manifest.api.get("refusals", [])
    accepted = accepted_refusal(context, entry, manifest) if refusals else ""
    refusals = [reason for reason in refusals if reason not in accepted]
    unreadable_files = [
        f"{name}: {file['reason']}" for name, file in manifest.files.items() if "reason" in file
    ]
    return (
        refusals
        + (verdict.reasons if verdict.blocked else [])
        + (unreadable_files if entry.required else [])
    )


def _block(
    context: Context, area: str, run: NewRun, verdict: "RunCheck", reasons: list[str]
) -> list[str]:
    """Refuse a run; returns what fails the area by it: only a check that could not be made."""
    entry, manifest = run
    context.lake.block(entry, manifest, reasons)
    record_blocked(context, entry, manifest, reasons)
    report("blocked", source=entry.source, object=entry.object, area=area, reasons=reasons)
    return [f"{entry.source}.{entry.object}: {'; '.join(reasons)}"] if verdict.fails_dag else []


def _quarantine(context: Context, run: NewRun, verdict: "RunCheck") -> None:
    entry, manifest = run
    rows = {row.row: (row.rule, row.reason) for row in verdict.quarantined}
    manifest.rows_quarantined = len(rows)
    if rows:
        context.lake.quarantine_rows(entry, manifest, rows)
        context.lake.finish_run(entry, manifest)


def _commit(context: Context, area: str, run: NewRun, verdict: "RunCheck | None") -> None:
    entry, manifest = run
    # before the commit: a run that is killed in between is checked again, a committed one is not
    record_committed(context, entry, manifest, verdict)
    context.lake.commit(entry, manifest)
    report(
        "committed",
        source=entry.source,
        object=entry.object,
        area=area,
        rows=manifest.rows,
        rows_quarantined=manifest.rows_quarantined,
    )
