"""Conservation of what is held back: every record of which no version was taken has an open finding."""

from datetime import date
from typing import TYPE_CHECKING

import duckdb

from expectations.raw_findings import HELD_BACK, key_hash, place
from expectations.suites import Check, Suite
from ingestion.catalogue import CatalogueObject, load_catalogue
from ingestion.lake import Manifest, register_lake
from pipeline.build_plan import BuildPlan
from pipeline.context import Context
from pipeline.findings import open_rows
from runtime.duckdb_connection import connect
from runtime.findings import Finding, scope_of
from runtime.sql import identifier

if TYPE_CHECKING:
    from expectations.validate import RuleResult

HELD_BACK_IS_SAID = Check(
    "held_back_is_said",
    "block",
    "Every row that is held back has an open finding, or came again and was taken. / "
    "隔離された行にはすべて未解決の指摘があるか、再受信されて取り込まれている。",
    "rows",
)


def check_held_back(context: Context, plan: BuildPlan) -> "list[RuleResult]":
    """Compare the quarantine with the findings and with what was loaded; objects without quarantine cost nothing.

    Returns:
        One result an object that ever had a row held back by the plan's date.
    """
    from expectations.validate import Audit

    audit, results = Audit(plan.run_id, plan.as_of_date), []
    with connect(plan.warehouse, read_only=True) as connection:
        for entry in load_catalogue():
            runs = context.lake.committed(entry, plan.as_of_date)
            parts = [part for run in runs for part in context.lake.quarantined_parts(entry, run)]
            if not parts:
                continue
            register_lake(connection, parts)
            unsaid = _unsaid(context, connection, entry, runs, parts)
            suite = Suite(
                "input", entry.table, entry.table, ()
            )  # its raw results are the extraction's
            if unsaid:
                why = f"{len(unsaid)} have none: {', '.join(unsaid[:5])}."
                results.append(
                    audit.result(suite, HELD_BACK_IS_SAID, "blocked", len(unsaid), "", why)
                )
            else:
                results.append(audit.result(suite, HELD_BACK_IS_SAID, "passed"))
    return results


def restore_findings(context: Context) -> None:
    """Say again what the quarantine holds back of objects whose findings are lost, from the lake alone."""
    with duckdb.connect() as connection:
        for entry in load_catalogue():
            scope = scope_of(entry.source, entry.object)
            runs = context.lake.committed(entry)
            parts = [part for run in runs for part in context.lake.quarantined_parts(entry, run)]
            if not parts or scope in context.findings.scopes():
                continue
            register_lake(connection, parts)
            rows = connection.execute(
                f"""
                select {place()}, _row, coalesce({key_hash(entry)}, ''), _rule, _reason
                from read_parquet(?, union_by_name = true)
                """,
                [parts],
            ).fetchall()
            found = [
                Finding(
                    rule=rule,
                    source=entry.source,
                    object=entry.object,
                    message=reason,
                    what_to_do=HELD_BACK,
                    place=where,
                    key=f"row {row}",
                    key_hash=digest,
                    holds_back=True,
                )
                for where, row, digest, rule, reason in rows
            ]
            day = date.fromisoformat(max(run.business_date for run in runs))
            context.findings.record(scope, found, day, lambda _: True)


def _unsaid(
    context: Context,
    connection: duckdb.DuckDBPyConnection,
    entry: CatalogueObject,
    runs: list[Manifest],
    parts: list[str],
) -> list[str]:
    """Places and rows that are in quarantine and nowhere else."""
    found = open_rows(context, entry)
    keys = {row["key_hash"] for row in found}
    places = {row["place"] for row in found}
    newest = {name: run.run_id for run in runs for name in run.files}
    taken = f"select {key_hash(entry)} from raw.{identifier(entry.table)} where {key_hash(entry)} is not null"
    rows = connection.execute(
        f"""
        select {place()} as place, _row, _run_id, {key_hash(entry)} as key_hash
        from read_parquet(?, union_by_name = true) as held_back
        where key_hash is null or key_hash not in ({taken})
        """,
        [parts],
    ).fetchall()
    return [
        f"{where} row {row}"
        for where, row, run_id, digest in rows
        if digest not in keys and where not in places and newest.get(where, run_id) == run_id
    ]
