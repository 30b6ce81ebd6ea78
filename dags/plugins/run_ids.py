"""What names the runs that somebody starts in the UI."""

from airflow.plugins_manager import AirflowPlugin

from pipeline.run_ids import NamedByBusinessDate


class RunIds(AirflowPlugin):
    """Registers it with the API server."""

    name = "run_ids"
    fastapi_root_middlewares = [  # noqa: RUF012
        {"name": "ids of runs begin with the business date", "middleware": NamedByBusinessDate}
    ]
