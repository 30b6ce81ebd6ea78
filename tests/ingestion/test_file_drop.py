"""Dropped files: which are read, what their cells become, and what is turned away."""

import csv
import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from drop_folder import END, ENTRY, ROW, drop, extract, names, source
from hypothesis import given
from hypothesis import strategies as st

from ingestion.catalogue import find_object
from ingestion.sources.files import csv_xlsx
from ingestion.sources.files.csv_xlsx import UnreadableFile, read_records
from runtime.errors import SourceError
from runtime.records import Window


def read(path, required=()):
    return [record for chunk in read_records(path, list(required)) for record in chunk]


# Which files


def test_files_come_by_date_then_name_once_their_day_has_ended(tmp_path):
    for day, name in [("2026-11-04", "a"), ("2026-11-03", "a"), ("2026-11-02", "b")]:
        drop(tmp_path, day, f"{name}.csv", ROW)
    drop(tmp_path, "2026-11-02", "a.CSV", ROW)
    expected = ["2026-11-02/a.CSV", "2026-11-02/b.csv", "2026-11-03/a.csv"]
    pages = extract(source(tmp_path))
    assert names(pages) == [f"crm__account/{name}" for name in expected]
    assert pages[0].records == [{"account_id": "A1", "name": "Acme"}]


def test_a_day_ends_in_the_tenants_time_zone(tmp_path):
    drop(tmp_path, "2026-11-03", "a.csv", ROW)
    assert extract(source(tmp_path, timezone="UTC")) == []
    assert extract(source(tmp_path), END.replace(hour=14, minute=59)) == []
    assert len(extract(source(tmp_path))) == 1


def test_known_files_are_left_out_and_changed_ones_read_again(tmp_path):
    path = drop(tmp_path, "2026-11-02", "a.csv", ROW)
    files = source(tmp_path)
    extract(files)
    known = files.accepted
    assert known["crm__account/2026-11-02/a.csv"]["rows"] == 1
    assert extract(source(tmp_path), known=known) == []
    path.touch()
    assert extract(source(tmp_path), known=known) == []
    path.write_text(ROW + "A2,Bolt\n")
    (page,) = extract(source(tmp_path), known=known)
    assert [record["account_id"] for record in page.records] == ["A1", "A2"]


def test_a_file_without_rows_is_read_but_gives_no_page(tmp_path):
    drop(tmp_path, "2026-11-02", "a.csv", "account_id,name\n")
    files = source(tmp_path)
    assert extract(files) == []
    assert files.accepted["crm__account/2026-11-02/a.csv"]["rows"] == 0


@pytest.mark.parametrize("required", [["account_id", "uses"], []])
def test_an_event_file_without_rows_says_so_in_a_deleted_row(tmp_path, required):
    """The rows of an earlier content of it would stay for good otherwise."""
    feed = find_object("files", "product__feature_use")
    drop(tmp_path, "2026-11-02", "a.csv", "account_id,uses,note\n", entity=feed.object)
    files = source(tmp_path, required=required)
    (page,) = files.extract(feed, Window(None, END))
    assert page.records == [dict.fromkeys(required) | {"_is_deleted": True}]
    assert page.source_file == "product__feature_use/2026-11-02/a.csv"
    assert files.accepted[page.source_file]["rows"] == 0


def test_a_bad_file_is_rejected_whole_and_the_others_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_xlsx, "CHUNK_ROWS", 2)
    drop(tmp_path, "2026-11-01", "bad.csv", ROW + "A2,Bolt\nA3,Core\nA4,Dora,extra\n")
    drop(tmp_path, "2026-11-02", "good.csv", ROW + "A2,Bolt\nA3,Core\n")
    files = source(tmp_path)
    pages = extract(files)
    assert names(pages) == ["crm__account/2026-11-02/good.csv"] * 2
    assert [len(page.records) for page in pages] == [2, 1]
    (rejected,) = files.rejected
    assert rejected.path == "crm__account/2026-11-01/bad.csv"
    assert rejected.reason == "row 5 has 3 columns, the header 2"
    assert len(rejected.sha256) == 64
    assert list(files.accepted) == ["crm__account/2026-11-02/good.csv"]


def test_required_columns_are_handed_in(tmp_path):
    drop(tmp_path, "2026-11-02", "a.csv", "account_id\nA1\n")
    files = source(tmp_path, required=["account_id", "name"])
    assert extract(files) == []
    assert files.rejected[0].reason == "required columns are missing: name (it has account_id)"


def test_an_entity_nobody_dropped_is_empty_but_a_missing_root_is_an_error(tmp_path):
    assert extract(source(tmp_path)) == []
    with pytest.raises(SourceError, match=r"does not exist .*`file_drop_default`"):
        extract(source(tmp_path / "nowhere"))


def test_a_file_that_grows_while_it_is_read_ends_the_run(tmp_path):
    path = drop(tmp_path, "2026-11-02", "a.csv", ROW)
    pages = source(tmp_path).extract(ENTRY, Window(None, END))
    next(pages)
    path.write_text(ROW + "A2,Bolt\n")
    with pytest.raises(SourceError, match="changed while it was read"):
        next(pages)


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


japanese = st.text('㈱①髙﨑～―‐株式会社カブシキｶﾌﾞｼｷabc0",;\t\n ', min_size=1, max_size=12)


