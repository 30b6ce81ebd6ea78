"""CSV and XLSX files: what their cells become, and what is turned away with which words."""

import csv
import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.files import csv_xlsx
from ingestion.sources.files.csv_xlsx import Told, read_records
from ingestion.sources.files.unreadable import UnreadableFile
from runtime.records import ExpectedColumns


def read(path, required=(), dates=(), told=None, encoding=""):
    expected = ExpectedColumns(list(required), list(dates))
    chunks = read_records(path, expected, told or Told(), encoding)
    return [record for chunk in chunks for record in chunk]


def saved(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# CSV

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=12)
tables_of_text = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(cells, min_size=width, max_size=width).filter(any), min_size=1, max_size=5
    )
)


def written(rows, delimiter, encoding):
    text = io.StringIO(newline="")
    header = [f"col{i}" for i in range(len(rows[0]))]
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode(encoding), [
        {name: cell or None for name, cell in zip(header, row, strict=True)} for row in rows
    ]


@given(
    rows=tables_of_text,
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_text_survives_a_unicode_csv(tmp_path_factory, rows, delimiter, encoding):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    # One column alone does not show its delimiter, and a comma is then taken as one.
    delimiter = delimiter if len(rows[0]) > 1 else ","
    content, expected = written(rows, delimiter, encoding)
    path.write_bytes(content)
    assert read(path) == expected


words = st.sampled_from(
    [
        "㈱",
        "①",
        "髙﨑",
        "～―",
        "株式会社",
        "カブシキ",
        "ｶﾌﾞｼｷｶﾞｲｼｬ",
        "ﾊﾟﾅ",
        "ｱｲｳ",
        "㈱髙",
        "abc",
        "0",
        '"',
        ",",
        ";",
        "\t",
        "\n",
    ]
)
japanese = st.lists(words, min_size=1, max_size=6).map(" ".join)


@given(rows=st.lists(st.tuples(japanese, japanese), min_size=1, max_size=5))
def test_text_of_windows_japan_survives_a_cp932_csv(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "japanese.csv"
    content, expected = written([("髙﨑㈱", "①"), *rows], ",", "cp932")
    path.write_bytes(content)
    assert read(path) == expected


def test_rows_come_in_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_xlsx, "CHUNK_ROWS", 2)
    path = saved(tmp_path, "a.csv", "a\n1\n2\n3\n")
    assert [len(chunk) for chunk in read_records(path, ExpectedColumns(), Told())] == [2, 1]


@pytest.mark.parametrize(
    ("content", "records"),
    [
        ('a,b\n1,"x\ny"\n', [{"a": "1", "b": "x\ny"}]),
        ('a,b\r\n"say ""hi""",\r\n', [{"a": 'say "hi"', "b": None}]),
        ("a;b\n1,5;2\n", [{"a": "1,5", "b": "2"}]),
        ('"a;b",c\n1,2\n', [{"a;b": "1", "c": "2"}]),
        ("\n a , b \n\n1,2\n,\n", [{"a": "1", "b": "2"}]),
        ("a,b,\n1,2,\n", [{"a": "1", "b": "2"}]),
        ("a\n007\n", [{"a": "007"}]),
        ("a,b\n1,NULL", [{"a": "1", "b": "NULL"}]),
    ],
)
def test_csv_dialects(tmp_path, content, records):
    path = saved(tmp_path, "a.csv", content)
    assert read(path) == records


def test_a_long_cell_is_read(tmp_path):
    path = saved(tmp_path, "a.csv", f"a,b\n1,{'x' * 300_000}\n")
    assert len(read(path)[0]["b"]) == 300_000


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", "", "is empty (0 bytes)"),
        ("a.csv", "\n,,\n", "has no header row"),
        ("a.csv", "a,,b\n1,2,3\n", "column 2 of row 1 has no name"),
        ("a.csv", "a,_row\n1,2\n", "column names we use ourselves: _row"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16-le"), "UTF-16 needs a byte order mark"),
        ("a.csv", "a,Name,name\n1,2,3\n", "columns of the same name: Name, name"),
        ("a.csv", "a,b\n1,2,3\n", "row 2 has 3 columns, the header 2"),
        ("a.csv", "a,b\n1,2\n3", "row 3 has 1 columns, the header 2"),
        ("a.csv", 'a,b\n1,"open\n', "row 2: a quotation mark is opened and never closed"),
        ("a.csv", 'a,b\n1,"x"y\n', "row 2: text follows a closing quotation mark"),
        ("a.csv", b"a,b\n1,\xff\xfe\x80\n", "neither UTF-8 nor Shift_JIS"),
        (
            "a.csv",
            "a,b\n1,2\n".encode("utf-16")[:-1],
            "its characters are not UTF-16, as the byte order mark says",
        ),
        ("a.xlsx", "a,b\n1,2\n", "is no Excel workbook although its name ends in .xlsx"),
        ("a.pdf", "a,b\n1,2\n", "has the ending .pdf, which is not read"),
        ("README", "a,b\n1,2\n", "has the ending none, which is not read"),
    ],
)
def test_what_is_no_clean_table_is_refused_with_the_place(tmp_path, name, content, reason):
    path = saved(tmp_path, name, content)
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert reason in caught.value.reason


