"""Child processes that die with the process that started them, also when that one is killed."""

import ctypes
import functools
import os
import signal
import subprocess
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it was asked for
        os._exit(1)


def start(command: list[str], **options: Any) -> subprocess.Popen:
    """Start ``command``; on Linux it is killed when the calling thread's process ends for any reason."""
    if sys.platform == "linux":
        options.setdefault("preexec_fn", functools.partial(_die_with, os.getpid()))
    return subprocess.Popen(command, **options)
