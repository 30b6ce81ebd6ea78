"""`make trigger`: a run of the DAG daily_run, through Airflow's REST API: the five ingest DAGs, then one build."""

import argparse
import sys
from datetime import UTC, date, datetime

import requests
from rich.console import Console
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from cli.command import exit_status
from cli.run import find_date
from cli.services import services_file
from cli.state import claimed_folder
from runtime.business_date import id_of_run
from runtime.errors import StateError
from runtime.files import read_json_object
from runtime.progress import open_problems
from runtime.settings import Settings, get_settings
from runtime.tenant import load_tenant

DAG = "daily_run"
ENDED = ("success", "failed")
POLL_SECONDS = 3
WITHIN_SECONDS = 1800


class AirflowApi:
    """The few REST calls needed, signed in as admin."""

    def __init__(self, settings: Settings) -> None:
        path = services_file(settings)
        if not path.exists():
            raise StateError("no services are up", "`make up` first")
        self.url = read_json_object(path, "airflow", hint="`make down`, then `make up`")["airflow"]
        secrets_file = settings.airflow_dir / "service_secrets.json"
        secret = read_json_object(
            secrets_file, "password", hint="`make down`, delete it, `make up`"
        )
        try:
            answer = requests.post(
                f"{self.url}/auth/token",
                json={"username": "admin", "password": secret["password"]},
                timeout=30,
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            raise StateError(
                f"Airflow does not let us in at {self.url} ({type(error).__name__})",
                "`make down`, then `make up`",
            ) from error
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def trigger(self, business_date: date) -> str:
        """Start a run of daily_run, named after its business date; returns its id."""
        conf = {"business_date": business_date.isoformat()}
        name = id_of_run(business_date, datetime.now(UTC))
        body = {"dag_run_id": name, "logical_date": None, "conf": conf}
        return self._call("post", f"/dags/{DAG}/dagRuns", body)["dag_run_id"]

    def state(self, run_id: str) -> str:
        """State of the run: queued, running, success or failed."""
        return self._call("get", f"/dags/{DAG}/dagRuns/{run_id}")["state"]

    def tasks(self, run_id: str) -> dict[str, str | None]:
        """Task → its state in the run."""
        found = self._call("get", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances?limit=100")
        return {task["task_id"]: task["state"] for task in found["task_instances"]}

    def _call(self, method: str, path: str, body: dict | None = None) -> dict:
        answer = self.session.request(method, f"{self.url}/api/v2{path}", json=body, timeout=30)
        if not answer.ok:
            raise StateError(
                f"Airflow answered {answer.status_code} to {method} {path}: {answer.text}",
                "see logs/",
            )
        return answer.json()


def run_all(console: Console, settings: Settings, business_date: date) -> list[str]:
    """Start a run, tell what ends, wait for it, and return the tasks that did not succeed (of the names of DAGs)."""
    api = AirflowApi(settings)
    run_id = api.trigger(business_date)
    console.print(f"triggered {DAG}, run {run_id}", markup=False)
    told: dict[str, str] = {}

    def is_running() -> bool:
        """Whether the run goes on; a task that has ended is told, once."""
        goes_on = api.state(run_id) not in ENDED
        for task, state in api.tasks(run_id).items():
            if state in (*ENDED, "upstream_failed") and told.get(task) != state:
                told[task] = state
                console.print(f"  {task}: {state}", markup=False)
        return goes_on

    poll = Retrying(
        wait=wait_fixed(POLL_SECONDS),
        stop=stop_after_delay(WITHIN_SECONDS),
        retry=retry_if_result(bool),
        retry_error_callback=lambda last: last.outcome.result(),
    )
    if poll(is_running):
        return [f"{DAG} (still running after {WITHIN_SECONDS // 60} minutes)"]
    failed = [task for task, state in told.items() if state != "success"]
    return failed if failed or api.state(run_id) == "success" else [DAG]


def date_to_run(settings: Settings, text: str) -> date:
    """The DATE given, else the newest one of the tenant whose services are up.

    Raises:
        StateError: nothing was run here, or there is no such date.
    """
    folder = claimed_folder(settings)
    if folder is None:
        raise StateError("no services are up", "`make up` first")
    return find_date(load_tenant(folder), text)


def main() -> int:
    """Command line; exit status 0 if the run succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", default="", help="business date; empty = the newest")
    arguments = parser.parse_args()

    def act(console: Console) -> bool:
        settings = get_settings()
        failed = run_all(console, settings, date_to_run(settings, arguments.date))
        if failed:
            console.print(f"[bold red]✗ not successful: {', '.join(failed)}[/]")
            for problem in open_problems(settings):
                console.print(problem, markup=False)
            console.print("see the Airflow UI, and docs/runbook.md")
        return not failed

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
