"""Files dropped into ``<area>__<entity>/<YYYY-MM-DD>/``: which of them are new, and their rows.

A file is visible once its date has ended in the tenant's time zone. One that cannot be read is
reported and stands aside; it never holds up the others.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.catalogue import CatalogueObject
from ingestion.sources.files.tables import UnreadableFile, check_formulas, read_records
from runtime.errors import SourceError
from runtime.records import Connection, Page, Window

logger = logging.getLogger(__name__)

MARKERS = (".done", ".sha256")
# What senders call a file until it is complete and renamed.
UPLOAD_NAMES = (".part", ".tmp", ".filepart", ".partial", ".uploading")


@dataclass(frozen=True)
class RejectedFile:
    """A file that is not a clean table: its path below the drop root, and why; ``stamp``: its size and time."""

    path: str
    sha256: str
    reason: str
    stamp: dict[str, int] = field(default_factory=dict)


class FileDrop:
    """Reads one entity's new files at a time.

    ``connection.host`` is the drop root. ``connection.extra``:
        timezone: IANA name of the tenant's time zone.
        known_files: path below the root → {sha256, size, mtime_ns} of what is committed already.
        required_columns: columns every file of the entity must have.
        date_columns: columns whose numbers in a workbook are Excel's day numbers.

    Attributes:
        root: the drop root.
        read: path → {sha256, size, mtime_ns, rows, total_row?} of every file the last ``extract`` gave out;
            also of one without rows, which of an event feed yields one deleted row, else nothing.
        rejected: the files it could not read.
    """

    def __init__(self, connection: Connection) -> None:
        self.root = Path(connection.host)
        self._zone = ZoneInfo(connection.extra["timezone"])
        self._known: dict[str, dict[str, Any]] = connection.extra.get("known_files", {})
        self._required: list[str] = connection.extra.get("required_columns", [])
        self._dates: list[str] = connection.extra.get("date_columns", [])
        self.read: dict[str, dict[str, Any]] = {}
        self.rejected: list[RejectedFile] = []

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield the rows of every visible file that is new or has changed, in (date, name) order.

        ``window.start`` plays no part: what has been read is known by content.

        Raises:
            SourceError: the drop root is missing, or a file changes while it is read.
        """
        self.read, self.rejected = {}, []
        if not self.root.is_dir():
            raise SourceError(
                "files",
                entry.object,
                f"the drop folder {self.root} does not exist",
                "check the host of the Airflow connection `file_drop_default`",
            )
        for path in self._visible(entry.object, window.end):
            name = path.relative_to(self.root).as_posix()
            stamp = _stamp(path)
            known = self._known.get(name, {})
            if all(known.get(key) == value for key, value in stamp.items()):
                continue
            digest = _sha256(path)
            if known.get("sha256") == digest:
                continue
            try:
                # All of it before any of it: a file is landed whole or not at all.
                totals: list[list[str]] = []
                rows = sum(len(chunk) for chunk in self.read_file(path, totals))
            except UnreadableFile as error:
                logger.warning("files / %s: %s is rejected: %s", entry.object, name, error.reason)
                self.rejected.append(RejectedFile(name, digest, error.reason, stamp))
                continue
            for records in read_records(path, self._required, self._dates):
                yield Page(records, source_file=name)
            if not rows and not entry.key:
                # It replaces its earlier rows by none: that has to be seen after the load too.
                nothing = dict.fromkeys(self._required) | {"_is_deleted": True}
                yield Page([nothing], source_file=name)
            if _stamp(path) != stamp:
                raise SourceError(
                    "files", entry.object, f"{name} changed while it was read", "run again"
                )
            self.read[name] = {"sha256": digest, **stamp, "rows": rows}
            if totals:
                logger.warning("files / %s: total row of %s left out", entry.object, name)
                self.read[name]["total_row"] = totals[0]

    def read_file(
        self, path: Path, totals: list[list[str]] | None = None
    ) -> Iterator[list[dict[str, str | None]]]:
        """Read one file as chunks of records of text, an empty cell being None.

        Args:
            totals: gets the total row at the end, if there is one.

        Raises:
            UnreadableFile: it is not a clean table; may come after some chunks.
        """
        check_formulas(path)
        yield from read_records(path, self._required, self._dates, totals)

    def _visible(self, object_name: str, end: datetime) -> Iterator[Path]:
        folder = self.root / object_name
        for drop in sorted(folder.iterdir()) if folder.is_dir() else []:
            day = drop_day(drop.name) if drop.is_dir() else None
            if day is None:
                logger.warning("files / %s: %s is no drop date", object_name, drop.name)
                continue
            following = datetime.combine(day + timedelta(days=1), time.min, self._zone)
            if following > end:
                continue
            for path in sorted(drop.iterdir()):
                if is_passed_over(path.name):
                    continue
                if path.is_file():
                    yield path
                else:
                    logger.warning("files / %s: %s is no file", object_name, path.name)


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


def _stamp(path: Path) -> dict[str, int]:
    status = path.stat()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
