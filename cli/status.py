"""`make status`: the last good date, what is blocked and why."""

import sys
from datetime import date

from rich.console import Console
from rich.markup import escape

from cli import state
from cli.command import exit_status
from cli.report import is_incomplete, print_findings, rules_table
from ingestion.catalogue import AREAS, objects_of
from ingestion.lake import Lake
from pipeline.build_register import Build, BuildRegister
from publishing.snapshot import current_snapshot, snapshots
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.findings import FindingStore
from runtime.progress import open_problems
from runtime.settings import Settings, get_settings


def show(console: Console, settings: Settings) -> bool:
    """Print the state of the folder.

    Returns:
        Whether the published marts are those of the newest build.
    """
    folder = state.claimed_folder(settings)
    if folder is None:
        console.print(f"nothing was run in {settings.home} yet: `make run`")
        return False
    console.print(f"Tenant     {folder}")
    snapshot = current_snapshot(settings)
    if snapshot:
        connect(snapshot.path, read_only=True).close()  # a damaged one is no publication
    store = FindingStore(settings.findings_dir)
    lacking = ", incomplete: see below" if snapshot and is_incomplete(store) else ""
    console.print(
        f"Published  {f'{snapshot.as_of_date} ({snapshot.name})' if snapshot else 'nothing yet'}{lacking}"
    )
    others = [other.name for other in snapshots(settings) if not other.is_current]
    console.print(f"           {len(others)} other snapshot(s) kept")
    lake = Lake(settings.lake_root)
    for area in AREAS:
        newest = [
            max(run.business_date for run in runs)
            for e in objects_of(area)
            if (runs := lake.committed(e))
        ]
        span = {min(newest), max(newest)} if newest else {"–"}
        console.print(f"{area:<10} committed to {' … '.join(sorted(span))}")
    holder = state.holder(settings)
    if holder:
        console.print(f"Running    {holder}")
    builds = _builds(settings, holder)
    for build in builds[-1:]:
        unfinished = build.status == "running" and not holder
        ended = "did not finish, the next one starts anew" if unfinished else build.status
        console.print(f"Build      {build.build_id} for {build.as_of_date}: {ended}")
    problems = open_problems(settings)
    if not problems:
        console.print("Blocked    nothing")
    for problem in problems:
        console.print(f"[red]Blocked    {escape(problem)}[/]")
    console.print(rules_table(settings))
    print_findings(console, store)
    is_current = bool(snapshot and builds and builds[-1].status == "published")
    return is_current and snapshot.as_of_date >= _newest_built(builds)


def _builds(settings: Settings, holder: str | None) -> list[Build]:
    try:
        return BuildRegister(settings.warehouse_file).all()
    except StateError:
        if holder:
            return []  # it is writing the warehouse
        raise


def _newest_built(builds: list) -> date:
    return max(build.as_of_date for build in builds)


def main() -> int:
    """Exit status 0 if what is published is the newest build, else 1."""
    return exit_status(lambda console: show(console, get_settings()))


if __name__ == "__main__":
    sys.exit(main())
