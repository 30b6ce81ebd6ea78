"""Rows of an Excel workbook's first visible sheet, its cells as the text that Excel shows."""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils.datetime import from_excel

from ingestion.sources.files import limits
from ingestion.sources.files.header import HEAD_ROWS, fold_name, known_names
from ingestion.sources.files.kinds import WITHOUT_PASSWORD, damaged
from ingestion.sources.files.unreadable import SAVE_AS_XLSX, Remark, UnreadableFile, too_much
from runtime.records import ExpectedColumns

AsDay = Callable[[int], str]
# The end of 2099, and 9999-12-31: other numbers are no days, 202606 is a month.
LAST_DAY_NUMBER, END_OF_TIME = 73_050, 2_958_465
# From here on Excel has thrown digits away, and shows that: 1.23456789012346E+15
FIRST_SHORTENED = 10**15
BLOCK = 1 << 20
END_OF_ROW = re.compile(rb"</(?:\w+:)?row>")
# A row with that mark and a cell that has a value.
HIDDEN_ROW = re.compile(
    rb"<(?:\w+:)?row\s[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*(?<!/)>(?:(?!<(?:\w+:)?row\s).)*<(?:\w+:)?(?:v|is)[\s>]",
    re.DOTALL,
)
# The sheet of a template (`make template`) that describes the columns.
DESCRIPTION_SHEET = "列の説明 Columns"


def workbook_rows(
    path: Path, remarks: list[Remark], expected: ExpectedColumns
) -> Iterator[tuple[int, list[str], AsDay]]:
    """Yield (number from 1, cells as text, what reads a cell of a date column) of each row.

    Args:
        path: the workbook.
        remarks: gets what is told of it.
        expected: what the contract says: another sheet with a header of its columns holds rows.

    Raises:
        UnreadableFile: it is damaged, protected or beyond a limit, or its formulas were never calculated.
    """
    _check_archive(path)
    _check_formulas(path)
    sheets = _cells(path, data_only=True, remarks=remarks, expected=expected)
    for number, cells in enumerate(sheets, 1):
        shown = [_shown(cell) for cell in cells]
        yield number, shown, partial(_as_day, cells, shown)


def _as_day(cells: Sequence[Any], texts: Sequence[str], index: int) -> str:
    """A date cell that has lost its format, as the date it stands for; anything else as it is shown."""
    cell, shown = cells[index], texts[index]
    if cell.data_type != "n" or cell.value is None:
        return shown
    number = cell.value
    if isinstance(number, bool) or not (1 <= number <= LAST_DAY_NUMBER or number == END_OF_TIME):
        return shown
    moment = from_excel(cell.value, cell.parent.parent.epoch)
    if isinstance(moment, time):
        return shown
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat()


def _check_archive(path: Path) -> None:
    """Raise UnreadableFile if a workbook unpacks to too much, or holds what Excel never writes."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise UnreadableFile(
                    path,
                    "it is protected by a password / パスワードで保護されています",
                    WITHOUT_PASSWORD,
                )
            if sum(member.file_size for member in members) > limits.UNPACKED_BYTES:
                raise too_much(path, "bytes unpacked", "展開後のバイト数", limits.UNPACKED_BYTES)
            for member in members:
                with archive.open(member) as file:
                    # Entities that stand for more entities grow without end.
                    if b"<!DOCTYPE" in file.read(1024):
                        raise ValueError("DOCTYPE")
    except UnreadableFile:
        raise
    except Exception as error:
        raise damaged(path, error) from error


def _check_formulas(path: Path) -> None:
    """Raise UnreadableFile if a workbook's formulas were never calculated: they read as empty."""
    formulas = {
        cell.coordinate
        for row in _cells(path, data_only=False)
        for cell in row
        if cell.data_type == "f"
    }
    if not formulas:
        return
    values = (cell for row in _cells(path, data_only=True) for cell in row)
    filled = (cell for cell in values if cell.value is not None)
    if not any(cell.coordinate in formulas for cell in filled):
        raise UnreadableFile(
            path,
            "its formulas hold no results / 数式の計算結果が保存されていません",
            SAVE_AS_XLSX,
        )


