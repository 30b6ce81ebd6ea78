"""Scenario 33: what the lake holds live is what the vendor counts."""

from datetime import timedelta

import requests
from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, names, purged, record

from sandbox.salesforce import credentials


def vendors_count(daily):
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.CLIENT_ID,
        "client_secret": credentials.CLIENT_SECRET,
    }
    token = requests.post(f"{daily.url}/services/oauth2/token", form, timeout=10).json()
    answer = requests.get(
        f"{daily.url}/services/data/v63.0/query",
        {"q": "SELECT COUNT() FROM Account"},
        headers={"Authorization": f"Bearer {token['access_token']}"},
        timeout=10,
    )
    return answer.json()["totalSize"]


def test_after_a_comparison_the_lake_holds_what_the_vendor_counts(play):
    """Scenario 33: after a week of purges, deletions and late rows."""
    versions = [record(n, START + n * HOUR, Name="v") for n in range(60)]
    versions += [purged(n, START + 4 * DAY) for n in range(0, 60, 7)]
    versions += [record(n, START + 5 * DAY, IsDeleted=True) for n in range(1, 60, 7)]
    versions += [record(n, START, shown_at=START + 6 * DAY) for n in range(100, 105)]
    daily = play({"salesforce/Account": versions})
    for day in DAYS[:7]:
        daily.run(day, ACCOUNT)
    assert len(names(daily)) != vendors_count(daily)
    daily.run(DAYS[7], ACCOUNT)
    assert len(names(daily)) == vendors_count(daily) == 60 - 9 - 9 + 5


def test_the_comparison_has_its_interval(play):
    """Scenario 33: every `compare_days` of the catalogue or the connection; the first load is one."""
    daily = play({"salesforce/Account": [record(1, START)]})
    assert daily.lake_entry(ACCOUNT).compare_days == 7
    daily.extra["salesforce"] = {"compare_days": 3}
    compared = [bool(daily.run(day, ACCOUNT)[0].api["compared"]) for day in DAYS[:8]]
    assert compared == [False, False, False, True, False, False, True, False]


def test_records_changed_after_the_window_are_not_taken_for_missing(play):
    """Scenario 33: a comparison made hours after the window's end sees newer states; they can wait."""
    versions = [record(n, START, Name="old") for n in range(3)]
    versions.append(record(1, START + 7 * DAY + 16 * HOUR, Name="new"))
    versions.append(record(9, START + 7 * DAY + 16 * HOUR, Name="new"))
    daily = play({"salesforce/Account": versions})
    for day in DAYS[:7]:
        daily.run(day, ACCOUNT)
    late = daily.at_end_of(DAYS[7]) + timedelta(hours=6)
    (run,) = daily.run(DAYS[7], ACCOUNT, at=late)
    assert run.api["compared"] and run.rows == 0
    assert names(daily) == dict.fromkeys(range(3), "old")
