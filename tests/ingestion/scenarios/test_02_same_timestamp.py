"""Scenarios 2 and 3: many rows share one timestamp; windows meet without a gap or a double."""

from collections import Counter

from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, moment, names, record


def test_a_bulk_update_larger_than_a_page_at_one_second(play):
    """Scenario 2: 2,500 rows of one second lie on both sides of a page boundary."""
    versions = [record(n, START + HOUR, Name="old") for n in range(2500)]
    versions += [record(n, START + DAY + HOUR, Name="new") for n in range(2500)]
    daily = play({"salesforce/Account": versions})
    (first,) = daily.run(DAYS[0], ACCOUNT)
    assert (first.rows, first.pages) == (2500, 2)
    daily.run(DAYS[1], ACCOUNT)
    assert names(daily) == dict.fromkeys(range(2500), "new")


def test_one_second_on_both_sides_of_a_run(play):
    """Scenario 2: of rows with the same stamp some are committed after the run that read it."""
    stamp = START + HOUR
    versions = [
        record(n, stamp, shown_at=START + DAY + HOUR if n % 2 else None, Name="v")
        for n in range(40)
    ]
    daily = play({"salesforce/Account": versions})
    daily.run(DAYS[0], ACCOUNT)
    assert len(names(daily)) == 20
    daily.run(DAYS[1], ACCOUNT)
    assert len(names(daily)) == 40


def test_windows_that_meet_leave_no_gap_and_give_nothing_twice(play):
    """Scenario 3: a row exactly at the business date's end belongs to the next one alone."""
    end = START + DAY - 9 * HOUR  # midnight in Tokyo
    second = HOUR / 3600
    stamps = [end - second, end, end + second]
    versions = [record(n, at, Name=moment(at)) for n, at in enumerate(stamps)]
    daily = play({"salesforce/Account": versions})
    (first,) = daily.run(DAYS[0], ACCOUNT, at=START + 2 * DAY)
    assert {row["Name"] for row in daily.rows(ACCOUNT)} == {moment(end - second)}
    (following,) = daily.run(DAYS[1], ACCOUNT)
    assert first.window_end == end.isoformat()
    assert following.window_end == (end + DAY).isoformat()
    # The look-back reads the first one again; within one run nothing comes twice.
    for run_id in (first.run_id, following.run_id):
        keys = Counter(row["Id"] for row in daily.rows(ACCOUNT) if row["_run_id"] == run_id)
        assert set(keys.values()) == {1}
    assert len(names(daily)) == 3
