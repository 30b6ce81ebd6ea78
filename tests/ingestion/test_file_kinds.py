"""What people drop instead of a CSV or an .xlsx: each is told what it is and what to do, in English and Japanese."""

import bz2
import gzip
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.files.csv_xlsx import Told, read_records
from ingestion.sources.files.unreadable import UnreadableFile
from runtime.records import ExpectedColumns

EXPECTED = ExpectedColumns(
    required=["account_id", "name"],
    dates=["created_at"],
    columns=["account_id", "name", "city", "created_at", "email"],
    personal=["email"],
)
ROWS = "account_id,name\nA1,みなと\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook(*rows):
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def read(folder, name, content, told=None):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [row for chunk in read_records(path, EXPECTED, told or Told()) for row in chunk]


@pytest.mark.parametrize("filtered", [False, True])
def test_hidden_rows_of_a_workbook_are_read_and_told(tmp_path, filtered):
    """By hand or by a filter; a hidden row without a value is nobody's."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    for row in (["account_id", "name"], ["A1", "みなと"], ["A2", 5], ["A3", "北のパン"]):
        sheet.append(row)
    if filtered:
        sheet.auto_filter.ref = "A1:B4"
        sheet.auto_filter.add_filter_column(1, ["みなと"])
    for number in (3, 4, 5, 900):
        sheet.row_dimensions[number].hidden = True
    book.save(target)
    told = Told()
    read_rows = read(tmp_path, "a.xlsx", target.getvalue(), told)
    assert [row["account_id"] for row in read_rows] == ["A1", "A2", "A3"]
    assert [(r.rule, r.rows, r.is_of_form) for r in told.remarks] == [
        ("hidden_rows_read", 2, False)
    ]
    assert told.remarks[0].message.startswith("2 rows that are hidden or filtered out are read")


HTML = "<html><body><table><tr><td>account_id</td></tr></table></body></html>"
XML = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'


@pytest.mark.parametrize(
    ("name", "content", "reason", "what_to_do"),
    [
        ("社外秘.xlsx", OLE + "EncryptionInfo".encode("utf-16-le"), "is protected by a password", "remove that"),
        ("a.csv", OLE + "EncryptedPackage".encode("utf-16-le"), "is protected by a password", "remove that"),
        ("a.xlsx", OLE + "Workbook".encode("utf-16-le"), "is an old Excel file (.xls", "save it as an Excel workbook"),
        ("a.xls", OLE, "is an old Excel file (.xls", "save it as an Excel workbook"),
        ("a.xls", OLE + "WordDocument".encode("utf-16-le"), "is a Word document", "save it as an Excel workbook"),
        ("a.xlsb", zipped(**{"xl/workbook.bin": "x"}), "a binary Excel workbook (.xlsb)", "save it as an Excel workbook"),
        ("a.ods", zipped(**{"content.xml": "x", "mimetype": "y"}), "an OpenDocument file (.ods)", "save it as"),
        ("a.docx", zipped(**{"word/document.xml": "x"}), "a Word document", "save it as"),
        ("a.zip", zipped(**{"a.csv": ROWS}), "is a ZIP archive", "unpack it"),
        ("a.csv", zipped(**{"a.csv": ROWS}), "is a ZIP archive", "unpack it"),
        ("a.csv.gz", gzip.compress(ROWS.encode(), mtime=0), "is packed (gzip)", "unpack it"),
        ("a.csv", bz2.compress(ROWS.encode()), "is packed (bzip2)", "unpack it"),
        ("a.xls", HTML, "is a web page (HTML)", "save it as an Excel workbook"),
        ("a.csv", b"\xef\xbb\xbf\n" + HTML.upper().encode(), "is a web page (HTML)", "save it as"),
        ("a.xls", XML, "is an XML file", "save it as an Excel workbook"),
        ("a.pdf", b"%PDF-1.7", "is a PDF", "drop the table it was made from"),
        ("a.csv", workbook(["account_id", "name"]), "is an Excel workbook under a name that ends in .csv", ".xlsx"),
        ("a.xlsx", ROWS, "is no Excel workbook although its name ends in .xlsx", "end in .csv"),
        ("a.xls", ROWS, "has the ending .xls, which is not read", "save it as one of .csv"),
        ("a.csv", "", "is empty (0 bytes)", "export it again"),
        ("a.csv", "\n\n", "has no header row, only empty rows", "let the first row name the columns"),
    ],
)  # fmt: skip
def test_what_it_is_and_what_to_do_is_told(tmp_path, name, content, reason, what_to_do):
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, name, content)
    for text, part in ((caught.value.reason, reason), (caught.value.what_to_do, what_to_do)):
        english, japanese = text.split(" / ", 1)
        assert part in english
        assert any("\u3040" <= letter <= "\u9fff" for letter in japanese)


@pytest.mark.parametrize("name", ["a.csv", "a.CSV", "a.txt", "a.tsv"])
def test_endings_of_text_files(tmp_path, name):
    assert read(tmp_path, name, ROWS) == [{"account_id": "A1", "name": "みなと"}]


def test_a_workbook_with_macros_is_a_workbook(tmp_path):
    content = workbook(["account_id", "name"], ["A1", "みなと"])
    assert read(tmp_path, "a.xlsm", content) == [{"account_id": "A1", "name": "みなと"}]


@pytest.mark.parametrize(
    ("line", "delimiter"), [("sep=;", ";"), ('"sep=,"', ","), ("SEP=\t", "\t"), ("sep=^", "^")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_excels_delimiter_line_is_obeyed_and_no_row(tmp_path, line, delimiter, end):
    content = f"{line}{end}{ROWS.replace(',', delimiter)}"
    for encoding in ("utf-8", "utf-8-sig", "cp932", "utf-16"):
        rows = read(tmp_path, "a.csv", content.encode(encoding))
        assert rows == [{"account_id": "A1", "name": "みなと"}]


TITLES = ["取引先一覧", "出力日,2026/6/30", ",,", "", "Accounts; as of today", '"a\nb"']


@given(titles=st.lists(st.sampled_from(TITLES), max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_rows_above_the_header_are_left_out_and_told(tmp_path_factory, titles, delimiter):
    told = Told()
    content = "".join(f"{title}\n" for title in titles) + ROWS.replace(",", delimiter)
    rows = read(tmp_path_factory.getbasetemp(), "title.csv", content, told)
    assert rows == [{"account_id": "A1", "name": "みなと"}]
    filled = sum(
        title not in ("", ",,") or (title == ",," and delimiter != ",") for title in titles
    )
    assert [(remark.rule, remark.rows) for remark in told.remarks] == (
        [("title_left_out", filled)] if filled else []
    )
    if filled:
        assert f"above the header in row {len(titles) + 1} are left out" in told.remarks[0].message


def test_a_title_of_a_workbook_is_left_out_and_its_dates_are_read(tmp_path):
    content = workbook(
        ["取引先一覧"], [], ["account_id", "name", "created_at"], ["A1", "みなと", 46348]
    )
    told = Told()
    assert read(tmp_path, "a.xlsx", content, told) == [
        {"account_id": "A1", "name": "みなと", "created_at": "2026-11-22"}
    ]
    assert told.remarks[0].message.startswith("1 rows above the header in row 3 are left out")


def test_a_header_that_lacks_a_column_is_told_with_what_it_has(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.csv", "取引先一覧\naccount_id,会社名\nA1,みなと\n")
    said = "required columns are missing: name (row 2 has account_id, 会社名) / 必須の列がありません：name"
    assert caught.value.reason.startswith(said)


def test_of_a_file_without_header_no_value_is_told(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.csv", "A1,山田太郎,yamada@example.jp,090-1234-5678\nA2,x,y,z\n")
    reason = caught.value.reason
    assert "account_id, name are required, row 1 has text of 2 characters, text of 4 char" in reason
    assert "number or date of 13 characters" in reason
    assert "4文字の文字列" in reason
    for value in ("山田太郎", "yamada", "090"):
        assert value not in reason


def test_of_a_broken_row_no_value_is_told(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.csv", "account_id,name,email\nA1,みなと,yamada@example.jp\n山田,x\n")
    assert caught.value.reason.startswith(
        "row 3 has 2 columns, the header 3; it begins with text of 2"
    )
    assert "山田" not in str(caught.value)


@pytest.mark.parametrize(
    "header",
    [
        "\u200baccount_id,na\u00adme",
        "account_id\ufeff,\u2060name\u200e",
        "Account_ID,NAME",
        "ａｃｃｏｕｎｔ＿ｉｄ, name ",
        "\ufeff\ufeffaccount_id,name\ufe0f",
    ],
)
def test_a_column_is_known_whatever_is_wrapped_around_its_name(tmp_path, header):
    (row,) = read(tmp_path, "a.csv", f"{header},Other\u200b\nA1,みなと,x\n".encode("utf-8-sig"))
    assert row == {"account_id": "A1", "name": "みなと", "Other": "x"}


def test_a_file_with_a_header_only_is_told(tmp_path):
    told = Told()
    assert read(tmp_path, "a.csv", "account_id,name\n", told) == []
    assert [remark.rule for remark in told.remarks] == ["file_without_rows"]


@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.txt"]))
def test_any_bytes_are_rows_or_words(tmp_path_factory, content, name):
    try:
        read(tmp_path_factory.getbasetemp(), name, content)
    except UnreadableFile as error:
        assert " / " in error.reason and " / " in error.what_to_do


WHOLE = workbook(["account_id", "name"], ["A1", "みなと"])


@given(
    damage=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=4)
)
def test_any_damage_to_a_workbook_is_rows_or_words(tmp_path_factory, damage):
    content = bytearray(WHOLE)
    for place, byte in damage:
        content[place % len(content)] = byte
    try:
        read(tmp_path_factory.getbasetemp(), "a.xlsx", bytes(content))
    except UnreadableFile as error:
        assert " / " in error.reason and " / " in error.what_to_do


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("account_id,name,creatd_at", "creatd_at (created_at?)"),
        ("account_id,name,Created At", "Created At (created_at?)"),
        ("account_id,name,通貨", "通貨"),
        ("account_id,name,created_at,created_on", None),
        ("account_id,name,created_at,Currency", "Currency"),
        ("account_id,name,メモ", None),
    ],
)
def test_a_column_that_seems_to_be_meant_is_told(tmp_path, header, told):
    """A misspelled one the file lacks, and a currency where none is read; others are the sender's own."""
    found = Told()
    cells = ",".join(["A1", "みなと", *["x"] * (header.count(",") - 1)])
    expected = ExpectedColumns(["account_id", "name"], columns=["account_id", "name", "created_at"])
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n{cells}\n", encoding="utf-8")
    list(read_records(path, expected, found))
    messages = [remark.message for remark in found.remarks if remark.rule == "column_not_read"]
    assert [told in message for message in messages] == ([True] if told else [])
