"""What the names in a drop folder mean: ``<area>__<entity>/<date>/<file>``, whatever lies below the date."""

import re
from datetime import date
from pathlib import PurePosixPath

from runtime.redaction import printable

MARKERS = (".done", ".sha256")
# What senders call a file until it is complete and renamed.
UPLOAD_NAMES = (".part", ".tmp", ".filepart", ".partial", ".uploading")
# What Windows and macOS leave in a folder.
LEFT_BEHIND = ("thumbs.db", "desktop.ini", "__macosx")
# Endings of what people lay beside their data; anything else may be a table.
DOCUMENTS = (
    *(".pdf", ".doc", ".docx", ".ppt", ".pptx", ".rtf", ".md", ".html", ".htm"),
    *(".log", ".eml", ".msg", ".png", ".jpg", ".jpeg", ".gif", ".svg"),
)
# 2026-06-29, 20260629, 2026_06_29, 2026.06.29; whatever follows that is no digit.
_DATE = re.compile(r"([0-9]{4})([-_.]?)([0-9]{2})\2([0-9]{2})(?![0-9])")
# An entity's folder becomes a folder of the lake and a table.
_FOLDER = re.compile(r"[^\W_][\w\- .()（）・ー]*")


def is_passed_over(path: str) -> bool:
    """Whether a file or folder is nobody's data: hidden, Excel's lock, a marker, or still under its upload name."""
    name = path.rsplit("/", 1)[-1].lower()
    return (
        name.startswith((".", "~$"))
        or name.endswith((*MARKERS, *UPLOAD_NAMES))
        or name in LEFT_BEHIND
    )


def drop_day(name: str) -> date | None:
    """The business date that a drop folder's name begins with; None if it begins with none."""
    found = _DATE.match(name)
    try:
        return date(*(int(found[part]) for part in (1, 3, 4))) if found else None
    except ValueError:
        return None


def drop_order(name: str) -> str:
    """What orders drop folders, as the macro `version_time` does: `20260629` and `2026-06-29` are one drop."""
    return re.sub("[-_.]", "", name)


def is_document(path: str) -> bool:
    """Whether a file is something to read for people rather than a table, by its ending."""
    return PurePosixPath(path).suffix.lower() in DOCUMENTS


def readable_name(name: str) -> str:
    """``name`` as it can be written down: bytes that are not UTF-8 and control characters as escapes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return printable(text)


def is_entity_folder(name: str) -> bool:
    """Whether a folder below the drop root may become a table: letters, digits, spaces and ``_ - . ( )``."""
    return bool(_FOLDER.fullmatch(name)) and len(name.encode()) <= 120
