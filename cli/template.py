"""`make template OUT=folder`: a tenant folder for a company with spreadsheets, one Excel template an entity.

The first sheet of a template has the entity's columns under their Japanese names and no row; the second describes
them, each with an example. It is not read as data, so that no example can be left among the rows.
"""

import argparse
import json
import os
import re
import sys
from datetime import date
from itertools import chain
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from rich.console import Console
from rich.markup import escape

from cli.command import exit_status
from expectations.contracts import Column, Contract, contract_for
from ingestion.catalogue import objects_of
from ingestion.sources.files.workbook_rows import DESCRIPTION_SHEET
from pipeline.codes import MEANINGS
from runtime.errors import StateError
from runtime.settings import PROJECT_ROOT

TEMPLATES = "templates"
LAST_ROW = 1_048_576
REQUIRED = PatternFill("solid", fgColor="FFE699")
# What Excel shows and takes a cell for, by what the column is read as; everything else is text: 00123 stays so.
FORMATS = {
    "date": "yyyy-mm-dd",
    "end_date": "yyyy-mm-dd",
    "birth_date": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm",
    "integer": "0",
    "number": "#,##0.####",
    "money": "#,##0.##",
    "amount": "#,##0.##",
    "rate": "0.####",
    "exchange_rate": "#,##0.########",
}
EXAMPLES = {
    "date": "2026-04-01",
    "end_date": "2027-03-31",
    "birth_date": "1980-04-01",
    "instant": "2026-04-01 09:30",
    "integer": "1",
    "number": "1",
    "money": "120000",
    "amount": "120000",
    "rate": "0.1",
    "exchange_rate": "150.25",
}
DESCRIBED = (
    "列名",
    "Column",
    "必須 Required",
    "記入例 Example",
    "選択肢 Choices",
    "説明 Description",
)
WIDTHS = (24, 26, 16, 26, 40, 100)


def write_templates(folder: Path) -> list[Path]:
    """Write ``templates/<entity>.xlsx`` for every entity of dropped files, and ``tenant.yml`` if there is none.

    Args:
        folder: of the tenant; created if it is not there.

    Returns:
        The templates.

    Raises:
        StateError: a template is there already, or the folder cannot be written.
    """
    root = folder / TEMPLATES
    try:
        root.mkdir(parents=True, exist_ok=True)
        if there := sorted(root.glob("*.xlsx")):
            raise StateError(
                f"{there[0]} is there already and may be filled in",
                f"give another OUT=, or move {root} away",
            )
        paths = []
        for entry in (entry for entry in objects_of() if entry.spec.is_file_drop):
            paths.append(root / f"{entry.object}.xlsx")
            template(contract_for(entry)).save(paths[-1])
        if not (folder / "tenant.yml").exists():
            (folder / "tenant.yml").write_text(_tenant(folder.resolve()), encoding="utf-8")
    except OSError as error:
        raise StateError(
            f"{error.filename}: {error.strerror}", "give OUT= a folder that you may write"
        ) from error
    return paths


def template(contract: Contract) -> Workbook:
    """An empty workbook for an entity's rows, with the description of its columns on a second sheet."""
    book = Workbook()
    rows, description = book.active, book.create_sheet(DESCRIPTION_SHEET)
    rows.title = contract.table.removeprefix("files__")
    rows.freeze_panes = description.freeze_panes = "A2"
    for number, (heading, width) in enumerate(zip(DESCRIBED, WIDTHS, strict=True), 1):
        description.cell(1, number, heading).font = Font(bold=True)
        description.column_dimensions[get_column_letter(number)].width = width
    for number, column in enumerate(contract.columns, 1):
        offered = choices(contract, column)
        _add_column(rows, number, column, offered)
        required = "必須 required" if column.required else ""
        told = (column.title, column.name, required, example(contract, column), ", ".join(offered))
        for place, text in enumerate((*told, column.description), 1):
            description.cell(number + 1, place, text).number_format = "@"
    return book


def choices(contract: Contract, column: Column) -> list[str]:
    """The values a column's list offers; empty if any value may stand there."""
    if column.reads_as == "boolean":
        return ["はい", "いいえ"]
    accepted = [
        r.valid_values for r in contract.rules if r.column == column.name and r.valid_values
    ]
    code_list = column.properties.get("code_list")
    codes = MEANINGS[code_list].split("|") if code_list else [*chain(*accepted)]
    return [code for code in codes if re.fullmatch("[a-z_]+", code) and code != "other"]


def example(contract: Contract, column: Column) -> str:
    """A value that the column could have; empty for text of which no example is told."""
    if column.example:
        return column.example
    if column.reads_as == "id":
        return f"{column.name.removesuffix('_id').split('_')[-1].upper()}-0001"
    return EXAMPLES.get(column.reads_as or "", "") or next(iter(choices(contract, column)), "")


def _add_column(sheet: Worksheet, number: int, column: Column, offered: list[str]) -> None:
    """A header, the format of the cells below it and the list they offer."""
    letter = get_column_letter(number)
    sheet.column_dimensions[letter].width = max(14, 2 * len(column.title) + 2)
    sheet.column_dimensions[letter].number_format = FORMATS.get(column.reads_as or "", "@")
    header = sheet.cell(1, number, column.title)
    header.font = Font(bold=True)
    if column.required:
        header.fill = REQUIRED
    if offered:
        # a warning only: codes of the company's own are told in tenant.yml
        choice = DataValidation(
            "list",
            formula1=f'"{",".join(offered)}"',
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="warning",
            error="一覧にない値です / none of the list",
        )
        choice.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.add_data_validation(choice)


def _tenant(folder: Path) -> str:
    first = date(date.today().year - 1, 1, 1)
    schema = os.path.relpath(PROJECT_ROOT / "docs" / "tenant.schema.json", folder)
    return (
        f"# yaml-language-server: $schema={schema}\n"
        f"name: {json.dumps(folder.name, ensure_ascii=False)}\n"
        "timezone: Asia/Tokyo\n"
        "reporting_currency: JPY\n"
        f"first_business_date: {first}  # start of reporting\n"
        "systems: [files]\n"
    )


def main() -> int:
    """Exit status 0 if the templates are written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="the tenant folder")
    out = parser.parse_args().out

    def act(console: Console) -> bool:
        if not out:
            raise StateError("OUT is not set", "`make template OUT=folder`")
        paths = write_templates(Path(out))
        console.print(f"{len(paths)} templates in {escape(str(Path(out) / TEMPLATES))}")
        console.print(
            "  → fill in those you have; what comes next is told in docs/spreadsheets.md",
            markup=False,
        )
        return True

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
