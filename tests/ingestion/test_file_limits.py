"""One odd file stops nothing: what is too large, takes too long or kills its reader is refused with words."""

import io
import os
import signal
import time
import zipfile

import openpyxl
import pytest

from ingestion.sources.files import limits
from ingestion.sources.files.csv_xlsx import Told, read_records
from ingestion.sources.files.reader import FileReader
from ingestion.sources.files.unreadable import UnreadableFile
from runtime.records import ExpectedColumns

EXPECTED = ExpectedColumns(["account_id", "name"])
SHEET = "xl/worksheets/sheet1.xml"


def workbook(path, change=lambda sheet: sheet):
    """A workbook of two rows, its sheet's XML changed."""
    book, whole = openpyxl.Workbook(), io.BytesIO()
    for row in (["account_id", "name"], ["A1", "SPOT"]):
        book.active.append(row)
    book.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == SHEET else old.read(name))
    return path


def refused(path, **options):
    with FileReader(**options) as reader, pytest.raises(UnreadableFile) as caught:
        reader.read(path, EXPECTED)
    assert " / " in caught.value.reason and " / " in caught.value.what_to_do
    return caught.value.reason


def test_a_row_far_down_is_not_counted_up_to(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", lambda xml: xml.replace(b'<row r="2"', b'<row r="999999999"')
    )
    assert "more than 1,048,576 rows" in refused(path)


def test_columns_have_a_limit(tmp_path):
    path = tmp_path / "a.csv"
    names = ",".join(f"c{n}" for n in range(5000))
    path.write_text(f"account_id,name,{names}\n")
    assert "it has more than 1,000 columns" in refused(path)


@pytest.mark.parametrize("cell", ["x" * 30_000_000, '"' + "x\n" * 5_000_000 + '"'])
def test_a_row_of_text_has_a_limit(tmp_path, cell):
    path = tmp_path / "a.csv"
    path.write_text(f"account_id,name\nA1,{cell}\n")
    assert "row 2 has more than 8,000,000 characters in a row" in refused(path)


def test_a_cell_has_a_limit(tmp_path):
    path = workbook(tmp_path / "a.xlsx", lambda xml: xml.replace(b"SPOT", b"x" * 1_000_001))
    assert "row 2 has more than 1,000,000 characters in a cell" in refused(path)


def test_memory_has_a_limit(tmp_path):
    path = workbook(tmp_path / "a.xlsx", lambda xml: xml.replace(b"SPOT", b"x" * 200_000_000))
    assert "more than 600 MB of memory" in refused(path, memory_bytes=600_000_000)


def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 100_000)
    path = workbook(tmp_path / "a.xlsx", lambda xml: xml + b" " * 200_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(UnreadableFile, match="more than 100,000 bytes unpacked"):
        list(read_records(path, EXPECTED, Told()))


def test_entities_are_not_expanded(tmp_path):
    bomb = b'<!DOCTYPE s [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]>'
    path = workbook(tmp_path / "a.xlsx", lambda xml: bomb + xml.replace(b"SPOT", b"&b;"))
    assert "no whole Excel workbook" in refused(path)


def test_rows_have_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 2)
    path = tmp_path / "a.csv"
    path.write_text("account_id,name\nA1,x\nA2,x\nA3,x\n")
    with pytest.raises(UnreadableFile, match="more than 2 rows"):
        list(read_records(path, EXPECTED, Told()))


def test_a_central_directory_that_is_off(tmp_path):
    """Where it starts lies before the file: zipfile lets an OSError through."""
    content = bytearray(workbook(tmp_path / "a.xlsx").read_bytes())
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = (len(content) * 2).to_bytes(4, "little")
    (tmp_path / "a.xlsx").write_bytes(content)
    assert "no whole Excel workbook" in refused(tmp_path / "a.xlsx")


def test_time_has_a_limit_and_the_next_file_is_read(tmp_path):
    os.mkfifo(tmp_path / "slow.csv")  # nobody ever writes into it
    good = tmp_path / "good.csv"
    good.write_text("account_id,name\nA1,x\n")
    with FileReader(seconds=1) as reader:
        began = time.monotonic()
        with pytest.raises(UnreadableFile, match="more than 1 seconds of reading"):
            reader.read(tmp_path / "slow.csv", EXPECTED)
        assert time.monotonic() - began < 10
        assert reader.read(good, EXPECTED).rows == 1


def test_a_file_that_ends_its_reader_is_refused_and_the_next_is_read(tmp_path):
    good = tmp_path / "good.csv"
    good.write_text("account_id,name\nA1,x\n")
    os.mkfifo(tmp_path / "slow.csv")
    with FileReader() as reader:
        table = reader.read(good, EXPECTED)
        worker = reader._worker
        signal.signal(signal.SIGALRM, lambda *_: worker.kill())
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(UnreadableFile, match="ends whatever reads it"):
            reader.read(tmp_path / "slow.csv", EXPECTED)
        assert reader.read(good, EXPECTED).rows == 1
        assert [*table.chunks()] == [[{"account_id": "A1", "name": "x"}]]


def test_a_reader_leaves_neither_process_nor_file(tmp_path):
    good = tmp_path / "good.csv"
    good.write_text("account_id,name\nA1,x\n")
    with FileReader() as reader:
        table = reader.read(good, EXPECTED)
        worker = reader._worker
        assert table.spool.exists()
    assert worker.poll() is not None
    assert not table.spool.exists()
