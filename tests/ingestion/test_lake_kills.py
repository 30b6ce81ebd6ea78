"""The lake under kills and beside other processes: what survives."""

import signal
import subprocess
import sys
from datetime import date, timedelta

from ingestion.catalogue import find_object
from tests.conftest import ROOT
from tests.landing import accounts, land, land_and_commit, rows_of

ACCOUNT = find_object("salesforce", "Account")
DAY = date(2026, 3, 31)


_WRITER = """
import sys
from datetime import date
from ingestion import lake as module
from ingestion.catalogue import find_object
from runtime.records import Page
from tests.landing import midnight_after
module.PART_ROWS = 5
lake, entry, day = module.Lake(sys.argv[1]), find_object("salesforce", "Account"), date(2026, 3, 31)
def pages():
    number = 0
    while True:
        yield Page([{"Id": f"B{number + n}"} for n in range(5)])
        number += 5
        print("part", flush=True)
lake.write_run(entry, day, lake.next_window(entry, midnight_after(day)), pages())
"""


def test_a_killed_write_leaves_nothing_that_counts(lake):
    """Parts of it are on the disk; the rerun does not see them and is complete by itself."""
    command = [sys.executable, "-c", _WRITER, lake.root]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(3):
            assert process.stdout.readline() == "part\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert lake.fs.glob(f"{lake.object_path(ACCOUNT)}/**/*.parquet")
    assert lake.complete_run(ACCOUNT, "2026-03-31") is None
    assert lake.committed(ACCOUNT) == []
    again = land_and_commit(lake, ACCOUNT, DAY, accounts(2))
    assert [row["Id"] for row in rows_of(lake, ACCOUNT, again)] == ["A0", "A1"]


_COMMITTER = """
import sys
from ingestion.lake import Lake
from ingestion.catalogue import find_object
lake, entry = Lake(sys.argv[1]), find_object("salesforce", "Account")
manifest = lake.complete_run(entry, "2026-03-31")
while True:
    lake.commit(entry, manifest)
    print("committed", flush=True)
"""


def test_a_killed_commit_leaves_a_whole_pointer(lake):
    """Whenever the kill comes, what was committed before still is."""
    before = land_and_commit(lake, ACCOUNT, DAY - timedelta(days=1), accounts(1))
    waiting = land(lake, ACCOUNT, DAY, accounts(2))
    command = [sys.executable, "-c", _COMMITTER, lake.root]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(5):
            assert process.stdout.readline() == "committed\n"
        while not lake.fs.glob(f"{lake.object_path(ACCOUNT)}/_committed.json.*.tmp"):
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    assert lake.committed(ACCOUNT) == [before, waiting]
    lake.commit(ACCOUNT, waiting)
    assert lake.committed(ACCOUNT) == [before, waiting]


_TWO_DATES = """
import sys
from ingestion.lake import Lake
from ingestion.catalogue import find_object
lake, entry = Lake(sys.argv[1]), find_object("salesforce", "Account")
waiting = [lake.complete_run(entry, day) for day in sys.argv[2:]]
print("ready", flush=True)
sys.stdin.readline()
for manifest in waiting:
    lake.commit(entry, manifest)
"""


def test_two_processes_that_commit_at_once_lose_neither(lake):
    """Each reads the pointer and replaces it: without a lock the later one forgets the other's runs."""
    days = [DAY + timedelta(days=number) for number in range(60)]
    runs = {land(lake, ACCOUNT, day, accounts(1)).run_id for day in days}
    halves = [[day.isoformat() for day in days[number::2]] for number in (0, 1)]
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _TWO_DATES, lake.root, *half], cwd=ROOT, stdin=pipe, stdout=pipe
        )
        for half in halves
    ]
    assert [process.stdout.readline() for process in processes] == [b"ready\n"] * 2
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.wait() for process in processes] == [0, 0]
    assert {run.run_id for run in lake.committed(ACCOUNT)} == runs
