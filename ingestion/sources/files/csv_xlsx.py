"""Reads a CSV or XLSX file that a person or another system made, as rows of text.

Nothing is guessed and nothing repaired: a file that is not a clean table is refused as a whole.
"""

import csv
import logging
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils.datetime import from_excel

from ingestion.text_table import RESERVED_COLUMNS

logger = logging.getLogger(__name__)

CHUNK_ROWS = 20_000
TOTAL_WORDS = frozenset(
    {"合計", "総合計", "総計", "小計", "計", "total", "grandtotal", "subtotal", "sum"}
)
DELIMITERS = (",", ";", "\t")
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Bytes without a character in Shift_JIS, which Python's codec lets pass as these.
UNASSIGNED_CP932 = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
# Three-byte characters in UTF-8; other encodings' bytes look like them once in a while only.
JAPANESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
# Excel's calendar ends with the year 9999.
LAST_DAY_NUMBER = 2_958_465
# What openpyxl lets through when a workbook is damaged (ParseError is a SyntaxError).
WORKBOOK_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
)
# The default of 128 KB is less than one long support ticket.
csv.field_size_limit(64 * 1024 * 1024)

Rows = Iterator[tuple[int, list[str]]]


class UnreadableFile(Exception):
    """A dropped file is not a clean table.

    Args:
        path: the file.
        reason: what is wrong with it and where, in words its sender understands.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path.name}: {reason}")


def read_records(
    path: Path,
    required: list[str],
    dates: Sequence[str] = (),
    totals: list[list[str]] | None = None,
) -> Iterator[list[dict[str, str | None]]]:
    """Read a file as records of text, an empty cell being None.

    A total row at the end (合計, Total …) is no record: it lacks what a record must have.

    Args:
        path: a ``.csv`` (comma, semicolon or tab) or ``.xlsx`` (first visible sheet).
        required: columns the file must have.
        dates: columns that hold dates: a plain number there is Excel's day number.
        totals: gets the total row, if there is one.

    Yields:
        Chunks of at most CHUNK_ROWS records; rows whose cells are all empty are left out.

    Raises:
        UnreadableFile: see there; may come after some chunks.
    """
    rows = ((n, row) for n, row in _rows(path, dates) if any(row))
    header = _header(path, next(rows, (0, []))[1], required)
    width = len(header)
    chunk = []
    for number, row, is_last in _with_end(rows):
        if is_last and _is_total(header, row, required):
            if totals is not None:
                totals.append(row)
            break
        if [cell.strip() for cell in row[:width]] == header:
            raise UnreadableFile(path, f"row {number} is the header once more: two files in one?")
        if len(row) < width or any(row[width:]):
            raise UnreadableFile(path, f"row {number} has {len(row)} columns, the header {width}")
        chunk.append({name: cell or None for name, cell in zip(header, row, strict=False)})
        if len(chunk) == CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def check_formulas(path: Path) -> None:
    """Raise UnreadableFile if a workbook's formulas were never calculated: they read as empty."""
    if path.suffix.lower() != ".xlsx":
        return
    formulas = {
        cell.coordinate
        for row in _xlsx_cells(path, data_only=False)
        for cell in row
        if cell.data_type == "f"
    }
    if not formulas:
        return
    values = (cell for row in _xlsx_cells(path, data_only=True) for cell in row)
    filled = (cell for cell in values if cell.value is not None)
    if not any(cell.coordinate in formulas for cell in filled):
        raise UnreadableFile(path, "its formulas hold no results; open and save it in Excel")


def _with_end(rows: Rows) -> Iterator[tuple[int, list[str], bool]]:
    """Each row with whether it is the last one."""
    held = next(rows, None)
    while held:
        following = next(rows, None)
        yield *held, following is None
        held = following


def _is_total(header: list[str], row: list[str], required: list[str]) -> bool:
    """Whether a file's last row adds the others up: it says so first, and is short of cells."""
    first = next(cell for cell in row if cell)
    if re.sub(r"[\s::]", "", unicodedata.normalize("NFKC", first)).lower() not in TOTAL_WORDS:
        return False
    cells = dict(zip(header, row, strict=False))
    return len(row) < len(header) or any(not cells.get(name) for name in required)


def _rows(path: Path, dates: Sequence[str]) -> Rows:
    kind = path.suffix.lower()
    if kind == ".csv":
        return _csv_rows(path)
    if kind == ".xlsx":
        return _xlsx_rows(path, dates)
    raise UnreadableFile(path, f"{kind or 'no ending'} is neither .csv nor .xlsx")


