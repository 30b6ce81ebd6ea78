"""One contender of `make bench-segments`, once; prints what it cost as JSON.

`python -m tests.bench.segments_once CONTENDER FOLDER`

The clock starts when its libraries are imported. A process that another one started has that one's peak in its
`ru_maxrss`: the memory is the process's own, from /proc.
"""

import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

import duckdb

from tests.bench.results import ROOT

os.environ["POLARS_MAX_THREADS"] = "2"
AS_OF, SINCE, BINS = date(2026, 7, 31), date(2024, 7, 31), 5


def warehouse(folder: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse's two files under dbt's names, with dbt's settings (`dbt_project/profiles.yml`)."""
    memory = os.environ.get("CSW_DUCKDB_MEMORY", "4GB")
    config = {"threads": 2, "memory_limit": memory, "preserve_insertion_order": False}
    connection = duckdb.connect(config=config | {"temp_directory": f"{folder}/spilled"})
    for name in ("marts_build", "warehouse"):
        connection.execute(f"attach '{folder}/{name}.duckdb' as {name}")
    return connection


def scan(folder: Path) -> Callable[[], object]:
    """Every value of the columns that RFM reads, once."""
    connection = warehouse(folder)
    return lambda: connection.execute(
        "select max(customer_key), max(order_date), sum(net_amount) "
        "from marts_build.core.fct_order_line where is_purchase"
    ).fetchall()


def rfm(folder: Path) -> Callable[[], object]:
    """The product's SQL, into the tables it makes."""
    connection = warehouse(folder)
    for table in ("marts.mart_rfm", "intermediate.int_rfm_score", "intermediate.int_rfm_measure"):
        database = "marts_build" if table.startswith("marts.") else "warehouse"
        connection.execute(f"drop table if exists {database}.{table}")
    statements = [
        re.sub("^create", "create or replace", statement)
        for statement in json.loads((folder / "rfm.json").read_text())
    ]
    return lambda: [connection.execute(statement) for statement in statements]


def rules() -> list[dict[str, str]]:
    """The seed's segments, the first that fits first."""
    with (ROOT / "dbt_project/seeds/rfm_segment_map.csv").open() as file:
        return sorted(csv.DictReader(file), key=lambda rule: int(rule["rule_no"]))


def polars(
    folder: Path, name: str = "polars", engine: str = "auto", lines: str = "purchases"
) -> Callable[[], object]:
    """RFM in lazy polars, by the engine that it chooses itself or by another, over one of the two Parquet files."""
    import polars as pl

    is_visit, is_in_window = pl.col("amount") > 0, pl.col("order_date") > SINCE
    is_scored = pl.col("population") == "scored"

    def score(measure: str, descending: bool = False) -> pl.Expr:
        place = pl.when(is_scored).then(measure).rank("min", descending=descending).cast(pl.Int64)
        return 1 + (place - 1) * BINS // is_scored.sum()

    def fits(rule: dict[str, str]) -> pl.Expr:
        return pl.all_horizontal(
            pl.col(f"{m}_score").is_between(int(rule[f"{m}_min"]), int(rule[f"{m}_max"]))
            for m in "rfm"
        )

    def run() -> None:
        bought = (
            pl.scan_parquet(folder / f"{lines}.parquet")
            .group_by("customer_key")
            .agg(
                first_order_date=pl.col("order_date").filter(is_visit).min(),
                last_order_date=pl.col("order_date").filter(is_visit).max(),
                frequency=pl.col("order_date").filter(is_visit & is_in_window).n_unique(),
                monetary=pl.col("amount").filter(is_in_window).sum(),
            )
        )
        (
            pl.scan_parquet(folder / "customers.parquet")
            .filter(pl.col("customer_status").is_in(["active", "churned"]))
            .join(bought, on="customer_key", how="left")
            .with_columns(
                recency_days=(pl.lit(AS_OF) - pl.col("last_order_date")).dt.total_days(),
                frequency=pl.col("frequency").fill_null(0),
            )
            .with_columns(
                monetary=pl.when(pl.col("frequency") > 0).then("monetary").otherwise(0),
                population=pl.when(pl.col("last_order_date").is_null())
                .then(pl.lit("no_purchase"))
                .when(pl.col("frequency") == 0)
                .then(pl.lit("lapsed"))
                .otherwise(pl.lit("scored")),
            )
            .with_columns(
                r_score=score("recency_days", descending=True),
                f_score=score("frequency"),
                m_score=score("monetary"),
            )
            .with_columns(
                rfm_code=pl.concat_str("r_score", "f_score", "m_score"),
                rfm_segment=pl.coalesce(
                    pl.when(fits(rule)).then(pl.lit(rule["rfm_segment"])) for rule in rules()
                ),
            )
            .collect(engine=engine)
            .write_parquet(folder / f"{name}.parquet")
        )

    return run


def pandas(folder: Path) -> Callable[[], object]:
    """RFM in pandas, its own way: columns, masks, groups."""
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq

    def run() -> None:
        table = pq.read_table(folder / "purchases.parquet")
        line = table.to_pandas(date_as_object=False, self_destruct=True)
        del table
        is_visit, is_in_window = line["amount"] > 0, line["order_date"] > datetime(2024, 7, 31)
        dates = line[is_visit].groupby("customer_key")["order_date"]
        customer = pd.read_parquet(folder / "customers.parquet")
        customer = customer[customer["customer_status"].isin(["active", "churned"])]
        measure = customer[["customer_key"]].set_index("customer_key")
        measure["first_order_date"], measure["last_order_date"] = dates.min(), dates.max()
        visits = line[is_visit & is_in_window].groupby("customer_key")["order_date"].nunique()
        amounts = line[is_in_window].groupby("customer_key")["amount"].sum()
        measure["frequency"] = visits.reindex(measure.index, fill_value=0)
        measure["monetary"] = amounts.reindex(measure.index, fill_value=0)
        measure.loc[measure["frequency"] == 0, "monetary"] = 0
        measure["recency_days"] = (pd.Timestamp(AS_OF) - measure["last_order_date"]).dt.days
        measure["population"] = np.select(
            [measure["last_order_date"].isna(), measure["frequency"] == 0],
            ["no_purchase", "lapsed"],
            "scored",
        )
        scored = measure[measure["population"] == "scored"]
        scores = pd.DataFrame(
            {
                f"{name[0]}_score": 1
                + (scored[name].rank(method="min", ascending=is_ascending).astype("int64") - 1)
                * BINS
                // len(scored)
                for name, is_ascending in (
                    ("recency_days", False),
                    ("frequency", True),
                    ("monetary", True),
                )
            }
        )
        conditions = [
            np.logical_and.reduce(
                [
                    scores[f"{m}_score"].between(int(rule[f"{m}_min"]), int(rule[f"{m}_max"]))
                    for m in "rfm"
                ]
            )
            for rule in rules()
        ]
        scores["rfm_segment"] = np.select(conditions, [rule["rfm_segment"] for rule in rules()], "")
        scores["rfm_code"] = (
            scores["r_score"].astype(str)
            + scores["f_score"].astype(str)
            + scores["m_score"].astype(str)
        )
        measure.join(scores).reset_index().to_parquet(folder / "pandas.parquet")

    return run


CONTENDERS: dict[str, Callable[[Path], Callable[[], object]]] = {
    "scan": scan,
    "rfm": rfm,
    "polars": polars,
    "polars-in-memory": partial(polars, name="polars-in-memory", engine="in-memory"),
    "polars-sorted": partial(polars, name="polars-sorted", lines="purchases_sorted"),
    "pandas": pandas,
}


def peak_mb() -> float:
    """The most memory this process has had."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000


def main() -> None:
    """Run one contender."""
    name, folder = sys.argv[1:]
    run = CONTENDERS[name](Path(folder))
    cpu, wall = time.process_time(), time.monotonic()
    run()
    cost = {
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.monotonic() - wall,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
