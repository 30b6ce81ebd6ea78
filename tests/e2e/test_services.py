"""`make run`, `make up`, the DAGs through Airflow's REST API, `make down`."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from cli.services import _living
from cli.trigger import AirflowApi
from runtime.settings import Settings
from tests.conftest import run_command
from tests.e2e.marts import tables
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant
from tests.receivers import receivers
from tests.rights import wrong_rights


class Airflow(AirflowApi):
    """What a user does in the UI, by the API behind it."""

    def runs(self, dag_id: str, **wanted: str) -> list[dict[str, Any]]:
        """The DAG's runs that are as wanted."""
        found = self._call("get", f"/dags/{dag_id}/dagRuns?limit=100")["dag_runs"]
        return [run for run in found if wanted.items() <= run.items()]

    def run(self, dag_id: str, **conf: object) -> str:
        """Start a run and wait for its end; returns its state."""
        run_id = f"test__{datetime.now(UTC).isoformat()}"
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self._call("post", f"/dags/{dag_id}/dagRuns", body)
        return self.wait(dag_id, run_id)

    def clear(self, dag_id: str, run_id: str, task: str) -> str:
        """Clear a task and what follows it, and wait for the end of the run."""
        body = {"dry_run": False, "dag_run_id": run_id, "task_ids": [task]}
        body |= {"include_downstream": True, "only_failed": False}
        self._call("post", f"/dags/{dag_id}/clearTaskInstances", body)
        return self.wait(dag_id, run_id)

    def wait(self, dag_id: str, run_id: str) -> str:
        """The state that the run ends in."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            state = self._call("get", f"/dags/{dag_id}/dagRuns/{run_id}")["state"]
            if state in ("success", "failed"):
                return state
            time.sleep(1)
        raise AssertionError(f"{dag_id} {run_id} does not end")


@pytest.mark.timeout(1800)  # five builds
def test_dags_succeed_under_the_scheduler(tmp_path: Path) -> None:
    """After `make run` nothing is red; a date, a cleared task, a force and a backfill stay green; a failure is told."""
    home = tmp_path / "state"
    tenant = write_tiny_tenant(tmp_path / "tiny")
    before, newest = DATES[-2], DATES[-1]
    ran = run_command(home, "cli.run", "--tenant", str(tenant), "--date", before, "--vars", "")
    assert ran.status == 0, ran.output
    with receivers() as told:
        up = run_command(
            *(home, "cli.services", "up", "--tenant", str(tenant)),
            timeout=300,
            variables=told.connections,
        )
        try:
            assert up.status == 0, up.output
            services = json.loads((home / "services.json").read_text())
            assert services["airflow"].startswith("http://127.0.0.1:")
            processes = services["processes"].values()

            second = run_command(home, "cli.run", "--tenant", str(tenant), "--date", "")
            assert second.status == 1
            assert "is working in" in second.output

            airflow = Airflow(Settings(home=home))
            assert airflow.runs("build_warehouse", run_type="asset_triggered") == []

            trigger = run_command(home, "cli.trigger", timeout=900)
            assert trigger.status == 0, trigger.output
            assert "build_warehouse: success" in trigger.output
            (build,) = airflow.runs("build_warehouse", run_type="asset_triggered")
            page = requests.get(services["site"], timeout=10)
            page.encoding = "utf-8"
            assert f"基準日 {newest}" in page.text
            assert tables(home / "published/marts.duckdb")["core.fct_mrr_movement"]
            (ingest,) = airflow.runs("ingest_crm", triggered_by="operator")
            assert ingest["dag_run_id"].startswith(newest)

            assert airflow.clear("build_warehouse", build["dag_run_id"], "audit") == "success"
            assert airflow.run("daily_run", business_date=newest, force=True) == "success"
            assert airflow.run("daily_run", business_date=before) == "success"
            built = airflow.runs("build_warehouse", run_type="asset_triggered")
            assert len(built) == 3, "one build a run"
            dags = airflow._call("get", "/dags?limit=100")["dags"]
            red = [run for dag in dags for run in airflow.runs(dag["dag_id"], state="failed")]
            assert red == []

            told.posted.clear()
            told.mailed.clear()
            assert airflow.run("daily_run", business_date="2001-01-01") == "failed"
            _wait_for(told.posted)
            _wait_for(told.mailed)
            assert len(told.posted) == len(told.mailed) == 1
            assert "lies before the first landed business date" in told.posted[0]
            assert "daily_run: failed" in told.mailed[0][1]

            assert wrong_rights(home) == []
            assert all(map(_living, processes))
        finally:
            down = run_command(home, "cli.services", "down")
    assert down.status == 0
    assert not any(map(_living, processes)), down.output


def _wait_for(arrived: list) -> None:
    deadline = time.monotonic() + 60
    while not arrived and time.monotonic() < deadline:
        time.sleep(0.5)
