"""
### daily_run — one business date, everything 1日分の実行

Started by hand or by `make trigger`. Starts the five ingest DAGs side by side for `business_date` and waits for them
and for the one build that their assets start.

**When it fails** — the red task bears the name of the DAG that failed: mend the cause there, then clear that task here,
or start another run. Dates can be run again at any time.
"""

from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task

from ingestion.catalogue import AREAS
from pipeline.tasks import (
    BUILD_ASSET,
    build_has_ended,
    builds_so_far,
    business_date_to_run,
    dag_defaults,
    documented,
    forget_announcements,
    run_and_report,
    start_build,
)

DAY = "{{ ti.xcom_pull(task_ids='business_date') }}"


@dag(
    schedule=None,
    doc_md=documented(__doc__),
    render_template_as_native_obj=True,
    **dag_defaults(
        "", "One business date: ingest and build / 1日分の取込と構築", "run", "手動実行"
    ),
)
def daily_run() -> None:
    @task
    def business_date() -> str:
        return run_and_report(business_date_to_run)

    @task(outlets=[BUILD_ASSET], multiple_outputs=False)
    def builds_before(day: str, outlet_events: Any = None) -> dict[str, int]:
        forget_announcements(outlet_events, day)
        return builds_so_far()

    # rescheduled this often, Airflow may lose it
    @task.sensor(poke_interval=5, timeout=8 * 3600, trigger_rule="none_failed")
    def build_warehouse(before: dict[str, Any]) -> bool:
        return build_has_ended(before)

    day = business_date()
    before = builds_before(day)
    ingests = [
        TriggerDagRunOperator(
            task_id=f"ingest_{area}",
            trigger_dag_id=f"ingest_{area}",
            trigger_run_id=f"{DAY}__{{{{ dag_run.run_after | ts_nodash }}}}",
            conf={"business_date": DAY, "force": "{{ params.force }}"},
            reset_dag_run=True,
            wait_for_completion=True,
            fail_when_dag_is_paused=True,
            deferrable=True,
            poke_interval=5,
        )
        for area in AREAS
    ]
    # the last ingest has started the build, unless something was announced after it
    first, last = start_build(is_last=True)
    before >> ingests >> first
    last >> build_warehouse(before)


daily_run()
