"""Start the sandbox beside a run."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from runtime.errors import TenantError
from runtime.process import start
from runtime.settings import PROJECT_ROOT, Settings
from runtime.sources import SOURCES
from runtime.tenant import Tenant

CLOCK_MARGIN = timedelta(minutes=5)


def vendors_to_serve(folder: Path, tenant: Tenant) -> list[str]:
    """Connected vendors the tenant folder holds data of, and the environment no Airflow connection for.

    Any other connected vendor is reached through its own connection, or the run says that there is none.
    """
    return [
        name
        for name in sorted(set(tenant.systems))
        if SOURCES[name].sandbox
        and (folder / name).is_dir()
        and SOURCES[name].connection_variable not in os.environ
    ]


def start_sandbox(
    settings: Settings, folder: Path, now: datetime, port: int = 0
) -> tuple[object, str]:
    """Start it in a process of its own that dies with this one.

    Args:
        now: the sandbox's clock, aware UTC.
        port: 0 = a free one.

    Returns:
        The process and its base URL.

    Raises:
        TenantError: it ended before it listened; the message is its own.
    """
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    log_path = settings.logs_dir / "sandbox.log"
    command = [
        *(sys.executable, "-m", "sandbox"),
        *(
            "--tenant",
            str(folder),
            "--port",
            str(port),
            "--clock",
            now.isoformat(),
            "--exit-with-parent",
        ),
    ]
    with log_path.open("a", encoding="utf-8") as log:
        process = start(command, cwd=PROJECT_ROOT, stdout=-1, stderr=log, text=True)
    line = process.stdout.readline()
    if "listening on" not in line:
        process.wait()
        last = log_path.read_text(encoding="utf-8").strip().splitlines()[-1:] or ["no message"]
        raise TenantError(f"the sandbox did not start: {last[0]}", f"see {log_path}")
    return process, line.split()[-1]
