"""The raw lake: every field as text, parts, names that differ only in case, rows in = rows landed."""

from datetime import UTC, date, datetime

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import lake
from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.text_table import TECHNICAL_COLUMNS
from runtime.errors import SchemaError
from runtime.records import Page, Window

ENTRY = find_object("salesforce", "Account")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def land(folder, *pages):
    """The manifest and the table of one run."""
    target = Lake(str(folder))
    manifest = target.write_run(ENTRY, date(2026, 11, 21), Window(None, NOW), iter(pages))
    tables = [pq.read_table(path) for path in target.parts(ENTRY, manifest)]
    return manifest, pa.concat_tables(tables, promote_options="default")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@settings(deadline=None)  # the first table imports pandas
@given(
    records=st.lists(st.dictionaries(st.sampled_from("abc"), json_values, min_size=1), min_size=1)
)
def test_every_json_value_lands_as_its_text(records):
    table = lake.to_text_table(Page(records), 1, 0, "run", NOW)
    for name in {key for record in records for key in record}:
        values = [record.get(name) for record in records]
        expected = [
            value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
            for value in values
        ]
        assert table.column(name).to_pylist() == expected
        assert table.schema.field(name).type == pa.string()


def test_parts_hold_every_row_once_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(lake, "PART_ROWS", 5)
    records = [{"Id": str(number), "n": number} for number in range(17)]
    pages = [
        Page(records[:3]),
        Page([]),
        Page(records[3:4]),
        Page(records[4:16]),
        Page(records[16:]),
    ]
    manifest, table = land(tmp_path, *pages)
    assert (manifest.rows, manifest.pages) == (17, 5)
    assert [part["rows"] for part in manifest.parts] == [5, 5, 5, 2]
    assert table.column("Id").to_pylist() == [str(number) for number in range(17)]
    assert table.column("_row").to_pylist() == list(range(17))
    assert table.column("_page").to_pylist() == [1] * 3 + [3] + [4] * 12 + [5]


def test_technical_columns_are_typed_and_no_source_column(tmp_path):
    manifest, table = land(tmp_path, Page([{"Id": "1", "_is_deleted": True}, {"Id": "2"}], "a.csv"))
    assert manifest.columns == ["Id"]
    assert manifest.tombstones == 1
    assert table.column("_is_deleted").to_pylist() == [True, False]
    assert table.column("_source_file").to_pylist() == ["a.csv"] * 2
    types = {name: table.schema.field(name).type for name in TECHNICAL_COLUMNS}
    assert types == TECHNICAL_COLUMNS


def test_a_field_respelled_between_pages_stays_one_column(tmp_path):
    """Scenario 9: case-variant names; Japanese ones are names like any other."""
    pages = [Page([{"Region__c": "東", "規模": 1}]), Page([{"region__c": "西", "規模": "大"}])]
    manifest, table = land(tmp_path, *pages)
    assert manifest.columns == ["Region__c", "規模"]
    assert table.column("Region__c").to_pylist() == ["東", "西"]
    assert table.column("規模").to_pylist() == ["1", "大"]


def test_two_fields_that_differ_only_in_case_are_refused_aloud(tmp_path):
    with pytest.raises(SchemaError, match="upper and lower case: Region__c, region__c"):
        land(tmp_path, Page([{"Region__c": "東", "region__c": "西"}]))


@pytest.mark.parametrize("name", ["_row", "_Row", "_run_id", "_load_id", "_IS_DELETED"])
def test_a_field_of_a_technical_columns_name_is_refused_aloud(tmp_path, name):
    """It would be overwritten, or the load fail for good."""
    with pytest.raises(SchemaError, match=f"names we use ourselves: {name} →"):
        land(tmp_path, Page([{"Id": "1", name: "x"}]))