@given(rows=st.lists(st.tuples(japanese, japanese), min_size=1, max_size=5))
def test_text_of_windows_japan_survives_a_cp932_csv(tmp_path_factory, rows):
    rows = [(a.replace("‐", "-"), b.replace("‐", "-")) for a, b in [("髙﨑㈱", "①"), *rows]]
    path = tmp_path_factory.getbasetemp() / "japanese.csv"
    content, expected = written(rows, ",", "cp932")
    path.write_bytes(content)
    assert read(path) == expected


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
    path = drop(tmp_path, "2026-11-02", "a.csv", content)
    assert read(path) == records


def test_a_long_cell_is_read(tmp_path):
    path = drop(tmp_path, "2026-11-02", "a.csv", f"a,b\n1,{'x' * 300_000}\n")
    assert len(read(path)[0]["b"]) == 300_000


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", "", "has no header row"),
        ("a.csv", "\n,,\n", "has no header row"),
        ("a.csv", "a,,b\n1,2,3\n", "column 2 has no name"),
        ("a.csv", "a,_row\n1,2\n", "column names we use ourselves: _row"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16-le"), "UTF-16 needs a byte order mark"),
        ("a.csv", "a,Name,name\n1,2,3\n", "columns of the same name: Name, name"),
        ("a.csv", "a,b\n1,2,3\n", "row 2 has 3 columns, the header 2"),
        ("a.csv", "a,b\n1,2\n3", "row 3 has 1 columns, the header 2"),
        ("a.csv", 'a,b\n1,"open\n', "row 2: unexpected end of data"),
        ("a.csv", b"a,b\n1,\xff\xfe\x80\n", "not UTF-8 or Shift_JIS"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16")[:-1], "its characters are not utf-16"),
        ("a.xlsx", "a,b\n1,2\n", "is not a readable workbook"),
        ("a.pdf", "a,b\n1,2\n", "neither .csv nor .xlsx"),
        ("README", "a,b\n1,2\n", "neither .csv nor .xlsx"),
    ],
)
def test_what_is_no_clean_table_is_refused_with_the_place(tmp_path, name, content, reason):
    path = drop(tmp_path, "2026-11-02", name, content)
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert reason in caught.value.reason


# Total rows


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("合計,,300", 2),
        ("合 計:,,300", 2),
        ("Grand Total,,300", 2),
        (",合計,300", 3),
        ("合計,300", 2),
        ("合計商事,,300", 3),
        ("計,A9,300", 3),
    ],
)
def test_a_total_row_at_the_end_is_no_record(tmp_path, last, kept):
    """Scenario 38: it lacks a required cell and says what it is; a company called 計 is a company."""
    content = f"name,account_id,amount\n青山,A1,100\n計,A2,200\n{last}\n"
    drop(tmp_path, "2026-11-02", "a.csv", content)
    files = source(tmp_path, required=["account_id"])
    (page,) = extract(files)
    assert len(page.records) == kept
    (entry,) = files.accepted.values()
    assert entry["rows"] == kept
    assert entry.get("total_row") == (last.split(",") if kept == 2 else None)
    told = [(finding.rule, finding.key) for finding in files.findings]
    assert told == ([("total_row_left_out", *files.accepted)] if kept == 2 else [])


def test_a_total_row_in_the_middle_stays_for_the_contract_to_judge(tmp_path):
    content = "name,account_id\n青山,A1\n合計,\n石川,A2\n"
    drop(tmp_path, "2026-11-02", "a.csv", content)
    (page,) = extract(source(tmp_path, required=["account_id"]))
    assert [record["name"] for record in page.records] == ["青山", "合計", "石川"]


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


def test_only_the_first_visible_sheet_is_read_and_the_log_says_so(tmp_path, caplog):
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    book.create_sheet("data").append(["a"])
    book["data"].append(["1"])
    book.create_sheet("notes").append(["x"])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx") == [{"a": "1"}]
    assert "only sheet data is read" in caplog.text


def test_formulas_that_were_never_calculated_are_refused(tmp_path):
    path = tmp_path / "crm__account" / "2026-11-02" / "a.xlsx"
    path.parent.mkdir(parents=True)
    workbook(path, ["account_id", "name"], ["A1", "=1+1"])
    files = source(tmp_path)
    assert extract(files) == []
    assert "formulas hold no results" in files.rejected[0].reason
    workbook(path, ["account_id", "name"], ["A1", "Acme"])
    assert len(extract(files)) == 1


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
    days = [record["day"] for chunk in read_records(path, [], ["day"]) for record in chunk]
    assert days == ["2026-11-22", "2026-11-22T12:00:00", "2026-11-22", "0"]
    assert [record["n"] for record in read(path)] == ["46348", "1", None, "0"]


def test_day_numbers_count_from_the_workbooks_own_epoch(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["day"], [44886]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    ((record,),) = read_records(tmp_path / "a.xlsx", [], ["day"])
    assert record == {"day": "2026-11-22"}


def test_merged_header_cells_are_refused_with_the_column(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b", None, "d"])
    book.active.append(["1", "2", "3", "4"])
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFile, match=r"column 3 has no name \(a merged header cell\?\)"):
        read(tmp_path / "a.xlsx")
