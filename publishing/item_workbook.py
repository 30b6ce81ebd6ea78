"""The data item definition document as one Excel file that a company can hand round (データ項目定義書.xlsx)."""

from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from publishing.item_definitions import ItemDefinitions, Table, five_items
from publishing.item_names import AREAS, DATABASES, FREQUENCIES, METHODS, PERSONAL
from runtime.files import replacing

Cells = tuple[object, ...]
HEADER = PatternFill("solid", fgColor="DDE5EE")
WRAP = Alignment(vertical="top", wrap_text=True)
TOP = Alignment(vertical="top")
SUMMARY = ("No", "項目", "内容", "Item", "Content")
SOURCES = (
    *("データベース", "Database", "接続", "テーブル数", "項目数", "連携"),
    *("更新方法", "更新頻度"),
)
LINKAGE = ("データベース", "対象", "結合可否", "結合キー・照合方法", "件数", "照合件数", "照合率")
ITEMS = (
    *("データベース", "テーブル", "テーブルの内容", "Table", "主キー"),
    *("項目", "項目名", "項目の内容", "Item", "型", "単位", "キー", "必須", "結合先", "個人情報"),
    *("更新方法", "更新頻度", "最終更新", "管理部門"),
)
WIDE = {"内容", "Content", "テーブルの内容", "Table", "項目の内容", "Item"}
NARROW = {
    *("No", "型", "単位", "キー", "必須", "接続", "結合可否", "個人情報"),
    *("更新方法", "更新頻度", "照合率"),
}


def write_workbook(definitions: ItemDefinitions, path: Path) -> None:
    """Write the document: its five items, databases, linkage and a sheet an area; no cell is a formula.

    Args:
        definitions: what it says.
        path: the file, replaced whole.
    """
    book = Workbook(write_only=True)
    _write(book.create_sheet("概要"), SUMMARY, _summary(definitions))
    _write(book.create_sheet("データベース"), SOURCES, _databases(definitions))
    _write(book.create_sheet("連携"), LINKAGE, _linkage(definitions))
    for area, name in AREAS.items():
        _write(book.create_sheet(name.ja), ITEMS, _items(definitions.of_area(area)))
    with replacing(path) as temporary:
        book.save(temporary)


def _summary(definitions: ItemDefinitions) -> Iterable[Cells]:
    for number, (item, content) in enumerate(five_items(definitions), 1):
        yield number, item.ja, content.ja, item.en, content.en
    yield (
        None,
        "基準日",
        str(definitions.as_of_date or ""),
        "As of",
        str(definitions.as_of_date or ""),
    )


def _databases(definitions: ItemDefinitions) -> Iterable[Cells]:
    joinable = {link.database for link in definitions.links if link.is_joinable}
    for database in definitions.databases:
        yield (
            *(DATABASES[database.name].ja, DATABASES[database.name].en),
            *(_yes(database.is_connected), database.tables, database.items),
            _yes(database.name in joinable),
            "・".join(METHODS[method].ja for method in database.methods),
            "・".join(FREQUENCIES[frequency].ja for frequency in database.frequencies),
        )


def _linkage(definitions: ItemDefinitions) -> Iterable[Cells]:
    for link in definitions.links:
        yield (
            *(DATABASES[link.database].ja, link.subject_name.ja, _yes(link.is_joinable)),
            link.key_names.ja,
            *(link.count, link.matched, link.match_rate),
        )


def _items(tables: Iterable[Table]) -> Iterable[Cells]:
    for table in tables:
        for item in table.items:
            yield (
                "・".join(DATABASES[name].ja for name in table.databases),
                *(table.name, table.description.ja, table.description.en, ", ".join(table.key)),
                *(item.name, item.title or item.also.ja, item.description.ja, item.description.en),
                *(item.data_type, item.unit, _yes(item.is_key), _yes(item.is_required)),
                *(", ".join(item.joins_to), PERSONAL[item.personal].ja if item.personal else ""),
                *(METHODS[table.method].ja, FREQUENCIES[table.frequency].ja),
                *(table.last_date, table.owner),
            )


def _yes(is_so: bool) -> str:
    return "○" if is_so else "－"


def _write(sheet: Worksheet, headings: tuple[str, ...], rows: Iterable[Cells]) -> None:
    """Headings that stay and filter, and the rows as text, numbers and dates."""
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, 1):
        width = 44 if heading in WIDE else 11 if heading in NARROW else 24
        sheet.column_dimensions[get_column_letter(number)].width = width
    written = [_cells(sheet, headings, headings), *(_cells(sheet, row, headings) for row in rows)]
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(written)}"
    for cell in written[0]:
        cell.font, cell.fill = Font(bold=True), HEADER
    for cells in written:
        sheet.append(cells)


def _cells(sheet: Worksheet, values: Cells, headings: tuple[str, ...]) -> list[WriteOnlyCell]:
    cells = []
    for value, heading in zip(values, headings, strict=True):
        cell = WriteOnlyCell(sheet, None)
        if isinstance(value, str):  # a text that begins with = is none, a control character no cell
            cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
        else:
            cell.value = value
        if isinstance(value, float):
            cell.number_format = "0.0%"
        cell.alignment = WRAP if heading in WIDE else TOP
        cells.append(cell)
    return cells
