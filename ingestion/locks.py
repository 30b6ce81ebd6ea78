"""A lock between processes, by a file."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path | str) -> Iterator[None]:
    """Hold the lock of ``path``, a file beside what it guards; waits for whoever holds it.

    The operating system releases it when the process ends for any reason.
    """
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
