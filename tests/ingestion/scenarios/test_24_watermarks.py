"""Scenarios 24, 35 and 37: where a window begins and ends, and by whose clock."""

from datetime import UTC, datetime, timedelta

from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, names, record


def test_the_next_window_begins_at_the_last_ones_end_whenever_it_is_run(play):
    """Scenario 24: what changes between a window's end and its run's hour is not skipped."""
    end = START + DAY - 9 * HOUR
    versions = [record(1, START, Name="old"), record(2, end + HOUR, Name="between")]
    daily = play({"salesforce/Account": versions})
    (first,) = daily.run(DAYS[0], ACCOUNT, at=end + 6 * HOUR)
    assert names(daily) == {1: "old"}
    (second,) = daily.run(DAYS[1], ACCOUNT, at=end + DAY + 6 * HOUR)
    lookback = daily.lake_entry(ACCOUNT).lookback
    assert datetime.fromisoformat(second.window_start) == end - lookback
    assert first.window_end == end.isoformat()
    assert names(daily) == {1: "old", 2: "between"}


def test_the_first_extraction_has_no_lower_bound(play):
    """Scenario 35: masters are older than any default start date."""
    old = datetime(1999, 12, 31, tzinfo=UTC)
    daily = play(
        {"salesforce/Account": [record(1, old, Name="1999"), record(2, START, Name="new")]}
    )
    (run,) = daily.run(DAYS[0], ACCOUNT)
    assert run.window_start is None
    assert names(daily) == {1: "1999", 2: "new"}


def test_a_clock_ahead_of_the_vendors_does_not_move_the_watermark(play):
    """Scenario 37: run a day early by our clock, the window ends by the vendor's Date header."""
    versions = [
        record(1, START, Name="early"),
        # Stamped within the first run's window, committed well after it.
        record(2, START + 10 * HOUR, shown_at=START + 11 * HOUR, Name="later"),
    ]
    daily = play({"salesforce/Account": versions})
    daily.extra["salesforce"] = {}
    early = START + 2 * HOUR
    (run,) = daily.run(DAYS[9], ACCOUNT, at=early)
    assert datetime.fromisoformat(run.window_end) == early - timedelta(minutes=5)
    daily.run("2026-11-11", ACCOUNT, at=START + DAY)
    assert names(daily) == {1: "early", 2: "later"}


def test_a_clock_behind_the_vendors_changes_nothing(play):
    """Scenario 37: the window still ends with the business date."""
    daily = play({"salesforce/Account": [record(1, START), record(2, START + 3 * DAY)]})
    (run,) = daily.run(DAYS[0], ACCOUNT, at=START + 9 * DAY)
    assert datetime.fromisoformat(run.window_end) == START + DAY - 9 * HOUR
    assert set(names(daily)) == {1}
