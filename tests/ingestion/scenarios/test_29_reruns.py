"""Scenario 29: clearing, rerunning and backfilling never lets an older state win (dlt's did)."""

NAME = "salesforce.Account"
VERSIONS = [
    {"Id": "001A", "SystemModstamp": "2026-11-01T01:00:00.000+0000", "Name": "first"},
    {"Id": "001B", "SystemModstamp": "2026-11-01T01:00:00.000+0000", "Name": "stays"},
    {"Id": "001A", "SystemModstamp": "2026-11-02T01:00:00.000+0000", "Name": "second"},
    {"Id": "001A", "SystemModstamp": "2026-11-03T01:00:00.000+0000", "Name": "third"},
]


def names(daily):
    return {key: record["Name"] for key, record in daily.state(NAME).items()}


def test_a_cleared_date_uses_what_the_lake_has(play):
    """Scenario 29: rerunning a committed date asks the vendor nothing."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.run("2026-11-01", NAME)
    asked = len(daily.requests("salesforce"))
    assert daily.run("2026-11-01", NAME) == [None]
    assert len(daily.requests("salesforce")) == asked


def test_an_older_date_after_a_newer_one_changes_nothing(play):
    """Scenario 29: a backfill of a date that a later run covers lands nothing."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.run("2026-11-03", NAME)
    before = daily.rows(NAME)
    assert daily.extract("2026-11-02", NAME)["state"] == "covered"
    assert daily.rows(NAME) == before
    assert names(daily) == {"001A": "third", "001B": "stays"}


def test_a_forced_extraction_of_an_older_date_adds_and_does_not_overwrite(play):
    """Scenario 29: forced, the old date is read again as the vendor shows it now."""
    daily = play({"salesforce/Account": VERSIONS})
    for day in ("2026-11-01", "2026-11-02", "2026-11-03"):
        daily.run(day, NAME)
    rows = len(daily.rows(NAME))
    daily.run("2026-11-01", NAME, at=daily.at_end_of("2026-11-03"), force=True)
    assert names(daily) == {"001A": "third", "001B": "stays"}
    assert len(daily.rows(NAME)) >= rows
    assert names(daily)["001A"] == "third"


def test_a_day_skipped_by_an_outage_is_caught_up(play):
    """Scenario 29: the next run starts where the last committed one ended."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.run("2026-11-01", NAME)
    daily.run("2026-11-03", NAME)
    assert names(daily) == {"001A": "third", "001B": "stays"}
