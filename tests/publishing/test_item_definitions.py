"""データ項目定義書: what the contracts say, once and in both languages; what is measured; names that are no formula."""

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import duckdb
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from expectations.contracts import LAYERS, all_contracts
from publishing.item_definitions import ItemDefinitions, Link, five_items, item_definitions
from publishing.item_names import AREAS, DATABASES, FREQUENCIES, METHODS, WAYS, Name
from publishing.item_workbook import ITEMS, write_workbook
from tests.conftest import ROOT

CONTRACTS = [contract for layer in LAYERS for contract in all_contracts(layer)]
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    '"><img onerror=alert(1)>',
    "\x07=bell",
)


@pytest.fixture
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    """A snapshot with what the document measures; it is older than the monthly facts."""
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema marts")
        connection.execute(
            """
            create table marts.mart_freshness as
            select * from (values
                ('ingest_crm', 'area', null, date '2026-10-31'),
                ('salesforce.Account', 'feed', 'daily', date '2026-10-31'),
                ('zendesk.tickets', 'feed', 'daily', date '2026-10-30'),
                ('hubspot.contacts', 'feed', 'daily', null),
                ('files.crm__order', 'feed', 'monthly', date '2026-09-30'),
                ('fct_ticket', 'mart', null, date '2026-10-31')
            ) as t (mart_name, kind, frequency, last_success_as_of)
            """
        )
        connection.execute(
            """
            create table core.bridge_customer_identity as
            select * from (values
                ('crm', 'account', 'source_record', 'c1'), ('crm', 'account', 'source_record', 'c2'),
                ('zendesk', 'account', 'crm_link', 'c1'), ('zendesk', 'account', 'domain', 'c2'),
                ('zendesk', 'account', 'domain', 'c2'), ('zendesk', 'account', 'source_record', 'c3'),
                ('zendesk', 'ticket_requester', 'none', 'unknown')
            ) as t (source_system, id_type, match_method, customer_key)
            """
        )
        connection.execute(
            "create table core.fct_ticket as select unnest(['c1', 'c2', 'unknown', 'c1']) as customer_key"
        )
        yield connection


def test_the_workbook_is_the_contracts(tmp_path):
    """Every table and column once, described in both languages, with key, unit, method and frequency."""
    path = tmp_path / "items.xlsx"
    write_workbook(item_definitions(), path)
    found = [row for area in AREAS.values() for row in rows_of(load_workbook(path)[area.ja])]
    expected = [
        (
            *(
                contract.table,
                column.name,
                column.title or "、".join(column.synonyms["ja"]) or None,
                column.data_type,
            ),
            *(f"{row_en} / {row_ja}" for row_en, _, row_ja in [contract.purpose.rpartition(" / ")]),
            column.description,
            ", ".join(contract.key) or None,
            *("○" if flag else "－" for flag in (column.key_position, column.required)),
            column.properties.get("unit"),
            METHODS[contract.properties["method"]].ja,
            FREQUENCIES[contract.frequency].ja,
            contract.properties["owner"],
        )
        for contract in CONTRACTS
        for column in contract.columns
    ]
    written = [
        (
            *(row["テーブル"], row["項目"], row["項目名"], row["型"]),
            f"{row['Table']} / {row['テーブルの内容']}",
            f"{row['Item']} / {row['項目の内容']}",
            *(row["主キー"], row["キー"], row["必須"], row["単位"]),
            *(row["更新方法"], row["更新頻度"], row["管理部門"]),
        )
        for row in found
    ]
    assert sorted(map(str, written)) == sorted(map(str, expected))


def test_sheets_have_japanese_headings_that_stay_and_filter(tmp_path):
    """A sheet an area, behind the summary, the databases and the linkage."""
    path = tmp_path / "items.xlsx"
    write_workbook(item_definitions(), path)
    book = load_workbook(path)
    assert book.sheetnames == [
        *("概要", "データベース", "連携"),
        *(area.ja for area in AREAS.values()),
    ]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert re.search("[ぁ-ん一-龠ァ-ヶ]", "".join(map(str, headings(sheet))))
        assert sheet.max_row > 1


