"""Locks between processes, by a file. The operating system releases them however a process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path | str) -> Iterator[None]:
    """Hold the lock of ``path``, a file beside what it guards; waits for whoever holds it."""
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def take_lock(path: Path, owner: str) -> int:
    """Take the lock of ``path`` without waiting, and write ``owner`` into it.

    Returns:
        A descriptor; the lock is held until it is closed here and in every child that inherited it.

    Raises:
        BlockingIOError: somebody holds it; see `lock_owner`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    os.ftruncate(descriptor, 0)
    os.write(descriptor, owner.encode())
    return descriptor


def lock_owner(path: Path) -> str | None:
    """What the holder of a lock wrote into it; None if nobody holds it."""
    if not path.exists():
        return None
    with path.open("r", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return handle.read()
    return None
