"""`make bench-scale`: what a day costs as a company grows, by stage and by dbt model.

For each size: the demo company is generated, built for its last day, run again for the same date, then
for a day of which one percent changed, then for one without any change. All are runs of `make run` over the
sandbox, whose own work is in the CPU-seconds. Meaningful on a machine that does nothing else.
"""

import argparse
import itertools
import json
import math
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from runtime.process import start
from tests.bench.results import ROOT, machine, store

RUNS = {
    "first": "2026-10-31",
    "again": "2026-10-31",
    "changed": "2026-11-01",
    "unchanged": "2026-11-02",
}
# the last event of each stage, in the order of a run
STAGES = {
    "extract and check": "announced",
    "load": "loaded",
    "dbt": "dbt",
    "audit": "audited",
    "publish and site": "finished",
}
MOST_GROWTH, MOST_OF_FIRST = 1.1, 0.15
MB_A_CUSTOMER = 1.0  # files, lake, warehouse and publications, before a size was measured
SLOWEST = 10
LEAST_KEPT = 1.0  # seconds of a model that the results name


@dataclass
class Cost:
    """What one run took: CPU-seconds with all its processes, wall seconds, MB of the largest process."""

    cpu: float
    wall: float
    peak_mb: float
    stages: dict[str, float]
    models: dict[str, float]


def measured(command: list[str], home: Path) -> Cost:
    """Run a command of the project with its state in ``home``."""
    began, stamp = time.monotonic(), datetime.now().timestamp()
    environment = os.environ | {"CSW_HOME": str(home)}
    log = home.with_suffix(".log").open("ab")
    command = [sys.executable, "-m", *command]
    process = start(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"{' '.join(command)} failed:\n{Path(log.name).read_text()[-2000:]}")
    return Cost(
        used.ru_utime + used.ru_stime,
        time.monotonic() - began,
        used.ru_maxrss / 1000,
        _stages(home, stamp),
        _models(home, stamp),
    )


def _stages(home: Path, since: float) -> dict[str, float]:
    """Wall seconds of each stage of the run that began at ``since``."""
    path = home / "logs" / "events.jsonl"
    events = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    ends = {
        event["event"]: at
        for event in events
        if (at := datetime.fromisoformat(event["at"]).timestamp()) >= int(since)
    }
    found, before = {}, since
    for stage, event in STAGES.items():
        if event in ends:
            found[stage], before = ends[event] - before, ends[event]
    return found


def _models(home: Path, since: float) -> dict[str, float]:
    """Seconds of each model, test and seed that dbt ran."""
    path = home / "dbt_target" / "run_results.json"
    if not path.exists() or path.stat().st_mtime < since:
        return {}
    results = json.loads(path.read_text())["results"]
    return {one["unique_id"].split(".")[2]: one["execution_time"] for one in results}


def build(folder: Path, customers: int) -> dict[str, Cost]:
    """The four runs of a company of so many customers."""
    tenant, home = folder / f"tenant{customers}", folder / f"home{customers}"
    demo = ["demo", str(tenant)]
    generated = measured([*demo, "--customers", str(customers), "--days", "0"], home)
    show("generated", customers, generated)
    costs = {}
    for name, day in RUNS.items():
        if name == "changed":
            show("a day added", customers, measured([*demo, "--days", "1"], home))
        costs[name] = measured(["cli.run", "--tenant", str(tenant), "--date", day], home)
        show(name, customers, costs[name])
    return costs


def show(name: str, customers: int, cost: Cost) -> None:
    """Print a line of the table."""
    stages = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in cost.stages.items())
    print(
        f"| {customers:,} | {name} | {cost.cpu:.0f} | {cost.wall:.0f} | {cost.peak_mb:.0f} | {stages} |",
        flush=True,
    )


def growth(small: float, large: float, factor: float) -> float:
    """The exponent: 1 if cost grows as the customers do."""
    return math.log(max(large, 1e-9) / max(small, 1e-9)) / math.log(factor)


