"""What the names in a drop folder mean: ``<area>__<entity>/<YYYY-MM-DD>/<file>``."""

from datetime import date

MARKERS = (".done", ".sha256")
# What senders call a file until it is complete and renamed.
UPLOAD_NAMES = (".part", ".tmp", ".filepart", ".partial", ".uploading")


def is_passed_over(path: str) -> bool:
    """Whether a file is nobody's data: hidden, Excel's lock, a marker, or still under its upload name."""
    name = path.rsplit("/", 1)[-1].lower()
    return name.startswith((".", "~$")) or name.endswith((*MARKERS, *UPLOAD_NAMES))


def drop_day(name: str) -> date | None:
    """The business date a drop folder is named after; None if it is no YYYY-MM-DD."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return day if day.isoformat() == name else None
