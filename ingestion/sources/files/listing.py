"""What lies below a drop root: the files that are due, and a finding for everything that stands where none is read."""

import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from ingestion.catalogue import CatalogueObject, area_of_entity, objects_of
from ingestion.sources.files.names import (
    drop_day,
    drop_order,
    is_document,
    is_entity_folder,
    is_passed_over,
    readable_name,
)
from runtime.findings import Finding, FindingSeverity

# A drop of a day to come waits for it; one further away from today than this is a slip of the pen.
LONGEST_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class Entry:
    """A file, a folder or something else below the drop root.

    Attributes:
        path: below the root, with ``/``.
        size, mtime_ns: of a file.
    """

    path: str
    kind: Literal["file", "folder", "link", "other"]
    size: int = 0
    mtime_ns: int = 0

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def folder(self) -> str:
        """The drop folder it lies in: ``<entity>/<date>``."""
        return "/".join(self.path.split("/")[:2])


class DropTree:
    """The tree below a drop root.

    Args:
        entries: what lies in a folder (a path below the root; the root is empty); raises PermissionError.

    Attributes:
        findings: what was passed over by the calls so far.
    """

    def __init__(self, entries: Callable[[str], list[Entry]]) -> None:
        self._entries = entries
        self.findings: list[Finding] = []

    def entities(self) -> list[str]:
        """Names of the entities' folders, known ones or not."""
        tables = {entry.table: entry.object for entry in objects_of(systems=["files"])}
        known = set(tables.values())
        found = []
        # of two names that differ in capitals only, the plainer one is read
        for entry in sorted(self._usable(""), key=lambda e: (e.name != e.name.lower(), e.name)):
            if entry.kind == "file":
                self._find_misplaced([entry], entry.path, _expected(entry))
            elif not is_entity_folder(entry.name):
                self._find_folder(
                    "folder_name_unusable",
                    entry,
                    "A folder of this name cannot be a table: letters, digits, spaces and _ - . ( ) up to 120 bytes.",
                    "この名前のフォルダーは読み込めません（使える文字は文字・数字・空白・_ - . ( )）。",
                    _known_name(entry.name, known),
                )
            elif (owner := tables.setdefault(_table(entry.name), entry.name)) != entry.name:
                self._find_folder(
                    "folder_name_taken",
                    entry,
                    f"Its name differs from {owner} in capitals or underscores only, and would be the same table.",
                    f"{owner} と大文字・小文字等しか違わないため読み込まれません。",
                    owner,
                )
            else:
                found.append(entry.name)
                if entry.name not in known:
                    self._find_unknown(entry, _known_name(entry.name, known))
        return sorted(found)

    def files(self, entity: str, zone: ZoneInfo, end: datetime, today: date) -> list[Entry]:
        """The entity's files whose day has ended by ``end`` in ``zone``, by drop and then by path."""
        last_day = end.astimezone(zone).date() - timedelta(days=1)
        due = []
        for entry in self._usable(entity):
            day, expected = drop_day(entry.name), _expected(entry)
            if entry.kind == "file":
                self._find_misplaced([entry], entry.path, expected)
            elif day is None:
                self._find_misplaced(list(self._below(entry.path)), entry.path, expected)
            elif day <= last_day:
                due += self._below(entry.path)
            elif day - max(last_day, today) > LONGEST_WAIT:
                self._find_misplaced(list(self._below(entry.path)), entry.path, expected)
        return sorted(due, key=lambda e: (drop_order(e.path.split("/")[1]), e.path))

    def _below(self, folder: str) -> Iterator[Entry]:
        """Every file below a folder."""
        for entry in self._usable(folder):
            if entry.kind == "file":
                yield entry
            else:
                yield from self._below(entry.path)

    def _usable(self, folder: str) -> list[Entry]:
        """Files and folders in a folder; whatever else is there and is not hidden is a finding."""
        usable = []
        try:
            entries = self._entries(folder)
        except PermissionError:
            self._find(
                "folder_unreadable",
                folder,
                "The folder may not be read.",
                "フォルダーを読み取る権限がありません。",
                "give the warehouse's user the right to read it / 読み取り権限を付けてください。",
            )
            return []
        for entry in entries:
            if is_passed_over(entry.path):
                continue
            shown = readable_name(entry.path)
            if shown != entry.path:
                self._find(
                    "name_unreadable",
                    shown,
                    "Its name is not UTF-8, or holds control characters; nothing of it is read.",
                    "名前がUTF-8でない（または制御文字を含む）ため読み込まれません。",
                    "rename it (a ZIP made by Windows is unpacked with the names' encoding, unzip -O cp932) / "
                    "名前を直して置き直してください。",
                )
            elif entry.kind in ("file", "folder"):
                usable.append(entry)
            else:
                what = "A symbolic link" if entry.kind == "link" else "What is no regular file"
                self._find(
                    "link_passed_over" if entry.kind == "link" else "special_file",
                    entry.path,
                    f"{what} is not followed.",
                    "リンクや特殊ファイルは読み込まれません。",
                    "put the file itself there / ファイルそのものを置いてください。",
                    severity=_severity(entry),
                )
        return usable

    def _find_misplaced(self, files: list[Entry], place: str, expected: str) -> None:
        for file in files:
            self._find(
                "file_misplaced",
                place,
                f"No file is read in this place; expected is {expected}",
                f"この場所のファイルは読み込まれません。正しい場所は {expected}",
                "move it there; the date may be 2026-06-29, 20260629, 2026_06_29 or 2026.06.29, of a day not far ahead "
                "/ 正しい場所へ移してください。",
                severity=_severity(file),
                key="" if place == file.path else file.path[len(place) + 1 :],
            )

    def _find_folder(self, rule: str, folder: Entry, message: str, japanese: str, to: str) -> None:
        for file in self._below(folder.path):
            self._find(
                rule,
                folder.path,
                message,
                japanese,
                f"rename it{f' to {to}' if to else ''} / フォルダー名を{f' {to} に' if to else ''}直してください。",
                severity=_severity(file),
                key=file.path[len(folder.path) + 1 :],
            )

    def _find_unknown(self, folder: Entry, meant: str) -> None:
        self._find(
            "unknown_entity",
            folder.path,
            "No known entity: it lands raw and is in no model.",
            "未知のエンティティのため、生データとして保存するだけでモデルには含まれません。",
            f"rename it to {meant} if that is meant / {meant} のつもりであれば名前を直してください。"
            if meant
            else "rename it if an entity is meant (docs/tenant.md lists them) / "
            "既存のエンティティを指す場合は名前を直してください。",
            severity="incomplete" if meant else "warn",
        )

    def _find(
        self,
        rule: str,
        place: str,
        message: str,
        japanese: str,
        what_to_do: str,
        severity: FindingSeverity = "incomplete",
        key: str = "",
    ) -> None:
        entity = place.split("/", 1)[0] if "/" in place else ""
        self.findings.append(
            Finding(
                rule=rule,
                source="files",
                object=entity,
                message=f"{message} / {japanese}",
                what_to_do=what_to_do,
                severity=severity,
                place=place,
                key=key,
            )
        )