def exponents(small: dict[str, Cost], large: dict[str, Cost], factor: float) -> dict[str, float]:
    """Growth of the first build's stages and of its slowest models, what takes under a second left out."""
    before, after = small["first"], large["first"]
    slowest = sorted(after.models, key=after.models.__getitem__, reverse=True)[:SLOWEST]
    pairs = {name: (before.stages.get(name, 0), after.stages[name]) for name in after.stages}
    pairs |= {name: (before.models.get(name, 0), after.models[name]) for name in slowest}
    return {
        name: growth(max(few, 0.1), many, factor) for name, (few, many) in pairs.items() if many > 1
    }


def judged(
    costs: dict[int, dict[str, Cost]],
) -> tuple[dict[int, float], list[tuple[int, int, str, float]]]:
    """What a changed day costs of each size's first build, and the growth between sizes; the newest are printed."""
    shares: dict[int, float] = {}
    for customers, cost in costs.items():
        day = cost["changed"].cpu - cost["unchanged"].cpu
        shares[customers] = day / max(cost["first"].cpu - cost["again"].cpu, 1e-9)
    print(
        f"{customers:,}: a day with 1 % changed costs {shares[customers]:.2f} of the first build (≤ {MOST_OF_FIRST})"
    )
    grown: list[tuple[int, int, str, float]] = []
    for few, many in itertools.pairwise(costs):
        for name, exponent in exponents(costs[few], costs[many], many / few).items():
            grown.append((few, many, name, exponent))
    for few, many, name, exponent in grown:
        if many == customers:
            print(f"{few:,} → {many:,}: {name} grows with exponent {exponent:.2f}", flush=True)
    return shares, grown


def keep(
    out: Path,
    began: dict[str, Any],
    costs: dict[int, dict[str, Cost]],
    shares: dict[int, float],
    grown: list[tuple[int, int, str, float]],
) -> None:
    """Write the results of the sizes measured so far: a later one that fails costs its own only."""
    runs = {
        size: {name: asdict(run) | {"models": slow(run.models)} for name, run in cost.items()}
        for size, cost in costs.items()
    }
    memory = os.environ.get("CSW_DUCKDB_MEMORY")
    command = f'make bench-scale SIZES="{" ".join(map(str, costs))}"'
    command = f"CSW_DUCKDB_MEMORY={memory} {command}" if memory else command
    store(out, began | {"command": command, "costs": runs, "shares": shares, "growth": grown})


def slow(models: dict[str, float]) -> dict[str, float]:
    """Seconds of the models that are worth keeping, the slowest first."""
    kept = {name: round(took, 1) for name, took in models.items() if took >= LEAST_KEPT}
    return dict(sorted(kept.items(), key=lambda one: -one[1]))


def used_bytes(paths: Iterable[Path]) -> int:
    """Bytes on disk."""
    return sum(f.lstat().st_size for path in paths for f in path.rglob("*") if not f.is_symlink())


def main() -> int:
    """Exit status 1 if a stage or a slow model grows faster than the customers, or there is no room."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--out", type=Path, help="file of the results")
    arguments = parser.parse_args()
    began = machine()
    print(
        "| customers | run | CPU-s | wall s | peak MB | wall s by stage |\n|---|---|---|---|---|---|"
    )
    costs: dict[int, dict[str, Cost]] = {}
    a_customer, is_right = MB_A_CUSTOMER * 1e6, True
    with tempfile.TemporaryDirectory(prefix="scale-", dir=arguments.folder) as name:
        folder = Path(name)
        for customers in sorted(arguments.sizes):
            needed, free = a_customer * customers, shutil.disk_usage(folder).free
            if needed > free:
                print(
                    f"{customers:,} customers need {needed / 1e9:,.0f} GB, {folder} has {free / 1e9:,.0f}"
                )
                return 1
            costs[customers] = build(folder, customers)
            a_customer = used_bytes(folder.glob(f"*{customers}")) / customers * 1.2
            for path in folder.glob(f"*{customers}"):
                shutil.rmtree(path)
            shares, grown = judged(costs)
            is_right = all(exponent <= MOST_GROWTH for *_, exponent in grown)
            if arguments.out:
                keep(arguments.out, began, costs, shares, grown)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
