"""The state folder: one run at a time, one tenant for life."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime import rights
from runtime.errors import StateError
from runtime.files import write_atomically
from runtime.locks import lock_owner, take_lock
from runtime.settings import Settings


@contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Hold the folder's lock; the operating system releases it however the process ends.

    Raises:
        StateError: another run holds it, or nothing can be written there.
    """
    descriptor = take(settings, str(os.getpid()))
    try:
        yield
    finally:
        os.close(descriptor)


def take(settings: Settings, owner: str) -> int:
    """Take the folder's lock for ``owner``: a process id, or words for what else holds it.

    Returns:
        A descriptor; children that inherit it hold the lock too.

    Raises:
        StateError: somebody holds it, or nothing can be written there.
    """
    make_home(settings)
    try:
        return take_lock(_lock_file(settings), owner)
    except BlockingIOError:
        raise StateError(
            f"another run ({holder(settings) or 'just ended'}) is working in {settings.home}",
            "wait for it, stop it (`make down` for services), or set CSW_HOME to another folder",
        ) from None


def holder(settings: Settings) -> str | None:
    """Who works in the folder: ``process 123``, ``the services of make up``; None if nobody does."""
    owner = lock_owner(_lock_file(settings))
    if owner is None:
        return None
    return f"process {owner}" if owner.isdecimal() else owner or "unknown"


def _lock_file(settings: Settings) -> Path:
    return settings.home / ".lock"


def make_home(settings: Settings) -> None:
    """Create the state folder if it is not there; its owner alone may read what is written from now on.

    Raises:
        StateError: it is no folder, or nothing can be written in it.
    """
    rights.keep_private()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with _lock_file(settings).open("a+"):
            pass
    except OSError as error:
        raise StateError(
            f"the state folder {settings.home} cannot be used: {error.strerror}",
            "set CSW_HOME to a folder that you may write in",
        ) from error
    if _marker(settings).exists():  # never of a folder that is no state folder
        rights.mend(settings)


def claim(settings: Settings, tenant_name: str, tenant_folder: Path) -> None:
    """Tie the folder to a tenant at its first run.

    Raises:
        StateError: it belongs to another tenant.
    """
    owner = _owner(settings)
    if owner and owner["name"] != tenant_name:
        raise StateError(
            f"{settings.home} holds the data of tenant {owner['name']!r}, not of {tenant_name!r}",
            f"TENANT={owner['folder']} for that one; for the other a folder of its own: CSW_HOME=state-{tenant_name}",
        )
    document = {"name": tenant_name, "folder": str(tenant_folder)}
    if document != owner:
        make_home(settings)
        write_atomically(_marker(settings), json.dumps(document, ensure_ascii=False))
        rights.mend(settings)


def claimed_folder(settings: Settings) -> Path | None:
    """Tenant folder of the last run in this state folder, None if there was none."""
    owner = _owner(settings)
    return Path(owner["folder"]) if owner else None


def _marker(settings: Settings) -> Path:
    return settings.home / "tenant.json"


def _owner(settings: Settings) -> dict[str, str] | None:
    marker = _marker(settings)
    if not marker.exists():
        return None
    try:
        owner = json.loads(marker.read_text(encoding="utf-8"))
        return {"name": owner["name"], "folder": owner["folder"]}
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(
            f"{marker} cannot be read",
            "if you know whose data the folder holds, remove the file; the next run writes it again",
        ) from error
