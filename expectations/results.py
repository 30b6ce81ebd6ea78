"""The store of check results: one small Parquet file an append, so that parallel DAGs never wait."""

import uuid
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.validate import RuleResult
from runtime.files import replacing

KEPT_DAYS = 90
SCHEMA = pa.schema(
    {
        "run_id": pa.string(),
        "business_date": pa.date32(),
        "layer": pa.string(),
        "table_name": pa.string(),
        "rule": pa.string(),
        "severity": pa.string(),
        "status": pa.string(),
        "unexpected_count": pa.int64(),
        "observed": pa.string(),
        "message": pa.string(),
        "checked_at": pa.timestamp("us", tz="UTC"),
    }
)


def append_results(path: Path, results: list[RuleResult]) -> None:
    """Add results to the store; a killed append leaves nothing half-written.

    Args:
        path: folder of the store, created if missing. Files more than 90 days older than the
            appended business date are removed.
    """
    if not results:
        return
    path.mkdir(parents=True, exist_ok=True)
    day = max(result.business_date for result in results)
    name = f"{day.isoformat()}_{uuid.uuid4().hex}.parquet"
    table = pa.Table.from_pylist([asdict(result) for result in results], schema=SCHEMA)
    with replacing(path / name) as temporary:
        pq.write_table(table, temporary, compression="zstd")
    for old in path.glob("*.parquet"):
        if old.name < (day - timedelta(days=KEPT_DAYS)).isoformat():
            old.unlink(missing_ok=True)


def read_results(path: Path, days: int = KEPT_DAYS) -> pa.Table:
    """The results of the last ``days`` business dates, newest check of every run and rule.

    Returns:
        A table with the fields of RuleResult, by business date, table and rule; empty if there is no store.
        A damaged file is left out, with a warning that names it in its place.
    """
    files = sorted(str(file) for file in path.glob("????-??-??_*.parquet"))
    if not files:
        return SCHEMA.empty_table()
    newest = date.fromisoformat(Path(files[-1]).name[:10])
    since = (newest - timedelta(days=days)).isoformat()
    recent = [file for file in files if Path(file).name[:10] > since]
    damaged = [file for file in recent if _is_damaged(file)]
    recent = [file for file in recent if file not in damaged]
    warnings = pa.Table.from_pylist([_damage(Path(file)) for file in damaged], schema=SCHEMA)
    if not recent:
        return warnings
    with duckdb.connect() as connection:
        found = connection.execute(
            """
            select * from read_parquet(?)
            qualify row_number() over (
                partition by run_id, layer, table_name, rule order by checked_at desc
            ) = 1
            order by business_date, layer, table_name, rule, run_id
            """,
            [recent],
        )
        return pa.concat_tables([found.to_arrow_table().cast(SCHEMA), warnings])


def _is_damaged(file: str) -> bool:
    try:
        pq.read_table(file).cast(SCHEMA)
    except (pa.ArrowException, OSError, ValueError):
        return True
    return False


def _damage(file: Path) -> dict[str, object]:
    day = date.fromisoformat(file.name[:10])
    return {
        "run_id": file.stem,
        "business_date": day,
        "layer": "ops",
        "table_name": "gx_validation_result",
        "rule": "audit_file_is_whole",
        "severity": "warn",
        "status": "warned",
        "unexpected_count": 1,
        "observed": "",
        "message": f"{file} is damaged, its results are lost: delete it. / "
        "検査結果ファイルが破損しています。削除してください。",
        "checked_at": datetime(day.year, day.month, day.day, tzinfo=UTC),
    }


def last_checked(results: pa.Table, layer: str, rule: str, run_ids: set[str]) -> date | None:
    """Newest business date on which one of these runs checked a rule of a layer, None if none did."""
    return max(
        (
            row["business_date"]
            for row in results.to_pylist()
            if (row["layer"], row["rule"]) == (layer, rule) and row["run_id"] in run_ids
        ),
        default=None,
    )


def newest_by_table(results: pa.Table) -> pd.DataFrame:
    """The results of every table's newest run: an older run's findings may be mended since."""
    frame = results.to_pandas().sort_values("checked_at")
    last_run = frame.groupby(["layer", "table_name"])["run_id"].transform("last")
    return frame[frame["run_id"] == last_run]
