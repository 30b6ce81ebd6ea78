"""`make trigger` follows its run's tasks, against a server that answers as Airflow does."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cli import trigger
from ingestion.catalogue import AREAS
from runtime.settings import get_settings

BUILD = "build_warehouse"


@pytest.fixture
def airflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict]:
    """Task → the states it shows, look by look (the last one stays); `triggered` lists what was started."""
    tasks = {f"ingest_{area}": ["success"] for area in AREAS} | {BUILD: ["success"]}
    states: dict = {"triggered": [], "tasks": tasks}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "/taskInstances" not in self.path:
                ended = [shown[-1] for shown in tasks.values() if len(shown) == 1]
                state = "failed" if "failed" in ended else "success"
                is_over = len(ended) == len(tasks) and "running" not in ended
                self._answer({"state": state if is_over else "running"})
                return
            shown = {
                task: states.pop(0) if len(states) > 1 else states[0]
                for task, states in tasks.items()
            }
            found = [{"task_id": task, "state": state} for task, state in shown.items()]
            self._answer({"task_instances": found})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self.path.endswith("token"):
                states["triggered"].append((self.path.split("/")[4], body["conf"]))
                assert body["dag_run_id"].startswith("2026-10-31__")
            self._answer({"access_token": "t", "dag_run_id": body.get("dag_run_id")})

        def _answer(self, body: dict) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = tmp_path / "state"
    monkeypatch.setenv("CSW_HOME", str(home))
    monkeypatch.setattr(trigger, "POLL_SECONDS", 0.01)
    (home / "airflow").mkdir(parents=True)
    url = f"http://127.0.0.1:{server.server_port}"
    (home / "services.json").write_text(json.dumps({"airflow": url, "processes": {}}))
    (home / "airflow" / "service_secrets.json").write_text('{"password": "hush"}')
    yield states
    server.shutdown()


def run_all() -> tuple[list[str], list[str]]:
    """What did not succeed, and the lines printed."""
    console = Console(file=StringIO(), width=200)
    failed = trigger.run_all(console, get_settings(), date(2026, 10, 31))
    return failed, console.file.getvalue().splitlines()


def test_each_task_is_told_once_as_it_ends(airflow: dict) -> None:
    """One run is started; the slow area comes late, the build last."""
    airflow["tasks"]["ingest_crm"] = [None, "running", "running", "success"]
    airflow["tasks"][BUILD] = [None, None, None, None, "running", "success"]
    failed, lines = run_all()
    assert failed == []
    assert airflow["triggered"] == [("daily_run", {"business_date": "2026-10-31"})]
    told = [line.strip() for line in lines if line.startswith("  ")]
    assert len(told) == len(set(told)) == len(AREAS) + 1
    assert told[-2:] == ["ingest_crm: success", f"{BUILD}: success"]


def test_what_failed_is_named(airflow: dict) -> None:
    """The others are waited for all the same; the build was not started."""
    airflow["tasks"]["ingest_support"] = ["failed"]
    airflow["tasks"]["ingest_crm"] = ["running", "success"]
    airflow["tasks"][BUILD] = ["upstream_failed"]
    failed, lines = run_all()
    assert failed == ["ingest_support", BUILD]
    assert "  ingest_crm: success" in lines


def test_waiting_has_an_end(airflow: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that never ends is named as not successful."""
    monkeypatch.setattr(trigger, "WITHIN_SECONDS", 0.2)
    airflow["tasks"]["ingest_crm"] = ["running"]
    (named,) = run_all()[0]
    assert named.startswith("daily_run (still running")
