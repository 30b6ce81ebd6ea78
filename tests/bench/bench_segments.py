"""`make bench-segments`: RFM over many purchases, beside a bare scan of the same columns, polars and pandas.

RFM is the product's compiled SQL (purchases, measures, scores) of one day over DuckDB's files; polars and pandas read Parquet
with amounts in whole yen, in the order in which lines came. Each works in a process of its own, with two threads, and writes its result; all must agree.
Of several runs the one with the least CPU time counts. Meaningful on a machine that does nothing else.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.results import ROOT, machine, store
from tests.bench.segments_once import CONTENDERS, warehouse
from tests.warehouse.compiled import compiled_models

Cost = dict[str, float]
MODELS = ("int_purchase", "int_rfm_measure", "int_rfm_score", "mart_rfm")
SEEDS = ("rfm_segment_map", "rfm_threshold")
SCHEMAS = ("marts_build.core", "marts_build.marts", "warehouse.intermediate", "warehouse.seeds")
# what RFM may cost at most, in parts of another's
TARGETS = {("cpu_seconds", "scan"): 6}
for polars in ("polars", "polars-in-memory"):
    TARGETS |= {("cpu_seconds", polars): 0.5, ("peak_mb", polars): 0.4}
MOST_MB = 16_000
LINES = """
    select customer_key, order_date, cast(net_amount as bigint) as amount
    from marts_build.core.fct_order_line
    where is_purchase
"""
AGREED = """
    customer_key, population, recency_days, frequency, cast(monetary as bigint), r_score, f_score, m_score,
    rfm_code, rfm_segment, first_order_date, last_order_date
"""


def make_world(folder: Path, purchases: int, customers: int) -> None:
    """What RFM reads, and its own SQL."""
    compiled = compiled_models(("mart_rfm",), json.dumps({"as_of_date": "2026-07-31"}))
    nodes = {node["name"]: node for node in compiled.values()}
    statements = []
    for name in MODELS:
        kind = "view" if nodes[name]["config"]["materialized"] == "view" else "table"
        relation, sql = nodes[name]["relation_name"], nodes[name]["compiled_code"]
        statements.append(f"create {kind} {relation} as {sql}")
    (folder / "rfm.json").write_text(json.dumps(statements))
    with warehouse(folder) as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        connection.execute(f"set variable purchases = {purchases}")
        connection.execute(f"set variable customers = {customers}")
        connection.execute((ROOT / "tests/bench/purchases.sql").read_text())
        dates = nodes["int_rfm_evaluation_date"]["relation_name"]
        connection.execute(
            f"create table {dates} as select date '2026-07-01' as month, date '2026-07-31' as evaluated_on"
        )
        for name in SEEDS:
            path = ROOT / "dbt_project" / nodes[name]["original_file_path"]
            connection.execute(f"create table {nodes[name]['relation_name']} as from '{path}'")


def write_parquet(folder: Path) -> None:
    """The same for those who do not read DuckDB's files: the lines as they came, and as they lie in ours."""
    tables = {
        "purchases": f"({LINES} order by order_line_key)",
        "purchases_sorted": f"({LINES} order by customer_key)",
        "customers": "marts_build.core.dim_customer",
    }
    with warehouse(folder) as connection:
        for name, table in tables.items():
            connection.execute(f"copy {table} to '{folder}/{name}.parquet'")


def measured(contender: str, folder: Path) -> Cost:
    """Run a contender in a process of its own: CPU-seconds, wall seconds, peak MB."""
    command = [sys.executable, "-m", "tests.bench.segments_once", contender, str(folder)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(run.stdout)


def differences(folder: Path, contender: str) -> int:
    """Rows that a contender's result and RFM's do not share."""
    with warehouse(folder) as connection:
        ours = f"select {AGREED} from marts_build.marts.mart_rfm"
        theirs = f"select {AGREED} from '{folder}/{contender}.parquet'"
        found = connection.execute(
            f"select count(*) from (({ours} except all {theirs}) union all ({theirs} except all {ours}))"
        )
        return found.fetchone()[0]


def compare(folder: Path, contenders: list[str], runs: int) -> dict[str, Cost]:
    """What each contender cost; exits if their results differ."""
    others = [name for name in contenders if name not in ("scan", "rfm")]
    if others:
        write_parquet(folder)
    costs: dict[str, Cost] = {}
    for _ in range(runs):
        for name in contenders:
            cost = measured(name, folder)
            costs[name] = min(cost, costs.get(name, cost), key=lambda one: one["cpu_seconds"])
    for name in others:
        if count := differences(folder, name):
            sys.exit(f"{name} and RFM differ in {count} rows")
    return costs


def ratios(costs: dict[str, Cost]) -> list[tuple[str, str, float, float]]:
    """(measure, contender, RFM's part of it, at most) of the targets whose contender has run."""
    return [
        (measure, other, costs["rfm"][measure] / costs[other][measure], most)
        for (measure, other), most in TARGETS.items()
        if other in costs
    ]


def main() -> int:
    """Exit status 1 if RFM costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purchases", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=750_000)
    parser.add_argument("--only", nargs="*", choices=list(CONTENDERS), help="RFM always runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the purchases are written")
    parser.add_argument("--out", type=Path, help="file of the results")
    arguments = parser.parse_args()
    began = machine()
    wanted = [n for n in CONTENDERS if n == "rfm" or n in (arguments.only or CONTENDERS)]
    with tempfile.TemporaryDirectory(prefix="segments-", dir=arguments.folder) as name:
        make_world(Path(name), arguments.purchases, arguments.customers)
        costs = compare(Path(name), wanted, arguments.runs)
    print(f"{arguments.purchases:,} purchases of {arguments.customers:,} customers")
    for contender, cost in costs.items():
        print(f"{contender:18}{cost['cpu_seconds']:>8.2f} CPU-s {cost['peak_mb']:>7,.0f} MB peak")
    found = ratios(costs)
    for measure, other, ratio, most in found:
        print(f"RFM's {measure} are {ratio:.2f} of {other}'s (≤ {most})")
    if arguments.out:
        sizes = {"purchases": arguments.purchases, "customers": arguments.customers}
        command = (
            f"make bench-segments PURCHASES={arguments.purchases} CUSTOMERS={arguments.customers}"
        )
        began["command"] = command + (
            f' ONLY="{" ".join(arguments.only)}"' if arguments.only else ""
        )
        store(arguments.out, began | sizes | {"costs": costs, "ratios": found})
    is_small = costs["rfm"]["peak_mb"] <= MOST_MB
    return 0 if is_small and all(ratio <= most for *_, ratio, most in found) else 1


if __name__ == "__main__":
    sys.exit(main())
