"""Who may read the state folder: its owner alone, the published marts and the site also a group.

The folder itself lets others pass (0711) but not look; whatever is in it is the owner's (0700, 0600).
"""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from runtime.errors import StateError
from runtime.settings import Settings

HOME = 0o711
SHARED_FOLDER = 0o750
SHARED_FILE = 0o640
PUBLISHED_FILE = 0o440


def keep_private() -> None:
    """Let what this process and its children write from now on be the owner's alone."""
    os.umask(0o077)


def mend(settings: Settings) -> None:
    """Give a tenant's state folder its rights; all of it is gone through once, if an older version wrote it.

    Raises:
        StateError: something in it belongs to somebody else, or the readers' group cannot be used.
    """
    shared = (settings.published_dir, settings.site_dir)
    if _mode(settings.home) != HOME:
        for path in settings.home.iterdir():
            if path not in shared:
                for item in _tree(path):
                    _set(item, _mode(item) & (0o700 if item.is_dir() else 0o600))
        _set(settings.home, HOME)  # last: a mending that was killed begins anew
    for folder in shared:
        share(settings, folder)


def share(settings: Settings, folder: Path) -> None:
    """Let the readers' group read ``folder`` and all in it; what is written there later gets the group too.

    Raises:
        StateError: see `mend`.
    """
    own = os.getegid()
    group = _group(settings.readers_group) if settings.readers_group else own
    inherited = stat.S_ISGID if group != own else 0
    for path in _tree(folder):
        try:
            status = path.stat()
            if status.st_gid != group:
                os.chown(path, -1, group)
        except FileNotFoundError:  # a page that was just replaced
            continue
        except PermissionError as error:
            raise StateError(
                f"{path} cannot be given to the group {settings.readers_group or own}",
                "be a member of CSW_READERS_GROUP and the owner of the state folder",
            ) from error
        if path.is_dir():
            _set(path, SHARED_FOLDER | inherited)
        else:
            _set(path, SHARED_FILE if status.st_mode & stat.S_IWUSR else PUBLISHED_FILE)


def _group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise StateError(
            f"CSW_READERS_GROUP={name}: there is no such group", "see .env.example"
        ) from None


def _tree(path: Path) -> Iterator[Path]:
    """``path`` and what is below it, without symbolic links."""
    if path.is_symlink() or not path.exists():
        return
    yield path
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            if not (item := Path(folder, name)).is_symlink():
                yield item


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _set(path: Path, mode: int) -> None:
    try:
        if _mode(path) != mode:
            path.chmod(mode)
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise StateError(
            f"{path} belongs to somebody else",
            "run as its owner, or give it to yourself (chown)",
        ) from error
