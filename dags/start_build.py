"""
### start_build — when the five areas are in, one build 5領域がそろえば構築を開始

Runs when each of the five areas has announced something, or at the 05:00 deadline. `wait_for_areas` sees to it that
they are all of the same business date; then `build_warehouse` is started for that date, and named after it.

**When it fails** — `build_warehouse` is paused, or Airflow's database does not answer: mend it and clear the task.
A build that fails is red in `build_warehouse`, not here.
"""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import PokeReturnValue, dag, task
from airflow.timetables.assets import AssetOrTimeSchedule

from pipeline.tasks import (
    ASSETS,
    DEADLINE,
    areas_are_in,
    business_date_of_run,
    dag_defaults,
    daily_at,
    documented,
)
from runtime.progress import BUILD

DAY = "{{ ti.xcom_pull(task_ids='wait_for_areas') }}"


@dag(
    schedule=AssetOrTimeSchedule(
        timetable=daily_at(DEADLINE),
        assets=ASSETS["crm"] & ASSETS["sfa"] & ASSETS["ma"] & ASSETS["support"] & ASSETS["success"],
    ),
    doc_md=documented(__doc__),
    **dag_defaults(
        "05:00",
        "at the latest, else when the five areas are in / 5領域がそろい次第、遅くとも5:00 構築を開始",
        *("build", "構築"),
    ),
)
def start_build() -> None:
    @task.sensor(
        mode="reschedule", poke_interval=60, timeout=24 * 3600, inlets=list(ASSETS.values())
    )
    def wait_for_areas() -> PokeReturnValue:
        return PokeReturnValue(areas_are_in(), business_date_of_run().isoformat())

    wait_for_areas() >> TriggerDagRunOperator(
        task_id=BUILD,
        trigger_dag_id=BUILD,
        trigger_run_id=f"{DAY}__{{{{ dag_run.run_after | ts_nodash }}}}",
        conf={"business_date": DAY},
        reset_dag_run=True,
        fail_when_dag_is_paused=True,
    )


start_build()
