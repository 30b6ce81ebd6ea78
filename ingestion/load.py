"""Load committed runs from the lake into the warehouse's raw schema, in one transaction, once each."""

import hashlib
import secrets
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.catalogue import CatalogueObject, load_catalogue
from ingestion.lake import Lake, Manifest, register_lake
from ingestion.text_table import fold
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.files import write_atomically
from runtime.records import RESERVED_COLUMNS
from runtime.sql import identifier

_TECHNICAL_DDL = (
    "_extracted_at timestamptz, _run_id varchar, _source_file varchar, _page integer, "
    "_row bigint, _is_deleted boolean, _business_date date, _load_id bigint"
)


def load(
    warehouse: Path,
    lake: Lake,
    columns: dict[str, list[str]],
    up_to: date | None = None,
    frequencies: dict[str, str] | None = None,
    with_rows: bool = True,
) -> list[tuple[CatalogueObject, Manifest]]:
    """Bring the raw tables up to the lake's committed runs.

    Args:
        warehouse: DuckDB file; created if it is not there.
        lake: where the runs are.
        columns: raw table name → columns its contract declares; they always exist, null if never supplied.
        up_to: leave out runs of later business dates (None = all).
        frequencies: raw table name → how often its object is to come; daily where it is left out.
        with_rows: whether the rows go into raw tables here; where another engine has those, runs are only registered.

    Returns:
        The runs loaded now; empty if there was nothing new.

    Raises:
        StateError: a run's parts cannot be read or hold other rows than its manifest counts; nothing is loaded then.
    """
    loaded = []
    with connect(warehouse) as connection:
        connection.execute("begin")
        _create_control_tables(connection, frequencies or {})
        known = {row[0] for row in connection.execute("select run_id from ops.loads").fetchall()}
        next_id = connection.execute(
            "select coalesce(max(load_id), 0) + 1 from ops.loads"
        ).fetchone()[0]
        existing = _raw_columns(connection)
        for entry in [*load_catalogue(), *lake.unknown_entities()]:
            if with_rows:
                _ensure_table(connection, entry.table, columns.get(entry.table, []), existing)
            for manifest in lake.committed(entry, up_to):
                if manifest.run_id in known:
                    continue
                if with_rows:
                    _ensure_table(connection, entry.table, manifest.columns, existing)
                    _load_rows(connection, lake, entry, manifest, next_id)
                _register(connection, entry, manifest, next_id)
                loaded.append((entry, manifest))
                next_id += 1
        connection.execute("commit")
        connection.execute("checkpoint")
    return loaded


def store_findings(warehouse: Path, findings: pa.Table) -> None:
    """Put the findings into the warehouse (ops.finding), for dbt to judge freshness by."""
    with connect(warehouse) as connection:
        connection.execute("create schema if not exists ops")
        connection.register("findings", findings)
        connection.execute("create or replace table ops.finding as select * from findings")


def store_salt(warehouse: Path, salt_file: Path) -> None:
    """Put the secret salt of hashed personal data into the warehouse (ops.salt), for dbt to join.

    It is generated once, in a file only its owner reads, and never passes through dbt's vars or compiled SQL.
    Its SHA-256 lies beside it, so that a lost or changed one is noticed without the warehouse, too.

    Raises:
        StateError: the salt is lost, or is another one than before: all hashes would change.
    """
    fingerprint_file = salt_file.with_name(f"{salt_file.name}.sha256")
    with connect(warehouse) as connection:
        connection.execute("create schema if not exists ops")
        connection.execute("create table if not exists ops.salt (salt varchar)")
        used = connection.execute("from ops.salt").fetchone()
        if used is None and not salt_file.exists() and not fingerprint_file.exists():
            write_atomically(salt_file, secrets.token_hex(32), mode=0o600)
        salt = salt_file.read_text(encoding="utf-8", errors="replace") if salt_file.exists() else ""
        fingerprint = hashlib.sha256(salt.encode()).hexdigest()
        is_other = (
            fingerprint_file.exists()
            and fingerprint_file.read_text(errors="replace") != fingerprint
        )
        if not salt.strip() or (used and used[0] != salt) or is_other:
            raise StateError(
                f"{salt_file} is {'another one than before' if salt.strip() else 'lost or empty'}: "
                "all hashes of personal data would change",
                "restore it from a backup (ops.salt of warehouse.duckdb holds it too); to begin with a new one, "
                f"delete it and {fingerprint_file.name}, then `make rebuild`",
            )
        if not fingerprint_file.exists():
            write_atomically(fingerprint_file, fingerprint, mode=0o600)
        if used is None:
            connection.execute("insert into ops.salt values (?)", [salt])


