"""Files that are whole or not there: written beside their place, synced, then put into it in one step."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runtime.errors import StateError


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """A temporary path beside ``path``; what the block has written there takes its place at the end.

    Readers see the old file or the new one, also after a crash. If the block fails, the old one stays.
    """
    path = Path(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        _sync(temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def write_atomically(path: Path | str, content: bytes | str, mode: int | None = None) -> None:
    """Write a whole file at once (text as UTF-8).

    Args:
        mode: its permissions, whatever the umask; None = as the umask has it.
    """
    payload = content.encode() if isinstance(content, str) else content
    with replacing(path) as temporary:
        temporary.unlink(missing_ok=True)  # a killed process with this id may have left one
        first = 0o644 if mode is None else mode & 0o600
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, first)
        with os.fdopen(descriptor, "wb") as handle:
            if mode is not None:
                os.fchmod(descriptor, mode)
            handle.write(payload)


def write_changed(path: Path, content: str, mode: int) -> None:
    """Write a file that can be made anew at any time, unless it says the same already; not synced.

    Args:
        mode: its permissions, whatever the umask.
    """
    payload = content.encode()
    if path.exists() and path.read_bytes() == payload:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(payload)
    temporary.chmod(mode)
    temporary.replace(path)


def read_json_object(path: Path, *keys: str, hint: str) -> dict[str, Any]:
    """The JSON object of a file of ours.

    Args:
        keys: what it has to hold.
        hint: what to do where it does not.

    Raises:
        StateError: it is damaged, or of another form.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        document = None
    if not isinstance(document, dict) or not all(key in document for key in keys):
        raise StateError(f"{path} is damaged", hint)  # its text may hold a secret
    return document


def settle(unfinished: Path, path: Path) -> None:
    """Give a folder that is whole its name, in one step."""
    _sync(unfinished)
    os.replace(unfinished, path)
    _sync(path.parent)


def point_link(link: Path, target: str) -> None:
    """Make ``link`` a symbolic link to ``target``, in one step if it is one already."""
    temporary = link.with_name(f"{link.name}.tmp")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    os.replace(temporary, link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
