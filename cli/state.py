"""The state folder: one run at a time, one tenant for life."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.errors import StateError
from ingestion.settings import Settings


@contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Hold the folder's lock; the operating system releases it however the process ends.

    Raises:
        StateError: another run holds it, or nothing can be written there.
    """
    make_home(settings)
    with (settings.home / ".lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise StateError(
                f"another run ({_named(handle.read())}) is working in {settings.home}",
                "wait for it, stop it (`make down` for services), or set CSW_HOME to another folder",
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def holder(settings: Settings) -> str | None:
    """Who works in the folder: ``process 123``, ``the services of make up``; None if nobody does."""
    path = settings.home / ".lock"
    if not path.exists():
        return None
    with path.open("r", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _named(handle.read())
    return None


def _named(text: str) -> str:
    """The lock file's text: a run's process id, or what else holds the folder."""
    return f"process {text}" if text.isdecimal() else text or "unknown"


def make_home(settings: Settings) -> None:
    """Create the state folder if it is not there.

    Raises:
        StateError: it is no folder, or nothing can be written in it.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with (settings.home / ".lock").open("a+"):
            pass
    except OSError as error:
        raise StateError(
            f"the state folder {settings.home} cannot be used: {error.strerror}",
            "set CSW_HOME to a folder that you may write in",
        ) from error


def claim(settings: Settings, tenant_name: str, tenant_folder: Path) -> None:
    """Tie the folder to a tenant at its first run.

    Raises:
        StateError: it belongs to another tenant.
    """
    owner = _owner(settings)
    if owner and owner["name"] != tenant_name:
        raise StateError(
            f"{settings.home} holds the data of tenant {owner['name']!r}, not of {tenant_name!r}",
            f"set CSW_HOME to another folder, e.g. CSW_HOME=state-{tenant_name} make run TENANT=…",
        )
    document = {"name": tenant_name, "folder": str(tenant_folder)}
    if document != owner:
        make_home(settings)
        temporary = settings.home / "tenant.json.tmp"
        temporary.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, settings.home / "tenant.json")


def claimed_folder(settings: Settings) -> Path | None:
    """Tenant folder of the last run in this state folder, None if there was none."""
    owner = _owner(settings)
    return Path(owner["folder"]) if owner else None


def _owner(settings: Settings) -> dict[str, str] | None:
    marker = settings.home / "tenant.json"
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