def _header(path: Path, cells: list[str], required: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UnreadableFile(path, "has no header row")
    if any("\0" in name for name in names):
        raise UnreadableFile(path, "column names hold NUL; UTF-16 needs a byte order mark")
    if "" in names:
        raise UnreadableFile(
            path, f"column {names.index('') + 1} has no name (a merged header cell?)"
        )
    # The warehouse's column names do not tell upper from lower case.
    folded = [name.lower() for name in names]
    doubled = sorted({n for n, f in zip(names, folded, strict=True) if folded.count(f) > 1})
    if doubled:
        raise UnreadableFile(path, f"columns of the same name: {', '.join(doubled)}")
    reserved = [name for name in names if name.lower() in RESERVED_COLUMNS]
    if reserved:
        raise UnreadableFile(path, f"column names we use ourselves: {', '.join(reserved)}")
    missing = [name for name in required if name not in names]
    if missing:
        raise UnreadableFile(
            path,
            f"required columns are missing: {', '.join(missing)} (it has {', '.join(names)[:200]})",
        )
    return names


def _csv_rows(path: Path) -> Rows:
    number = 0
    with path.open(encoding=_encoding(path), newline="") as file:
        try:
            widths = {}
            for delimiter in DELIMITERS:
                widths[delimiter] = len(next(csv.reader(file, delimiter=delimiter), []))
                file.seek(0)
            reader = csv.reader(file, delimiter=max(widths, key=widths.get), strict=True)
            for number, row in enumerate(reader, 1):
                yield number, row
        except csv.Error as error:
            raise UnreadableFile(path, f"row {number + 1}: {error}") from error


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(3)
    marked = [name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)]
    for encoding in marked or ["utf-8", "cp932"]:
        if encoding == "cp932" and _is_broken_utf8(path):
            raise UnreadableFile(path, "its UTF-8 characters are damaged or cut off")
        if _is_decodable(path, encoding):
            return encoding
    wanted = marked[0] if marked else "UTF-8 or Shift_JIS (cp932)"
    raise UnreadableFile(path, f"its characters are not {wanted}")


def _is_decodable(path: Path, encoding: str) -> bool:
    with path.open(encoding=encoding, newline="") as file:
        try:
            while text := file.read(1 << 20):
                if encoding == "cp932" and UNASSIGNED_CP932.search(text):
                    return False
        except UnicodeError:
            return False
    return True


def _is_broken_utf8(path: Path) -> bool:
    """Whether bytes that are not UTF-8 nearly are: as cp932 they would be read as other characters."""
    whole = broken = 0
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        while text := file.read(1 << 20):
            broken += text.count("\ufffd")
            whole += len(JAPANESE.findall(text))
    return whole > broken


def _xlsx_rows(path: Path, dates: Sequence[str]) -> Rows:
    width, header = 0, []
    for number, cells in enumerate(_xlsx_cells(path, data_only=True), 1):
        row = [_shown(cell) for cell in cells]
        if header:
            for index, cell in enumerate(cells[: len(header)]):
                if header[index] in dates and cell.data_type == "n" and cell.value is not None:
                    row[index] = _day_number(cell, row[index])
        elif any(row):
            header = [name.strip() for name in row]
        # Cells behind the last filled one are not stored.
        width = max(width, len(row))
        yield number, row + [""] * (width - len(row))


def _xlsx_cells(path: Path, data_only: bool) -> Iterator[tuple[Any, ...]]:
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=data_only)) as book:
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if not visible:
                raise UnreadableFile(path, "has no visible sheet")
            if len(visible) > 1:
                logger.warning("%s: only sheet %s is read", path.name, visible[0].title)
            # Some programs store a wrong extent of the sheet, which would cut it off.
            visible[0].reset_dimensions()
            yield from visible[0].iter_rows()
    except WORKBOOK_ERRORS as error:
        raise UnreadableFile(path, f"is not a readable workbook ({error})") from error


def _shown(cell: Any) -> str:
    """A cell's text as Excel shows it, dates in ISO form."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime) and is_datetime(cell.number_format) == "date":
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    return str(value)


def _day_number(cell: Any, shown: str) -> str:
    """A date cell that has lost its format, as the date it stands for; anything else as it is shown."""
    if isinstance(cell.value, bool) or not 1 <= cell.value <= LAST_DAY_NUMBER:
        return shown
    moment = from_excel(cell.value, cell.parent.parent.epoch)
    if isinstance(moment, time):
        return shown
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat()


def _number(value: float, number_format: str) -> str:
    template = re.sub(r'[\\"]', "", number_format)
    if re.fullmatch(r"0[0-]*0", template) and value >= 0 and value == int(value):
        # Codes such as 00123 and 150-0001 are numbers to Excel.
        digits = iter(str(int(value)).zfill(template.count("0")))
        if value < 10 ** template.count("0"):
            return "".join(next(digits) if mark == "0" else mark for mark in template)
    # Excel itself keeps 15 digits; the rest is noise of binary fractions.
    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
