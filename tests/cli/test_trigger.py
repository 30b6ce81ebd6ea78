"""`make trigger` follows several runs at once, against a server that answers as Airflow does."""

import json
import threading
from collections.abc import Iterator
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
def airflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    """DAG → the states its run shows, look by look (the last one stays); `triggered` lists what was started."""
    states: dict[str, list[str]] = {"triggered": []}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = states.get(self.path.split("/")[4], ["success"])
            self._answer({"state": shown.pop(0) if len(shown) > 1 else shown[0]})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if not self.path.endswith("token"):
                states["triggered"].append(self.path.split("/")[4])
            self._answer({"access_token": "t", "dag_run_id": "run"})

        def _answer(self, body: dict[str, str]) -> None:
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
    failed = trigger.run_all(console, get_settings(), None)
    return failed, console.file.getvalue().splitlines()


def test_each_run_is_told_once_as_it_ends(airflow: dict[str, list[str]]) -> None:
    """The slow one comes last; the build follows when all areas are in."""
    airflow["ingest_crm"] = ["queued", "running", "running", "success"]
    airflow[BUILD] = ["running", "success"]
    failed, lines = run_all()
    assert failed == []
    areas = [f"ingest_{area}" for area in AREAS]
    assert airflow["triggered"] == [*areas, BUILD]
    told = [line.strip() for line in lines if line.startswith("  ")]
    assert sorted(told[:-1]) == sorted(f"{dag_id}: success" for dag_id in areas)
    assert told[-2:] == ["ingest_crm: success", f"{BUILD}: success"]


def test_a_failed_area_keeps_the_build_from_starting(airflow: dict[str, list[str]]) -> None:
    """The others are waited for all the same."""
    airflow["ingest_support"] = ["failed"]
    airflow["ingest_crm"] = ["running", "success"]
    failed, lines = run_all()
    assert failed == ["ingest_support"]
    assert BUILD not in airflow["triggered"]
    assert "  ingest_crm: success" in lines


def test_waiting_has_an_end(airflow: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that never ends is named as not successful."""
    monkeypatch.setattr(trigger, "WITHIN_SECONDS", 0.2)
    airflow["ingest_crm"] = ["running"]
    assert run_all()[0] == ["ingest_crm"]
