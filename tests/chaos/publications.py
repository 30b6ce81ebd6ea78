"""Publications in a row, each killed at a random moment or not, under readers that never stop."""

import multiprocessing
import os
import random
import time
from datetime import date, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb

from ingestion.lake import Lake
from ingestion.load import load
from pipeline.build_register import BuildRegister
from publishing.snapshot import KEEP, publish_snapshot, snapshots
from runtime.settings import Settings, get_settings
from tests.chaos.attack import Attack
from tests.plans import plan_of

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])
FIRST = date(2026, 3, 31)
ROWS = 20_000
SECONDS_TO_READ = 5.0  # a reader that takes longer was blocked


def kill_publications(
    folder: Path, publications: int, readers: int, chance: random.Random
) -> Attack:
    """Publish; every second publication is killed somewhere within and made again.

    Each reader opens the link, reads a whole table and compares it with the number that its first row says:
    it must never fail, see half of a publication or wait.
    """
    attack = Attack(f"publications under {readers} readers")
    settings = _state(folder / "publications")
    _publish(settings, 0)
    stop = _processes.Event()
    pipes, watching = [], []
    for _ in range(readers):
        here, there = _processes.Pipe()
        process = _processes.Process(target=_read_on, args=(settings.home, stop, there))
        process.start()
        pipes.append(here)
        watching.append(process)
    for pipe in pipes:
        pipe.recv()  # it reads
    seconds = 0.3
    for number in range(1, publications + 1):
        if number % 2:
            end = _kill(settings, number, chance.uniform(0, seconds))
            attack.see(end)
        began = time.monotonic()
        _publish(settings, number)
        seconds = time.monotonic() - began
        attack.see("publications")
        if (found := _seen(settings)) != number:
            attack.see("lost", f"publication {number} shows {found}")
    stop.set()
    for pipe, process in zip(pipes, watching, strict=True):
        sessions, wrong = pipe.recv()
        attack.counts["reader sessions"] += sessions
        for what in wrong[:5]:
            attack.see("readers disturbed", what)
        process.join()
    kept = len(snapshots(settings))
    if not min(publications + 1, KEEP) <= kept <= KEEP:
        attack.see("snapshots kept wrongly", f"{kept} snapshots are kept, not {KEEP}")
    return attack


def _state(home: Path) -> Settings:
    os.environ["CSW_HOME"] = str(home)
    settings = get_settings()
    home.mkdir(parents=True)
    load(settings.warehouse_file, Lake(settings.lake_root), {})
    BuildRegister(settings.warehouse_file).start(plan_of(settings.warehouse_file))
    return settings


def _publish(settings: Settings, number: int) -> None:
    with duckdb.connect(str(settings.marts_file)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            f"create or replace table marts.mart_rfm as "
            f"select {number} as value, {ROWS} as row_count, md5(i::varchar) as filler from range({ROWS}) as t(i)"
        )
    publish_snapshot(settings, FIRST + timedelta(days=number % 5), 1)


def _publish_in_child(home: Path, number: int, pipe: Connection) -> None:
    os.environ["CSW_HOME"] = str(home)
    settings = get_settings()
    pipe.send("ready")
    _publish(settings, number)


def _kill(settings: Settings, number: int, seconds: float) -> str:
    here, there = _processes.Pipe()
    child = _processes.Process(target=_publish_in_child, args=(settings.home, number, there))
    child.start()
    here.recv()
    child.join(seconds)
    ended = not child.is_alive()
    child.kill()
    child.join()
    return "ended before their kill" if ended else "killed"


def _seen(settings: Settings) -> int:
    with duckdb.connect(str(settings.published_dir / "marts.duckdb"), read_only=True) as marts:
        return marts.execute("select any_value(value) from marts.mart_rfm").fetchone()[0]


def _read_on(home: Path, stop: Event, pipe: Connection) -> None:
    """A reader: session after session until it is told to stop."""
    link, sessions, wrong = home / "published" / "marts.duckdb", 0, []
    before = -1
    while not stop.is_set():
        began = time.monotonic()
        try:
            with duckdb.connect(str(link), read_only=True) as marts:
                low, high, rows, said = marts.execute(
                    "select min(value), max(value), count(*), max(row_count) from marts.mart_rfm"
                ).fetchone()
                builds = marts.execute("select count(*) from ops._builds").fetchone()[0]
            if low != high or rows != said or builds != 1:
                wrong.append(f"torn: values {low} to {high}, {rows} rows of {said}")
            if low < before:
                wrong.append(f"went back from {before} to {low}")
            before = low
        except duckdb.Error as error:
            wrong.append(f"failed: {error}")
        if (took := time.monotonic() - began) > SECONDS_TO_READ:
            wrong.append(f"blocked for {took:.1f} s")
        sessions += 1
        if sessions == 1:
            pipe.send("reads")
    pipe.send((sessions, wrong))
