"""Child processes that die with the process that started them, also when that one is killed.

Run as a script this file is the child's first step: it ties itself to its parent and becomes the command.
A `preexec_fn` would do the same between fork and exec, where a process with threads (Airflow's, DuckDB's) may
wait forever for a lock that one of them held.
"""

import ctypes
import os
import signal
import subprocess
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1


def start(command: list[str], **options: Any) -> subprocess.Popen:
    """Start ``command``; on Linux it is killed when the calling thread's process ends for any reason.

    Args:
        command: program and arguments; a program that is not there ends the child with status 127.
        options: passed to ``subprocess.Popen``.
    """
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]
    return subprocess.Popen(command, **options)


def _become(parent: int, command: list[str]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it was asked for
        sys.exit(1)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
