"""`make rebuild`: the warehouse again from the lake alone, kept slices included."""

import hashlib
import sys
from datetime import date, timedelta

from rich.console import Console

from cli import airflow_home, state
from cli.command import exit_status
from ingestion.catalogue import load_catalogue
from pipeline import build
from pipeline.context import Context, load_context
from pipeline.dbt import definition
from pipeline.held_back import restore_findings
from runtime.errors import StateError
from runtime.settings import Settings, get_settings


def rebuild(console: Console, settings: Settings) -> None:
    """Drop the warehouse and build the newest committed date, then each older date whose slice is kept.

    The published marts change only when the rebuilt ones have passed the audit.

    Raises:
        WarehouseError: no committed run, a damaged lake, or a build failed.
    """
    folder = settings.tenant or state.claimed_folder(settings)
    if folder is None:
        raise StateError(f"{settings.home} holds no tenant's data", "`make run` first")
    airflow_home.configure(settings, folder)
    context = load_context()
    dates = committed_dates(context)
    if not dates:
        raise StateError("the lake holds no committed run", "`make run` first")
    console.print("comparing the lake with its manifests …")
    compare_parts(context)
    restore_findings(context)
    for path in (settings.warehouse_file, settings.marts_file):
        for file in (path, path.with_name(f"{path.name}.wal")):
            file.unlink(missing_ok=True)
    for business_date in slice_dates(context, dates):
        console.print(f"building {business_date} …")
        plan = build.load_and_plan(context, business_date)
        build.publish(context, build.audit(context, build.run_dbt(context, plan)))
    build.render_site(context)
    console.print(f"rebuilt and published, as of {max(dates)}")


def committed_dates(context: Context) -> list[date]:
    """Business dates with a committed run, ascending."""
    runs = (run for entry in load_catalogue() for run in context.lake.committed(entry))
    return sorted({date.fromisoformat(run.business_date) for run in runs})


def compare_parts(context: Context) -> None:
    """Read every committed part, before anything is dropped for it.

    Raises:
        StateError: a part is gone, or is not the one that was written.
    """
    lake = context.lake
    for entry in [*load_catalogue(), *lake.unknown_entities()]:
        for manifest in lake.committed(entry):
            for part in manifest.parts:
                folder = lake.run_path(entry, manifest.business_date, manifest.run_id)
                path = f"{folder}/{part['name']}"
                there = lake.fs.exists(path)
                if (
                    not there
                    or hashlib.sha256(lake.fs.cat_file(path)).hexdigest() != part["sha256"]
                ):
                    raise StateError(
                        f"{path} is {'damaged' if there else 'gone'}; the warehouse was not touched",
                        "restore it from a backup of the lake",
                    )


def slice_dates(context: Context, dates: list[date]) -> list[date]:
    """The newest date first, then the older ones whose slices are kept: recent ones and the last of each month."""
    newest = max(dates)
    days = definition(context, "slice_retention_days")
    last_of_month = {(day.year, day.month): day for day in sorted(dates)}
    recent = {day for day in dates if day > newest - timedelta(days=days)}
    return sorted({*recent, *last_of_month.values()}, reverse=True)


def main() -> int:
    """Exit status 0 if everything was rebuilt and published."""

    def act(console: Console) -> bool:
        settings = get_settings()
        with state.exclusive(settings):
            rebuild(console, settings)
        return True

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
