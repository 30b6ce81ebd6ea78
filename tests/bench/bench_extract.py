"""`make bench-extract`: what an extraction costs, from a vendor's pages to committed lake files.

A local server in a process of its own gives Salesforce-shaped records of 21 fields, 1,000 a page; the
extracting process's CPU time and memory are measured from the first request to the commit, start-up left out.
The same server then feeds dlt, if that can be installed in a throw-away environment.
Meaningful on a machine that does nothing else.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.results import ROOT, machine, store

TARGET_RECORDS, TARGET_MB = 60_000, 350
DLT = "dlt[duckdb]==1.31.0"


@contextmanager
def server(records: int) -> Iterator[str]:
    """The org in its own process; yields its base URL."""
    command = [sys.executable, "-m", "tests.bench.salesforce_server", str(records)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def measured(python: str, *command: str) -> dict[str, float]:
    """Run one extraction in a process of its own."""
    run = subprocess.run(
        [python, *command], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(run.stdout.splitlines()[-1])


def show(label: str, result: dict[str, float]) -> float:
    """Print a result and return its records per CPU-second."""
    rate = result["records"] / result["cpu_seconds"]
    print(
        f"{label:24}{result['records']:>9,} records {rate:>9,.0f} per CPU-second "
        f"{result['peak_mb']:>5.0f} MB peak",
        flush=True,
    )
    return rate


def dlt_python(folder: str) -> str | None:
    """Python of a new environment with dlt in it; None if it cannot be installed."""
    environment = f"{folder}/dlt"
    python = f"{environment}/bin/python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    for command in (
        [*uv, "venv", "--python", sys.executable, environment],
        [*uv, "pip", "install", "--python", python, DLT, "pyarrow"],
    ):
        if subprocess.run(command).returncode:
            return None
    return python


def main() -> int:
    """Exit status 1 if the extraction misses its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dlt-records", type=int, default=50_000, help="0 = leave dlt out")
    parser.add_argument("--out", type=Path, help="file of the results")
    parser.add_argument("--profile", help="file for the profile of one more, slower run")
    arguments = parser.parse_args()
    began = machine()
    dlt: dict[str, dict[str, float]] = {}
    module = ("-m", "tests.bench.extract_once")
    with tempfile.TemporaryDirectory() as folder:
        with server(arguments.records) as url:
            results = [
                measured(sys.executable, *module, url, f"{folder}/lake{run}")
                for run in range(arguments.runs)
            ]
            if arguments.profile:
                measured(sys.executable, *module, url, f"{folder}/lake", arguments.profile)
        rate = max(show("lake", result) for result in results)
        first = results[0]
        print(f"{'':24}{first['text_fields']} fields as text, {first['lake_mb']:.0f} MB of Parquet")
        if arguments.dlt_records:
            dlt = compare_with_dlt(rate, arguments.dlt_records, folder)
    if arguments.out:
        store(arguments.out, began | {"command": "make bench-extract", "lake": results, "dlt": dlt})
    peak = max(result["peak_mb"] for result in results)
    complete = all(result["records"] == arguments.records for result in results)
    print(f"target: {TARGET_RECORDS:,} records per CPU-second, under {TARGET_MB} MB")
    return 0 if complete and rate >= TARGET_RECORDS and peak < TARGET_MB else 1


def compare_with_dlt(rate: float, records: int, folder: str) -> dict[str, dict[str, float]]:
    """Feed dlt from the same server, print how many times the extraction is faster; its cost by file format."""
    results: dict[str, dict[str, float]] = {}
    python = dlt_python(folder)
    if python is None:
        print("dlt could not be installed: no comparison")
        return results
    with server(records) as url:
        for file_format in ("default", "parquet"):
            script = f"{ROOT}/tests/bench/dlt_once.py"
            result = measured(python, script, url, f"{folder}/{file_format}", file_format)
            ratio = rate / show(f"dlt, {file_format}", result)
            print(f"{'':24}the lake is {ratio:.0f} times as fast")
            results[file_format] = result
    return results


if __name__ == "__main__":
    sys.exit(main())
