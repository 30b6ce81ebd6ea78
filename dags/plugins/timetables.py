"""Airflow's list of the project's own timetables: without it no process can read a DAG that has one."""

from airflow.plugins_manager import AirflowPlugin

from pipeline.timetable import DailyAt


class Timetables(AirflowPlugin):
    """Registers them."""

    name = "timetables"
    timetables = [DailyAt]  # noqa: RUF012
