"""What dropped files may call an entity's columns: our names, the contract's Japanese ones, mapped headers."""

import re
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.catalogue import find_object, objects_of
from ingestion.sources.files.csv_xlsx import Told, read_records
from ingestion.sources.files.header import fold_name, known_names
from ingestion.sources.files.numbers import DecimalSign
from ingestion.sources.files.unreadable import UnreadableFile
from pipeline.commit import check_and_commit
from pipeline.extract import extract_object
from pipeline.file_columns import check, expected_columns
from runtime.errors import TenantError
from runtime.records import Connection
from runtime.tenant import FileFeed

DAY = date(2026, 6, 30)
ENTITIES = [entry.object for entry in objects_of(systems=["files"])]
LINE_HEADER = "明細ID,取引先ID,商品ID,利用開始日,金額（税抜）,金額の対象期間"
LINE = "L1,A1,P1,2026-04-01,100000,monthly"
WIDE = str.maketrans(
    {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code) not in ',"'} | {" ": "\u3000"}
)


def expected(entity: str, **columns: str):
    return expected_columns(find_object("files", entity), FileFeed(columns=columns))


def read(path, expected, told=None):
    return [row for chunk in read_records(path, expected, told or Told()) for row in chunk]


def saved(folder, content, name="a.csv"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_column_has_a_japanese_name_that_is_no_other_columns(entity):
    columns = expected(entity)
    assert columns.titles.keys() == set(columns.columns)
    titles = [name for (name,) in columns.titles.values()]
    assert all(re.search(r"[ぁ-ヿ一-鿿]", title) for title in titles)
    names = [fold_name(name) for name in (*columns.columns, *titles)]
    assert len(set(names)) == len(names)


@st.composite
def headers(draw):
    """An entity, and its columns with headers of any notation."""
    columns = expected(draw(st.sampled_from(ENTITIES)))
    header = {}
    for column in columns.columns:
        name = draw(st.sampled_from([column, *columns.titles[column]]))
        name = draw(st.sampled_from([name, name.upper(), name.translate(WIDE)]))
        place = draw(st.integers(0, len(name)))
        space = draw(st.sampled_from(["", " ", "\u3000", "\u200b"]))
        header[column] = name[:place] + space + name[place:]
    return columns, header


@given(case=headers())
def test_any_notation_of_a_columns_name_is_that_column(tmp_path_factory, case):
    columns, header = case
    cells = [f"v{number}" for number in range(len(header))]
    content = "\n".join([",".join(header.values()), ",".join(cells)])
    path = saved(tmp_path_factory.getbasetemp(), content, "header.csv")
    told = Told()
    assert read(path, columns, told) == [dict(zip(header, cells, strict=True))]
    assert {told.written.get(c, c) for c in header} == {
        c if fold_name(h) == c else " ".join(h.replace("\u200b", "").split())
        for c, h in header.items()
    }


def test_a_japanese_header_is_found_below_a_title_and_by_any_delimiter(tmp_path):
    path = saved(tmp_path, f"契約一覧\n{LINE_HEADER}\n{LINE}\n".replace(",", ";"))
    (row,) = read(path, expected("crm__subscription_line"))
    assert row["amount_total_ex_tax"] == "100000"


def test_a_second_japanese_header_refuses_the_file(tmp_path):
    path = saved(tmp_path, f"{LINE_HEADER}\n{LINE}\n{LINE_HEADER}\n{LINE}\n")
    with pytest.raises(UnreadableFile, match="row 3 is the header once more"):
        read(path, expected("crm__subscription_line"))


@pytest.mark.parametrize("second", ["account_id", "取引先 ＩＤ", "顧客番号"])
def test_two_headers_of_one_column_refuse_the_file_as_they_are_written(tmp_path, second):
    path = saved(tmp_path, f"取引先ID,取引先名,{second}\nA1,青空,A2\n")
    with pytest.raises(UnreadableFile) as refused:
        read(path, expected("crm__account", account_id="顧客番号"))
    assert "取引先ID (= account_id)" in refused.value.reason
    assert second.replace("　", " ") in refused.value.reason


def test_a_mapped_header_is_its_column_and_an_unknown_one_stays(tmp_path):
    path = saved(tmp_path, "顧客　番号,社名,メモ\nA1,青空,x\n")
    columns = expected("crm__account", account_id="顧客番号", name="社名")
    told = Told()
    assert read(path, columns, told) == [{"account_id": "A1", "name": "青空", "メモ": "x"}]
    assert told.written == {"account_id": "顧客 番号", "name": "社名"}
    assert told.remarks == []


def test_missing_columns_and_misspelled_ones_are_told_by_their_japanese_names(tmp_path):
    path = saved(tmp_path, "取引先ID,社名\nA1,青空\n")
    with pytest.raises(UnreadableFile, match=r"missing: name \(取引先名\) .*取引先ID, 社名"):
        read(path, expected("crm__account"))
    path = saved(tmp_path, f"{LINE_HEADER},利用の終了日\n{LINE},2026-05-31\n")
    told = Told()
    read(path, expected("crm__subscription_line"), told)
    assert [remark.rule for remark in told.remarks] == ["column_not_read"]
    assert "利用の終了日 (利用終了日?)" in told.remarks[0].message


def test_a_further_sheet_with_a_japanese_header_holds_rows(tmp_path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("2")):
        sheet.append(["取引先ID", "取引先名"])
        sheet.append(["A1", "青空"])
    book.save(tmp_path / "a.xlsx")
    told = Told()
    read(tmp_path / "a.xlsx", expected("crm__account"), told)
    assert [(r.rule, r.is_incomplete) for r in told.remarks] == [("sheets_left_out", True)]


def test_cells_that_contradict_each_other_are_shown_under_their_headers(tmp_path):
    numbers = DecimalSign(["amount"], ["amount"], written={"amount": "金額"})
    numbers.see([{"amount": "1,5"}, {"amount": "1.5"}])
    with pytest.raises(UnreadableFile, match=r"1,5 \(金額\).*1\.5 \(金額\)"):
        numbers.decided(tmp_path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"account_no": "顧客番号"}, "account_no is no column of the entity"),
        ({"account_id": " "}, "account_id: its header is empty"),
        (
            {"account_id": "番号", "name": "番 号"},
            "name: the header '番 号' is mapped to account_id",
        ),
        ({"name": "取引先ＩＤ"}, r"'取引先ＩＤ' is the name of account_id \(取引先ID\)"),
        ({"name": "account_id"}, r"'account_id' is the name of account_id"),
    ],
)
def test_a_mapping_that_does_not_tell_one_column_is_refused(context, columns, message):
    files = {"crm__account": FileFeed(columns=columns)}
    with pytest.raises(TenantError, match=message):
        replace(context, tenant=context.tenant.model_copy(update={"files": files}))


