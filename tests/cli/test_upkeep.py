"""Logs begin anew each month and Airflow's records of runs are let go; what readers need is still there."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from cli.report import Follower
from cli.upkeep import keep_logs_small
from runtime.progress import open_problems, report
from runtime.settings import Settings, get_settings
from tests.conftest import ROOT, environment

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a state folder that has kept its logs small in June."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path))
    keep_logs_small(get_settings(), JUNE)
    return get_settings()


def logs(settings: Settings) -> dict[str, str]:
    """Name → text of the logs that are no hidden file."""
    files = [path for path in settings.logs_dir.glob("[!.]*") if path.is_file()]
    return {path.name: path.read_text() for path in files}


def test_each_log_begins_anew_with_the_month(settings: Settings) -> None:
    """Once, also for a process that has it open all the time."""
    with (settings.logs_dir / "run.log").open("a") as scheduler:
        scheduler.write("june\n")
        scheduler.flush()
        keep_logs_small(settings, JUNE)
        assert logs(settings) == {"run.log": "june\n"}
        keep_logs_small(settings, JULY)
        scheduler.write("july\n")
        scheduler.flush()
    keep_logs_small(settings, JULY)
    assert logs(settings) == {"run.log": "july\n", "run-2026-06.log": "june\n"}
    keep_logs_small(settings, date(2026, 9, 28))  # 90 days before lie in June
    assert logs(settings)["run-2026-06.log"] == "june\n"
    keep_logs_small(settings, date(2026, 9, 29))
    assert sorted(logs(settings)) == ["run-2026-07.log", "run.log"]


def test_rotation_that_was_killed_loses_nothing(settings: Settings) -> None:
    """It is done again: a part may stand there twice, none is gone."""
    (settings.logs_dir / "dbt.log").write_text("1 of 2\n")
    (settings.logs_dir / "dbt-2026-06.log").write_text("1 of")
    keep_logs_small(settings, JULY)
    assert logs(settings) == {"dbt.log": "", "dbt-2026-06.log": "1 of1 of 2\n"}


def test_an_open_failure_outlives_the_months(settings: Settings) -> None:
    """Until it is made good; what was made good is carried no further."""
    report("failed", dag="ingest_sfa", message="mended")
    report("failed", dag="ingest_crm", message="still open")
    report("failed", dag="build_warehouse", message="no build")
    report("announced", dag="ingest_sfa")
    before = open_problems(settings)
    assert [problem.split(" ", 3)[3] for problem in before] == ["still open", "no build"]
    for today in (JULY, date(2026, 8, 1), date(2027, 1, 1)):
        keep_logs_small(settings, today)
        assert open_problems(settings) == before
    assert "mended" not in logs(settings)["events.jsonl"]
    report("published")
    report("announced", dag="ingest_crm")
    assert open_problems(settings) == []


def test_whoever_follows_the_events_sees_each_once(settings: Settings) -> None:
    """Also those of the moment in which the file begins anew."""
    report("failed", message="of the last run")
    console = Console(width=120, record=True)
    with Follower(console, settings) as follower:
        report("failed", message="before")
        keep_logs_small(settings, JULY)
        report("failed", message="after")
    assert [event["message"] for event in follower.events] == ["before", "after"]


def test_old_task_logs_are_removed(settings: Settings) -> None:
    """With the folders that become empty."""
    old = settings.logs_dir / "airflow" / "dag_id=a" / "run_id=1" / "attempt=1.log"
    new = settings.logs_dir / "airflow" / "dag_id=a" / "run_id=2" / "attempt=1.log"
    for path, day in ((old, date(2026, 3, 1)), (new, JUNE)):
        path.parent.mkdir(parents=True)
        path.write_text("log")
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))
    keep_logs_small(settings, JULY)
    keep_logs_small(settings, JULY)
    assert new.exists()
    assert not old.parent.exists()


# what the metadata database holds: an old and a new record of the audit log and of a DAG run
DATABASE = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from cli import airflow_home, upkeep
from runtime.settings import get_settings
settings = get_settings()
airflow_home.configure(settings, Path())
airflow_home.migrate(settings)
from airflow.models import DagRun, Log
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType

def add(moment, state):
    with create_session() as session:
        log = Log(event=f"of-{moment:%Y-%m}")
        log.dttm = moment
        run = DagRun(dag_id="a", run_id=f"of-{moment:%Y-%m}", run_type=DagRunType.MANUAL, state=state,
            run_after=moment, start_date=moment, triggered_by=DagRunTriggeredByType.TEST)
        session.add_all([log, run])

def left():
    with create_session() as session:
        events = {log.event for log in session.query(Log)} | {run.run_id for run in session.query(DagRun)}
        return ", ".join(sorted(name for name in events if name.startswith("of-")))

for month in (1, 2, 6):
    add(datetime(2026, month, 1, tzinfo=UTC), DagRunState.SUCCESS)
print("there:", left())
upkeep.clean_database(settings, date(2026, 6, 30))
print("cleaned:", left())
add(datetime(2026, 1, 1, tzinfo=UTC), DagRunState.SUCCESS)
upkeep.clean_database(settings, date(2026, 7, 6))
print("within a week:", left())
upkeep.clean_database(settings, date(2026, 7, 7))
print("a week later:", left())
print("running:", upkeep.is_running())
add(datetime(2026, 7, 1, tzinfo=UTC), DagRunState.RUNNING)
print("running:", upkeep.is_running())
"""


def test_airflows_database_lets_old_runs_go_once_a_week(tmp_path: Path) -> None:
    """Their records and the log of events; the rest stays."""
    done = subprocess.run(
        [sys.executable, "-c", DATABASE],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stdout.splitlines() if ": " in line and line[0] != "["]
    assert told[-6:] == [
        "there: of-2026-01, of-2026-02, of-2026-06",
        "cleaned: of-2026-06",
        "within a week: of-2026-01, of-2026-06",
        "a week later: of-2026-06",
        "running: False",
        "running: True",
    ]
