"""The same records through dlt into DuckDB; prints what it cost as JSON. Runs in an environment of its own.

`python dlt_once.py BASE_URL FOLDER default|parquet`
"""

import json
import os
import resource
import sys
import time

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator


def main() -> None:
    """Run the pipeline once."""
    url, folder, file_format = sys.argv[1:]
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    paginator = JSONLinkPaginator(next_url_path="nextRecordsUrl")
    client = RESTClient(base_url=url, paginator=paginator, data_selector="records")
    records = dlt.resource(
        lambda: client.paginate("/services/data/v63.0/queryAll"), name="order_item"
    )
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=f"{folder}/pipelines",
        destination=dlt.destinations.duckdb(f"{folder}/bench.duckdb"),
        dataset_name="raw",
    )
    options = {} if file_format == "default" else {"loader_file_format": file_format}
    before = time.process_time()
    pipeline.run(records, **options)
    cpu = time.process_time() - before
    with pipeline.sql_client() as database:
        count = database.execute_sql("select count(*) from order_item")[0][0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"records": count, "cpu_seconds": cpu, "peak_mb": peak}))


if __name__ == "__main__":
    main()
