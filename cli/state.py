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
        StateError: another run holds it.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / ".lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise StateError(
                f"another run (process {holder}) is working in {settings.home}",
                "wait for it, stop it (`make down` for services), or set CSW_HOME to another folder",
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def claim(settings: Settings, tenant_name: str, tenant_folder: Path) -> None:
    """Tie the folder to a tenant at its first run.

    Raises:
        StateError: it belongs to another tenant.
    """
    marker = settings.home / "tenant.json"
    if marker.exists():
        owner = json.loads(marker.read_text(encoding="utf-8"))
        if owner["name"] != tenant_name:
            raise StateError(
                f"{settings.home} holds the data of tenant {owner['name']!r}, not of {tenant_name!r}",
                f"set CSW_HOME to another folder, e.g. CSW_HOME=state-{tenant_name} make run TENANT=…",
            )
    settings.home.mkdir(parents=True, exist_ok=True)
    document = {"name": tenant_name, "folder": str(tenant_folder)}
    marker.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def claimed_folder(settings: Settings) -> Path | None:
    """Tenant folder of the last run in this state folder, None if there was none."""
    marker = settings.home / "tenant.json"
    return (
        Path(json.loads(marker.read_text(encoding="utf-8"))["folder"]) if marker.exists() else None
    )
