"""What a full disk, a damaged file or one that may not be written leads to inside, in words for the user."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from runtime.errors import StateError
from runtime.redaction import hide_values

ROOM_BYTES = 1_000_000  # with less, whatever fails fails for want of it
_FULL = ("no space left", "disk is full", "disk quota exceeded", "not enough disk space")
_CLOSED = (
    "read-only file system",
    "permission denied",
    "readonly database",
    "operation not permitted",
)
_AIRFLOW = ("disk image is malformed", "file is not a database", "no such table", "no such column")
_DAMAGED = (
    *("corrupt", "checksum", "no magic bytes", "magic bytes not found", "not a valid duckdb"),
    *("thrift", "tprotocol", "invalid parquet", "failed to decompress", "zstd", "snappy"),
    *("serialization error", "internal error", "too small to be", "no files found that match"),
    *("file is too small", "parquet file"),
    *("unexpected end", "could not read enough bytes", "database has been invalidated"),
)


def explained(error: BaseException, home: Path) -> StateError | None:
    """The words for an error that a full disk or the state folder's files have caused; None for any other.

    Args:
        home: the state folder.
    """
    said = "; ".join(_first_line(item) for item in _chain(error))
    if any(getattr(item, "errno", None) in (errno.ENOSPC, errno.EDQUOT) for item in _chain(error)):
        return full_disk(home)
    for item in _chain(error):
        if isinstance(item, OSError) and item.filename:
            return StateError(
                f"{item.filename}: {item.strerror}",
                "check the path, its owner and rights, and the space on the disk",
            )
    return explained_text(said, home)


def explained_text(said: str, home: Path) -> StateError | None:
    """The same for what a program or library has said."""
    lower, file, said = said.lower(), _named_file(said, home), hide_values(said)
    if any(words in lower for words in _FULL) or _room(home) < ROOM_BYTES:
        return full_disk(home)
    if any(words in lower for words in _CLOSED):
        return StateError(
            f"a file cannot be written: {said}",
            f"let the user who runs this write in {home}, and run again: what is published stays",
        )
    if any(words in lower for words in _AIRFLOW):
        return StateError(
            f"Airflow's database {home / 'airflow' / 'airflow.db'} is damaged: {said}",
            "restore it from a backup, or delete it: its records of runs and the connections saved in its UI are "
            "lost then, nothing else",
        )
    if any(words in lower for words in _DAMAGED):
        return StateError(
            f"{file or f'a file of the state folder {home}'} is damaged: {said}",
            "below lake/: restore it from a backup; warehouse.duckdb or marts_build.duckdb: `make rebuild`; "
            "below published/: `make rollback`",
        )
    return None


def full_disk(home: Path) -> StateError:
    """What is said of a full disk."""
    return StateError(
        f"the disk is full: there is no room left for {home}, or for temporary files",
        "make room on it and run again: what is published stays",
    )


def _named_file(said: str, home: Path) -> str:
    """The file of the state folder that is named first; empty if none is."""
    found = re.search(re.escape(f"{home}{os.sep}") + r"""[^'"\n]+?(?=['":]|\s|$)""", said)
    return found[0] if found else ""


def _room(home: Path) -> int:
    """Bytes that may still be written there."""
    try:
        disk = os.statvfs(home)
    except OSError:
        return ROOM_BYTES
    return disk.f_bavail * disk.f_frsize


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]
