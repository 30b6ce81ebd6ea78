"""Scenarios 11 and 12: a locator or a token that ends half way, and pages that are not full."""

from collections import Counter

import pytest
from salesforce_records import ACCOUNT, DAYS, HOUR, START, names, record

VERSIONS = [record(n, START + n % 3 * HOUR, Name=f"n{n}") for n in range(4500)]


def landed_once(daily):
    counts = Counter(row["Id"] for row in daily.rows(ACCOUNT))
    return len(counts) == len(VERSIONS) and set(counts.values()) == {1}


@pytest.mark.parametrize("request_number", [3, 4])
def test_a_locator_that_expires_half_way(play, request_number):
    """Scenario 11: the query starts again from the last timestamp; no record lands twice."""
    daily = play({"salesforce/Account": VERSIONS})
    fault = {"vendor": "salesforce", "fault": "locator_expired"}
    daily.set_faults({"n": request_number, **fault})
    daily.run(DAYS[0], ACCOUNT)
    assert landed_once(daily)


@pytest.mark.parametrize("request_number", [2, 3, 4])
def test_a_page_with_fewer_rows_is_not_the_last(play, request_number):
    """Scenario 11: only `done` tells the last page."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.set_faults({"n": request_number, "vendor": "salesforce", "fault": "short_page"})
    daily.run(DAYS[0], ACCOUNT)
    assert landed_once(daily)


def test_a_token_revoked_on_page_three(play):
    """Scenario 12: one new sign-in, the page asked for again, none twice."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.set_faults({"n": 4, "vendor": "salesforce", "fault": "unauthorized"})
    daily.run(DAYS[0], ACCOUNT)
    assert landed_once(daily)
    paths = [request["path"] for request in daily.requests("salesforce")]
    assert paths.count("/services/oauth2/token") == 2
    assert [r["status"] for r in daily.requests("salesforce")].count(401) == 1
    assert len(names(daily)) == 4500
