"""Scenarios 6, 7 and 8: values and fields that change without moving a record's timestamp."""

import pytest
from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, record

from ingestion.sources.salesforce.connector import Salesforce
from runtime.errors import SchemaError
from runtime.records import Window

FORMULA = {"salesforce": {"Account": {"Health__c": {"calculated": True}}}}
HIDDEN = {"salesforce": {"Account": {"Region__c": {"hidden": True}}}}


def values(daily, field):
    return {key[-4:-3]: fields.get(field) for key, fields in daily.state(ACCOUNT).items()}


def test_formula_values_are_refreshed_once_a_week(play):
    """Scenario 6: a formula changed without SystemModstamp; its object is read whole each week."""
    versions = [record(n, START, Health__c="good") for n in (1, 2)]
    versions.append(record(1, START, shown_at=START + 4 * DAY, Health__c="bad"))
    daily = play({"salesforce/Account": versions})
    daily.world.fields = FORMULA
    runs = [daily.run(day, ACCOUNT)[0] for day in DAYS[:7]]
    assert values(daily, "Health__c") == {"1": "good", "2": "good"}
    runs += daily.run(DAYS[7], ACCOUNT)
    assert values(daily, "Health__c") == {"1": "bad", "2": "good"}
    assert [run.rows for run in runs] == [2, 2, 2, 2, 0, 0, 0, 2]


def test_without_formulas_only_the_ids_are_read(play):
    """Scenario 6: an object without formula fields is compared by Id, at a fraction of the cost."""
    daily = play({"salesforce/Account": [record(1, START, Name="x")]})
    for day in DAYS[:8]:
        (run,) = daily.run(day, ACCOUNT)
    assert run.api["compared"] is True
    assert run.rows == 0


def test_a_field_added_between_runs_is_back_filled(play):
    """Scenario 7: the new field had values all along; no timestamp moved."""
    daily = play({"salesforce/Account": [record(n, START, Region__c="east") for n in range(3)]})
    daily.world.fields = HIDDEN
    for day in DAYS[:6]:
        daily.run(day, ACCOUNT)
    assert "Region__c" not in daily.rows(ACCOUNT)[0]
    daily.world.fields = {}
    (first,) = daily.run(DAYS[6], ACCOUNT)
    assert values(daily, "Region__c") == dict.fromkeys("012", "east")
    (second,) = daily.run(DAYS[7], ACCOUNT)
    assert (first.rows, second.rows) == (3, 0)


def test_a_field_added_while_paging_comes_with_the_next_run(play):
    """Scenario 7: the run that was under way keeps the fields it began with."""
    daily = play({"salesforce/Account": [record(n, START, Region__c="east") for n in range(2500)]})
    daily.world.fields = HIDDEN
    daily.world.now = START + HOUR
    salesforce = Salesforce(daily.connection("salesforce"))
    pages = salesforce.extract(daily.lake_entry(ACCOUNT), Window(None, START + DAY))
    found = list(next(pages).records)
    daily.world.fields = {}
    found += [row for page in pages for row in page.records]
    assert len(found) == 2500
    assert not any("Region__c" in row for row in found)


def test_a_field_hidden_between_runs_keeps_its_column(play):
    """Scenario 8: describe no longer lists it; what was landed stays, the run goes on."""
    versions = [record(1, START, Region__c="east"), record(1, START + DAY, Region__c="west")]
    daily = play({"salesforce/Account": versions})
    daily.run(DAYS[0], ACCOUNT)
    daily.world.fields = HIDDEN
    (run,) = daily.run(DAYS[2], ACCOUNT)
    assert "Region__c" not in run.columns
    assert {row["Region__c"] for row in daily.rows(ACCOUNT) if "Region__c" in row} == {"east"}
    daily.world.fields = {}
    daily.run(DAYS[3], ACCOUNT)
    assert values(daily, "Region__c") == {"1": "west"}


def test_a_field_hidden_while_paging_is_left_out_from_there_on(play):
    """Scenario 8: INVALID_FIELD half way; it describes once more and gives no record twice."""
    daily = play({"salesforce/Account": [record(n, START, Region__c="east") for n in range(2500)]})
    daily.world.now = START + HOUR
    salesforce = Salesforce(daily.connection("salesforce"))
    pages = salesforce.extract(daily.lake_entry(ACCOUNT), Window(None, START + DAY))
    found = list(next(pages).records)
    daily.world.fields = HIDDEN
    # The locator goes, so that the query has to be sent again: now with a field too many.
    daily.set_faults({"n": 1, "vendor": "salesforce", "fault": "locator_expired"})
    found += [row for page in pages for row in page.records]
    assert len(found) == len({row["Id"] for row in found}) == 2500
    assert sum("Region__c" in row for row in found) == 2000


def test_a_field_that_is_announced_but_unreadable_is_named(play):
    """Scenario 8: describe lists it, queries refuse it: after asking again it is a clear error."""
    daily = play({"salesforce/Account": [record(1, START)]})
    daily.world.now = START + HOUR
    salesforce = Salesforce(daily.connection("salesforce"))
    announced = salesforce._describe

    def with_a_ghost(entry):
        shape = announced(entry)
        shape.types["Ghost__c"] = "string"
        return shape

    salesforce._describe = with_a_ghost
    with pytest.raises(SchemaError, match=r"Ghost__c.*field-level security"):
        list(salesforce.extract(daily.lake_entry(ACCOUNT), Window(None, START + DAY)))


def test_an_object_that_is_given_to_us_later_is_read_from_its_beginning(play):
    """Scenario 8: days on which the org did not show it do not count as read."""
    daily = play({"salesforce/Account": [record(1, START)]})
    leads = daily.context.settings.tenant / "salesforce" / "Lead.jsonl"
    for day in DAYS[:6]:
        daily.run(day, "salesforce.Lead")
    leads.write_text('{"Id": "00Q1", "SystemModstamp": "2020-01-01T00:00:00.000+0000"}\n')
    daily.world.store._collections.clear()
    daily.run(DAYS[6], "salesforce.Lead")
    assert set(daily.state("salesforce.Lead")) == {"00Q1"}
