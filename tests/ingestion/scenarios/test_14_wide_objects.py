"""Scenario 14: an object whose field list does not fit into an address."""

from salesforce_records import ACCOUNT, DAY, DAYS, START, purged, record

WIDE = {f"Customer{n:04d}SpecificField__c": f"v{n}" for n in range(900)}


def test_a_wide_object_is_read_in_groups_of_fields(play):
    """Scenario 14: no request is refused, every field of every record is there."""
    daily = play({"salesforce/Account": [record(n, START, **WIDE) for n in range(210)]})
    daily.run(DAYS[0], ACCOUNT)
    state = daily.state(ACCOUNT)
    assert len(state) == 210
    assert all(fields.items() >= WIDE.items() for fields in state.values())
    made = daily.requests("salesforce")
    assert {request["status"] for request in made} == {200}
    assert max(len(request["query"]) for request in made) < 15_000


def test_a_wide_object_fits_into_a_bulk_job(play):
    """Scenario 14: a job's query is in the body."""
    daily = play({"salesforce/Account": [record(n, START, **WIDE) for n in range(3)]})
    daily.extra["salesforce"] = {"bulk_threshold": 2}
    daily.run(DAYS[0], ACCOUNT)
    assert all(fields.items() >= WIDE.items() for fields in daily.state(ACCOUNT).values())


def test_missed_versions_of_a_wide_object_are_fetched_by_id(play):
    """Scenarios 1 and 14: the weekly comparison cuts its queries as well."""
    late = record(2, START, shown_at=START + 5 * DAY, **WIDE)
    versions = [record(1, START, **WIDE), late, record(3, START, **WIDE), purged(3, START + DAY)]
    daily = play({"salesforce/Account": versions})
    for day in DAYS[:8]:
        daily.run(day, ACCOUNT)
    state = daily.state(ACCOUNT)
    assert {key[-4:-3] for key in state} == {"1", "2"}
    assert all(fields.items() >= WIDE.items() for fields in state.values())
