"""A day's work without Airflow: what the tasks of the six DAGs do, in their order, in a child process.

Days in a row, kills and backfills are tested this way; that the DAGs do the same is tested with the demo,
`make up` and the bad input. The children are forked from a process that has imported everything once.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.process import BaseProcess
from pathlib import Path

from rich.console import Console

from cli import airflow_home, sandbox, state
from cli.command import exit_status
from cli.report import INCOMPLETE, is_incomplete, print_findings
from ingestion.catalogue import AREAS
from ingestion.lake import Lake
from pipeline import build
from pipeline.context import Context
from pipeline.dbt import run_variables
from pipeline.ingest import ingest_area
from runtime.business_date import day_end
from runtime.records import Connection
from runtime.settings import get_settings
from runtime.tenant import load_tenant
from tests.conftest import Run, environment

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__, "great_expectations"])


def run_day(
    home: Path,
    tenant: Path,
    day: str,
    printed: Path | None = None,
    site: bool = True,
    variables: dict[str, str] | None = None,
) -> Run:
    """Run a business date to its end; exit status 3 if something is missing in what was published.

    Args:
        printed: where its output goes; None = a file in ``home``.
        site: whether the site is rendered, an eighth of a small tenant's run.
        variables: settings of the environment, ``CSW_*``.
    """
    printed = printed or home / "printed.txt"
    process = begin_day(home, tenant, day, printed, site, variables)
    process.join(1500)
    return Run(process.exitcode, printed.read_text(encoding="utf-8"), home)


def kill_day(
    home: Path,
    tenant: Path,
    day: str,
    moment: Callable[[], bool],
    variables: dict[str, str] | None = None,
) -> None:
    """Run a business date and SIGKILL its process as soon as ``moment`` is true."""
    process = begin_day(home, tenant, day, home / "printed.txt", variables=variables)
    deadline = time.monotonic() + 1500
    while not moment():
        assert process.is_alive(), f"the run of {day} ended before it could be killed"
        assert time.monotonic() < deadline, f"the run of {day} never came to the moment of its kill"
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def events(home: Path) -> list[dict]:
    """What the runs in ``home`` have reported so far."""
    path = home / "logs" / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def begin_day(
    home: Path,
    tenant: Path,
    day: str,
    printed: Path,
    site: bool = True,
    variables: dict[str, str] | None = None,
) -> BaseProcess:
    """Start a business date; ``printed`` gets its output."""
    home.mkdir(parents=True, exist_ok=True)
    arguments = (home, tenant, date.fromisoformat(day), printed, site, variables or {})
    process = _processes.Process(target=_work, args=arguments)
    process.start()
    return process


def _work(
    home: Path, folder: Path, day: date, printed: Path, site: bool, variables: dict[str, str]
) -> None:
    """The child: a day, or the words that `make run` would end with."""
    os.environ.clear()
    os.environ.update(environment(home) | variables)
    output = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)

    sys.exit(exit_status(lambda console: _day(console, folder, day, site)))


def _day(console: Console, folder: Path, day: date, site: bool) -> int:
    """Ingest every area, then build, audit, publish, render; returns its exit status."""
    settings, tenant = get_settings(), load_tenant(folder)
    with state.exclusive(settings):
        state.claim(settings, tenant.name, folder)
        airflow_home.configure(settings, folder)
        settings = get_settings()
        vendors = sandbox.vendors_to_serve(folder, tenant)
        now = day_end(day, tenant.zone) + sandbox.CLOCK_MARGIN
        server, base_url = sandbox.start_sandbox(settings, folder, now)
        airflow_home.point_connections_at_sandbox(base_url, vendors)
        context = Context(settings, tenant, Lake(settings.lake_root))
        for area in AREAS:
            ingest_area(context, area, day, _connection)
        write_docs_page(context, day)
        plan = build.load_and_plan(context, day)
        build.publish(context, build.audit(context, build.run_dbt(context, plan)))
        if site:
            build.render_site(context)
        server.terminate()
        print_findings(console, context.findings)
        return INCOMPLETE if is_incomplete(context.findings) else 0


def write_docs_page(context: Context, day: date) -> None:
    """Write what stands for dbt's documentation, which costs 8 s; the demo's is the real one."""
    page = context.settings.site_dir / "dbt" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("<html></html>")
    page.with_name("config_hash.txt").write_text(run_variables(context, day)["config_hash"])


def _connection(source: str) -> Connection:
    """The source's Airflow connection as ``make run`` sets it up; dropped files go without."""
    given = json.loads(os.environ.get(f"AIRFLOW_CONN_{source.upper()}_DEFAULT", "{}"))
    return Connection(given.get("host", ""), given.get("login", ""), given.get("password", ""))
