"""Scenario 26: answers that break, at every request of a run."""

import gzip

import pytest
from salesforce_records import ACCOUNT, DAY, DAYS, HOUR, START, names, record
from scripted_server import RESET, Answer, scripted_server

from ingestion.catalogue import find_object
from ingestion.sources.salesforce.connector import Salesforce
from runtime.errors import SourceError
from runtime.records import Connection, Window

VERSIONS = [record(n, START + n * HOUR, Name=f"n{n}") for n in range(5)]
VERSIONS.append(record(2, START + DAY, Name="changed"))


@pytest.mark.parametrize("fault", ["server_error", "reset", "html", "truncated"])
@pytest.mark.parametrize("every", [2, 3])
def test_days_of_broken_answers_end_as_days_without(play, fault, every):
    """Scenario 26: 5xx, a reset within the body, HTML with 200, a truncated body."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.set_faults({"every": every, "vendor": "salesforce", "fault": fault})
    for day in DAYS[:3]:
        daily.run(day, ACCOUNT)
    assert names(daily) == {0: "n0", 1: "n1", 2: "changed", 3: "n3", 4: "n4"}


def answers(url, broken):
    fields = [{"name": n, "type": "string", "filterable": True} for n in ("Id", "SystemModstamp")]
    return [
        Answer({"access_token": "t0ken", "instance_url": url}),
        Answer({"sobjects": [{"name": "Lead"}]}),
        Answer({"fields": fields}),
        Answer({"totalSize": 1, "done": True, "records": []}),
        broken,
        Answer({"done": True, "records": [{"Id": "1", "SystemModstamp": "x"}]}),
    ]


COMPRESSED = gzip.compress(b'{"done": true, "records": [{"Id": "1"}]}', mtime=0)


@pytest.mark.parametrize(
    "broken",
    [
        Answer(status=520),
        Answer(status=524),
        Answer(b"", status=503),
        Answer(b"<html>maintenance</html>", headers={"Content-Type": "text/html"}),
        Answer(b'{"done": true, "rec'),
        Answer(b""),
        Answer({"done": True}, cut=5),
        Answer(COMPRESSED[:-12], headers={"Content-Encoding": "gzip"}),
        Answer(b"no gzip at all", headers={"Content-Encoding": "gzip"}),
        RESET,
    ],
    ids=str,
)
def test_a_broken_answer_is_asked_for_again(broken):
    """Scenario 26: 520, 524, truncated gzip or JSON, empty, reset, HTML with 200."""
    with scripted_server() as server:
        server.answers += answers(server.url, broken)
        salesforce = Salesforce(Connection(server.url, "id", "secret"))
        salesforce.api.sleep = lambda seconds: None
        entry = find_object("salesforce", "Lead")
        (page,) = salesforce.extract(entry, Window(None, START))
    assert [row["Id"] for row in page.records] == ["1"]


def test_an_outage_ends_with_a_clear_error_and_no_commit(play):
    """Scenario 26: it gives up after its attempts; the next run catches up."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.set_faults({"every": 1, "vendor": "salesforce", "fault": "server_error"})
    with pytest.raises(SourceError, match=r"503.*SERVER_UNAVAILABLE.*7 attempts"):
        daily.run(DAYS[0], ACCOUNT)
    assert daily.rows(ACCOUNT) == []
    daily.set_faults()
    daily.run(DAYS[2], ACCOUNT)
    assert len(names(daily)) == 5
