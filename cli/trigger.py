"""`make trigger`: the five ingest DAGs in parallel, then the build, through Airflow's REST API."""

import argparse
import sys
from datetime import date

import requests
from rich.console import Console
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from cli.command import exit_status
from cli.services import services_file
from ingestion.catalogue import AREAS
from runtime.errors import StateError
from runtime.files import read_json_object
from runtime.settings import Settings, get_settings

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

    def trigger(self, dag_id: str, business_date: str | None) -> str:
        """Start a run; returns its id."""
        conf = {"business_date": business_date} if business_date else {}
        return self._call("post", f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})[
            "dag_run_id"
        ]

    def state(self, dag_id: str, run_id: str) -> str:
        """State of a run: queued, running, success or failed."""
        return self._call("get", f"/dags/{dag_id}/dagRuns/{run_id}")["state"]

    def _call(self, method: str, path: str, body: dict | None = None) -> dict:
        answer = self.session.request(method, f"{self.url}/api/v2{path}", json=body, timeout=30)
        if not answer.ok:
            raise StateError(
                f"Airflow answered {answer.status_code} to {method} {path}: {answer.text}",
                "see logs/",
            )
        return answer.json()


def run_all(console: Console, settings: Settings, business_date: str | None) -> list[str]:
    """Trigger, wait, and return the DAGs that did not succeed."""
    api = AirflowApi(settings)
    failed = _run(console, api, [f"ingest_{area}" for area in AREAS], business_date)
    return failed or _run(console, api, ["build_warehouse"], business_date)


def _run(
    console: Console, api: AirflowApi, dag_ids: list[str], business_date: str | None
) -> list[str]:
    runs = {dag_id: api.trigger(dag_id, business_date) for dag_id in dag_ids}
    console.print(f"triggered {', '.join(dag_ids)}")
    states: dict[str, str] = {}

    def running() -> set[str]:
        """Runs that have not ended; one that has is told, once."""
        for dag_id in runs.keys() - states.keys():
            if (now := api.state(dag_id, runs[dag_id])) in ("success", "failed"):
                states[dag_id] = now
                console.print(f"  {dag_id}: {now}")
        return runs.keys() - states.keys()

    poll = Retrying(
        wait=wait_fixed(POLL_SECONDS),
        stop=stop_after_delay(WITHIN_SECONDS),
        retry=retry_if_result(bool),
        retry_error_callback=lambda last: last.outcome.result(),
    )
    poll(running)
    return [dag_id for dag_id in runs if states.get(dag_id) != "success"]


def iso_date(text: str) -> str | None:
    """A DATE as Airflow takes it, None if none is given; raises StateError if it is no date."""
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise StateError(f"DATE={text} is no date", "write DATE=YYYY-MM-DD") from error


def main() -> int:
    """Command line; exit status 0 if every run succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", default="", help="business date; empty = the newest")
    arguments = parser.parse_args()

    def act(console: Console) -> bool:
        failed = run_all(console, get_settings(), iso_date(arguments.date))
        if failed:
            console.print(
                f"[bold red]✗ not successful: {', '.join(failed)}[/] (see the Airflow UI)"
            )
        return not failed

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
