"""Reads a CSV or XLSX file that a person or another system made, as rows of text.

Nothing is guessed and nothing repaired: a file that is not a clean table is refused as a whole, and what is left
out of one that is read (a title, a total row) is told.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from ingestion.sources.files import limits
from ingestion.sources.files.csv_rows import QUOTES, csv_rows
from ingestion.sources.files.encodings import OddCells, euc_jp_too, find_encoding
from ingestion.sources.files.header import (
    HEAD_ROWS,
    columns_not_read,
    find_header,
    fold_name,
    known_names,
)
from ingestion.sources.files.kinds import is_workbook
from ingestion.sources.files.unreadable import Remark, UnreadableFile, form_of, too_much
from runtime.records import ExpectedColumns

CHUNK_ROWS = 20_000
END_OF_TEXT = "\x1a"  # what old systems write after the last row
TOTAL_WORDS = frozenset(
    {"合計", "総合計", "総計", "小計", "計", "total", "grandtotal", "subtotal", "sum"}
)

Record = dict[str, str | None]
Rows = Iterator[tuple[int, list[str], Callable[[int], str] | None]]


@dataclass
class Told:
    """What is to be said of a file that was read.

    Attributes:
        remarks: what of it was read otherwise than it stands there.
        total_row: cells of the total row that was left out; empty = there was none.
        written: column → its header, where that is another name.
    """

    remarks: list[Remark] = field(default_factory=list)
    total_row: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)


def read_records(
    path: Path, expected: ExpectedColumns, told: Told, encoding: str = ""
) -> Iterator[list[Record]]:
    """Read a file as records of text, an empty cell being None.

    Rows above the header are no records, nor is a total row at the end (合計, Total …), which lacks what a record
    must have.

    Args:
        path: a text file (comma, semicolon, tab or ``|``) or an Excel workbook (first visible sheet).
        expected: what the contract says of the columns; a plain number in a date column of a workbook is
            Excel's day number.
        told: gets what is to be said of the file.
        encoding: the encoding named for the feed's text files, empty if none is.

    Yields:
        Chunks of at most CHUNK_ROWS records; rows whose cells are all empty are left out.

    Raises:
        UnreadableFile: see there; may come after some chunks.
    """
    rows, encoding = _rows(path, expected, told, encoding)
    filled = (row for row in rows if any(row[1]))
    head = list(islice(filled, HEAD_ROWS))
    try:
        place, header, written = find_header(path, [row[:2] for row in head], expected)
    except UnreadableFile as error:
        raise (_of_first_sheet(error, told.remarks[0]) if told.remarks else error) from error
    pairs = zip(header, written, strict=True)
    told.written = {n: w for n, w in pairs if fold_name(n) != fold_name(w)}
    if place:
        told.remarks.append(_title(place, head[place][0]))
    unread = columns_not_read(header, expected)
    if unread:
        told.remarks.append(unread)
    odd = OddCells(encoding)
    chunk, count = [], 0
    records = _records(path, header, chain(head[place + 1 :], filled), expected, told)
    for count, (number, record) in enumerate(records, 1):
        if count == 1 and _names_columns(record, expected):
            told.remarks.append(_second_header(number))
        if count > limits.ROWS:
            raise too_much(path, "rows", "行数", limits.ROWS)
        odd.see(number, record)
        chunk.append(record)
        if len(chunk) == CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
    if odd.rows:
        told.remarks.append(odd.remark())
    if not count:
        told.remarks.append(_no_rows())


def _rows(path: Path, expected: ExpectedColumns, told: Told, encoding: str) -> tuple[Rows, str]:
    """The rows (number, cells, what reads a date cell of a workbook) and the encoding of a text file."""
    if is_workbook(path):
        # openpyxl takes longer to load than most text files to read
        from ingestion.sources.files.workbook_rows import workbook_rows

        return workbook_rows(path, told.remarks, expected), ""
    named, encoding = encoding, find_encoding(path, encoding)
    uncertain = euc_jp_too(path) if encoding == "cp932" and not named else None
    if uncertain:
        told.remarks.append(uncertain)
    columns = set(known_names(expected))
    return ((number, cells, None) for number, cells in csv_rows(path, encoding, columns)), encoding


def _records(
    path: Path, header: list[str], rows: Rows, expected: ExpectedColumns, told: Told
) -> Iterator[tuple[int, Record]]:
    width = len(header)
    folded = [fold_name(told.written.get(name, name)) for name in header]
    dates = [index for index, name in enumerate(header) if name in expected.dates]
    for number, cells, as_day, is_last in _with_end(rows):
        row = cells
        if as_day:
            # Cells behind the last filled one are not stored.
            row = cells + [""] * (width - len(cells))
            for index in (i for i in dates if i < len(cells)):
                row[index] = as_day(index)
        if is_last and row == [END_OF_TEXT] and width > 1:
            return
        if is_last and _is_total(header, row, expected.required):
            told.total_row = row
            told.remarks.append(_total(number))
            return
        if fold_name(row[0]) == folded[0] and [*map(fold_name, row[:width])] == folded:
            raise UnreadableFile(
                path,
                f"row {number} is the header once more: two files in one? / "
                f"{number}行目にもう一度見出しがあります（2つのファイルの連結？）",
                "drop them as two files, or take the second header out / "
                "ファイルを分けるか、2つ目の見出しを除いてください",
            )
        if len(row) < width or any(row[width:]):
            raise _ragged(path, number, row, width)
        if max(map(len, row)) > limits.CELL_CHARACTERS:
            most = limits.CELL_CHARACTERS
            raise too_much(path, "characters in a cell", "1セルの文字数", most, number)
        yield number, {name: cell or None for name, cell in zip(header, row, strict=False)}


def _with_end(rows: Rows) -> Iterator[tuple[int, list[str], Callable[[int], str] | None, bool]]:
    """Each row with whether it is the last one."""
    held = next(rows, None)
    while held:
        following = next(rows, None)
        yield *held, following is None
        held = following


def _names_columns(record: Record, expected: ExpectedColumns) -> bool:
    """Whether a row looks like a second header: words everywhere, of numbers and dates too, and no digit at all."""
    typed = [record.get(name) for name in (*expected.numbers, *expected.dates)]
    return (
        any(typed)
        and all(re.fullmatch(r"[^\W\d_]{2}.*", cell, re.DOTALL) for cell in typed if cell)
        and not re.search(r"\d", "".join(filter(None, record.values())))
    )


def _is_total(header: list[str], row: list[str], required: list[str]) -> bool:
    """Whether a file's last row adds the others up: it says so first, for an id or with too few cells."""
    place = next(number for number, cell in enumerate(row) if cell)
    first = unicodedata.normalize("NFKC", row[place])
    if re.sub(r"[\s::]", "", first).lower() not in TOTAL_WORDS:
        return False
    cells = dict(zip(header, row, strict=False))
    is_id = place < len(header) and header[place] in required and header[place].endswith("_id")
    return is_id or len(row) < len(header) or any(not cells.get(name) for name in required)


