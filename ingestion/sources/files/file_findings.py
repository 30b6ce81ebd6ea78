"""What is said of the keys that a dropped file lacks, of its form, and of an upload that is not complete."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from ingestion.catalogue import CatalogueObject
from ingestion.sources.base import Known
from ingestion.sources.files.full_export import Checked, Key
from ingestion.sources.files.names import drop_order
from ingestion.sources.files.unreadable import Remark
from runtime.findings import SHOWN_KEYS, Finding
from runtime.records import ExpectedColumns

# A file that still has this share of the keys of the one before is taken for an export of everything.
SHARE_OF_AN_EXPORT = 0.5


def listed(entry: CatalogueObject, keys: set[Key], expected: ExpectedColumns) -> str:
    """Some of the keys, for a message; empty if they may not be shown."""
    shown = [_shown(entry, key, expected) for key in sorted(keys)[:SHOWN_KEYS]]
    return ", ".join(filter(None, shown)) + (" …" if len(keys) > SHOWN_KEYS else "")


def keys_gone(
    entry: CatalogueObject, known: Known, read: dict[str, Checked], expected: ExpectedColumns
) -> Iterator[Finding]:
    """Keys that a file lacks and the last one of its name in an earlier drop had.

    Only where most keys came again: the file is an export of everything then, not of what changed. Nobody has
    said so, hence the rows still count.
    """
    before = _predecessors({*known.files, *read}, read)
    on_the_lake = {path for path in before.values() if path not in read}
    had = known.keys_of_files(on_the_lake) if on_the_lake else {}
    for path, earlier in sorted(before.items()):
        keys = read[earlier].keys if earlier in read else had.get(earlier, set())
        gone = keys - read[path].keys
        if not gone or len(keys & read[path].keys) < SHARE_OF_AN_EXPORT * len(keys):
            continue
        for key in sorted(gone):
            yield Finding(
                rule="keys_gone_from_file",
                source=entry.source,
                object=entry.object,
                message=f"The file lacks rows that {earlier} had; they still count. / "
                f"{earlier} にあった行がありません。引き続き集計されています。",
                what_to_do=f"if each file holds everything, write files: {{{entry.object}: {{mode: full}}}} into "
                "tenant.yml; if it holds what changed, mode: changes / 全件ファイルなら tenant.yml に "
                "mode: full、差分ファイルなら mode: changes と書いてください。",
                place=path,
                key=_shown(entry, key, expected),
                key_hash=hashlib.md5(chr(31).join(key).encode()).hexdigest(),
            )


def of_remark(entry: CatalogueObject, path: str, remark: Remark) -> Finding:
    """What is said of a file that was read; of its form it is said of the object, so that the next file mends it."""
    english, _, japanese = remark.message.partition(" / ")
    return Finding(
        rule=remark.rule,
        source=entry.source,
        object=entry.object,
        message=f"The file was read otherwise than it stands there: {english} / "
        f"ファイルの一部はそのまま読み込まれていません：{japanese}",
        what_to_do=remark.what_to_do,
        severity="incomplete" if remark.is_incomplete else "warn",
        place="" if remark.is_of_form else path,
        key=path if remark.is_of_form else "",
        rows=remark.rows,
    )


def came_twice(
    entry: CatalogueObject, known: Known, read: Mapping[str, tuple[str, int]]
) -> Iterator[Finding]:
    """Files without keys that are the same as another one, byte for byte: one delivery under two names?

    Args:
        read: path → digest and number of rows of the files read now.
    """
    files = {path: str(notes.get("sha256")) for path, notes in known.files.items()}
    files |= {path: digest for path, (digest, _) in read.items()}
    first: dict[str, str] = {}
    for path in sorted(files, key=lambda path: (path in read, path)):
        other = first.setdefault(files[path], path)
        if other != path and path in read and read[path][1]:
            yield Finding(
                rule="file_came_twice",
                source=entry.source,
                object=entry.object,
                message=f"The file is the same as {other}, byte for byte; the rows of both count. / "
                f"{other} と同一の内容です。両方の行が集計されています。",
                what_to_do="if it is one delivery, drop this file again with nothing but its header / "
                "同じデータであれば、見出しだけのファイルを同じ名前で置き直してください。",
                place=path,
                rows=read[path][1],
            )


def unfinished_upload(path: str, reason: str) -> Finding:
    """A file that is left for the next run."""
    return Finding(
        rule="file_left_for_next_run",
        source="files",
        object=path.split("/", 1)[0],
        message=f"The file is left for the next run: {reason}. / ファイルは次回の実行で読み込みます。",
        what_to_do="run again when its upload is complete; a .done or .sha256 beside it says so / "
        "アップロード完了後に再実行してください。",
        severity="incomplete",
        place=path,
    )


def _predecessors(paths: Collection[str], of: Collection[str]) -> dict[str, str]:
    """The newest file of the same name in an earlier drop, for those that have one."""
    by_name: dict[str, list[tuple[str, str]]] = {}
    for path in paths:
        _, folder, name = path.split("/", 2)
        by_name.setdefault(name, []).append((drop_order(folder), path))
    found = {}
    for files in by_name.values():
        for (_, earlier), (_, path) in pairwise(sorted(files)):
            if path in of:
                found[path] = earlier
    return found


def _shown(entry: CatalogueObject, key: Key, expected: ExpectedColumns) -> str:
    return "" if set(entry.key) & set(expected.personal) else "/".join(key)
