"""`make run`, `make up`, the DAGs through Airflow's REST API, `make down`."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from cli.processes import living
from cli.trigger import AirflowApi
from ingestion.lake import Lake
from pipeline.context import Context
from runtime.settings import Settings
from runtime.tenant import load_tenant
from tests.conftest import run_command
from tests.e2e.daily_run import write_docs_page
from tests.e2e.marts import tables
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant
from tests.receivers import Receivers, receivers
from tests.rights import wrong_rights

# Airflow parses DAG files anew every 30 s; none changes here
PARSED_ONCE = {"AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600"}


class Airflow(AirflowApi):
    """What a user does in the UI, by the API behind it."""

    def runs(self, dag_id: str, **wanted: str) -> list[dict[str, Any]]:
        """The DAG's runs that are as wanted."""
        found = self._call("get", f"/dags/{dag_id}/dagRuns?limit=100")["dag_runs"]
        return [run for run in found if wanted.items() <= run.items()]

    def run(self, dag_id: str, **conf: object) -> str:
        """Start a run and wait for its end; returns its state."""
        return self.wait(dag_id, self.start(dag_id, **conf))

    def start(self, dag_id: str, **conf: object) -> str:
        """Start a run; returns its id."""
        body = {"logical_date": None, "conf": conf}
        return self._call("post", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"]

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


@pytest.mark.timeout(3600)  # four builds
def test_dags_succeed_under_the_scheduler(tmp_path: Path) -> None:
    """After `make run` nothing is red; a date, a cleared task and a forced backfill stay green; each cause is told once."""
    home = tmp_path / "state"
    tenant = write_tiny_tenant(tmp_path / "tiny")
    before, newest = DATES[-2], DATES[-1]
    settings = Settings(home=home)
    context = Context(settings, load_tenant(tenant), Lake(settings.lake_root))
    write_docs_page(context, date.fromisoformat(before))
    ran = run_command(home, "cli.run", "--tenant", str(tenant), "--date", before, "--vars", "")
    assert ran.status == 0, ran.output
    refused = tenant / "files/product__feature_use" / newest / "refused.csv"
    refused.parent.mkdir(exist_ok=True)
    refused.write_text("account_id,user_id,use_date,feature_code,uses\nx,U1,2026-06-29,editor,-1\n")
    with receivers() as told:
        up = run_command(
            *(home, "cli.services", "up", "--tenant", str(tenant)),
            timeout=300,
            variables=told.connections | PARSED_ONCE,
        )
        try:
            assert up.status == 0, up.output
            services = json.loads((home / "services.json").read_text())
            assert services["airflow"].startswith("http://127.0.0.1:")
            processes = services["processes"].values()

            second = run_command(home, "cli.run", "--tenant", str(tenant), "--date", "")
            assert second.status == 1
            assert "is working in" in second.output

            airflow = Airflow(settings)
            assert len(airflow.runs("build_warehouse")) == 1, "that of make run"

            trigger = run_command(home, "cli.trigger", timeout=900)
            assert trigger.status == 0, trigger.output
            assert "build_warehouse: success" in trigger.output
            (build,) = airflow.runs("build_warehouse", triggered_by="operator")
            page = requests.get(services["site"].replace("index.html", "ja/index.html"), timeout=10)
            page.encoding = "utf-8"
            assert f"基準日 <b>{newest}</b>" in page.text
            assert tables(home / "published/marts.duckdb")["core.fct_mrr_movement"]
            (new,) = _alerts(told, 1)
            assert " new finding" in new[0]
            assert "A count of uses is not negative" in new[1]
            assert "mend them at the source, or drop the file again" in new[1]

            marts = home / "marts_build.duckdb"
            _execute(marts, "update marts.mart_rfm set population = 'x' || population")
            assert airflow.clear("build_warehouse", build["dag_run_id"], "audit") == "failed"
            (blocked,) = _alerts(told, 1)
            assert "build_warehouse: blocked by a contract" in blocked[0]
            assert "mart_rfm" in blocked[1] and build["dag_run_id"] in blocked[1]
            assert "mend the cause and run the date again" in blocked[1]
            _execute(marts, "update marts.mart_rfm set population = substr(population, 2)")
            assert airflow.clear("build_warehouse", build["dag_run_id"], "audit") == "success"

            assert airflow.run("daily_run", business_date=before, force=True) == "success"
            assert len(airflow.runs("build_warehouse", triggered_by="operator")) == 2, "one a run"
            events = airflow._call("get", "/assets/events?limit=100")["asset_events"]
            told_days = sorted(
                event["extra"]["business_date"] for event in events if "up_to" not in event["extra"]
            )
            assert told_days == [before] * 5 + [newest] * 5, "each area, each date"
            builds = {event["extra"]["run_id"] for event in events if "run_id" in event["extra"]}
            assert len(builds) == 2, events
            dags = airflow._call("get", "/dags?limit=100")["dags"]
            runs = [(dag["dag_id"], run) for dag in dags for run in airflow.runs(dag["dag_id"])]
            assert [run for _, run in runs if run["state"] != "success"] == []
            assert all(run["dag_run_id"].startswith((before, newest)) for _, run in runs), runs
            assert len(runs) == 6 + 7 + 7, "make run, make trigger, daily_run"
            assert (told.posted, told.mailed) == ([], []), "what was told is not told again"

            too_early = airflow.start("daily_run", business_date="2001-01-01")
            watched = airflow.start("watch_publication", business_date="2026-07-01")
            assert too_early.startswith("2001-01-01__") and watched.startswith("2026-07-01__")
            assert airflow.wait("daily_run", too_early) == "failed"
            assert airflow.wait("watch_publication", watched) == "failed"
            failed, late = _alerts(told, 2)
            assert "daily_run: failed" in failed[0]
            assert "lies before the first landed business date" in failed[1]
            assert "choose a date from the first one on" in failed[1]
            assert "watch_publication: not published in time" in late[0]
            assert f"readers see {newest}; not read: crm" in late[1]
            assert "clear what failed there" in late[1]

            assert wrong_rights(home) == []
            assert all(map(living, processes))
        finally:
            down = run_command(home, "cli.services", "down")
    assert down.status == 0
    assert not any(map(living, processes)), down.output


def _execute(file: Path, statement: str) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute(statement)


def _alerts(told: Receivers, count: int) -> list[tuple[str, str]]:
    """Subject and text of all that has come, in the subjects' order: by mail, and the same by the webhook."""
    deadline = time.monotonic() + 60
    while min(len(told.mailed), len(told.posted)) < count and time.monotonic() < deadline:
        time.sleep(0.5)
    assert len(told.mailed) == len(told.posted) == count, (told.mailed, told.posted)
    arrived = sorted((subject, text) for _, subject, text in told.mailed)
    assert all(any(subject in text for text in told.posted) for subject, _ in arrived)
    told.mailed.clear()
    told.posted.clear()
    return arrived