# XLSX


def workbook(path, *rows, formats=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats:
        book.active[cell].number_format = number_format
    book.save(path)
    return path


def test_workbook_cells_become_the_text_excel_shows(tmp_path):
    values = {
        "code": ("00123", None, "00123"),
        "padded": (123, "00000", "00123"),
        "postal": (1500001, "000-0000", "150-0001"),
        "too_long": (1234567, "000", "1234567"),
        "whole": (3.0, None, "3"),
        "large": (12345678901234, None, "12345678901234"),
        "part": (0.1 + 0.2, None, "0.3"),
        "small": (0.0000012, None, "0.0000012"),
        "negative": (-5, "00", "-5"),
        "flag": (True, None, "true"),
        "day": (date(2026, 11, 22), None, "2026-11-22"),
        "moment": (datetime(2026, 11, 22, 9, 30), None, "2026-11-22T09:30:00"),
        "midnight": (datetime(2026, 11, 22), "yyyy/m/d", "2026-11-22"),
        "clock": (time(9, 30), None, "09:30:00"),
        "japanese": ("髙﨑\n㈱", None, "髙﨑\n㈱"),
        "empty": (None, None, None),
        "last": ("x", None, "x"),
    }
    formats = [
        (f"{openpyxl.utils.get_column_letter(i)}2", number_format)
        for i, (_, number_format, _) in enumerate(values.values(), 1)
        if number_format
    ]
    row = [value for value, _, _ in values.values()]
    path = workbook(tmp_path / "a.xlsx", list(values), row, formats=formats)
    assert read(path) == [{name: text for name, (_, _, text) in values.items()}]


def test_short_and_empty_workbook_rows(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["a", "b", "c"], ["1"], [], [None, None], ["2", None, "3"])
    assert read(path) == [{"a": "1", "b": None, "c": None}, {"a": "2", "b": None, "c": "3"}]


def test_a_workbook_row_wider_than_its_header_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["a", "b"], ["1", "2", "3"])
    with pytest.raises(UnreadableFile, match="row 2 has 3 columns, the header 2"):
        read(path)


def test_a_workbook_that_tells_a_wrong_extent_is_read_whole(tmp_path):
    path = workbook(tmp_path / "right.xlsx", ["a", "b"], ["1", "2"])
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(path) as right, zipfile.ZipFile(wrong, "w") as copy:
        for name in right.namelist():
            copy.writestr(name, right.read(name).replace(b'ref="A1:B2"', b'ref="A1:A1"'))
    assert read(wrong) == [{"a": "1", "b": "2"}]


def test_only_the_first_visible_sheet_is_read_and_that_is_told(tmp_path):
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    book.create_sheet("data").append(["a"])
    book["data"].append(["1"])
    book.create_sheet("notes").append(["x"])
    book.save(tmp_path / "a.xlsx")
    told = Told()
    assert read(tmp_path / "a.xlsx", told=told) == [{"a": "1"}]
    (remark,) = told.remarks
    assert remark.rule == "sheets_left_out"
    assert "only the first visible sheet is read (data), not notes /" in remark.message


