"""Files dropped into ``<area>__<entity>/<YYYY-MM-DD>/``, in a folder or on an SFTP server: which of them are
new, and their rows.

A file is visible once its date has ended in the tenant's time zone. One that cannot be read is
reported and stands aside; it never holds up the others.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.catalogue import CatalogueObject, find_object
from ingestion.sources.base import ExpectedColumns, Known, Original, Source
from ingestion.sources.files.csv_xlsx import UnreadableFile, check_formulas, read_records
from ingestion.sources.files.names import drop_day, is_passed_over
from ingestion.sources.files.numbers import DecimalSign
from ingestion.sources.files.sftp import SftpDrop, is_remote
from runtime.errors import SourceError
from runtime.progress import report
from runtime.records import Connection, Page, Window

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RejectedFile:
    """A file that is not a clean table: its path below the drop root, and why; ``stamp``: its size and time."""

    path: str
    sha256: str
    reason: str
    stamp: dict[str, int] = field(default_factory=dict)


class FileDrop(Source):
    """Reads one entity's new files at a time.

    ``connection.host`` is the drop root: a folder, or ``sftp://…`` (see `SftpDrop`). ``connection.extra``:
        timezone: IANA name of the tenant's time zone.
        expected_columns: what gives an entity's `ExpectedColumns`; left out, nothing is expected.

    Attributes:
        root: the folder that is read; of an SFTP server one of our own, for what is fetched.
        accepted: path → {sha256, size, mtime_ns, rows, total_row?, decimal_sign?} of every file the last extraction gave out;
            also of one without rows, which of an event feed yields one deleted row, else nothing.
        rejected: the files it could not read.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._zone = ZoneInfo(connection.extra["timezone"])
        self._expected: Callable[[CatalogueObject], ExpectedColumns] = connection.extra.get(
            "expected_columns", lambda _: ExpectedColumns()
        )
        self._server = SftpDrop(connection) if is_remote(connection) else None
        self._spool = TemporaryDirectory() if self._server else None
        self.root = Path(self._spool.name if self._spool else connection.host)
        self.accepted: dict[str, dict[str, Any]] = {}
        self.rejected: list[RejectedFile] = []

    def close(self) -> None:
        """Remove what was fetched."""
        if self._spool:
            self._spool.cleanup()

    def offered(self, entries: list[CatalogueObject]) -> list[CatalogueObject]:
        """An object a folder, whether it is an entity of the catalogue or not.

        Raises:
            SourceError: there is no drop folder, or the server cannot be read.
            CatalogueError: a folder would land in the table of another.
        """
        return [find_object("files", name) for name in self._folders()]

    def contents(self) -> str:
        """The entities' folders."""
        return f"entities with a folder: {', '.join(self._folders()) or 'none'}"

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield the rows of every visible file, in (date, name) order; ``window.start`` plays no part.

        Raises:
            SourceError: the drop root is missing or cannot be read, or a file changes while it is read.
        """
        return self._read(entry, window, {})

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield the rows of every visible file that is new or has changed.

        Raises:
            SourceError: see `extract`.
        """
        return self._read(entry, window, known.files)

    def originals(self) -> Iterator[Original]:
        """Files that the last extraction accepted or rejected."""
        for name, notes in self.accepted.items():
            yield Original(name, (self.root / name).read_bytes(), notes)
        for file in self.rejected:
            notes = {"sha256": file.sha256, **file.stamp, "reason": file.reason}
            yield Original(file.path, (self.root / file.path).read_bytes(), notes)

    def _folders(self) -> list[str]:
        if self._server:
            return self._server.folders()
        self._check_root("drop folder")
        folders = (path.name for path in self.root.iterdir() if path.is_dir())
        return sorted(name for name in folders if not name.startswith("."))

    def _check_root(self, object_name: str) -> None:
        if not self.root.is_dir():
            raise SourceError(
                "files",
                object_name,
                f"{self.root} does not exist",
                "create it, name it in the connection `file_drop_default`, or take files out of systems in tenant.yml",
            )

    def _fetch(self, object_name: str, known: dict[str, dict[str, Any]]) -> None:
        """Bring what is new on the server into our own folder."""
        if not self._server:
            return
        self._server.fetch(object_name, known, self.root)
        for path, reason in self._server.unfinished.items():
            report("warning", message=f"files / {path} is left for the next run: {reason}")

    def _read(
        self, entry: CatalogueObject, window: Window, known_files: dict[str, dict[str, Any]]
    ) -> Iterator[Page]:
        self.accepted, self.rejected = {}, []
        expected = self._expected(entry)
        self._fetch(entry.object, known_files)
        self._check_root(entry.object)
        for path in self._visible(entry.object, window.end):
            name = path.relative_to(self.root).as_posix()
            stamp = _stamp(path)
            known = known_files.get(name, {})
            if all(known.get(key) == value for key, value in stamp.items()):
                continue
            digest = _sha256(path)
            if known.get("sha256") == digest:
                continue
            try:
                check_formulas(path)
                # All of it before any of it: a file is landed whole or not at all.
                totals: list[list[str]] = []
                # a number cell of a workbook has a point, whatever it shows
                in_doubt = expected.money if path.suffix.lower() == ".csv" else []
                rows, numbers = 0, DecimalSign(expected.numbers, in_doubt)
                for records in read_records(path, expected.required, expected.dates, totals):
                    rows += len(records)
                    numbers.see(records)
                sign = numbers.decided(path)
            except UnreadableFile as error:
                logger.warning("files / %s: %s is rejected: %s", entry.object, name, error.reason)
                self.rejected.append(RejectedFile(name, digest, error.reason, stamp))
                continue
            for records in read_records(path, expected.required, expected.dates):
                if sign == ",":
                    records = numbers.with_points(records)
                yield Page(records, source_file=name)
            if not rows and not entry.key:
                # It replaces its earlier rows by none: that has to be seen after the load too.
                nothing = dict.fromkeys(expected.required) | {"_is_deleted": True}
                yield Page([nothing], source_file=name)
            if _stamp(path) != stamp:
                raise SourceError(
                    "files", entry.object, f"{name} changed while it was read", "run again"
                )
            self.accepted[name] = {"sha256": digest, **stamp, "rows": rows}
            if sign == ",":
                self.accepted[name]["decimal_sign"] = sign
            if totals:
                logger.warning("files / %s: total row of %s left out", entry.object, name)
                self.accepted[name]["total_row"] = totals[0]

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


def _stamp(path: Path) -> dict[str, int]:
    status = path.stat()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
