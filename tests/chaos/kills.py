"""Days in a row, killed at random moments, against the same days undisturbed; what each part weighs by then."""

import random
import time
from collections import Counter
from pathlib import Path

from publishing.snapshot import KEEP
from tests.chaos.attack import Attack, differences, last_dates, weight
from tests.e2e.daily_run import kill_day, run_day

PARTS = ("lake", "warehouse.duckdb", "published", "audit", "findings", "logs", "site")
# What a day adds to each part at most, once as many days are there as publications are kept [MB].
DAILY_MB = {"lake": 0.3, "audit": 0.3, "findings": 0.01, "logs": 1.0, "site": 0.05}
BY_SLICES_MB = {
    "warehouse.duckdb": 1.0,
    "published": 7.0,
}  # a slice a day, in each of the files kept
DAYS_TO_TELL = 14  # over fewer the steps in which a DuckDB file grows look like a trend
KILLED = "killed"


def kill_days(folder: Path, tenant: Path, kills: int, days: int, chance: random.Random) -> Attack:
    """Run the days twice, once with kills spread over them; leaves ``calm`` and ``killed`` in ``folder``."""
    attack = Attack("kills of whole runs")
    calm, killed = folder / "calm", folder / "killed"
    dates = last_dates(days)
    hits = Counter(chance.choices(dates, k=kills))
    sizes: list[dict[str, float]] = []
    left = 0  # kills that came when their day was done already: for the next one
    for day in dates:
        started = time.monotonic()
        outcome = run_day(calm, tenant, day)
        seconds = time.monotonic() - started
        attack.see(
            f"calm run, exit status {outcome.status}",
            f"calm run of {day}: {outcome.output[-2000:]}" if outcome.status else "",
        )
        left += hits[day]
        # rather early than late: what a killed run has done the next one need not do
        while left and _kill(killed, tenant, day, chance.uniform(0, seconds) * chance.random()):
            attack.see(KILLED)
            left -= 1
        outcome = run_day(killed, tenant, day)
        attack.see(
            f"run after kills, exit status {outcome.status}",
            f"{day} after kills: {outcome.output[-2000:]}" if outcome.status else "",
        )
        sizes.append({part: weight([calm / part]) for part in PARTS})
        shown = ", ".join(f"{part} {size:.1f}" for part, size in sizes[-1].items())
        print(
            f"{day}: {attack.counts[KILLED]} kills so far; {seconds:.0f} s; MB: {shown}", flush=True
        )
    for _ in range(left):
        attack.see("no run left to kill")
    _see_growth(attack, sizes[KEEP:])
    if said := differences(calm, killed):
        attack.see("end states differ", said)
    else:
        attack.see("end states the same")
    return attack


def _see_growth(attack: Attack, sizes: list[dict[str, float]]) -> None:
    """Whether each part grew by no more a day than its design says: a day's rows, or nothing."""
    if len(sizes) < DAYS_TO_TELL:
        attack.see(f"growth not judged below {KEEP + DAYS_TO_TELL} days")
        return
    for part, most in (DAILY_MB | BY_SLICES_MB).items():
        daily = (sizes[-1][part] - sizes[0][part]) / (len(sizes) - 1)
        wrong = f"{part} grew by {daily:.2f} MB a day, at most {most} are meant"
        attack.see(
            "parts that grew as designed" if daily <= most else "parts that grew more",
            wrong if daily > most else "",
        )


def _kill(home: Path, tenant: Path, day: str, seconds: float) -> bool:
    """Whether the run was killed; else it had ended before."""
    moment = time.monotonic() + seconds
    try:
        kill_day(home, tenant, day, lambda: time.monotonic() >= moment)
    except AssertionError:
        return False
    return True
