"""dbt's DuckDB works within the memory it is given: what is larger goes to disk, beside the warehouse."""

from pathlib import Path

import pytest

from tests.in_process_dbt import invoke

# Some 180 MB to sort, of which nothing can be left out.
SORTED = """
    select max(place) as places, current_setting('memory_limit') as memory
    from (
        select row_number() over (order by md5(cast(number as varchar))) as place
        from (select unnest(range(3000000)) as number) as numbers
    ) as sorted
"""


def test_more_than_the_memory_is_sorted_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSW_DUCKDB_MEMORY", "60MB")
    warehouse = tmp_path / "warehouse.duckdb"
    outcome = invoke("show", "--inline", SORTED, "--limit", "1", warehouse=warehouse)
    row = outcome.results[0].agate_table.rows[0]
    assert (row["places"], row["memory"]) == (3_000_000, "57.2 MiB")
    assert [path.name for path in tmp_path.iterdir() if ".tmp" in path.name] == []
