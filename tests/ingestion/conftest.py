"""Fixtures of the ingestion tests."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

StartSandbox = Callable[..., AbstractContextManager[str]]
LISTENING = "sandbox listening on "


@pytest.fixture(scope="session")
def start_sandbox() -> StartSandbox:
    """``with start_sandbox(tenant_folder, clock, faults_file) as base_url``: a sandbox process."""

    @contextmanager
    def start(
        tenant_folder: Path, clock: datetime | None = None, faults: Path | None = None
    ) -> Iterator[str]:
        command = [sys.executable, "-m", "ingestion.sandbox", "--tenant", str(tenant_folder)]
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
