"""Scenario 28: kill -9 between page write, manifest and commit; the rerun ends the same."""

import os
import signal

import pytest
from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, names, record

import ingestion.lake
from ingestion.lake import Lake

VERSIONS = [record(n, START + n * HOUR, Name=f"n{n}") for n in range(7)]
VERSIONS.append(record(2, START + DAY, Name="changed"))
EXPECTED = {n: "changed" if n == 2 else f"n{n}" for n in range(7)}


def run_and_be_killed(daily, day, at_write, after):
    """Run a day in a child that ends itself at its n-th write, before or after it took effect."""
    daily.world.now = daily.at_end_of(day)
    child = os.fork()
    if child == 0:
        count, write = 0, Lake._write_atomically

        def write_or_die(self, path, payload):
            nonlocal count
            count += 1
            if after or count < at_write:
                write(self, path, payload)
            if count == at_write:
                os.kill(os.getpid(), signal.SIGKILL)

        Lake._write_atomically = write_or_die
        try:
            daily.run(day, ACCOUNT)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at_write", [1, 2, 3, 4, 5])
def test_a_run_killed_anywhere_is_made_good_by_the_next(play, monkeypatch, at_write, after):
    """Scenario 28: writes of a run are its parts, its manifest, the pointer (here 3 + 1 + 1)."""
    monkeypatch.setattr(ingestion.lake, "PART_ROWS", 3)
    daily = play({"salesforce/Account": VERSIONS})
    assert run_and_be_killed(daily, DAYS[0], at_write, after)
    daily.run(DAYS[0], ACCOUNT)
    assert len(daily.lake.committed(daily.lake_entry(ACCOUNT))) == 1
    assert len(daily.rows(ACCOUNT)) == 7
    assert run_and_be_killed(daily, DAYS[1], 1, after)
    daily.run(DAYS[1], ACCOUNT)
    assert names(daily) == EXPECTED


def test_a_landed_run_is_not_extracted_again(play, monkeypatch):
    """Scenario 28: killed between manifest and pointer, the rerun only commits."""
    monkeypatch.setattr(ingestion.lake, "PART_ROWS", 3)
    daily = play({"salesforce/Account": VERSIONS})
    assert run_and_be_killed(daily, DAYS[0], 4, after=True)
    asked = len(daily.requests("salesforce"))
    assert daily.extract(DAYS[0], ACCOUNT)["state"] == "landed"
    assert daily.commit(DAYS[0], ACCOUNT).rows == 7
    assert len(daily.requests("salesforce")) == asked
