"""Spark's raw and ops tables, brought up to what the register of loads counts."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow

from expectations.contracts import contract_for
from ingestion.catalogue import CatalogueObject, find_object
from ingestion.lake import Lake, Manifest
from ingestion.text_table import fold
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.records import RESERVED_COLUMNS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

AT_ONCE = 4  # Spark's driver plans most of the time
_TECHNICAL = (
    "_extracted_at timestamp, _run_id string, _source_file string, _page int, _row bigint, "
    "_is_deleted boolean, _business_date date, _load_id bigint"
)


def bring_up_to_date(session: "SparkSession", warehouse: Path, lake: Lake) -> int:
    """Append the lake's runs of loads that Spark does not have yet, each once, also after a kill in between.

    Args:
        warehouse: the DuckDB file with the register of loads (ops.loads).

    Returns:
        How many runs were appended.

    Raises:
        StateError: a run holds other rows than its manifest counts.
    """
    for schema in ("raw", "ops"):
        session.sql(f"create schema if not exists {schema}")
    session.sql("create table if not exists ops.appended_load (load_id bigint) using iceberg")
    appended = {row[0] for row in session.table("ops.appended_load").collect()}
    with connect(warehouse, read_only=True) as connection:
        registered = connection.execute(
            "select source, object, load_id, run_id from ops.loads order by load_id"
        ).fetchall()
        objects = connection.execute("select source, object from ops.source_objects").fetchall()
        for table in ("loads", "source_objects", "finding", "salt"):
            rows = session.createDataFrame(connection.execute(f"from ops.{table}").to_arrow_table())
            rows.writeTo(f"ops.{table}").using("iceberg").createOrReplace()
    entries = {entry.table: entry for entry in (find_object(*name) for name in objects)}
    pending: dict[str, dict[str, int]] = defaultdict(dict)
    for source, name, load_id, run_id in registered:
        if load_id not in appended:
            entry = find_object(source, name)
            entries[entry.table] = entry
            pending[entry.table][run_id] = load_id
    existing = {row["tableName"] for row in session.sql("show tables in raw").collect()}

    def bring(table: str) -> None:
        entry, loads = entries[table], pending.get(table, {})
        runs = [run for run in lake.committed(entry) if run.run_id in loads]
        _ensure_table(session, entry, runs, table in existing)
        if table in existing and loads:
            # what a kill left of them
            ids = ", ".join(map(str, loads.values()))
            session.sql(f"delete from raw.{table} where _load_id in ({ids})")
        _append(session, lake, entry, runs, loads)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(bring, entries))
    done = [load_id for loads in pending.values() for load_id in loads.values()]
    if done:
        # of Arrow: of a list it would take Python on each worker
        rows = session.createDataFrame(pyarrow.table({"load_id": pyarrow.array(done, "int64")}))
        rows.writeTo("ops.appended_load").append()
    return len(done)


def _ensure_table(
    session: "SparkSession", entry: CatalogueObject, runs: list[Manifest], exists: bool
) -> None:
    """Create the table, or add the columns it lacks: those of the contract, null if never supplied, and the runs'."""
    declared = [column.name for column in contract_for(entry).columns if not column.is_derived]
    if exists:
        known = {fold(name) for name in session.table(f"raw.{entry.table}").columns}
    else:
        known = {fold(name) for name in RESERVED_COLUMNS}
    new = {}
    for name in [*declared, *(name for run in runs for name in run.columns)]:
        if fold(name) not in known:
            new.setdefault(fold(name), f"{_quoted(name)} string")
    if not exists:
        columns = ", ".join([_TECHNICAL, *new.values()])
        session.sql(f"create table raw.{entry.table} ({columns}) using iceberg")
    elif new:
        session.sql(f"alter table raw.{entry.table} add columns ({', '.join(new.values())})")


def _append(
    session: "SparkSession",
    lake: Lake,
    entry: CatalogueObject,
    runs: list[Manifest],
    loads: dict[str, int],
) -> None:
    """Append an object's runs in one commit."""
    target = session.table(f"raw.{entry.table}").schema
    rows = None
    for run in runs:
        if run.parts:
            lake.compare(entry, run)
            read = _read(session, lake, entry, run, loads[run.run_id], target)
            found = read.count()
            if found != run.rows - run.rows_quarantined:
                raise StateError(
                    f"{entry.source}.{entry.object}: run {run.run_id} of {run.business_date} has {found} rows "
                    f"on the lake, its manifest says {run.rows} less {run.rows_quarantined} in quarantine",
                    "a part was changed after its commit: restore the run's folder from a backup",
                )
            rows = read if rows is None else rows.unionAll(read)
    if rows is not None:
        rows.writeTo(f"raw.{entry.table}").append()


def _read(
    session: "SparkSession",
    lake: Lake,
    entry: CatalogueObject,
    run: Manifest,
    load_id: int,
    target: "StructType",
) -> "DataFrame":
    """A run's rows less those in quarantine, with the table's columns."""
    from pyspark.sql import functions

    rows = session.read.option("mergeSchema", "true").parquet(*lake.parts(entry, run))
    if quarantined := lake.quarantined_parts(entry, run):
        held = session.read.parquet(*quarantined).select("_row")
        rows = rows.join(held, "_row", "left_anti")
    given = {
        "_business_date": functions.lit(run.business_date),
        "_load_id": functions.lit(load_id),
    }
    supplied = {fold(name): rows[_quoted(name)] for name in rows.columns}
    columns = []
    for field in target:
        value = given.get(field.name, supplied.get(fold(field.name), functions.lit(None)))
        columns.append(value.cast(field.dataType).alias(field.name))
    return rows.select(columns)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