def local_entries(root: Path, folder: str) -> list[Entry]:
    """What lies in a folder of this machine.

    Raises:
        PermissionError: it may not be read.
    """
    path = root / folder
    if not path.is_dir():
        return []
    with os.scandir(path) as found:
        return [_local_entry(folder, entry) for entry in found]


def kind_of(mode: int) -> Literal["file", "folder", "link", "other"]:
    """What a file's mode says it is."""
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "other"


def _local_entry(folder: str, entry: os.DirEntry) -> Entry:
    status = entry.stat(follow_symlinks=False)
    path = f"{folder}/{entry.name}" if folder else entry.name
    return Entry(path, kind_of(status.st_mode), status.st_size, status.st_mtime_ns)


def _severity(entry: Entry) -> FindingSeverity:
    return "warn" if entry.kind == "file" and is_document(entry.name) else "incomplete"


def _table(name: str) -> str:
    return CatalogueObject(
        source="files", object=name, area=area_of_entity(name), mode="file_drop"
    ).table


def _known_name(name: str, known: set[str]) -> str:
    """The entity that a folder's name comes close to, if any."""
    close = get_close_matches(unicodedata.normalize("NFKC", name).lower(), known, n=1, cutoff=0.7)
    return close[0] if close else ""


def _expected(entry: Entry) -> str:
    """Where a file belongs that lies in the wrong place, or in a folder of a wrong name, as far as it tells."""
    known = {known.object for known in objects_of(systems=["files"])}
    parts = entry.path.split("/")
    entity = next((part for part in parts if part in known), "")
    entity = entity or next((meant for part in parts if (meant := _known_name(part, known))), "")
    day = next((day for part in parts if (day := _date_in(part))), "YYYY-MM-DD")
    return f"{entity or '<entity>'}/{day}/{entry.name if entry.kind == 'file' else '<file>'}"


def _date_in(name: str) -> str:
    """A date that stands somewhere in a folder's name, as it should be written; empty if there is none."""
    text = unicodedata.normalize("NFKC", name)
    found = re.search(r"(20\d\d)\D{0,2}(\d\d?)\D{0,2}(\d\d?)", text)
    written = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else ""
    return written if drop_day(written) else ""
