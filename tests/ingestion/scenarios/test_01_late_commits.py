"""Scenario 1: a change is stamped first and committed later, behind the high-watermark."""

from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, names, record


def test_a_row_committed_within_the_look_back_is_not_lost(play):
    """Scenario 1: stamped on the first day, committed two days later."""
    late = record(2, START + 3 * HOUR, shown_at=START + 2 * DAY + HOUR, Name="late")
    daily = play({"salesforce/Account": [record(1, START, Name="on time"), late]})
    daily.run(DAYS[0], ACCOUNT)
    daily.run(DAYS[1], ACCOUNT)
    assert names(daily) == {1: "on time"}
    daily.run(DAYS[2], ACCOUNT)
    assert names(daily) == {1: "on time", 2: "late"}


def test_a_row_committed_behind_the_look_back_is_found_by_the_weekly_comparison(play):
    """Scenario 1: stamped on the first day, committed five days later; likewise an update."""
    versions = [
        record(1, START, Name="on time"),
        record(2, START + 3 * HOUR, shown_at=START + 5.5 * DAY, Name="late"),
        record(3, START, Name="before"),
        record(3, START + 4 * HOUR, shown_at=START + 5.5 * DAY, Name="after"),
    ]
    daily = play({"salesforce/Account": versions})
    for day in DAYS[:7]:
        daily.run(day, ACCOUNT)
    assert names(daily) == {1: "on time", 3: "before"}
    (compared,) = daily.run(DAYS[7], ACCOUNT)
    assert compared.api["compared"] is True
    assert names(daily) == {1: "on time", 2: "late", 3: "after"}
