"""`make rebuild`: the warehouse again from the lake alone, kept slices included."""

import argparse
import shutil
import sys
from dataclasses import replace
from datetime import date

import duckdb
from rich.console import Console

from cli import airflow_home, state
from cli.command import exit_status
from expectations.results import append_results
from expectations.validate import failures
from ingestion.catalogue import load_catalogue
from pipeline import build, dbt, slices
from pipeline.build_plan import BuildPlan, Mode
from pipeline.build_register import BuildRegister
from pipeline.context import Context, load_context
from pipeline.dbt import definition
from pipeline.held_back import restore_findings
from pipeline.history import Slices, check_history, kept_dates, published_slices, registered_slices
from pipeline.rebuilt_files import RebuildSettings, finish_replacing, replace_files
from runtime.errors import ContractError, StateError
from runtime.settings import Settings, get_settings


def rebuild(console: Console, settings: Settings, accepted: list[str]) -> None:
    """Build the newest committed date, then each older date whose slice is kept, in files of their own.

    They take the place of the old ones, and are published, once, at the end.

    Args:
        accepted: ids of open findings that may stand as they are.

    Raises:
        WarehouseError: no committed run, a damaged lake, or a build failed.
    """
    folder = settings.tenant or state.claimed_folder(settings)
    if folder is None:
        raise StateError(f"{settings.home} holds no tenant's data", "`make run` first")
    airflow_home.configure(settings, folder)
    context = load_context()
    finish_replacing(settings)
    dates = committed_dates(context)
    if not dates:
        raise StateError("the lake holds no committed run", "`make run` first")
    console.print("comparing the lake with its manifests …")
    compare_parts(context)
    if accepted:
        context.findings.accept(accepted)
    restore_findings(context)
    known = _known_slices(console, context)
    rebuilt = _beside(context)
    plans = []
    for business_date in slice_dates(context, dates):
        console.print(f"building {business_date} …")
        plan = build.run_dbt(rebuilt, build.load_and_plan(rebuilt, business_date))
        plans.append(build.audit(rebuilt, plan, with_history=False))
        _keep(rebuilt, plan)
    if any(plan.as_of_date < plans[0].as_of_date.replace(day=1) for plan in plans):
        dbt.build_upon_slices(rebuilt, plans[0])
    _refuse_lost_slices(rebuilt, plans[0], known)
    # killed before the publication, the next run audits and publishes
    BuildRegister(rebuilt.settings.warehouse_file).finish(plans[0].build_id, "built")
    replace_files(rebuilt.settings)
    build.publish(context, plans[0].model_copy(update={"mode": Mode.BUILT}))
    build.render_site(context)
    console.print(f"rebuilt and published, as of {max(dates)}")


def _beside(context: Context) -> Context:
    """The same, but for a fresh folder of DuckDB files."""
    settings = RebuildSettings(**context.settings.model_dump())
    shutil.rmtree(settings.folder, ignore_errors=True)
    settings.folder.mkdir(parents=True)
    return replace(context, settings=settings)


def _known_slices(console: Console, context: Context) -> Slices:
    """The slices a rebuild has to come to, by whichever of register and snapshot can be read."""
    known: Slices = {}
    for read in (registered_slices, published_slices):
        try:
            known |= read(context)
        except (StateError, duckdb.Error) as error:
            console.print(f"older slices cannot be compared: {error}", markup=False)
    return known


def _keep(rebuilt: Context, plan: BuildPlan) -> None:
    """Take an audited build into the new files; nothing is published yet."""
    if plan.mode is Mode.BACKFILL:
        slices.copy(plan.marts, rebuilt.settings.marts_file, plan.as_of_date)
        slices.discard(plan.marts)
    else:
        BuildRegister(plan.warehouse).finish(plan.build_id, "published")


def _refuse_lost_slices(rebuilt: Context, plan: BuildPlan, known: Slices) -> None:
    """
    Raises:
        ContractError: the new files lack a slice, or one has other rows than it had.
    """
    results = check_history(rebuilt, plan, known)
    append_results(rebuilt.settings.audit_dir, results)
    if bad := failures(results):
        raise ContractError(
            f"the rebuilt marts differ from what is published, which stays as it was: {'; '.join(bad[:5])}",
            "`make status` shows the findings; if they are right: `make rebuild ACCEPT=<finding ids>`",
        )


def committed_dates(context: Context) -> list[date]:
    """Business dates with a committed run, ascending."""
    runs = (run for entry in load_catalogue() for run in context.lake.committed(entry))
    return sorted({date.fromisoformat(run.business_date) for run in runs})


def compare_parts(context: Context) -> None:
    """Read every committed part, before anything is dropped for it; raises StateError, see `Lake.compare`."""
    lake = context.lake
    for entry in [*load_catalogue(), *lake.unknown_entities()]:
        for manifest in lake.committed(entry):
            lake.compare(entry, manifest)


def slice_dates(context: Context, dates: list[date]) -> list[date]:
    """The newest date first, then the older ones whose slices are kept: recent ones and the last of each month."""
    return sorted(kept_dates(dates, definition(context, "slice_retention_days")), reverse=True)


def main() -> int:
    """Exit status 0 if everything was rebuilt and published."""

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--accept", default="", help="ids of open findings to let stand, separated by commas"
    )
    arguments = parser.parse_args()

    def act(console: Console) -> bool:
        settings = get_settings()
        accepted = [number for text in arguments.accept.split(",") if (number := text.strip())]
        with state.exclusive(settings):
            rebuild(console, settings, accepted)
        return True

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
