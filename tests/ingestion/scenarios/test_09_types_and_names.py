"""Scenario 9: a field changes its type, holds nothing, changes its case, or is labelled in Japanese."""

import duckdb
from salesforce_records import ACCOUNT, DAY, DAYS, START, record

from ingestion.load import load


def warehouse(daily, tmp_path):
    path = tmp_path / "warehouse.duckdb"
    load(path, daily.lake, {})
    return duckdb.connect(str(path), read_only=True)


def test_values_of_another_type_land_as_text_beside_the_old_ones(play, tmp_path):
    """Scenario 9: whole numbers, then text, then a nested value: no load breaks, nothing is guessed."""
    versions = [
        record(1, START, Score__c=5, Empty__c=None),
        record(2, START + DAY, Score__c="high", Empty__c=None),
        record(3, START + 2 * DAY, Score__c=["a", {"b": 1.5}], Empty__c=None),
    ]
    daily = play({"salesforce/Account": versions})
    # As the vendor would call it: a text.
    daily.world.fields = {"salesforce": {"Account": {"Score__c": {"type": "string"}}}}
    for day in DAYS[:4]:
        daily.run(day, ACCOUNT)
    with warehouse(daily, tmp_path) as connection:
        found = connection.execute(
            "select Score__c, Empty__c from raw.salesforce__account group by all order by min(Id)"
        ).fetchall()
        types = connection.execute("select distinct typeof(Empty__c) from raw.salesforce__account")
        assert types.fetchall() == [("VARCHAR",)]
    assert found == [("5", None), ("high", None), ('["a",{"b":1.5}]', None)]


def test_names_that_differ_only_a_little_stay_apart(play):
    """Scenario 9: names that a normaliser would merge are different fields."""
    pair = {"MyField__c": "a", "My_Field__c": "b", "my_field2__c": "c"}
    daily = play({"salesforce/Account": [record(1, START, **pair)]})
    daily.run(DAYS[0], ACCOUNT)
    (state,) = daily.state(ACCOUNT).values()
    assert state.items() >= pair.items()


def test_a_field_renamed_in_case_only_stays_one_column(play, tmp_path):
    """Scenario 9: API names are the same whatever their case; so is the warehouse's column."""
    versions = [record(1, START, Region__c="east"), record(2, START + DAY, REGION__C="west")]
    daily = play({"salesforce/Account": versions[:1]})
    daily.run(DAYS[0], ACCOUNT)
    path = daily.context.settings.tenant / "salesforce" / "Account.jsonl"
    text = path.read_text().replace("Region__c", "REGION__C")
    path.write_text(
        text + '{"Id": "2", "SystemModstamp": "2026-11-02T00:00:00Z", "REGION__C": "west"}\n'
    )
    daily.world.store._collections.clear()
    daily.run(DAYS[1], ACCOUNT)
    with warehouse(daily, tmp_path) as connection:
        found = connection.execute(
            "select distinct region__c from raw.salesforce__account order by 1"
        )
        assert found.fetchall() == [("east",), ("west",)]


def test_japanese_labels_are_not_names(play):
    """Scenario 9: labels may be Japanese and equal; columns are named by API name."""
    label = {"label": "契約区分"}
    daily = play({"salesforce/Account": [record(1, START, Kind1__c="新規", Kind2__c="更新")]})
    daily.world.fields = {"salesforce": {"Account": {"Kind1__c": label, "Kind2__c": label}}}
    (run,) = daily.run(DAYS[0], ACCOUNT)
    assert {"Kind1__c", "Kind2__c"} <= set(run.columns)
    (state,) = daily.state(ACCOUNT).values()
    assert (state["Kind1__c"], state["Kind2__c"]) == ("新規", "更新")


def test_values_that_no_column_holds_end_no_build_and_the_newer_version_wins(play):
    """Scenario 9: a cell that cannot be read is null, what stands beside it goes on."""
    odd = {"NumberOfEmployees": "999999999999", "AnnualRevenue": "9" * 20}
    versions = [
        record(1, START, Name="before", NumberOfEmployees="20", AnnualRevenue="1,000"),
        record(1, START + DAY, Name="after", **odd, CreatedDate="2026-06-15 10:00:00 JST"),
        record(2, START + DAY, Name="hex", NumberOfEmployees="0x1F"),
    ]
    daily = play({"salesforce/Account": versions})
    texts = {"NumberOfEmployees": {"type": "string"}, "AnnualRevenue": {"type": "string"}}
    daily.world.fields = {"salesforce": {"Account": texts}}
    query = (
        "select name, employee_count, annual_sales, created_at is null "
        "from staging.stg_salesforce__account order by account_id"
    )
    for day, expected in (
        (DAYS[0], [("before", 20, 1000, False)]),
        (DAYS[1], [("after", None, None, True), ("hex", None, None, False)]),
    ):
        daily.run(day, ACCOUNT)
        daily.models.build(daily.context, day, ACCOUNT)
        file = str(daily.context.settings.warehouse_file)
        with duckdb.connect(file, read_only=True) as connection:
            assert connection.execute(query).fetchall() == expected