def _create_control_tables(
    connection: duckdb.DuckDBPyConnection, frequencies: dict[str, str]
) -> None:
    connection.execute("create schema if not exists raw")
    connection.execute("create schema if not exists ops")
    connection.execute(
        """
        create table if not exists ops.loads (
            load_id bigint primary key, source varchar, object varchar, area varchar, business_date date,
            run_id varchar, rows_in bigint, rows_quarantined bigint, loaded_at timestamptz, newest_drop date
        )
        """
    )
    connection.execute("alter table ops.loads add column if not exists newest_drop date")
    # The catalogue, for dbt to judge freshness by: what each area needs.
    connection.execute(
        "create or replace table ops.source_objects "
        "(source varchar, object varchar, area varchar, is_required boolean, frequency varchar)"
    )
    connection.executemany(
        "insert into ops.source_objects values (?, ?, ?, ?, ?)",
        [
            (e.source, e.object, e.area, e.required, frequencies.get(e.table, "daily"))
            for e in load_catalogue()
        ],
    )


def _raw_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Raw table → names of its columns, folded."""
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
    ).fetchall():
        found.setdefault(table, set()).add(fold(column))
    return found


def _ensure_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[str],
    existing: dict[str, set[str]],
) -> None:
    """Create the table, or add the columns it lacks; ``existing`` is kept up to date."""
    known = existing.get(table, {fold(name) for name in RESERVED_COLUMNS})
    new = {fold(name): f"{identifier(name)} varchar" for name in columns if fold(name) not in known}
    if table not in existing:
        definition = ", ".join([_TECHNICAL_DDL, *new.values()])
        connection.execute(f"create table raw.{identifier(table)} ({definition})")
    else:
        for column in new.values():
            connection.execute(f"alter table raw.{identifier(table)} add column {column}")
    existing[table] = known | set(new)


def _load_rows(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    entry: CatalogueObject,
    manifest: Manifest,
    load_id: int,
) -> None:
    if manifest.parts:
        lake.compare(entry, manifest)
        parts, quarantined = lake.parts(entry, manifest), lake.quarantined_parts(entry, manifest)
        register_lake(connection, parts)
        kept = "where _row not in (select _row from read_parquet(?))" if quarantined else ""
        statement = f"""
            insert into raw.{identifier(entry.table)} by name
            select *, ?::date as _business_date, ?::bigint as _load_id
            from read_parquet(?, union_by_name = true, hive_partitioning = false) {kept}
            """
        values = [manifest.business_date, load_id, parts, *([quarantined] if quarantined else [])]
        try:
            loaded = connection.execute(statement, values).fetchone()[0]
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise StateError(
                f"{entry.source}.{entry.object}: run {manifest.run_id} of {manifest.business_date} cannot be read: "
                f"{str(error).splitlines()[0]}",
                "restore the run's folder on the lake from a backup",
            ) from error
        if loaded != manifest.rows - manifest.rows_quarantined:
            raise StateError(
                f"{entry.source}.{entry.object}: run {manifest.run_id} of {manifest.business_date} has {loaded} rows "
                f"on the lake, its manifest says {manifest.rows} less {manifest.rows_quarantined} in quarantine",
                "a part was changed after its commit: restore the run's folder from a backup",
            )


def _register(
    connection: duckdb.DuckDBPyConnection, entry: CatalogueObject, manifest: Manifest, load_id: int
) -> None:
    drops = [file["drop"] for file in manifest.files.values() if "drop" in file]
    connection.execute(
        "insert into ops.loads values (?, ?, ?, ?, ?, ?, ?, ?, now(), ?)",
        [
            load_id,
            entry.source,
            entry.object,
            entry.area,
            manifest.business_date,
            manifest.run_id,
            manifest.rows,
            manifest.rows_quarantined,
            max(drops, default=None),
        ],
    )
