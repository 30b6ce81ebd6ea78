"""One extraction of the benchmark's object to committed lake files; prints what it cost as JSON.

`python -m tests.bench.extract_once BASE_URL LAKE_FOLDER [PROFILE_FILE]`
"""

import cProfile
import json
import resource
import sys
import time
from datetime import UTC, date, datetime

import pyarrow.parquet as pq

from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.sources.salesforce.connector import Salesforce
from ingestion.text_table import to_text_table
from runtime.records import Connection, Page, Window


def extract(url: str, folder: str) -> dict[str, object]:
    """Extract, commit, and read back that every field is there as text."""
    lake, entry = Lake(folder), find_object("salesforce", "OrderItem")
    # Pages of JSON are what is measured, not the Bulk API's CSV.
    source = Salesforce(Connection(url, "client", "secret", {"bulk_threshold": 10**9}))
    window = Window(None, datetime(2026, 11, 22, tzinfo=UTC))
    # pyarrow imports pandas at its first array: not a cost of a record
    to_text_table(Page([{"Id": "1"}]), 0, 0, "", window.end)
    started, before = time.monotonic(), time.process_time()
    manifest = lake.write_run(entry, date(2026, 11, 21), window, source.extract(entry, window))
    lake.finish_run(entry, manifest)
    lake.commit(entry, manifest)
    cpu, wall = time.process_time() - before, time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    schema = pq.read_schema(lake.parts(entry, manifest)[0])
    text = [name for name in manifest.columns if str(schema.field(name).type) == "string"]
    return {
        "records": manifest.rows,
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "peak_mb": peak / 1024,
        "text_fields": len(text),
        "lake_mb": manifest.bytes / 1e6,
    }


def main() -> None:
    """Run once, under the profiler if a file for its figures is named."""
    url, folder, *profile = sys.argv[1:]
    if profile:
        profiler = cProfile.Profile()
        result = profiler.runcall(extract, url, folder)
        profiler.dump_stats(profile[0])
    else:
        result = extract(url, folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
