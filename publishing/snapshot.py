"""Snapshots: a closed file a publication, in a folder of its own, and a link that readers open.

Every file has the same name, which no schema has: DuckDB calls a catalogue after its file, and BI tools keep
their tables by it.
"""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from runtime import rights
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.files import point_link, replacing, settle
from runtime.findings import FindingStore
from runtime.settings import Settings
from runtime.sql import identifier, literal

KEEP = 7
LINK = "marts.duckdb"
FILE = "customer_success.duckdb"
_NAME = re.compile(r"marts_(\d{4}-\d{2}-\d{2})_(\d{8}T\d{12})(\.duckdb)?$")


@dataclass(frozen=True)
class Snapshot:
    """One publication.

    Attributes:
        name: date of the data and time of publication.
        path: the file.
        as_of_date: business date of the data.
        is_current: whether readers see it.
    """

    name: str
    path: Path
    as_of_date: date
    is_current: bool


def publish_snapshot(settings: Settings, as_of_date: date, build_id: int) -> Snapshot:
    """Copy the audited marts into a new snapshot, add what only publishing knows, swap the link.

    The schema ``ops`` of the snapshot holds ``_runs`` and ``_builds`` (loads and builds), ``finding`` and
    ``gx_validation_result`` (90 days).
    Killed at any point, the link names either the old or the new complete file.

    Returns:
        The new snapshot, which readers see.
    """
    from expectations.results import read_results

    folder = settings.published_dir
    folder.mkdir(parents=True, exist_ok=True)
    rights.share(settings, folder)
    for leftover in folder.glob("*.tmp"):
        _remove(leftover)
    with connect(settings.marts_file) as connection:
        connection.execute("checkpoint")
    name = f"marts_{as_of_date}_{_next_stamp(settings)}"
    results = read_results(settings.audit_dir, days=90)
    findings = FindingStore(settings.findings_dir).grouped()
    unfinished = folder / f"{name}.tmp"
    unfinished.mkdir()
    with replacing(unfinished / FILE) as temporary:
        shutil.copyfile(settings.marts_file, temporary)
        _add_operations(temporary, settings.warehouse_file, results, findings, build_id)
        os.chmod(temporary, rights.PUBLISHED_FILE)
    rights.share(settings, unfinished)
    settle(unfinished, folder / name)
    point_link(folder / LINK, f"{name}/{FILE}")
    for old in snapshots(settings)[:-KEEP]:
        if not old.is_current:
            gone = folder / f"{old.name}.tmp"
            os.replace(folder / old.name, gone)  # a removal that is killed goes on the next time
            _remove(gone)
    return Snapshot(name, folder / name / FILE, as_of_date, is_current=True)


def snapshots(settings: Settings) -> list[Snapshot]:
    """The published snapshots, oldest publication first."""
    folder = settings.published_dir
    link = folder / LINK
    current = os.readlink(link) if link.is_symlink() else None
    found = []
    for path in folder.glob("marts_*"):
        match = _NAME.match(path.name)
        if match:
            # older versions published files without a folder
            file = path / FILE if path.is_dir() else path
            is_current = str(file.relative_to(folder)) == current
            snapshot = Snapshot(path.name, file, date.fromisoformat(match[1]), is_current)
            found.append((match[2], snapshot))
    return [snapshot for _, snapshot in sorted(found, key=lambda pair: pair[0])]


def _next_stamp(settings: Settings) -> str:
    """Time of a publication, after all before it even if the clock was set back."""
    form, now = "%Y%m%dT%H%M%S%f", datetime.now(UTC)
    last = max((_NAME.match(old.name)[2] for old in snapshots(settings)), default="")
    if now.strftime(form) <= last:
        now = datetime.strptime(last, form) + timedelta(microseconds=1)
    return now.strftime(form)


def current_snapshot(settings: Settings) -> Snapshot | None:
    """The snapshot readers see, None before the first publication.

    Raises:
        StateError: the link names a file that is gone.
    """
    link = settings.published_dir / LINK
    if link.is_symlink() and not link.exists():
        raise StateError(
            f"{link} names {os.readlink(link)}, which is gone",
            "restore that file, or point the link at another snapshot of the folder: `ln -sfn`; "
            "without one, delete the link and `make rebuild`",
        )
    return next((snapshot for snapshot in snapshots(settings) if snapshot.is_current), None)


def rollback(settings: Settings) -> Snapshot:
    """Point the link at the publication before the current one.

    Raises:
        StateError: there is no older snapshot.
    """
    published = snapshots(settings)
    position = next((i for i, snapshot in enumerate(published) if snapshot.is_current), 0)
    if position == 0:
        raise StateError(
            "there is no older snapshot to go back to", f"the last {KEEP} publications are kept"
        )
    before = published[position - 1]
    point_link(settings.published_dir / LINK, str(before.path.relative_to(settings.published_dir)))
    return before


def published_findings(settings: Settings) -> pa.Table | None:
    """The findings as readers see them; None if nothing is published."""
    snapshot = current_snapshot(settings)
    if snapshot is None:
        return None
    with connect(snapshot.path, read_only=True) as connection:
        return connection.execute("from ops.finding").to_arrow_table()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _add_operations(
    marts: Path, warehouse: Path, results: pa.Table, findings: pa.Table, build_id: int
) -> None:
    """Put the registers of loads and builds, the findings and the audit results beside the marts."""
    with connect(marts) as connection:
        connection.execute("create schema if not exists ops")
        connection.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
        connection.execute("create or replace table ops._runs as select * from warehouse.ops.loads")
        connection.execute(
            "create or replace table ops._builds as select * from warehouse.ops.builds"
        )
        connection.execute("detach warehouse")
        connection.execute(
            "update ops._builds set status = 'published' where build_id = ?", [build_id]
        )
        connection.register("findings", findings)
        connection.execute("create or replace table ops.finding as select * from findings")
        connection.register("results", results)
        connection.execute(
            "create or replace table ops.gx_validation_result as select * from results"
        )
        _comment(connection)
        connection.execute("checkpoint")


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    """Give tables and columns the descriptions of their contracts, where BI tools show them."""
    from expectations.contracts import all_contracts

    present = set(
        connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
    )
    connection.execute("begin")
    for layer in {schema for schema, _, _ in present}:
        for contract in all_contracts(layer):
            table = f"{identifier(layer)}.{identifier(contract.table)}"
            columns = [c for c in contract.columns if (layer, contract.table, c.name) in present]
            if columns:
                connection.execute(f"comment on table {table} is {literal(contract.purpose)}")
            for column in columns:
                name = f"{table}.{identifier(column.name)}"
                connection.execute(f"comment on column {name} is {literal(column.description)}")
    connection.execute("commit")
