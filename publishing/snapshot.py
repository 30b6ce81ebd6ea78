"""Snapshots: a closed file a publication, and a link that readers open."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from runtime import rights
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.files import point_link, replacing
from runtime.findings import FindingStore
from runtime.settings import Settings
from runtime.sql import literal

KEEP = 7
LINK = "marts.duckdb"
_NAME = re.compile(r"marts_(\d{4}-\d{2}-\d{2})_(\d{8}T\d{12})\.duckdb$")


@dataclass(frozen=True)
class Snapshot:
    """One published file."""

    path: Path
    as_of_date: date
    is_current: bool


def publish_snapshot(settings: Settings, as_of_date: date, build_id: int) -> Path:
    """Copy the audited marts into a new snapshot, add what only publishing knows, swap the link.

    The schema ``ops`` of the snapshot holds ``_runs`` and ``_builds`` (loads and builds), ``finding`` and
    ``gx_validation_result`` (90 days).
    Killed at any point, the link names either the old or the new complete file.

    Returns:
        The new snapshot's path.
    """
    from expectations.results import read_results

    folder = settings.published_dir
    folder.mkdir(parents=True, exist_ok=True)
    rights.share(settings, folder)
    for leftover in folder.glob("*.tmp*"):
        leftover.unlink()
    with connect(settings.marts_file) as connection:
        connection.execute("checkpoint")
    name = f"marts_{as_of_date}_{datetime.now(UTC):%Y%m%dT%H%M%S%f}.duckdb"
    results = read_results(settings.audit_dir, days=90)
    with replacing(folder / name) as temporary:
        shutil.copyfile(settings.marts_file, temporary)
        findings = FindingStore(settings.findings_dir).grouped()
        _add_operations(temporary, settings.warehouse_file, results, findings, build_id)
        os.chmod(temporary, rights.PUBLISHED_FILE)
    point_link(folder / LINK, name)
    for old in snapshots(settings)[:-KEEP]:
        if not old.is_current:
            old.path.unlink()
    return folder / name


def snapshots(settings: Settings) -> list[Snapshot]:
    """The published snapshots, oldest publication first."""
    folder = settings.published_dir
    link = folder / LINK
    current = os.readlink(link) if link.is_symlink() else None
    found = []
    for path in folder.glob("marts_*.duckdb"):
        match = _NAME.search(path.name)
        if match:
            stamp = match[2]
            found.append(
                (stamp, Snapshot(path, date.fromisoformat(match[1]), path.name == current))
            )
    return [snapshot for _, snapshot in sorted(found, key=lambda pair: pair[0])]


def current_snapshot(settings: Settings) -> Snapshot | None:
    """The snapshot readers see, None before the first publication."""
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
    point_link(settings.published_dir / LINK, published[position - 1].path.name)
    return published[position - 1]


def published_findings(settings: Settings) -> pa.Table | None:
    """The findings as readers see them; None if nothing is published."""
    snapshot = current_snapshot(settings)
    if snapshot is None:
        return None
    with connect(snapshot.path, read_only=True) as connection:
        return connection.execute("from ops.finding").to_arrow_table()


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
        connection.execute("checkpoint")