def test_a_columns_own_names_may_be_mapped_to_it():
    check({"crm__account": FileFeed(columns={"account_id": "取引先ID", "name": "NAME"})})
    assert known_names(expected("crm__account", name="社名"))["社名"] == "name"


def test_the_lake_has_the_entitys_columns_and_messages_the_files_headers(context, tmp_path):
    files = {"crm__subscription_line": FileFeed(columns={"line_id": "行番号"})}
    tenant = context.tenant.model_copy(update={"systems": ["files"], "files": files})
    context = replace(context, tenant=tenant)
    entry = find_object("files", "crm__subscription_line")
    header = LINE_HEADER.replace("明細ID", "行番号")
    place = "crm__subscription_line/2026-06-30/a.csv"
    path = saved(
        tmp_path / "drop", f"{header}\n{LINE}\n{LINE.replace('100000', '12万くらい')}\n", place
    )
    path.write_text(path.read_text("utf-8").replace("L1", "L2", 1), encoding="utf-8")

    run = extract_object(context, entry, DAY, Connection(str(tmp_path / "drop")))
    check_and_commit(context, "crm", DAY, [run])

    (manifest,) = context.lake.committed(entry)
    assert {"line_id", "amount_total_ex_tax", "billing_period"} <= set(manifest.columns)
    assert manifest.files[place]["written"]["line_id"] == "行番号"
    (finding,) = [row for row in context.findings.grouped().to_pylist() if row["column_name"]]
    assert (finding["column_name"], finding["keys"]) == ("amount_total_ex_tax", "L1")
    assert "(column 金額（税抜）) / " in finding["message"]
