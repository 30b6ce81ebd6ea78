"""`make bench-scores`: the early-warning score against the stories of so many demo companies, each built by the product.

It says of all that leave within six months how many each policy has called, a fifth of the customers at a month's end; exits with 1
if the lowest score is not ahead of both the biggest MRR and the nearest renewal by a fifth of the churns.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from demo import World, generate
from demo.times import LAST_DAY
from tests.e2e.daily_run import run_day
from tests.warehouse.story_oracle import POLICIES, Recall, recall

MARGIN = 0.2


def recall_of(seed: int, customers: int, folder: Path) -> Recall:
    """Generate a company, build its last business date and compare.

    Raises:
        RuntimeError: nothing was published.
    """
    tenant, home = folder / "tenant", folder / "state"
    generate(tenant, World(seed=seed, customers=customers))
    outcome = run_day(home, tenant, LAST_DAY.isoformat(), site=False)
    published = home / "published" / "marts.duckdb"
    if not published.exists():
        raise RuntimeError(f"seed {seed}: nothing was published\n{outcome.output}")
    return recall(published, seed, customers)


def main() -> int:
    """One line a seed, then all of them."""
    parser = argparse.ArgumentParser(prog="make bench-scores", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--customers", type=int, default=150)
    arguments = parser.parse_args()
    total = Recall(0, dict.fromkeys(POLICIES, 0))
    for seed in range(1, arguments.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            found = recall_of(seed, arguments.customers, Path(folder))
        print(f"seed {seed}: {found}", flush=True)
        total += found
    print(f"all: {total}, ahead by {total.margin:.0%} of those that left")
    return int(total.margin < MARGIN)


if __name__ == "__main__":
    sys.exit(main())
