"""`make demo-history`: the demo company as it stood at each of the last month-ends, published once."""

import argparse
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta

import requests
from rich.console import Console

from cli import airflow_home, report, sandbox, state
from cli.command import end_at_interrupt, exit_status
from cli.run import find_tenant
from ingestion.catalogue import AREAS
from ingestion.lake import Lake
from pipeline import build
from pipeline.build_plan import BuildPlan
from pipeline.build_register import BuildRegister
from pipeline.context import Context
from pipeline.ingest import ingest_area
from runtime.business_date import day_end
from runtime.errors import StateError
from runtime.settings import Settings, get_settings
from runtime.tenant import Tenant


def demo_history(console: Console, settings: Settings, months: int) -> int:
    """Extract, build and audit the demo at each month-end, oldest first, and publish once, at the end.

    What an earlier try has committed is not extracted again.

    Args:
        months: how many month-ends, the newest included.

    Returns:
        Exit status: 0, or 3 if what was published is incomplete.

    Raises:
        WarehouseError: the state folder already holds a shorter history, or a build was blocked.
    """
    os.environ.pop("CSW_TENANT", None)
    folder, tenant = find_tenant(console, settings.model_copy(update={"tenant": None}), "")
    days = month_ends(tenant, months)
    state.claim(settings, tenant.name, folder)
    context = Context(settings, tenant, Lake(settings.lake_root))
    first = build.first_landed_date(context, days[-1])
    if first and first > days[0].isoformat():
        raise StateError(
            f"{settings.home} begins at {first}: older dates cannot be landed before it",
            "choose a folder of its own: `CSW_HOME=state-history make demo-history`",
        )
    airflow_home.configure(settings, folder)
    context = replace(context, settings=get_settings())  # which name the tenant folder now
    report.redirect_output(settings)
    with ExitStack() as stack:
        vendors = sandbox.vendors_to_serve(folder, tenant)
        now = day_end(days[0], tenant.zone) + sandbox.CLOCK_MARGIN
        process, base_url = sandbox.start_sandbox(settings, folder, now)
        stack.callback(process.terminate)
        airflow_home.point_connections_at_sandbox(base_url, vendors)
        from pipeline.tasks import (
            connection_of,  # Airflow reads its environment when it is imported
        )

        for number, day in enumerate(days, 1):
            started = time.monotonic()
            now = day_end(day, tenant.zone) + sandbox.CLOCK_MARGIN
            answer = requests.put(
                f"{base_url}/_sandbox/clock", json={"now": now.isoformat()}, timeout=30
            )
            answer.raise_for_status()
            for area in AREAS:
                ingest_area(context, area, day, connection_of)
            plan = build.audit(context, build.run_dbt(context, build.load_and_plan(context, day)))
            if day != days[-1]:
                _take_as_published(plan)
            took = time.monotonic() - started
            console.print(
                f"{number} of {len(days)}: {day} extracted, built and audited in {took:.0f} s"
            )
    build.publish(context, plan)
    build.render_site(context)
    console.print(f"published, as of {days[-1]}, with {len(days)} month-ends of history")
    report.print_findings(console, context.findings)
    return report.INCOMPLETE if report.is_incomplete(context.findings) else 0


def month_ends(tenant: Tenant, months: int) -> list[date]:
    """The last ``months`` month-ends of a tenant that it has data of, oldest first.

    Raises:
        StateError: there is none.
    """
    last = tenant.last_business_date
    found = []
    day = last + timedelta(days=1)
    while len(found) < months:
        end = day.replace(day=1) - timedelta(days=1)
        if end < tenant.first_business_date:
            break
        found.append(end)
        day = end
    if not found:
        raise StateError(f"there is no month-end up to {last}", "run a day: `make run`")
    return found[::-1]


def _take_as_published(plan: BuildPlan) -> None:
    """Let the next date be built on an audited one, which only the last publication shows."""
    BuildRegister(plan.warehouse).finish(plan.build_id, "published")


def main() -> int:
    """Exit status 0 if everything was built and published, 3 if something is missing in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", default="24")
    arguments = parser.parse_args()

    def act(console: Console) -> int:
        if not arguments.months.isdecimal() or int(arguments.months) == 0:
            raise StateError(
                f"MONTHS={arguments.months} is no number of months", "write MONTHS=1 or more"
            )
        end_at_interrupt(console)
        settings, months = get_settings(), int(arguments.months)
        with state.exclusive(settings):
            return demo_history(console, settings, months)

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
