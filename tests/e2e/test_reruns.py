"""A state folder that was run before: the same date again, dates and tenants that do not fit it."""

import json
from pathlib import Path

from tests.conftest import Run, RunWarehouse
from tests.e2e.daily_run import events, run_day
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant


def test_running_a_date_again_changes_nothing(tiny_at_once: Run, tiny_tenant: Path) -> None:
    """The second run of a date says so and leaves the published file as it is."""
    link = tiny_at_once.home / "published/marts.duckdb"
    before, said = link.resolve(), len(events(tiny_at_once.home))
    outcome = run_day(tiny_at_once.home, tiny_tenant, DATES[-1])
    assert outcome.status == 0, outcome.output
    told = [event["event"] for event in events(tiny_at_once.home)[said:]]
    assert "unchanged" in told
    assert not {"extracted", "committed", "dbt", "published"} & set(told)
    assert link.resolve() == before


def test_a_date_before_the_first_is_refused(
    tiny_at_once: Run, tiny_tenant: Path, run_warehouse: RunWarehouse
) -> None:
    """There is nothing on the lake to build it from; no source is asked."""
    outcome = run_warehouse(tiny_at_once.home, tiny_tenant, DATES[0])
    assert outcome.status == 1
    assert f"before the first landed business date {DATES[-1]}" in outcome.output
    assert "starting Airflow" not in outcome.output


def test_another_tenant_is_refused(
    tiny_at_once: Run, tmp_path: Path, run_warehouse: RunWarehouse
) -> None:
    """A state folder belongs to one tenant."""
    other = write_tiny_tenant(tmp_path / "other")
    settings = json.loads((other / "tenant.yml").read_text()) | {"name": "other"}
    (other / "tenant.yml").write_text(json.dumps(settings))
    outcome = run_warehouse(tiny_at_once.home, other)
    assert outcome.status == 1
    assert "holds the data of tenant 'tiny'" in outcome.output
