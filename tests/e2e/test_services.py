"""`make up`, the DAGs through Airflow's REST API, `make down`."""

import json
from pathlib import Path

import requests

from cli.services import _living
from tests.conftest import run_command
from tests.e2e.marts import tables
from tests.e2e.tiny_tenant import write_tiny_tenant
from tests.rights import wrong_rights


def test_dags_succeed_under_the_scheduler(tmp_path: Path) -> None:
    """The five ingest DAGs in parallel, then the build; the site and the UI answer on 127.0.0.1."""
    home = tmp_path / "state"
    tenant = write_tiny_tenant(tmp_path / "tiny")
    up = run_command(home, "cli.services", "up", "--tenant", str(tenant), timeout=300)
    try:
        assert up.status == 0, up.output
        services = json.loads((home / "services.json").read_text())
        assert services["airflow"].startswith("http://127.0.0.1:")

        second = run_command(home, "cli.run", "--tenant", str(tenant), "--date", "", "--vars", "")
        assert second.status == 1
        assert "is working in" in second.output

        trigger = run_command(home, "cli.trigger", timeout=900)
        assert trigger.status == 0, trigger.output
        assert "build_warehouse: success" in trigger.output
        page = requests.get(services["site"], timeout=10)
        page.encoding = "utf-8"
        assert "基準日 2026-06-30" in page.text
        assert tables(home / "published/marts.duckdb")["core.fct_mrr_movement"]
        assert wrong_rights(home) == []
        processes = services["processes"].values()
        assert all(map(_living, processes))
    finally:
        down = run_command(home, "cli.services", "down")
    assert down.status == 0
    assert not any(map(_living, processes)), down.output
