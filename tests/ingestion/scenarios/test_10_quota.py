"""Scenarios 10 and 27: Salesforce's limits come as 403 without a hint how long to wait."""

import pytest
from salesforce_records import ACCOUNT, DAYS, START, names, record
from scripted_server import Answer, scripted_server

from ingestion.catalogue import find_object
from ingestion.sources.salesforce.connector import Salesforce
from runtime.errors import SourceError
from runtime.records import Connection, Window

VERSIONS = [record(1, START, Name="x")]
QUOTA = "REQUEST_LIMIT_EXCEEDED"


def test_too_many_requests_at_a_time_are_waited_out(play):
    """Scenario 10: the concurrency limit passes; waits grow and differ."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.set_faults({"n": 1, "vendor": "salesforce", "fault": "rate_limit", "times": 3})
    daily.run(DAYS[0], ACCOUNT)
    assert names(daily) == {1: "x"}
    assert len(daily.waits) == 3
    assert [round(wait) >= 2**n for n, wait in enumerate(daily.waits)] == [True] * 3


def test_the_daily_limit_ends_the_run_at_once_and_the_next_run_catches_up(play):
    """Scenario 10: it would last hours: no wait, a clear error, nothing committed, nothing lost."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.set_faults({"every": 1, "vendor": "salesforce", "fault": "daily_limit"})
    with pytest.raises(SourceError, match=rf"{QUOTA}.*no API calls left"):
        daily.run(DAYS[0], ACCOUNT)
    assert daily.waits == []
    assert daily.lake.committed(daily.lake_entry(ACCOUNT)) == []
    daily.set_faults()
    daily.run(DAYS[1], ACCOUNT)
    assert names(daily) == {1: "x"}


def test_it_stops_at_a_fraction_of_the_daily_calls(play):
    """Scenario 10: what is left belongs to the company's other integrations."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.extra["salesforce"] = {"api_usage_limit": 0.00001}
    with pytest.raises(SourceError, match=r"of 100,000 API calls .*api_usage_limit"):
        daily.run(DAYS[0], ACCOUNT)
    assert daily.waits == []


@pytest.mark.parametrize(
    "hint", ["3", "0", None, "999999999", "Sun, 22 Nov 2099 00:00:00 GMT", "soon"]
)
def test_waits_do_not_follow_a_header_the_vendor_does_not_define(hint):
    """Scenario 27: Salesforce documents no Retry-After; whatever a proxy writes there, waits are ours."""
    headers = {"Retry-After": hint} if hint else {}
    busy = Answer([{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}], 503, headers)
    waits = []
    with scripted_server() as server:
        server.answers += [
            Answer({"access_token": "t0ken", "instance_url": server.url}),
            busy,
            busy,
            Answer({"sobjects": []}),
        ]
        salesforce = Salesforce(Connection(server.url, "id", "secret"))
        salesforce.api.sleep = waits.append
        entry = find_object("salesforce", "Lead")
        assert list(salesforce.extract(entry, Window(None, START))) == []
    assert len(waits) == 2
    assert all(1 <= wait <= 3 for wait in waits)
