"""`make template`: what it writes reads back through the file source."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
import openpyxl
import pytest

from cli.template import DESCRIBED, example, template, write_templates
from expectations.contracts import contract_for
from expectations.reading import define, is_unreadable
from ingestion.catalogue import find_object, objects_of
from ingestion.sources.files.csv_xlsx import Told, read_records
from pipeline.file_columns import expected_columns
from runtime.errors import StateError
from runtime.tenant import FileFeed, load_tenant
from tests.conftest import ROOT

ENTRIES = {entry.object: entry for entry in objects_of(systems=["files"])}
DEFINITIONS = {
    "reporting_currency": "JPY",
    "first_date_year": 2000,
    "date_years_ahead": 50,
    "no_value_texts": ["-"],
    "no_end_texts": [],
}


def typed(text: str, reads_as: str | None) -> object:
    """What Excel makes of an example that is typed in."""
    if reads_as in ("date", "end_date", "birth_date"):
        return date.fromisoformat(text)
    if reads_as == "instant":
        return datetime.fromisoformat(text)
    is_number = reads_as in ("integer", "number", "money", "amount", "rate", "exchange_rate")
    return Decimal(text) if is_number else text


@pytest.mark.parametrize("entity", ENTRIES)
def test_a_template_filled_with_its_examples_reads_back_without_a_finding(tmp_path, entity):
    contract = contract_for(ENTRIES[entity])
    book = template(contract)
    examples = {column.name: example(contract, column) for column in contract.columns}
    for number, column in enumerate(contract.columns, 1):
        if examples[column.name]:
            value = typed(examples[column.name], column.reads_as)
            book.worksheets[0].cell(2, number, value)
    book.save(tmp_path / "a.xlsx")
    told = Told()
    expected = expected_columns(ENTRIES[entity], FileFeed())
    ((row,),) = read_records(tmp_path / "a.xlsx", expected, told)
    assert told.remarks == []
    assert list(row) == [column.name for column in contract.columns]
    assert all(row[column.name] for column in contract.columns if column.required)
    with duckdb.connect() as connection:
        for statement in define(date(2026, 6, 30), DEFINITIONS):
            connection.execute(statement)
        for column in contract.columns:
            unreadable = is_unreadable("cell", column.reads_as or "text")
            found = connection.execute(
                f"select {unreadable} from (select ?::varchar as cell)", [row[column.name]]
            ).fetchone()
            assert found == (False,), (column.name, row[column.name])


def test_an_empty_template_holds_no_row_and_is_said(tmp_path):
    """The examples stand on the sheet of the descriptions, which is never read."""
    write_templates(tmp_path / "company")
    path = tmp_path / "company" / "templates" / "crm__contract.xlsx"
    told = Told()
    assert [*read_records(path, expected_columns(ENTRIES["crm__contract"], FileFeed()), told)] == []
    assert [remark.rule for remark in told.remarks] == ["file_without_rows"]


def test_a_template_describes_its_columns_and_offers_codes():
    book = template(contract_for(find_object("files", "crm__subscription_line")))
    rows, description = book.worksheets
    assert rows.freeze_panes == "A2"
    assert tuple(cell.value for cell in description[1]) == DESCRIBED
    told = {row[1]: row for row in description.iter_rows(min_row=2, values_only=True)}
    assert told["charge_type"][4] == "recurring, one_time, usage, trial"
    assert told["line_id"][:3] == ("明細ID", "line_id", "必須 required")
    assert " / " in told["end_date"][5]
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in rows.data_validations.dataValidation
    }
    place = [cell.value for cell in rows[1]].index("課金種別")
    assert (
        lists[f"{openpyxl.utils.get_column_letter(place + 1)}2"]
        == '"recurring,one_time,usage,trial"'
    )
    booleans = template(contract_for(find_object("files", "crm__product"))).worksheets[0]
    assert '"はい,いいえ"' in [rule.formula1 for rule in booleans.data_validations.dataValidation]


def test_nothing_that_is_there_is_written_over(tmp_path):
    folder = tmp_path / "会社"
    folder.mkdir()
    (folder / "tenant.yml").write_text(
        "name: ours\nfirst_business_date: 2026-01-01\nsystems: [files]\n", encoding="utf-8"
    )
    assert len(write_templates(folder)) == len(ENTRIES)
    assert load_tenant(folder).name == "ours"
    with pytest.raises(StateError, match=r"crm__account\.xlsx is there already"):
        write_templates(folder)
    write_templates(tmp_path / "it's new")
    assert load_tenant(tmp_path / "it's new").name == "it's new"
    schema = (tmp_path / "it's new" / "tenant.yml").read_text().split("\n")[0].split("$schema=")[1]
    assert (tmp_path / "it's new" / schema).resolve() == ROOT / "docs" / "tenant.schema.json"