def test_formulas_that_were_never_calculated_are_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["account_id", "name"], ["A1", "=1+1"])
    with pytest.raises(UnreadableFile, match="formulas hold no results"):
        read(path)


def test_day_numbers_in_date_columns_are_dates(tmp_path):
    """A date that lost its format is Excel's day number; the same number elsewhere is a number."""
    path = workbook(
        tmp_path / "a.xlsx",
        ["day", "n"],
        [46348, 46348],
        [46348.5, 1],
        ["2026-11-22", None],
        [0, 0],
    )
    days = [record["day"] for record in read(path, dates=["day"])]
    assert days == ["2026-11-22", "2026-11-22T12:00:00", "2026-11-22", "0"]
    assert [record["n"] for record in read(path)] == ["46348", "1", None, "0"]


def test_day_numbers_count_from_the_workbooks_own_epoch(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["day"], [44886]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (record,) = read(tmp_path / "a.xlsx", dates=["day"])
    assert record == {"day": "2026-11-22"}


def test_merged_header_cells_are_refused_with_the_column(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b", None, "d"])
    book.active.append(["1", "2", "3", "4"])
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(
        UnreadableFile, match=r"column 3 of row 1 has no name \(a merged header cell\?\)"
    ):
        read(tmp_path / "a.xlsx")


def test_numbers_that_are_no_days_or_have_lost_digits_are_shown_as_they_are(tmp_path):
    """202606 is a month, not the day 202,606; of a long number Excel keeps 15 digits, and an id is none then."""
    book = openpyxl.Workbook()
    for row in (["id", "on"], [20260630123456789, 202606], [123456789012345, 46203], [1, 2958465]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    rows = read(tmp_path / "a.xlsx", dates=["on"])
    assert [tuple(row.values()) for row in rows] == [
        ("2.02606301234568E+16", "202606"),
        ("123456789012345", "2026-06-30"),
        ("1", "9999-12-31"),
    ]


def test_the_first_of_several_sheets_is_named_where_it_has_no_rows(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["表紙"])
    book.create_sheet("契約").append(["id"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(
        UnreadableFile, match=r"not 契約.*move the sheet with the rows to the front"
    ):
        read(tmp_path / "a.xlsx", required=["id"])


def test_a_second_header_is_told_and_the_mark_at_the_end_of_old_files_is_no_row(tmp_path):
    told, expected = Told(), ExpectedColumns(["id"], numbers=["uses"])
    path = saved(tmp_path, "a.csv", "id,uses\n番号,利用回数\nA,1\n\x1a")
    (rows,) = read_records(path, expected, told)
    assert len(rows) == 2
    assert [remark.rule for remark in told.remarks] == ["second_header"]
    told = Told()
    list(read_records(saved(tmp_path, "b.csv", "id,uses\nA,未定1\nB,1\n"), expected, told))
    assert not told.remarks


def test_a_column_whose_name_comes_close_to_one_that_is_read_is_told(tmp_path):
    told = Told()
    columns = ["id", "end_date", "start_date", "name"]
    path = saved(tmp_path, "a.csv", "id,End Date,start_date,メモ,nickname\nA,2026-06-30,,x,y\n")
    (rows,) = read_records(path, ExpectedColumns(["id"], columns=columns), told)
    assert rows[0]["End Date"] == "2026-06-30"
    assert [(r.rule, "End Date (end_date?)" in r.message) for r in told.remarks] == [
        ("column_not_read", True)
    ]


@pytest.mark.parametrize(("name", "is_incomplete"), [("id", True), ("メモ", False)])
def test_a_further_sheet_with_the_header_makes_the_numbers_incomplete(
    tmp_path, name, is_incomplete
):
    book, told = openpyxl.Workbook(), Told()
    book.active.append(["id"])
    book.active.append(["A"])
    book.create_sheet("大阪").append([name])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx", required=["id"], told=told) == [{"id": "A"}]
    assert [remark.is_incomplete for remark in told.remarks] == [is_incomplete]
