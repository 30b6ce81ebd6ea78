"""`make chaos`: whatever may happen to a run, its files and its sources, in a folder of its own.

Exit status 1 if an attack ended as it must not.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.answers import mutate_answers
from tests.chaos.attack import Attack, copy_of
from tests.chaos.disk import damage_files, fill_disk, forbid_writing, run_twice
from tests.chaos.inputs import mutate_files
from tests.chaos.kills import kill_days
from tests.chaos.publications import kill_publications
from tests.e2e.daily_run import run_day
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant


@dataclass(frozen=True)
class Plan:
    """How much of each attack.

    Attributes:
        kills, days: kills, spread over days in a row.
        publications, readers: publications under that many readers.
        inputs: mutated files and API answers, a third of them answers.
        damages, disks: damaged files, found by a run of the same date, a quarter as many by one of the next;
            disks that are full, each at another step.
        seed: of everything that is random.
        only: names of the attacks; empty = all.
    """

    kills: int = 100
    days: int = 30
    publications: int = 100
    readers: int = 8
    inputs: int = 2000
    damages: int = 40
    disks: int = 12
    seed: int = 0
    only: tuple[str, ...] = ()


def attack_all(folder: Path, plan: Plan) -> list[Attack]:
    """Run the attacks in ``folder``; each is told as it ends."""
    logging.disable(logging.WARNING)  # thousands of rejected files
    attacks, done = _attacks(folder, plan), []
    if unknown := set(plan.only) - attacks.keys():
        sys.exit(f"no attack is called {', '.join(sorted(unknown))}; ONLY= {', '.join(attacks)}")
    for name, act in attacks.items():
        if plan.only and name not in plan.only:
            continue
        started = time.monotonic()
        done.append(act())
        print(f"{done[-1].told()} ({time.monotonic() - started:.0f} s)", flush=True)
    return done


def _attacks(folder: Path, plan: Plan) -> dict[str, Callable[[], Attack]]:
    chances = _chances(plan.seed)
    tenant = write_tiny_tenant(folder / "tenant")
    states = _States(folder, tenant)
    at, answers = folder / "attacked", plan.inputs // 3
    return {
        "answers": lambda: mutate_answers(folder / "answers", answers, next(chances)),
        "files": lambda: mutate_files(folder / "files", plan.inputs - answers, next(chances)),
        "publications": lambda: kill_publications(
            folder, plan.publications, plan.readers, next(chances)
        ),
        "twice": lambda: run_twice(at, tenant, *states.pair(), 2),
        "damage": lambda: damage_files(at, tenant, *states.same(), plan.damages, next(chances)),
        "damage-next": lambda: damage_files(
            at, tenant, *states.pair(), plan.damages // 4, next(chances)
        ),
        "disk": lambda: fill_disk(at, tenant, *states.first(), plan.disks, next(chances)),
        "read-only": lambda: forbid_writing(at, tenant, *states.pair()),
        "kills": lambda: kill_days(folder, tenant, plan.kills, plan.days, next(chances)),
    }


def _chances(seed: int) -> Iterator[random.Random]:
    while True:
        yield random.Random(seed)


class _States:
    """Undisturbed state folders of the tiny tenant's first two days, each built once."""

    def __init__(self, folder: Path, tenant: Path) -> None:
        self._folder, self._tenant = folder, tenant

    def first(self) -> tuple[Path, str]:
        """After the first day, and that day."""
        home = self._folder / "first"
        if not home.exists():
            outcome = run_day(home, self._tenant, DATES[0])
            assert outcome.status == 0, outcome.output
        return home, DATES[0]

    def same(self) -> tuple[Path, Path, str]:
        """After the first day, twice: it is run again, which changes nothing."""
        home, day = self.first()
        return home, home, day

    def pair(self) -> tuple[Path, Path, str]:
        """Before and after the second day, and that day."""
        before, home = self.first()[0], self._folder / "second"
        if not home.exists():
            outcome = run_day(copy_of(before, home), self._tenant, DATES[1])
            assert outcome.status == 0, outcome.output
        return before, home, DATES[1]


def main() -> int:
    """Command line: how much of what, and the seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kills", "days", "publications", "readers", "inputs", "damages", "disks", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Plan, name))
    parser.add_argument("--only", default="", help="names of attacks, separated by commas")
    arguments = vars(parser.parse_args())
    only = tuple(name for name in arguments.pop("only").split(",") if name)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        done = attack_all(Path(folder), Plan(**arguments, only=only))
    failures = sum(len(attack.failures) for attack in done)
    print(f"\nseed {arguments['seed']}; {len(done)} attacks; {failures or 'no'} failures")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
