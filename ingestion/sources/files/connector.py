"""Files dropped into ``<area>__<entity>/<date>/``, in a folder or on an SFTP server: which of them are
new, and their rows.

A file is visible once its date has ended in the tenant's time zone. One that cannot be read is
reported and stands aside; it never holds up the others. A row that a file no longer has when it comes
again is taken back by a deleted row under the file's path; what a drop of a full export lacks, by one
under the drop's.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.catalogue import CatalogueObject, find_object
from ingestion.sources.base import Known, Original, Source
from ingestion.sources.files.file_findings import (
    came_twice,
    keys_gone,
    listed,
    of_remark,
    unfinished_upload,
)
from ingestion.sources.files.full_export import Checked, FullExports, Key
from ingestion.sources.files.kinds import WORKBOOK_ENDINGS
from ingestion.sources.files.listing import DropTree, Entry, local_entries
from ingestion.sources.files.names import drop_day, drop_order
from ingestion.sources.files.numbers import DecimalSign
from ingestion.sources.files.reader import FileReader
from ingestion.sources.files.sftp import SftpDrop, is_remote
from ingestion.sources.files.unreadable import UnreadableFile
from runtime.errors import SourceError
from runtime.findings import Finding
from runtime.records import Connection, ExpectedColumns, Page, Window
from runtime.tenant import FileFeed

logger = logging.getLogger(__name__)

DELETED_CHUNK = 20_000


@dataclass(frozen=True)
class RejectedFile:
    """A file that is not a clean table.

    Attributes:
        path: below the drop root.
        reason: what is wrong with it and where, ``EN / JA``.
        what_to_do: ``EN / JA``.
        stamp: its size and time.
    """

    path: str
    sha256: str
    reason: str
    what_to_do: str
    stamp: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class NewFile:
    """A file that is to be read."""

    entry: Entry
    sha256: str


class FileDrop(Source):
    """Reads one entity's new files at a time.

    ``connection.host`` is the drop root: a folder, or ``sftp://…`` (see `SftpDrop`). ``connection.extra``:
        timezone: IANA name of the tenant's time zone.
        expected_columns: what gives an entity's `ExpectedColumns`; left out, nothing is expected.
        feeds: entity → `FileFeed`, what the company says of its files.

    Attributes:
        root: the folder that is read; of an SFTP server one of our own, for what is fetched.
        accepted: path → {sha256, size, mtime_ns, rows, drop, total_row?, written?} of every file the last extraction gave out;
            also of one without rows, which of an event feed yields one deleted row, else nothing.
        rejected: the files it could not read.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._zone = ZoneInfo(connection.extra["timezone"])
        self._expected: Callable[[CatalogueObject], ExpectedColumns] = connection.extra.get(
            "expected_columns", lambda _: ExpectedColumns()
        )
        self._feeds: dict[str, FileFeed] = connection.extra.get("feeds", {})
        self._server = SftpDrop(connection) if is_remote(connection) else None
        self._spool = TemporaryDirectory() if self._server else None
        self.root = Path(self._spool.name if self._spool else connection.host)
        self.accepted: dict[str, dict[str, Any]] = {}
        self.rejected: list[RejectedFile] = []
        self._looked_up: list[NewFile] | None = None

    def close(self) -> None:
        """Remove what was fetched."""
        if self._server:
            self._server.close()
        if self._spool:
            self._spool.cleanup()

    def offered(self, entries: list[CatalogueObject]) -> list[CatalogueObject]:
        """An object a folder, whether it is an entity of the catalogue or not.

        Raises:
            SourceError: there is no drop folder, or the server cannot be read.
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
        return self._read(entry, window, Known(fields=None, compare=False, live=dict))

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield the rows of every visible file that is new or has changed, and deleted rows for what is gone.

        Raises:
            SourceError: see `extract`.
        """
        return self._read(entry, window, known)

    def has_news(self, entry: CatalogueObject, window: Window, known: Known) -> bool:
        """Whether a visible file is new or has changed.

        Raises:
            SourceError: see `extract`.
        """
        self._looked_up = self._new_files(entry, window, known)
        return bool(self._looked_up)

    def originals(self) -> Iterator[Original]:
        """Files that the last extraction accepted or rejected."""
        for name, notes in self.accepted.items():
            yield Original(name, (self.root / name).read_bytes(), notes)
        for file in self.rejected:
            notes = {"sha256": file.sha256, **file.stamp}
            notes |= {"reason": file.reason, "what_to_do": file.what_to_do}
            yield Original(file.path, (self.root / file.path).read_bytes(), notes)

    def _folders(self) -> list[str]:
        tree = self._tree("drop folder")
        folders = tree.entities()
        self._pass_over(tree.findings)
        return folders

    def _tree(self, object_name: str) -> DropTree:
        if self._server:
            return DropTree(self._server.entries)
        if not self.root.is_dir():
            raise SourceError(
                "files",
                object_name,
                f"{self.root} does not exist",
                "create it, name it in the connection `file_drop_default`, or take files out of systems in tenant.yml",
            )
        return DropTree(partial(local_entries, self.root))

    def _pass_over(self, findings: list[Finding]) -> None:
        self.passed_over = findings
        for finding in findings:
            logger.warning("files / %s: %s", finding.place, finding.message)

    def _new_files(self, entry: CatalogueObject, window: Window, known: Known) -> list[NewFile]:
        """The visible files to read, on this machine."""
        tree = self._tree(entry.object)
        today = datetime.now(self._zone).date()
        visible = tree.files(entry.object, self._zone, window.end, today)
        newest = max((_drop(file) for file in visible), default="")
        # the newest drop of a feed that has become one of full exports was not taken for the whole yet
        is_full = self._feed(entry).mode == "full"
        changed = [
            file
            for file in visible
            if known.read_again
            or not _is_as_known(file, notes := known.files.get(file.path, {}))
            or (is_full and _drop(file) == newest and "rows" in notes and "full" not in notes)
        ]
        if self._server and changed:
            self._server.fetch(changed, self.root)
            left = self._server.unfinished
            tree.findings += [unfinished_upload(path, why) for path, why in left.items()]
            changed = [file for file in changed if file.path not in left]
        new = []
        for file in changed:
            try:
                digest = _sha256(self.root / file.path)
            except OSError as error:
                tree.findings.append(unfinished_upload(file.path, f"{type(error).__name__}"))
                continue
            notes = known.files.get(file.path, {})
            is_due = known.read_again or (is_full and _drop(file) == newest and "full" not in notes)
            if is_due or notes.get("sha256") != digest:
                new.append(NewFile(file, digest))
        self._pass_over(tree.findings)
        return new

    def _feed(self, entry: CatalogueObject) -> FileFeed:
        return self._feeds.get(entry.object, FileFeed())

    def _read(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        with FileReader() as reader:
            yield from self._changes(entry, window, known, reader)

    def _changes(
        self, entry: CatalogueObject, window: Window, known: Known, reader: FileReader
    ) -> Iterator[Page]:
        self.accepted, self.rejected, self.findings, self.refusals = {}, [], [], []
        expected, feed = self._expected(entry), self._feed(entry)
        # All of a file before any of it: it is landed whole or not at all.
        files, self._looked_up = self._looked_up, None
        if files is None:
            files = self._new_files(entry, window, known)
        read = self._check(entry, files, expected, reader)
        paths = {file.entry.path: checked for file, checked in read}
        rejected = [file.path for file in self.rejected]
        exports = FullExports(feed, bool(entry.key), known, paths, rejected)
        replaced: set[str] = set()
        if feed.mode == "full":
            reason, keys = exports.refusal()
            if reason:
                self.refusals.append(f"{reason}: {listed(entry, keys, expected)}".strip(": "))
            replaced = set() if entry.key else exports.replaced_files()
        elif entry.key:
            before = paths.keys() & known.files.keys()
            for path, had in sorted(known.keys_of_files(before).items()) if before else ():
                yield from _deleted(entry, had - paths[path].keys, path)
            if feed.mode is None:
                self.findings += keys_gone(entry, known, paths, expected)
        else:
            digests = {file.entry.path: (file.sha256, checked.table.rows) for file, checked in read}
            self.findings += came_twice(entry, known, digests)
        for file, checked in read:
            yield from self._pages(entry, file, checked, expected, file.entry.path in replaced)
            if feed.mode == "full":
                self.accepted[file.entry.path]["full"] = True
        for path in sorted(replaced - paths.keys()):
            yield Page([dict.fromkeys(expected.required) | {"_is_deleted": True}], source_file=path)
        if feed.mode == "full" and entry.key:
            for folder, gone in exports.deleted():
                yield from _deleted(entry, gone, folder)

    def _check(
        self,
        entry: CatalogueObject,
        files: list[NewFile],
        expected: ExpectedColumns,
        reader: FileReader,
    ) -> list[tuple[NewFile, Checked]]:
        """Read files to their ends; those that are no clean tables are rejected."""
        clean, encoding = [], self._feed(entry).encoding
        for file in files:
            name = file.entry.path
            try:
                table = reader.read(self.root / name, expected, encoding)
                is_workbook = name.lower().endswith(WORKBOOK_ENDINGS)
                numbers = DecimalSign(expected.numbers, expected.money, is_workbook, table.written)
                for records in table.chunks():
                    numbers.see(records)
                checked = Checked(table, numbers, numbers.decided(self.root / name))
            except UnreadableFile as error:
                logger.warning("files / %s: %s is rejected: %s", entry.object, name, error.reason)
                stamp = _stamp(file.entry)
                self.rejected.append(
                    RejectedFile(name, file.sha256, error.reason, error.what_to_do, stamp)
                )
                continue
            self.findings += (of_remark(entry, name, remark) for remark in table.remarks)
            if entry.key:
                checked.keys = {_key(entry, row) for chunk in table.chunks() for row in chunk}
            clean.append((file, checked))
        return clean

    def _pages(
        self,
        entry: CatalogueObject,
        file: NewFile,
        checked: Checked,
        expected: ExpectedColumns,
        is_replaced: bool,
    ) -> Iterator[Page]:
        name = file.entry.path
        path = self.root / name
        if not is_replaced:
            for records in checked.chunks():
                yield Page(records, source_file=name)
        if not entry.key and (is_replaced or not checked.table.rows):
            # It replaces its earlier rows by none: that has to be seen after the load too.
            nothing = dict.fromkeys(expected.required) | {"_is_deleted": True}
            yield Page([nothing], source_file=name)
        status = path.stat()
        if (status.st_size, status.st_mtime_ns) != (file.entry.size, file.entry.mtime_ns):
            raise SourceError(
                "files", entry.object, f"{name} changed while it was read", "run again"
            )
        notes = {"sha256": file.sha256, **_stamp(file.entry), "rows": checked.table.rows}
        notes["drop"] = str(drop_day(name.split("/")[1]))
        self.accepted[name] = notes
        if checked.sign == ",":
            notes["decimal_sign"] = checked.sign
        if checked.table.total_row:
            notes["total_row"] = checked.table.total_row
        if checked.table.written:
            notes["written"] = checked.table.written


def _key(entry: CatalogueObject, record: dict[str, str | None]) -> Key:
    return tuple((record.get(name) or "").strip(" ") for name in entry.key)


def _deleted(entry: CatalogueObject, keys: set[Key], place: str) -> Iterator[Page]:
    """Deleted rows of keys, in chunks."""
    ordered = sorted(key for key in keys if all(key))
    for start in range(0, len(ordered), DELETED_CHUNK):
        chunk = ordered[start : start + DELETED_CHUNK]
        records = [dict(zip(entry.key, key, strict=True)) | {"_is_deleted": True} for key in chunk]
        yield Page(records, source_file=place)


def _drop(file: Entry) -> str:
    return drop_order(file.path.split("/")[1])


def _is_as_known(file: Entry, notes: dict[str, Any]) -> bool:
    return all(notes.get(name) == value for name, value in _stamp(file).items())


def _stamp(file: Entry) -> dict[str, int]:
    return {"size": file.size, "mtime_ns": file.mtime_ns}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
