"""Fixtures of every test: real runs of the whole warehouse, each built once a session."""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from runtime.tenant import load_tenant
from tests.e2e.tiny_tenant import write_tiny_tenant

os.environ["GX_ANALYTICS_ENABLED"] = "False"  # read when it is imported; no test asks the network
settings.register_profile("untimed", deadline=None)  # how fast a machine is says nothing
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
TENANTS = ROOT.parent / "shared" / "data" / "tenants"


# Minutes each: begun first, so that no worker is left with one of them at the end.
SLOWEST_FIRST = (
    "test_services.py",
    "test_chain.py",
    "test_reruns.py",
    "test_bad_input.py",
    "test_row_gone_from_full_export.py",
    "test_incremental_changes.py",
    "test_chaos.py",
    "test_every_defect.py",
    "test_any_schedule.py",
    "test_real_tenants.py",
    "test_dbt_unit_tests.py",
    "test_incremental_properties.py",
    "test_agent_left_the_company.py",
    "test_personal_data.py",
    "test_purchase_properties.py",
    "test_site.py",
    "test_site_figures.py",
    "test_site_states.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files: the slowest first, those that look at the demo's run last, when it is there."""
    rank = {name: number for number, name in enumerate(SLOWEST_FIRST)}
    waiting = {item.path for item in items if "demo" in item.fixturenames}
    items.sort(key=lambda item: (rank.get(item.path.name, len(rank)), item.path in waiting))


@dataclass
class Run:
    """A finished `make run`: its exit status, what it printed, its state folder."""

    status: int
    output: str
    home: Path

    def marts(self) -> duckdb.DuckDBPyConnection:
        """The published marts, read-only."""
        return duckdb.connect(str(self.home / "published" / "marts.duckdb"), read_only=True)


def environment(home: Path) -> dict[str, str]:
    """This environment without the developer's own settings, with the state in ``home``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CSW_", "AIRFLOW"))
    }
    return kept | {"CSW_HOME": str(home)}


def run_command(
    home: Path, *arguments: str, timeout: int = 600, variables: dict[str, str] | None = None
) -> Run:
    """Run ``python -m <arguments>`` as make does; whatever it leaves behind cannot hold the test."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        process = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=environment(home) | (variables or {}),
            stdout=printed,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
        printed.seek(0)
        return Run(process.returncode, printed.read(), home)


RunWarehouse = Callable[..., Run]


@pytest.fixture(scope="session")
def run_warehouse() -> RunWarehouse:
    """``run_warehouse(home, tenant, date=…, variables=…)``: what `make run` does."""

    def run(home: Path, tenant: Path | None = None, date: str = "", variables: str = "") -> Run:
        return run_command(
            home, "cli.run", "--tenant", str(tenant or ""), "--date", date, "--vars", variables
        )

    return run


def built(tmp_path_factory: pytest.TempPathFactory, name: str, run: Callable[[Path], Run]) -> Run:
    """A finished run, made once for all of pytest's worker processes; nothing writes in it after."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    # a folder as people name them: what is below it has to be quoted everywhere
    home, printed = base / f"{name}'s state", base / f"built_{name}.txt"
    with (base / f"built_{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not printed.exists():
            outcome = run(home)
            assert outcome.status == 0, outcome.output
            printed.write_text(outcome.output, encoding="utf-8")
    return Run(0, printed.read_text(encoding="utf-8"), home)


def _last_day(tenant: Path) -> Callable[[Path], Run]:
    """The run of a tenant's last business date, without Airflow."""
    from tests.e2e.daily_run import run_day  # which imports this module

    day = load_tenant(tenant).last_business_date.isoformat()
    return lambda home: run_day(home, tenant, day)


@pytest.fixture(scope="session")
def tiny_tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the tiny tenant."""
    return write_tiny_tenant(tmp_path_factory.mktemp("tenants") / "tiny")


@pytest.fixture(scope="session")
def tiny_at_once(tmp_path_factory: pytest.TempPathFactory, tiny_tenant: Path) -> Run:
    """The tiny tenant in one run at its last business date."""
    return built(tmp_path_factory, "tiny_at_once", _last_day(tiny_tenant))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, run_warehouse: RunWarehouse) -> Run:
    """The demo tenant, run at its last business date by `make run`, under Airflow."""
    return built(tmp_path_factory, "demo", run_warehouse)


def shared_tenant(name: str) -> Path:
    """Folder of a real tenant; skips the test where it is not there."""
    folder = TENANTS / name
    if not folder.is_dir():
        pytest.skip(f"the real tenant {name} is not beside this checkout ({folder})")
    return folder


@pytest.fixture(scope="session")
def ravenstack(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The ravenstack tenant, run at its last business date."""
    return built(tmp_path_factory, "ravenstack", _last_day(shared_tenant("ravenstack")))


@pytest.fixture(scope="session")
def mrr_playbook(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The mrr_playbook tenant, run at its last business date."""
    return built(tmp_path_factory, "mrr_playbook", _last_day(shared_tenant("mrr_playbook")))
