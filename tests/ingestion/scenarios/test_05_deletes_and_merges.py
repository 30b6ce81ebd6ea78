"""Scenario 5: soft delete, purge, undelete, merge."""

import logging

from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, names, purged, record

KEPT = record(99, START, Name="kept")


def test_a_soft_deleted_record_leaves_the_current_state(play):
    """Scenario 5: queryAll shows it in the bin, with all its fields."""
    deleted = record(1, START + DAY + HOUR, Name="gone", IsDeleted=True)
    daily = play({"salesforce/Account": [KEPT, record(1, START, Name="here"), deleted]})
    daily.run(DAYS[0], ACCOUNT)
    assert names(daily) == {1: "here", 99: "kept"}
    (manifest,) = daily.run(DAYS[1], ACCOUNT)
    assert manifest.tombstones == 1
    assert names(daily) == {99: "kept"}


def test_an_undeleted_record_comes_back(play):
    """Scenario 5: taken out of the bin, its newer version is live."""
    versions = [
        KEPT,
        record(1, START, Name="here"),
        record(1, START + DAY + HOUR, Name="gone", IsDeleted=True),
        record(1, START + 2 * DAY + HOUR, Name="back"),
    ]
    daily = play({"salesforce/Account": versions})
    seen = []
    for day in DAYS[:3]:
        daily.run(day, ACCOUNT)
        seen.append(names(daily).get(1))
    assert seen == ["here", None, "back"]


def test_a_purged_record_is_found_by_the_weekly_comparison(play, caplog):
    """Scenario 5: emptied from the bin at once, it shows in no window and no list of deletions."""
    daily = play({"salesforce/Account": [KEPT, record(1, START, Name="x"), purged(1, START + DAY)]})
    for day in DAYS[:7]:
        daily.run(day, ACCOUNT)
    assert names(daily) == {1: "x", 99: "kept"}
    with caplog.at_level(logging.WARNING):
        (manifest,) = daily.run(DAYS[7], ACCOUNT)
    assert "1 records are gone" in caplog.text
    assert manifest.tombstones == 1
    assert names(daily) == {99: "kept"}
    tombstone = daily.rows(ACCOUNT)[-1]
    assert tombstone["SystemModstamp"] == record(1, START)["SystemModstamp"]
    assert tombstone["Name"] is None and tombstone["_is_deleted"]


def test_a_record_hidden_for_a_while_comes_back(play):
    """Scenario 5: lost by a sharing rule it looks purged; given back unchanged it is live again."""
    back = record(1, START, shown_at=START + 7 * DAY, Name="x")
    versions = [KEPT, record(1, START, Name="x"), purged(1, START + DAY), back]
    daily = play({"salesforce/Account": versions})
    daily.extra["salesforce"] = {"compare_days": 2}
    seen = []
    for day in DAYS:
        daily.run(day, ACCOUNT)
        seen.append(1 in names(daily))
    assert seen == [True] * 2 + [False] * 6 + [True] * 2


def test_the_loser_of_a_merge_names_its_winner(play):
    """Scenario 5: the loser is deleted, its last version keeps MasterRecordId."""
    winner = KEPT["Id"]
    merged = record(1, START + DAY, Name="double", IsDeleted=True, MasterRecordId=winner)
    daily = play({"salesforce/Account": [KEPT, record(1, START, Name="double"), merged]})
    daily.run(DAYS[0], ACCOUNT)
    daily.run(DAYS[1], ACCOUNT)
    assert names(daily) == {99: "kept"}
    lost = daily.rows(ACCOUNT)[-1]
    assert (lost["MasterRecordId"], lost["IsDeleted"], lost["_is_deleted"]) == (
        winner,
        "true",
        True,
    )


def test_history_rows_of_a_deleted_parent(play):
    """Scenario 5: objects without SystemModstamp are read by CreatedDate, swept by Id as well."""
    rows = [
        {
            "Id": f"017{n}",
            "CreatedDate": record(n, START + n * HOUR)["SystemModstamp"],
            "CaseId": "1",
        }
        for n in range(3)
    ]
    gone = {"Id": "0171", "_visible_from": (START + 3 * DAY).isoformat(), "_purged": True}
    daily = play({"salesforce/CaseHistory": [*rows, gone]})
    for day in DAYS[:8]:
        daily.run(day, "salesforce.CaseHistory")
    assert set(daily.state("salesforce.CaseHistory")) == {"0170", "0172"}
