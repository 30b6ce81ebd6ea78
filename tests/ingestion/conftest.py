"""Fixtures of the ingestion tests."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from tenant_folder import set_clock, set_faults, write_tenant

from ingestion.lake import Lake

StartSandbox = Callable[..., AbstractContextManager[str]]
LISTENING = "sandbox listening on "


@pytest.fixture(scope="session")
def start_sandbox() -> StartSandbox:
    """``with start_sandbox(tenant_folder, clock, faults_file) as base_url``: a sandbox process."""

    @contextmanager
    def start(
        tenant_folder: Path, clock: datetime | None = None, faults: Path | None = None
    ) -> Iterator[str]:
        command = [sys.executable, "-m", "sandbox", "--tenant", str(tenant_folder)]
        command += ["--exit-with-parent"]
        command += ["--clock", clock.isoformat()] if clock else []
        command += ["--faults", str(faults)] if faults else []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                line = process.stdout.readline()
                assert line.startswith(LISTENING), f"the sandbox said {line!r}"
                yield line.removeprefix(LISTENING).strip()
            finally:
                process.terminate()

    return start


@pytest.fixture(scope="module")
def tenant_sandbox(
    request: pytest.FixtureRequest,
    start_sandbox: StartSandbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A sandbox of the test module's ``TENANT_FILES`` at its ``LATER``: its base URL."""
    module = request.module
    folder = write_tenant(tmp_path_factory.mktemp("tenant"), module.TENANT_FILES)
    with start_sandbox(folder, module.LATER) as url:
        yield url


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, tenant_sandbox: str) -> str:
    """The module's sandbox at ``LATER`` again, without faults."""
    set_clock(tenant_sandbox, request.module.LATER)
    set_faults(tenant_sandbox)
    return tenant_sandbox


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(str(tmp_path / "lake"))
