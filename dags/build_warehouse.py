"""
### build_warehouse — load, dbt, audit, publish, site 構築・監査・公開

The ingest DAG that announces a business date last of the five starts it, and at 05:00 it takes whatever is committed
(`mart_freshness` names what is missing). Reads the lake; writes the warehouse, the published marts, the site.

**When it fails** — nothing published changes. `dbt_build` names the models; `audit` names the broken
contracts (also on the site); mend the cause and clear the failed task. A second build over the same commits
and configuration changes nothing.
"""

from typing import Any

from airflow.sdk import dag, task

from pipeline import build
from pipeline.alerts import tell_new_findings
from pipeline.build_plan import BuildPlan
from pipeline.tasks import (
    DEADLINE,
    business_date_of_run,
    dag_defaults,
    daily_at,
    documented,
    run_and_report,
)
from runtime.progress import report

# a plan is passed on whole: Airflow would store each of its fields, too
WRITER = {"pool": "duckdb_writer", "multiple_outputs": False}


@dag(
    schedule=daily_at(DEADLINE),
    doc_md=documented(__doc__),
    **dag_defaults(
        "05:00",
        "at the latest, else when the five areas are in: load, dbt, audit, publish"
        " / 5領域がそろい次第、遅くとも5:00 構築・監査・公開",
        *("build", "構築"),
    ),
)
def build_warehouse() -> None:
    @task(**WRITER)
    def load() -> dict[str, Any]:
        return run_and_report(build.load_and_plan, business_date_of_run()).model_dump(mode="json")

    @task(**WRITER)
    def dbt_build(plan: dict[str, Any]) -> dict[str, Any]:
        return run_and_report(build.run_dbt, BuildPlan(**plan)).model_dump(mode="json")

    @task(**WRITER)
    def audit(plan: dict[str, Any]) -> dict[str, Any]:
        return run_and_report(build.audit, BuildPlan(**plan)).model_dump(mode="json")

    @task(**WRITER)
    def publish(plan: dict[str, Any]) -> None:
        run_and_report(build.publish, BuildPlan(**plan))

    @task(trigger_rule="all_done", **WRITER)
    def site() -> None:
        run_and_report(build.render_site)

    @task
    def finished() -> None:
        run_and_report(tell_new_findings)
        report("finished", dag="build_warehouse")

    plan = load()
    published = publish(audit(dbt_build(plan)))
    rendered = site()
    published >> rendered
    [published, rendered] >> finished()


build_warehouse()
