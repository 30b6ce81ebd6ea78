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
    "let the first row name the columns, those of the entity (docs/tenant.md) / "
    "1行目を見出しにし、列名をエンティティの列名（docs/tenant.md）に合わせてください"
)


def clean_name(cell: str) -> str:
    """A column's name as it is read: without spaces at its ends, line breaks and characters that nobody sees."""
    return " ".join(INVISIBLE.sub("", cell).split())


def fold_name(cell: str) -> str:
    """A column's name as it is compared with those of the contract: half width, lower case."""
    return unicodedata.normalize("NFKC", clean_name(cell)).lower()


def find_header(
    path: Path, rows: Sequence[tuple[int, list[str]]], expected: ExpectedColumns
) -> tuple[int, list[str]]:
    """Which of a file's first rows is the header, and its names.

    Args:
        path: the file.
        rows: (number, cells) of its first rows that are not empty.
        expected: what the contract says; without required columns the first row is the header.

    Returns:
        The header's place in ``rows``, and its names: a name of the contract as it is spelled there.

    Raises:
        UnreadableFile: there is none, or it cannot be one.
    """
    if not rows:
        raise UnreadableFile(
            path,
            "it has no header row, only empty rows / 見出し行がなく、空の行だけです",
            ONE_HEADER,
        )
    known = {fold_name(name): name for name in (*expected.columns, *expected.required)}
    required = {fold_name(name) for name in expected.required}
    named = [{fold_name(cell) for cell in cells} for _, cells in rows]
    fitting = [len(names & required) for names in named]
    place = fitting.index(max(fitting))
    number, cells = rows[place]
    if required and not named[place] & known.keys():
        raise _no_header(path, rows[0], expected)
    names = [known.get(fold_name(cell), clean_name(cell)) for cell in cells]
    while names and not names[-1]:
        names.pop()
    _check_names(path, number, names, [clean_name(cell) for cell in cells], expected)
    return place, names


def columns_not_read(names: Sequence[str], expected: ExpectedColumns) -> Remark | None:
    """What is said of unknown columns that seem to be meant: misspelled ones, and a currency where none is read.

    Args:
        names: the header.
        expected: what the contract says of the columns.
    """
    lacking = {_squeezed(column): column for column in expected.columns if column not in names}
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
    return UnreadableFile(
        path,
        f"no row names its columns: {', '.join(expected.required)} are required, row {row[0]} has "
        f"{', '.join(form[0] for form in forms)[:SHOWN_NAMES]} / "
        f"見出し行がありません：{', '.join(expected.required)} が必要ですが、{row[0]}行目は"
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
    doubled = sorted({n for n, f in zip(written, folded, strict=False) if folded.count(f) > 1})
    if doubled:
        shown = ", ".join(doubled)[:SHOWN_NAMES]
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
    missing = ", ".join(name for name in expected.required if name not in names)
    if missing:
        shown = ", ".join(filter(None, written))[:SHOWN_NAMES]
        raise UnreadableFile(
            path,
            f"required columns are missing: {missing} (row {number} has {shown}) / "
            f"必須の列がありません：{missing}（{number}行目にあるのは {shown}）",
            "rename the columns that hold them, or add them / 列名を直すか、列を足してください",
        )
