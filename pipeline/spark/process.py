"""dbt on Spark in dbt's own process: raw tables first, then dbt, then the results as DuckDB files."""

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingestion.lake import Lake
from pipeline.spark.fetch import bring_slices, fetch
from pipeline.spark.qualify import without_qualify
from pipeline.spark.raw import bring_up_to_date
from pipeline.spark.session import folder_of, remove_old_versions, start
from runtime.errors import WarehouseError
from runtime.settings import get_settings


def on_spark(run: Callable[[], bool], fetches: bool, tidies: bool) -> bool:
    """Run dbt on a Spark session of this process.

    Args:
        run: runs dbt and says whether it succeeded.
        fetches: whether what it built becomes DuckDB's files.
        tidies: whether old versions of Spark's tables are removed after it.

    Returns:
        Whether everything did. What failed is printed, as dbt's own errors are.
    """
    warehouse, marts = Path(os.environ["CSW_WAREHOUSE_FILE"]), Path(os.environ["CSW_MARTS_FILE"])
    folder = folder_of(warehouse)
    try:
        session = start(warehouse)
        print(f"Spark {session.version} on {session.sparkContext.master}", flush=True)
        appended = bring_up_to_date(session, warehouse, Lake(get_settings().lake_root))
        print(f"{appended} runs appended to Spark's raw tables", flush=True)
        bring_slices(session, folder, marts)
        _teach_cursor()
        # a result that Python has not let go of keeps its plan and joined tables in the driver's memory
        gc.freeze()
        gc.set_threshold(1000)
        if not run():
            return False
        if fetches:
            fetched = fetch(session, folder, warehouse, marts)
            print(f"{fetched} tables fetched from Spark", flush=True)
        if tidies:
            print(f"old versions of {remove_old_versions(session)} tables removed", flush=True)
    except WarehouseError as error:
        print(f"{error.message}; {error.hint}", flush=True)
        return False
    session.stop()
    return True


def _teach_cursor() -> None:
    """Let dbt's cursor give Spark statements without `qualify`, and say of an error what it is, not the whole plan."""
    from dbt.adapters.spark.session import Cursor
    from dbt_common.exceptions import DbtRuntimeError

    def said(action: Callable[..., Any]) -> Callable[..., Any]:
        def tell(*given: Any) -> Any:
            try:
                return action(*given)
            except Exception as error:
                text = getattr(error, "msg", None) or str(error)
                # Java's errors begin with how they came
                lines = text.removeprefix("An error occurred while calling ").splitlines()
                raise DbtRuntimeError(" ".join(lines[:2])[:500]) from error

        return tell

    execute = Cursor.execute
    Cursor.execute = said(lambda self, sql, *given: execute(self, without_qualify(sql), *given))
    Cursor.fetchall = said(Cursor.fetchall)