def test_the_five_items_are_counted_and_measured(published):
    """Databases that are connected, ids that join and how, rows of facts, frequencies as they come."""
    found = item_definitions(published)
    assert found.as_of_date == date(2026, 10, 31)
    connected = [source.name for source in found.sources if source.is_connected]
    assert connected == ["salesforce", "zendesk", "files"]
    links = [link for link in found.links if link.match_rate is not None]
    assert links == [
        Link("salesforce", "account", ("source_record",), 2, 2),
        Link("zendesk", "account", ("domain", "crm_link"), 4, 3),
        Link("zendesk", "ticket_requester", (), 1, 0),
        Link("warehouse", "fct_ticket", ("customer_key",), 4, 3),
    ]
    assert links[1].match_rate == 0.75
    assert links[1].key_names == Name("domain, CRM id", "ドメイン・CRMのID")
    assert {link.database for link in found.links if not link.is_joinable} == {
        *("hubspot", "marketo", "zendesk"),
    }
    tables = {(table.layer, table.name): table for table in found.tables}
    order = tables["input", "crm__order"]
    assert (order.frequency, order.last_date) == ("monthly", date(2026, 9, 30))
    assert tables["input", "product__feature_use"].databases == ("database", "files")
    joins = {item.name: item.joins_to for item in order.items if item.joins_to}
    assert joins == {"account_id": ("input.crm__account",), "contact_id": ("input.crm__contact",)}

    items = {item.en: content for item, content in five_items(found)}
    assert items["Number of databases"] == Name("3 connected, of 6", "接続中 3（定義 6）")
    assert "Zendesk companies 75.0%" in items["Linkage"].en
    assert items["Content"].en.startswith(f"{len(CONTRACTS)} tables")
    assert "月次 1" in items["Update frequency"].ja


def test_without_a_publication_nothing_is_measured():
    found = item_definitions()
    assert found.as_of_date is None
    assert not any(database.is_connected for database in found.databases)
    assert {link.count for link in found.links} == {None}


def test_a_name_is_text_whatever_it_contains(tmp_path):
    """No cell is a formula, no name is lost."""
    path = tmp_path / "items.xlsx"
    write_workbook(hostile(item_definitions()), path)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
    texts = set()
    for sheet in load_workbook(path):
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "inlineStr", "n", "d"}
            texts |= {cell.value for cell in row}
    assert {text.replace("\x07", "") for text in HOSTILE} <= texts


def test_every_database_area_and_way_of_matching_has_a_name():
    found = item_definitions()
    assert {name for table in found.tables for name in table.databases} == DATABASES.keys()
    assert {table.area for table in found.tables} == AREAS.keys()
    with (ROOT / "dbt_project/seeds/match_method.csv").open() as seed:
        assert {row["match_method"] for row in csv.DictReader(seed)} - {"none"} == WAYS.keys()


def test_a_column_s_other_names_are_told():
    """ODCS synonyms: whoever looks for 解約率 or for "customer churn rate" finds the column."""
    items = {
        f"{table.name}.{item.name}": item
        for table in item_definitions().tables
        for item in table.items
    }
    also = items["fct_retention_monthly.logo_churn"].also
    assert "解約率" in also.ja.split("、") and "customer churn rate" in also.en
    assert items["fct_retention_monthly.month"].also == Name("", "")


def hostile(definitions: ItemDefinitions) -> ItemDefinitions:
    """The same with every name and description of a few tables replaced."""
    tables = list(definitions.tables)
    for number, text in enumerate(HOSTILE):
        items = tuple(
            replace(item, name=text, title=text, description=Name(text, text), unit=text)
            for item in tables[number].items
        )
        tables[number] = replace(
            tables[number],
            name=text,
            owner=text,
            key=(text,),
            items=items,
            description=Name(text, text),
        )
    links = tuple(Link("files", text, (text,)) for text in HOSTILE)
    return replace(definitions, tables=tuple(tables), links=links)


def headings(sheet: Worksheet) -> list[str]:
    """The first row."""
    return [cell.value for cell in sheet[1]]


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    """The rows behind it, by heading."""
    assert tuple(headings(sheet)) == ITEMS
    return [
        dict(zip(ITEMS, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
