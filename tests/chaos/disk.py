"""A state folder that is damaged, full, read-only, or worked in twice: the next run is whole, or refuses with words."""

import os
import random
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.chaos.attack import Attack, copy_of, differences, refusal, spoiled
from tests.conftest import Run
from tests.e2e.daily_run import begin_day, run_day

# Nobody reads these again, or they are this harness's own.
NOT_READ = (".lock", "printed.txt", ".wal", "sandbox.log", "dbt.log", "run.log")
FOLDERS = ("", "lake", "audit", "findings", "logs", "published", "site", "airflow")
# What a run leaves beside the state folder proper: pages for people, written anew by the next build.
PAGES = ("site", "dbt_target")


def damage_files(
    folder: Path,
    tenant: Path,
    before: Path,
    after: Path,
    day: str,
    count: int,
    chance: random.Random,
) -> Attack:
    """Damage one file of the day before's state folder and run the day.

    Args:
        before, after: state folders of the undisturbed run, before and after ``day``.
        count: how many times; every kind of file comes about equally often.
    """
    attack = Attack("damaged files")
    kinds: dict[str, list[Path]] = {}
    for path in sorted(
        path for path in before.rglob("*") if path.is_file() and not path.is_symlink()
    ):
        name = path.relative_to(before)
        if name.name not in NOT_READ and name.parts[0] not in PAGES:
            kinds.setdefault(_kind(name), []).append(name)
    order = sorted(kinds)
    chance.shuffle(order)
    for number in range(count):
        name = chance.choice(kinds[order[number % len(order)]])
        home = copy_of(before, folder / "damaged")
        path = home / name
        path.chmod(0o600)
        how = "deleted" if chance.random() < 0.15 else ""
        if how:
            path.unlink()
        else:
            how, content = spoiled(path.read_bytes(), chance)
            path.write_bytes(content)
        _see(attack, run_day(home, tenant, day), after, f"{name} {how}")
    return attack


def fill_disk(
    folder: Path, tenant: Path, after: Path, day: str, count: int, chance: random.Random
) -> Attack:
    """Run the day on a small disk, which is full at another step each time, then with room."""
    attack = Attack("full disk")
    needed = sum(path.lstat().st_size for path in after.rglob("*") if not path.is_symlink())
    for number in range(count):
        mounted = folder / f"small{number}"
        mounted.mkdir(parents=True)
        size = int(needed * (number + chance.random()) / count * 1.2) // 1024 + 64
        if not _mount(attack, "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(mounted)):
            return attack
        try:
            home = mounted / "state"
            _see(attack, _run(folder, home, tenant, day), after, f"{size} KB")
            subprocess.run(["mount", "-o", "remount,size=2g", str(mounted)], check=True)
            _see(attack, _run(folder, home, tenant, day), after, f"{size} KB, then room")
        finally:
            subprocess.run(["umount", str(mounted)], check=True)
            mounted.rmdir()
    return attack


def forbid_writing(
    folder: Path, tenant: Path, before: Path, after: Path, day: str, names: Iterable[str] = FOLDERS
) -> Attack:
    """Make each folder of the state folder read-only in turn (a bind mount: it binds root too)."""
    attack = Attack("read-only folders")
    for name in names:
        home = copy_of(before, folder / "closed")
        closed = str(home / name)
        if not _mount(attack, "--bind", closed, closed):
            return attack
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", closed], check=True)
            _see(attack, _run(folder, home, tenant, day), after, f"{name or 'all'} read-only")
        finally:
            subprocess.run(["umount", closed], check=True)
        _see(attack, _run(folder, home, tenant, day), after, f"{name or 'all'}, then writable")
    return attack


def run_twice(
    folder: Path, tenant: Path, before: Path, after: Path, day: str, count: int
) -> Attack:
    """Start the day twice at once: one works, the other says who does."""
    attack = Attack("two runs at once")
    for number in range(count):
        home = copy_of(before, folder / "twice")
        printed = [folder / f"printed{n}.txt" for n in (1, 2)]
        for path in printed:
            path.unlink(missing_ok=True)
        processes = [begin_day(home, tenant, day, path) for path in printed]
        for process in processes:
            process.join(400)
        statuses = sorted(process.exitcode for process in processes)
        said = [refusal(path.read_text()) for path in printed]
        is_right = statuses == [0, 1] and any("another run" in text for text in said)
        wrong = differences(after, home) if is_right else f"exit statuses {statuses}: {said}"
        attack.see("one ran, one was refused", wrong and f"{number}: {wrong}")
    return attack


def _run(folder: Path, home: Path, tenant: Path, day: str) -> Run:
    """A day whose output goes to where there is room."""
    printed = folder / "printed.txt"
    printed.unlink(missing_ok=True)
    return run_day(home, tenant, day, printed)


def _see(attack: Attack, outcome: Run, after: Path, what: str) -> None:
    """Whole (in findings' words too: exit status 3), or a refusal."""
    if outcome.status in (0, 3):
        wrong = differences(after, outcome.home)
        attack.see("ended as undisturbed", wrong and f"{what}: {wrong}")
    elif refusal(outcome.output):
        attack.see("refused with words")
    else:
        attack.see("unexplained", f"{what}: {outcome.output[-1500:]}")


def _kind(name: Path) -> str:
    """What a file of the state folder is: its name without what differs from run to run."""
    parts = [part for part in name.parts[:-1] if "=" not in part][:2]
    is_one_of_many = any(letter.isdigit() for letter in name.name) or "findings" in parts
    return "/".join([*parts, name.suffix if is_one_of_many else name.name])


def _mount(attack: Attack, *arguments: str) -> bool:
    """Mount; where that is not allowed, the attack says so and is left out."""
    if shutil.which("mount") and os.geteuid() == 0:
        found = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return True
    attack.see("left out: mounting is not allowed here")
    return False
