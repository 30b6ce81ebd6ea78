"""What keeps a state folder's logs and Airflow's database from growing without end.

Logs begin anew each month; what they held goes into a file of that month. Airflow's records of runs, task logs
and the months' files are kept for ``CSW_KEEP_DAYS``. `make run` and `make up` see to it when they start;
while the services are up, this module runs as one of them.
"""

import os
import re
import shutil
import sys
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cli.command import exit_status
from runtime.files import write_atomically
from runtime.progress import EVENTS, begin_anew
from runtime.settings import Settings, get_settings

CLEANED_EVERY = timedelta(days=7)
LOOKED_AFTER_EVERY_SECONDS = 3600
_MONTHS_FILE = re.compile(r"-(\d{4})-(\d{2})\.(?:log|jsonl)$")


def keep_logs_small(settings: Settings, today: date) -> None:
    """Put what the logs hold of an earlier month aside, and remove what is older than ``keep_days``.

    Processes that have a log open go on writing into it: it is emptied, not replaced.
    """
    folder = settings.logs_dir
    folder.mkdir(parents=True, exist_ok=True)
    marker, month = folder / ".month", f"{today:%Y-%m}"
    written_in = marker.read_text(errors="replace") if marker.exists() else month
    if not re.fullmatch(r"\d{4}-\d{2}", written_in):  # damaged: it is this month's from now on
        written_in = month
    if written_in != month:
        for log in folder.glob("*.log"):
            if not _MONTHS_FILE.search(log.name):
                with log.open("rb") as held, _aside(log, written_in).open("ab") as archive:
                    shutil.copyfileobj(held, archive)
                os.truncate(log, 0)
        begin_anew(settings, _aside(folder / EVENTS, written_in))
    write_atomically(marker, month)  # last: killed before, it is done again
    _remove_old(settings, today - timedelta(days=settings.keep_days))


def _aside(log: Path, month: str) -> Path:
    return log.with_name(f"{log.stem}-{month}{log.suffix}")


def _remove_old(settings: Settings, before: date) -> None:
    for path in settings.logs_dir.iterdir():
        found = _MONTHS_FILE.search(path.name)
        if found and found[0][1:8] < f"{before:%Y-%m}":
            path.unlink()
    for folder, folders, files in os.walk(settings.logs_dir / "airflow", topdown=False):
        for name in (*files, *folders):
            path = Path(folder, name)
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif datetime.fromtimestamp(path.lstat().st_mtime, UTC).date() < before:
                path.unlink()


def clean_database(settings: Settings, today: date) -> None:
    """Drop Airflow's records of runs older than ``keep_days``, at most once a week.

    Nothing may be running: the caller holds the state folder, or has asked `is_running`.
    """
    marker = settings.airflow_dir / "cleaned"
    with suppress(FileNotFoundError, ValueError):  # damaged: it is done again
        if today - date.fromisoformat(marker.read_text()) < CLEANED_EVERY:
            return
    from airflow import settings as airflow_settings
    from airflow.utils.db_cleanup import run_cleanup

    cutoff = datetime(today.year, today.month, today.day, tzinfo=UTC)
    run_cleanup(
        clean_before_timestamp=cutoff - timedelta(days=settings.keep_days),
        confirm=False,
        skip_archive=True,
    )
    with airflow_settings.engine.connect() as connection:
        connection.exec_driver_sql("vacuum")
    write_atomically(marker, today.isoformat())


def is_running() -> bool:
    """Whether a DAG run is active or waits for its turn."""
    from airflow.models import DagRun
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState

    active = (DagRunState.RUNNING, DagRunState.QUEUED)
    with create_session() as session:
        return session.query(DagRun).filter(DagRun.state.in_(active)).first() is not None


def main() -> int:
    """Look after the folder of the services until they are stopped."""

    def look_after(_console: object) -> bool:
        settings = get_settings()
        while True:
            today = datetime.now(UTC).date()
            keep_logs_small(settings, today)
            if not is_running():
                clean_database(settings, today)
            time.sleep(LOOKED_AFTER_EVERY_SECONDS)

    return exit_status(look_after)


if __name__ == "__main__":
    sys.exit(main())
