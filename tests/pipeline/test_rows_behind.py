"""What a failed build says of the row that it failed on."""

import json

import duckdb

from pipeline.rows_behind import rows_behind


def written(folder, message):
    nodes = {
        "model.w.int_answer": {"depends_on": {"nodes": ["model.w.stg_answer"]}},
        "model.w.stg_answer": {
            "depends_on": {"nodes": ["source.w.raw.files__support__csat_response"]}
        },
    }
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    result = {"unique_id": "model.w.int_answer", "status": "error", "message": message}
    path = folder / "run_results.json"
    path.write_text(json.dumps({"results": [result]}))
    return path


def test_a_failed_build_names_source_row_and_key(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """
            create schema raw;
            create table raw.files__support__csat_response as
            select 'C' || n as response_id, if(n = 3, ' 2147483647', '4') as score,
                'support__csat_response/2026-06-28/c.csv' as _source_file, 1 as _page, n as _row
            from range(5) as r(n)
            """
        )
    multiplied = "Out of Range Error: Overflow in multiplication of INT32 (2147483647 * 5)!"
    assert rows_behind(warehouse, written(tmp_path, multiplied)) == (
        "; the value stands in files.support__csat_response support__csat_response/2026-06-28/c.csv, C3, column score"
    )
    for message in ("Binder Error: no column 2147483647", "Conversion Error: 'nobody has it'"):
        assert rows_behind(warehouse, written(tmp_path, message)) == ""
    assert rows_behind(warehouse, tmp_path / "none.json") == ""