def _cells(
    path: Path,
    data_only: bool,
    remarks: list[Remark] | None = None,
    expected: ExpectedColumns | None = None,
) -> Iterator[tuple[Any, ...]]:
    try:
        # Opened here: openpyxl goes by the ending of a name.
        with (
            path.open("rb") as file,
            closing(openpyxl.load_workbook(file, read_only=True, data_only=data_only)) as book,
        ):
            visible = [
                sheet
                for sheet in book.worksheets
                if sheet.sheet_state == "visible" and sheet.title != DESCRIPTION_SHEET
            ]
            if not visible:
                raise UnreadableFile(
                    path,
                    "it has no visible sheet / 表示されているシートがありません",
                    "show the sheet with the rows / データのあるシートを表示してください",
                )
            if remarks is not None and expected and len(visible) > 1:
                has_rows = any(_has_header(sheet, expected) for sheet in visible[1:])
                remarks.append(_other_sheets([sheet.title for sheet in visible], has_rows))
            if remarks is not None and (hidden := _hidden_rows(path, visible[0]._worksheet_path)):
                remarks.append(_hidden(hidden))
            # Some programs store a wrong extent of the sheet, which would cut it off.
            visible[0].reset_dimensions()
            for number, cells in enumerate(visible[0].iter_rows(), 1):
                # Rows between two that are stored are filled up, however far apart their numbers are.
                if number > limits.EXCEL_ROWS:
                    raise too_much(path, "rows", "行数", limits.EXCEL_ROWS)
                yield cells
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # openpyxl lets through whatever a damaged workbook leads to
        raise damaged(path, error) from error


def _hidden_rows(path: Path, member: str) -> int:
    """How many rows of a sheet (a file of the archive) hold something and are hidden, by hand or by a filter."""
    count, left = 0, b""
    with zipfile.ZipFile(path) as archive, archive.open(member.lstrip("/")) as file:
        while block := file.read(BLOCK):
            *rows, left = END_OF_ROW.split(left[-4 * BLOCK :] + block)
            count += sum(bool(HIDDEN_ROW.search(row)) for row in rows if b"hidden" in row)
    return count


def _hidden(rows: int) -> Remark:
    return Remark(
        "hidden_rows_read",
        f"{rows} rows that are hidden or filtered out are read like all others / "
        f"非表示または絞り込みで隠れた{rows}行も読み込みました",
        "if they are not to count, delete them and drop the file again under its name / "
        "不要な行であれば削除し、同じ名前で置き直してください",
        rows,
        is_of_form=False,
    )


def _has_header(sheet: Any, expected: ExpectedColumns) -> bool:
    """Whether one of a sheet's first rows names what an entity's rows must have."""
    required, known = set(expected.required), known_names(expected)
    rows = sheet.iter_rows(max_row=HEAD_ROWS, values_only=True)
    names = ({known.get(fold_name(str(cell))) for cell in row} for row in rows)
    return bool(required) and any(required <= found for found in names)


def _other_sheets(titles: list[str], has_rows: bool) -> Remark:
    others = ", ".join(titles[1:])[:200]
    return Remark(
        "sheets_left_out",
        f"only the first visible sheet is read ({titles[0]}), not {others} / "
        f"読み込むのは先頭のシート（{titles[0]}）だけです。未読：{others}",
        "if they hold rows, drop each as a file of its own / データがあれば、シートごとにファイルを分けてください",
        len(titles) - 1,
        is_incomplete=has_rows,
    )


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


def _number(value: float, number_format: str) -> str:
    template = re.sub(r'[\\"]', "", number_format)
    if re.fullmatch(r"0[0-]*0", template) and value >= 0 and value == int(value):
        # Codes such as 00123 and 150-0001 are numbers to Excel.
        digits = iter(str(int(value)).zfill(template.count("0")))
        if value < 10 ** template.count("0"):
            return "".join(next(digits) if mark == "0" else mark for mark in template)
    if abs(value) >= FIRST_SHORTENED:
        return format(value, ".14E")
    # Excel itself keeps 15 digits; the rest is noise of binary fractions.
    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