def _ragged(path: Path, number: int, row: list[str], width: int) -> UnreadableFile:
    english, japanese = form_of(next(cell for cell in row if cell))
    return UnreadableFile(
        path,
        f"row {number} has {len(row)} columns, the header {width}; it begins with {english} / "
        f"{number}行目は{len(row)}列ですが、見出しは{width}列です（行の最初は{japanese}）",
        QUOTES,
    )


def _of_first_sheet(error: UnreadableFile, others: Remark) -> UnreadableFile:
    """What is wrong with the first of several sheets: the rows may be in another one."""
    said = zip(error.reason.split(" / "), others.message.split(" / "), strict=False)
    return UnreadableFile(
        error.path,
        " / ".join(f"{reason} ({other})" for reason, other in said),
        "move the sheet with the rows to the front, or drop it as a file of its own / "
        "データのあるシートを先頭に移すか、別のファイルにしてください",
    )


def _title(rows: int, header: int) -> Remark:
    return Remark(
        "title_left_out",
        f"{rows} rows above the header in row {header} are left out / "
        f"見出し（{header}行目）より上の{rows}行は読み込みません",
        "let the header be the first row / 見出しを1行目にしてください",
        rows,
    )


def _second_header(number: int) -> Remark:
    return Remark(
        "second_header",
        f"row {number} looks like a second header and is read as a record / "
        f"{number}行目は2行目の見出しのようですが、データとして読み込みます",
        "take it out / その行を除いてください",
        is_of_form=False,
    )


def _total(number: int) -> Remark:
    return Remark(
        "total_row_left_out",
        f"the total in row {number} is left out / {number}行目の合計行は読み込みません",
        "nothing, unless it is a record: then fill its required columns / "
        "対応は不要です。データの行であれば、必須の列を埋めてください",
    )


def _no_rows() -> Remark:
    return Remark(
        "file_without_rows",
        "it has a header and no rows / 見出しだけで、データの行がありません",
        "see whether there was nothing to export / 出力するデータがなかったか確かめてください",
        0,
    )
