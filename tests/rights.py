"""What of a state folder others than its owner could read, beside what is meant for the readers' group."""

import stat
from pathlib import Path

SHARED = ("published", "site")


def wrong_rights(home: Path) -> list[str]:
    """Folders and files whose rights are not those of runtime/rights.py, with their mode."""
    found = [f"{_mode(home):o} ."] if _mode(home) != 0o711 else []
    for path in home.rglob("*"):
        if path.is_symlink():
            continue
        name = path.relative_to(home)
        if name.parts[0] in SHARED:
            allowed = (0o750,) if path.is_dir() else (0o640, 0o440)
        else:
            allowed = (0o700,) if path.is_dir() else (0o600,)
        if _mode(path) & ~stat.S_ISGID not in allowed:
            found.append(f"{_mode(path):o} {name}")
    return found


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
