"""Scenario 4: a record changes while it is being paged: at least once, never lost."""

from salesforce_records import ACCOUNT, DAYS, HOUR, START, names, record

from ingestion.sources.salesforce.connector import Salesforce
from runtime.records import Window


def test_a_record_that_moves_to_a_later_page_is_not_lost(play):
    """Scenario 4: the result stands still while it is paged; what changes is read the next day."""
    versions = [record(n, START + HOUR, Name="old") for n in range(2500)]
    versions += [record(n, START + 2 * HOUR, Name="new") for n in (0, 2400)]
    daily = play({"salesforce/Account": versions})
    daily.world.now = START + HOUR
    salesforce = Salesforce(daily.connection("salesforce"))
    pages = salesforce.extract(daily.lake_entry(ACCOUNT), Window(None, START + 3 * HOUR))
    found = list(next(pages).records)
    daily.world.now = START + 2 * HOUR
    found += [row for page in pages for row in page.records]
    assert sorted(row["Id"] for row in found) == sorted({row["Id"] for row in versions})


def test_the_next_run_has_what_changed_during_the_last(play):
    """Scenario 4: changed after its page was read, before the window's end."""
    changed = record(1, START + HOUR, shown_at=START + 20 * HOUR, Name="new")
    daily = play({"salesforce/Account": [record(1, START, Name="old"), changed]})
    daily.run(DAYS[0], ACCOUNT)
    assert names(daily) == {1: "old"}
    daily.run(DAYS[1], ACCOUNT)
    assert names(daily) == {1: "new"}


def test_a_restart_in_between_reads_changed_records_again(play):
    """Scenario 4: a locator is lost after the record moved; both its states land, the newer wins."""
    versions = [record(n, START + HOUR, Name="old") for n in range(2500)]
    versions.append(record(0, START + 2 * HOUR, Name="new"))
    daily = play({"salesforce/Account": versions})
    daily.world.now = START + HOUR
    salesforce = Salesforce(daily.connection("salesforce"))
    pages = salesforce.extract(daily.lake_entry(ACCOUNT), Window(None, START + 3 * HOUR))
    found = list(next(pages).records)
    daily.world.now = START + 2 * HOUR
    daily.set_faults({"n": 1, "vendor": "salesforce", "fault": "locator_expired"})
    found += [row for page in pages for row in page.records]
    assert len(found) == 2501
    assert [row["Name"] for row in found if row["Id"] == versions[0]["Id"]] == ["old", "new"]
