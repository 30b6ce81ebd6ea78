"""`make chaos`: days in a row, killed at random moments, against the same days undisturbed; what each part weighs.

Exit status 1 if the end states differ.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from tests.e2e.daily_run import kill_day, run_day
from tests.e2e.marts import assert_same, tables
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant

PARTS = ("lake", "warehouse.duckdb", "published", "audit", "findings", "logs", "site")
LAST = date.fromisoformat(DATES[-1])


def main() -> int:
    """Command line: kills, days, seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        return int(not attack(Path(folder), arguments.kills, arguments.days, arguments.seed))


def attack(folder: Path, kills: int, days: int, seed: int) -> bool:
    """Run the days twice, once with kills.

    Args:
        folder: where the tenant and both state folders go.
        kills: how many, spread over the days.
        seed: of the moments.

    Returns:
        Whether both ended the same.
    """
    moments = random.Random(seed)
    tenant = write_tiny_tenant(folder / "tenant")
    calm, killed = folder / "calm", folder / "killed"
    dates = [(LAST - timedelta(days=back)).isoformat() for back in reversed(range(days))]
    hits = Counter(moments.choices(dates, k=kills))
    counts: Counter[str] = Counter()
    for day in dates:
        started = time.monotonic()
        counts[f"calm run, exit status {run_day(calm, tenant, day).status}"] += 1
        seconds = time.monotonic() - started
        for _ in range(hits[day]):
            counts[_kill(killed, tenant, day, moments.uniform(0, seconds))] += 1
        counts[f"run after kills, exit status {run_day(killed, tenant, day).status}"] += 1
        print(f"{day}: {hits[day]} kills, {_weights(calm)}", flush=True)
    differing = _differences(calm, killed)
    print(f"seed {seed}; " + "; ".join(f"{what}: {n}" for what, n in sorted(counts.items())))
    print(f"end states: {differing or 'the same'}")
    return not differing


def _kill(home: Path, tenant: Path, day: str, seconds: float) -> str:
    moment = time.monotonic() + seconds
    try:
        kill_day(home, tenant, day, lambda: time.monotonic() >= moment)
    except AssertionError:
        return "ended before its kill"
    return "killed"


def _differences(calm: Path, killed: Path) -> str:
    for name, schemas in (
        ("published/marts.duckdb", ("core", "marts")),
        ("warehouse.duckdb", ("staging",)),
    ):
        try:
            assert_same(tables(killed / name, schemas), tables(calm / name, schemas))
        except AssertionError as error:
            return f"{name}: {str(error).splitlines()[0]}"
    return ""


def _weights(home: Path) -> str:
    """Megabytes of each part."""
    shown = []
    for part in PARTS:
        path = home / part
        files = [path] if path.is_file() else [item for item in path.rglob("*") if item.is_file()]
        size = sum(item.lstat().st_size for item in files if not item.is_symlink())
        shown.append(f"{part} {size / 1e6:.1f}")
    return "MB: " + ", ".join(shown)


if __name__ == "__main__":
    sys.exit(main())
