"""Servers on 127.0.0.1 that outlive the command that started them, noted by process id and start time."""

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import psutil

from runtime.errors import StateError
from runtime.files import read_json_object
from runtime.settings import PROJECT_ROOT, Settings

STOPPED_WITHIN_SECONDS = 20
CLOCK_SET_SECONDS = 10  # what a start time may seem to differ after the clock was set


def start_server(
    settings: Settings,
    name: str,
    command: list[str],
    held: tuple[int, ...] = (),
    **environment: str,
) -> dict[str, Any]:
    """Start a server in a session of its own; its output goes to ``logs/<name>.log``.

    Args:
        held: file descriptors that it keeps open, of a lock for example.
        environment: beside this process's.

    Returns:
        What to note of it: process id and start time.
    """
    log_path = settings.logs_dir / f"{name}.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT_ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=held,
        )
    return {"pid": process.pid, "started_at": psutil.Process(process.pid).create_time()}


def living(noted: dict[str, Any]) -> psutil.Process | None:
    """The noted process if it still runs; ids are used again, start times are not."""
    try:
        process = psutil.Process(noted["pid"])
        difference = abs(process.create_time() - noted["started_at"])
        is_zombie = process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return None if is_zombie or difference > CLOCK_SET_SECONDS else process


def stop_servers(path: Path, hint: str) -> str:
    """Stop the servers that a file notes, remove the file, and say which they were.

    Args:
        hint: what to do where the file is damaged.
    """
    if not path.exists():
        return "nothing is running"
    processes = read_json_object(path, "processes", hint=hint)["processes"]
    alive = {name: process for name, noted in processes.items() if (process := living(noted))}
    for process in alive.values():
        os.killpg(process.pid, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(alive.values(), timeout=STOPPED_WITHIN_SECONDS)
    for process in stubborn:
        os.killpg(process.pid, signal.SIGKILL)
    path.unlink()
    return f"stopped {', '.join(alive) or 'nothing: it had already ended'}"


def free_port(preferred: int) -> int:
    """The first free port on 127.0.0.1 from ``preferred`` on.

    Raises:
        StateError: there is none.
    """
    for candidate in [*range(preferred, preferred + 50), 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise StateError("no free port on 127.0.0.1", "end a server")
