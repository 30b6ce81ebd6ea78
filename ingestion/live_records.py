"""The live records of the lake: of every key the latest committed version, tombstones removed."""

import duckdb
import pyarrow as pa

from ingestion.catalogue import CatalogueObject
from ingestion.lake import Lake


def live_records(lake: Lake, entry: CatalogueObject) -> pa.Table:
    """Key fields and ``cursor`` (text) of an object's live records, quarantined versions left out.

    Versions are ordered as the staging models order them: cursor, time of extraction, row. Cursors
    are ISO timestamps here.
    """
    runs = [run for run in lake.committed(entry) if run.parts]
    names = [*entry.key, "cursor"]
    landed = {column for run in runs for column in run.columns}
    if not landed.issuperset(entry.key):
        return pa.table({name: pa.array([], pa.string()) for name in names})
    key = ", ".join(f'"{name}"' for name in entry.key)
    cursor = f'"{entry.cursor}"' if entry.cursor in landed else "null::varchar"
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
