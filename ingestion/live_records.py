"""The live records of the lake: of every key the latest committed version, tombstones removed."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from ingestion.catalogue import CatalogueObject
from ingestion.lake import Lake
from runtime.sql import identifier, identifiers


@contextmanager
def reading(lake: Lake, *entries: CatalogueObject) -> Iterator[None]:
    """Whoever reads committed parts: an engine's error is told as the part that is damaged, if one is.

    Raises:
        StateError: a part is gone or is not the one that was written.
    """
    try:
        yield
    except duckdb.Error:
        for entry in entries:
            for run in lake.committed(entry):
                lake.compare(entry, run)
        raise


def live_records(lake: Lake, entry: CatalogueObject) -> pa.Table:
    """Key fields and ``cursor`` (text) of an object's live records, quarantined versions left out.

    Versions are ordered as the staging models order them: cursor, time of extraction, row. Cursors
    are ISO timestamps here. Every part is compared with its manifest first: a bit that fell over would
    delete a record.

    Raises:
        StateError: a part is gone or is not the one that was written.
    """
    runs = [run for run in lake.committed(entry) if run.parts]
    for run in runs:
        lake.compare(entry, run)
    names = [*entry.key, "cursor"]
    landed = {column for run in runs for column in run.columns}
    if not landed.issuperset(entry.key):
        return pa.table({name: pa.array([], pa.string()) for name in names})
    key = identifiers(entry.key)
    cursor = identifier(entry.cursor) if entry.cursor in landed else "null::varchar"
    held_back = [path for run in runs for path in lake.quarantined_parts(entry, run)]
    kept = (
        "anti join read_parquet($held_back, union_by_name = true) using (_run_id, _row)"
        if held_back
        else ""
    )
    parameters = {"parts": [path for run in runs for path in lake.parts(entry, run)]}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        if "file" not in lake.fs.protocol:
            connection.register_filesystem(lake.fs)
        return connection.execute(
            f"""
            with versions as (
                select {key}, {cursor} as cursor, _is_deleted, _extracted_at, _run_id, _row
                from read_parquet($parts, union_by_name = true, hive_partitioning = false)
            ),
            latest as (
                select * from versions {kept}
                qualify row_number() over (
                    partition by {key}
                    order by
                        try_cast(cursor as timestamptz) desc nulls last,
                        _extracted_at desc, _row desc
                ) = 1
            )
            select {key}, cursor from latest where not _is_deleted
            """,
            parameters | ({"held_back": held_back} if held_back else {}),
        ).to_arrow_table()


def keys_of_files(
    lake: Lake, entry: CatalogueObject, paths: Collection[str]
) -> dict[str, set[tuple[str, ...]]]:
    """The keys that dropped files speak of, as they were read last: path → keys without spaces around them.

    Rows in quarantine and keys that a file took back are left out.

    Raises:
        StateError: as for ``live_records``.
    """
    runs = [
        run for run in lake.committed(entry) if run.parts and not run.files.keys().isdisjoint(paths)
    ]
    found: dict[str, set[tuple[str, ...]]] = {path: set() for path in paths}
    if not runs or not {column for run in runs for column in run.columns}.issuperset(entry.key):
        return found
    for run in runs:
        lake.compare(entry, run)
    names = identifiers(entry.key)
    held_back = [path for run in runs for path in lake.quarantined_parts(entry, run)]
    kept = (
        "anti join read_parquet($held_back, union_by_name = true) using (_run_id, _row)"
        if held_back
        else ""
    )
    parameters = {
        "parts": [path for run in runs for path in lake.parts(entry, run)],
        "paths": list(paths),
    }
    with duckdb.connect() as connection:
        if "file" not in lake.fs.protocol:
            connection.register_filesystem(lake.fs)
        rows = connection.execute(
            f"""
            with versions as (
                select _source_file, _is_deleted, _extracted_at, _run_id, _row,
                    {", ".join(f"trim({name}) as {name}" for name in map(identifier, entry.key))}
                from read_parquet($parts, union_by_name = true, hive_partitioning = false)
                where _source_file in (select unnest($paths::varchar[]))
            ),
            latest as (
                select * from versions {kept}
                qualify row_number() over (
                    partition by _source_file, {names} order by _extracted_at desc, _row desc
                ) = 1
            )
            select _source_file, {names} from latest where not _is_deleted
            """,
            parameters | ({"held_back": held_back} if held_back else {}),
        )
        while chunk := rows.fetchmany(50_000):
            for path, *values in chunk:
                if all(values):
                    found[path].add(tuple(values))
    return found
