"""The header of a dropped file: which row it is, and the names it gives."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from ingestion.sources.files import limits
from ingestion.sources.files.unreadable import Remark, UnreadableFile, form_of, too_much
from runtime.records import RESERVED_COLUMNS, ExpectedColumns

# A header is looked for in so many rows that are not empty; what stands above it is a title.
HEAD_ROWS = 20
# Nobody sees them: soft hyphens, zero-width spaces and joiners, marks of direction, variation selectors.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
SHOWN_NAMES = 200
# A column that decides what amounts are worth, whatever entity it is put into.
WORTH = ("currency", "currencyisocode", "通貨", "通貨コード")
# How like a column of the contract that the file lacks a name is (0 to 1): end_dt is end_date.
LIKE = 0.8
ONE_HEADER = (
    "let the first row name the columns, those of the entity (docs/tenant.md, `make template OUT=folder`) / "
    "1行目を見出しにし、列名をエンティティの列名（docs/tenant.md、`make template OUT=folder`）に合わせてください"
)


def clean_name(cell: str) -> str:
    """A column's name as it is read: without spaces at its ends, line breaks and characters that nobody sees."""
    return " ".join(INVISIBLE.sub("", cell).split())


def fold_name(cell: str) -> str:
    """A column's name as it is compared with those of the contract: half width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", clean_name(cell)).lower().split())


def known_names(expected: ExpectedColumns) -> dict[str, str]:
    """What a header may call a column (`fold_name`) → the column."""
    columns = (*expected.columns, *expected.required)
    titles = {fold_name(name): c for c, names in expected.titles.items() for name in names}
    return titles | {fold_name(column): column for column in columns}


def find_header(
    path: Path, rows: Sequence[tuple[int, list[str]]], expected: ExpectedColumns
) -> tuple[int, list[str], list[str]]:
    """Which of a file's first rows is the header, and its names.

    Args:
        path: the file.
        rows: (number, cells) of its first rows that are not empty.
        expected: what the contract says; without required columns the first row is the header.

    Returns:
        The header's place in ``rows``; the names of its columns, those of the contract as they are spelled there;
        and the same as they are written in the file.

    Raises:
        UnreadableFile: there is none, or it cannot be one.
    """
    if not rows:
        raise UnreadableFile(
            path,
            "it has no header row, only empty rows / 見出し行がなく、空の行だけです",
            ONE_HEADER,
        )
    known, required = known_names(expected), set(expected.required)
    named = [{known.get(fold_name(cell)) for cell in cells} for _, cells in rows]
    fitting = [len(names & required) for names in named]
    place = fitting.index(max(fitting))
    number, cells = rows[place]
    if required and named[place] == {None}:
        raise _no_header(path, rows[0], expected)
    written = [clean_name(cell) for cell in cells]
    while written and not written[-1]:
        written.pop()
    names = [known.get(fold_name(name), name) for name in written]
    _check_names(path, number, names, written, expected)
    return place, names, written


def columns_not_read(names: Sequence[str], expected: ExpectedColumns) -> Remark | None:
    """What is said of unknown columns that seem to be meant: misspelled ones, and a currency where none is read.

    Args:
        names: the header.
        expected: what the contract says of the columns.
    """
    missing = [column for column in expected.columns if column not in names]
    lacking = {_squeezed(t): t for c in missing for t in (*expected.titles.get(c, ()), c)}
    meant = []
    for name in (name for name in names if expected.columns and name not in expected.columns):
        close = get_close_matches(_squeezed(name), lacking, 1, LIKE)
        if close or fold_name(name) in WORTH:
            meant.append(f"{name} ({lacking[close[0]]}?)" if close else name)
    if not meant:
        return None
    shown = ", ".join(meant)[:SHOWN_NAMES]
    return Remark(
        "column_not_read",
        f"columns that the entity does not have are not read: {shown} / 項目にない列は読み込みません：{shown}",
        "rename them as the entity's columns are named; a currency stands with the amount it is of / "
        "列名をエンティティの列名に直してください。通貨は金額と同じファイルに書いてください",
        len(meant),
    )


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold_name(name))


def _no_header(path: Path, row: tuple[int, list[str]], expected: ExpectedColumns) -> UnreadableFile:
    forms = [form_of(cell) for cell in row[1] if cell]
    required = ", ".join(map(expected.shown, expected.required))
    return UnreadableFile(
        path,
        f"no row names its columns: {required} are required, row {row[0]} has "
        f"{', '.join(form[0] for form in forms)[:SHOWN_NAMES]} / "
        f"見出し行がありません：{required} が必要ですが、{row[0]}行目は"
        f"{'、'.join(form[1] for form in forms)[:SHOWN_NAMES]}です",
        ONE_HEADER,
    )


def _check_names(
    path: Path, number: int, names: list[str], written: list[str], expected: ExpectedColumns
) -> None:
    if len(names) > limits.COLUMNS:
        raise too_much(path, "columns", "列数", limits.COLUMNS)
    if "" in names:
        column = names.index("") + 1
        raise UnreadableFile(
            path,
            f"column {column} of row {number} has no name (a merged header cell?) / "
            f"{number}行目の{column}列目に列名がありません（セルの結合？）",
            "give every column a name of its own / すべての列に列名を付けてください",
        )
    # The warehouse's column names do not tell upper from lower case.
    folded = [name.lower() for name in names]
    doubled = sorted({n for n, f in zip(written, folded, strict=True) if folded.count(f) > 1})
    if doubled:
        columns = dict(zip(written, names, strict=True))
        shown = ", ".join(_as_written(columns[name], name) for name in doubled)[:SHOWN_NAMES]
        raise UnreadableFile(
            path,
            f"columns of the same name: {shown} / 同じ列名があります：{shown}",
            "rename or leave out one of them / どちらかの列名を変えるか、列を除いてください",
        )
    reserved = ", ".join(name for name in names if name.lower() in RESERVED_COLUMNS)
    if reserved:
        raise UnreadableFile(
            path,
            f"column names we use ourselves: {reserved} / 使えない列名です：{reserved}",
            "rename them / 列名を変えてください",
        )
    missing = ", ".join(expected.shown(name) for name in expected.required if name not in names)
    if missing:
        shown = ", ".join(filter(None, written))[:SHOWN_NAMES]
        raise UnreadableFile(
            path,
            f"required columns are missing: {missing} (row {number} has {shown}) / "
            f"必須の列がありません：{missing}（{number}行目にあるのは {shown}）",
            "rename the columns that hold them, add them, or map them in tenant.yml (files: columns) / "
            "列名を直すか、列を足すか、tenant.yml の files: columns で対応付けてください",
        )


def _as_written(column: str, written: str) -> str:
    """A header as its sender wrote it, with the column that it is if that is called otherwise."""
    return written if fold_name(column) == fold_name(written) else f"{written} (= {column})"
