"""`make run`: the whole daily run for one business date, with Airflow itself, in this process."""

import argparse
import gc
import logging
import os
import sys
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from cli import airflow_home, report, sandbox, state, upkeep
from cli.command import end_at_interrupt, exit_status
from ingestion.catalogue import AREAS
from ingestion.lake import Lake
from pipeline import build, dbt
from pipeline.context import Context
from pipeline.spark.session import refuse_missing
from runtime.business_date import day_end, id_of_run, refuse_unfinished
from runtime.errors import StateError
from runtime.progress import BUILD, STARTS_BUILD
from runtime.settings import Settings, get_settings
from runtime.tenant import Tenant, load_tenant

GARBAGE_AFTER = 50_000  # new objects


def main() -> int:
    """Exit status 0 if everything was audited and published, 3 if something is missing in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenant", default="", help="tenant folder; empty = the demo tenant")
    parser.add_argument(
        "--date", default="", help="business date YYYY-MM-DD; empty = the tenant's last one"
    )
    parser.add_argument("--vars", default="", help="JSON object of dbt vars")
    parser.add_argument(
        "--accept", default="", help="ids of open findings to let stand, separated by commas"
    )
    parser.add_argument(
        "--force", default="", help="1 = ask the sources again for what is committed already"
    )
    arguments = parser.parse_args()

    def act(console: Console) -> int:
        end_at_interrupt(console)  # Airflow would call it a failed task and go on
        accepted = [number for text in arguments.accept.split(",") if (number := text.strip())]
        force = arguments.force not in ("", "0")
        return run(console, arguments.tenant, arguments.date, arguments.vars, accepted, force)

    return exit_status(act)


def run(
    console: Console,
    tenant_text: str,
    date_text: str,
    variables: str,
    accepted: list[str],
    force: bool = False,
) -> int:
    """Run the five ingest DAGs and the build for one business date.

    Args:
        accepted: ids of open findings that may stand as they are.
        force: whether sources are asked again for what is committed already.

    Returns:
        Exit status: 0 if everything was audited and published, 3 if what was published is incomplete, else 1.
    """
    started = time.monotonic()
    # an eighth of the run was Python looking for garbage in the modules that Airflow and GX import
    gc.set_threshold(GARBAGE_AFTER)
    os.environ["CSW_DBT_VARS"] = variables or os.environ.get("CSW_DBT_VARS", "{}")
    os.environ.setdefault("CSW_TASK_RETRIES", "0")
    settings = get_settings()
    with ExitStack() as stack:
        stack.enter_context(state.exclusive(settings))
        folder, tenant = find_tenant(console, settings, tenant_text)
        business_date = find_date(tenant, date_text)
        state.claim(settings, tenant.name, folder)
        context = Context(settings, tenant, Lake(settings.lake_root))
        # a wrong var or date, or no Spark where it is asked for, is refused before anything is read
        dbt.run_variables(context, business_date)
        build.first_landed_date(context, business_date)
        if settings.engine == "spark":
            refuse_missing(settings)
        if accepted:
            context.findings.accept(accepted)
        console.print(
            f"[bold]{escape(tenant.name)}[/] · business date {business_date} · state in {settings.home}"
        )

        airflow_home.configure(settings, folder)
        if vendors := sandbox.vendors_to_serve(folder, tenant):
            now = day_end(business_date, tenant.zone) + sandbox.CLOCK_MARGIN
            process, base_url = sandbox.start_sandbox(settings, folder, now)
            stack.callback(process.terminate)
            airflow_home.point_connections_at_sandbox(base_url, vendors)
            console.print(
                f"sandbox of {', '.join(vendors)} on {base_url}, over {folder}", markup=False
            )

        console.print("starting Airflow …")
        today = datetime.now(UTC).date()
        upkeep.keep_logs_small(settings, today)
        report.redirect_output(settings)
        follower = stack.enter_context(report.Follower(console, settings))
        if airflow_home.migrate(settings):
            console.print("Airflow's metadata database is ready")
        upkeep.clean_database(settings, today)
        began = datetime.now(UTC)
        stack.callback(forget_asset_events, began)
        failed = run_dags(console, context, business_date, force)
        follower.drain()
    report.summary(
        console, context, business_date, follower.events, failed, time.monotonic() - started
    )
    if BUILD in failed:
        build.render_site(context)  # a build that ended well has: it says what is blocked
        return 1
    return report.INCOMPLETE if failed or report.is_incomplete(context.findings) else 0


def find_tenant(console: Console, settings: Settings, text: str) -> tuple[Path, Tenant]:
    """The tenant folder asked for, else CSW_TENANT, else the demo tenant (generated once)."""
    folder = Path(text).expanduser().resolve() if text else settings.tenant
    if folder is None:
        folder = settings.home / "demo_tenant"
        if not folder.exists():
            from demo import World, generate

            console.print("generating the demo tenant …")
            generate(folder, World())
    return folder, load_tenant(folder)


def find_date(tenant: Tenant, text: str) -> date:
    """The business date asked for, else the tenant's last one, else yesterday in its time zone.

    Raises:
        StateError: it is no date, is not over yet, or lies before the tenant's first business date.
    """
    yesterday = datetime.now(tenant.zone).date() - timedelta(days=1)
    try:
        chosen = date.fromisoformat(text) if text else tenant.last_business_date or yesterday
    except ValueError as error:
        raise StateError(f"DATE={text} is no date", "write DATE=YYYY-MM-DD") from error
    if chosen < tenant.first_business_date:
        raise StateError(
            f"{chosen} lies before the tenant's first business date {tenant.first_business_date}",
            "choose a later DATE",
        )
    refuse_unfinished(chosen, tenant, datetime.now(tenant.zone))
    return chosen


def run_dags(console: Console, context: Context, business_date: date, force: bool) -> list[str]:
    """Execute the DAGs with `dag.test()`, ingest first; the build goes on without what could not be read.

    Only a first run must be whole: while a required object was never read, nothing is built.

    Returns:
        Names of the DAGs that failed, the build's too if it was left out.
    """
    from airflow.dag_processing.dagbag import DagBag
    from airflow.models.dagrun import DagRun
    from airflow.utils.state import DagRunState

    name = id_of_run(business_date, datetime.now(UTC))
    DagRun.generate_run_id = staticmethod(lambda **_: name)  # dag.test takes no name
    bag = DagBag()
    if bag.import_errors:
        raise StateError(
            f"a DAG file cannot be imported: {next(iter(bag.import_errors.values()))}", "mend it"
        )
    logging.getLogger("airflow").setLevel(logging.INFO)
    os.environ[STARTS_BUILD] = "0"
    failed = []
    for dag_id in [f"ingest_{area}" for area in AREAS] + [BUILD]:
        if dag_id == BUILD and (never := build.never_read(context)):
            console.print(
                f"[yellow]the build is left out: {', '.join(never)} was never read, and is required[/]"
            )
            return [*failed, BUILD]
        conf = {"business_date": business_date.isoformat(), "force": force}
        outcome = bag.dags[dag_id].test(run_conf=conf)
        if outcome.state != DagRunState.SUCCESS:
            failed.append(dag_id)
    return failed


def forget_asset_events(since: datetime) -> None:
    """Take back what the ingest DAGs have announced: this run has built it, the next one by a scheduler waits for its own.

    Args:
        since: when this run began; what a scheduler's DAGs announced before stays.
    """
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(AssetEvent).where(AssetEvent.timestamp >= since))


if __name__ == "__main__":
    sys.exit(main())
