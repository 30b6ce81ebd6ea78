"""Scenarios 30 to 32: two runs at once, time zones, several currencies."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from salesforce_records import ACCOUNT, DAYS, START, names, record

from cli import state
from ingestion.catalogue import find_object
from ingestion.sources.hubspot.connector import HubSpot
from runtime.errors import StateError
from runtime.records import Window
from runtime.settings import Settings
from sandbox.app import CLOCK_MARGIN
from tests.conftest import ROOT, environment, run_command

HOLDER = """
import sys
from pathlib import Path
from cli.state import exclusive
from runtime.settings import Settings
with exclusive(Settings(home=Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""
DAG_LIMITS = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
print(json.dumps({name: dag.max_active_runs for name, dag in bag.dags.items()}))
"""


@pytest.fixture
def held_by_another_process(tmp_path):
    """A state folder and the process that works in it."""
    home = tmp_path / "home"
    command = [sys.executable, "-c", HOLDER, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment(home), text=True, **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield home, process
        process.kill()


@pytest.mark.parametrize("command", [("cli.run", "--date", DAYS[0]), ("cli.rollback",)])
def test_a_second_process_is_told_who_works_in_the_state_folder(held_by_another_process, command):
    """Scenario 30: it ends at once, names the other one and has touched nothing."""
    home, process = held_by_another_process
    second = run_command(home, *command, timeout=60)
    assert second.status == 1
    assert f"another run (process {process.pid}) is working in {home}" in second.output
    assert [path.name for path in home.iterdir()] == [".lock"]


def test_a_killed_run_holds_nothing(held_by_another_process):
    """Scenario 30: the operating system gives the lock back; no file has to be removed by hand."""
    home, process = held_by_another_process
    with pytest.raises(StateError, match="another run"), state.exclusive(Settings(home=home)):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with state.exclusive(Settings(home=home)):
        assert (home / ".lock").read_text() == str(os.getpid())


def test_airflow_starts_one_run_of_a_dag_at_a_time(play, tmp_path):
    """Scenario 30: runs of a DAG queue up; the second finds its date committed (test_29_reruns)."""
    tenant = play({}).context.settings.tenant
    settings = {
        "CSW_TENANT": str(tenant),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    printed = subprocess.check_output(
        [sys.executable, "-c", DAG_LIMITS, str(ROOT / "dags")],
        cwd=ROOT,
        env=environment(tmp_path) | settings,
        text=True,
    )
    limits = json.loads(printed.splitlines()[-1])
    assert len(limits) == 8
    assert set(limits.values()) == {1}


def test_an_interval_extracted_twice_at_once_is_one_state(play):
    """Scenario 30: runs share no file; both may be committed, and the next window begins where it would."""
    versions = [record(n, START, Name=str(n)) for n in range(1, 2_500)]
    versions += [record(1, START + timedelta(days=1), Name="changed")]
    daily = play({"salesforce/Account": versions})
    daily.world.now = daily.at_end_of(DAYS[0])
    with ThreadPoolExecutor(2) as both:
        landed = [both.submit(daily.extract, DAYS[0], ACCOUNT, True) for _ in range(2)]
        runs = {run.result()["run_id"] for run in landed}
    manifests = [daily.commit(DAYS[0], ACCOUNT) for _ in range(2)]
    assert {manifest.run_id for manifest in manifests} == runs
    assert len(runs) == 2
    assert names(daily) == {n: str(n) for n in range(1, 2_500)}
    (following,) = daily.run(DAYS[1], ACCOUNT)
    lookback = daily.lake_entry(ACCOUNT).lookback
    assert datetime.fromisoformat(following.window_start) == daily.at_end_of(DAYS[0]) - (
        CLOCK_MARGIN + lookback
    )
    assert names(daily)[1] == "changed"


def account(number, at):
    return record(number, at)


def company(number, at):
    return {"id": str(number), "properties": {}, "createdAt": stamp(at), "updatedAt": stamp(at)}


def ticket(number, at):
    return {"id": number, "status": "open", "generated_timestamp": int(at.timestamp())}


def stamp(at):
    return f"{at:%Y-%m-%dT%H:%M:%S.000Z}"


SOURCES = [
    ("salesforce.Account", account),
    ("hubspot.companies", company),
    ("zendesk.tickets", ticket),
]


def in_zone(daily, zone):
    """The same vendors and lake, for a company whose day is another."""
    tenant = daily.context.tenant.model_copy(update={"timezone": zone})
    daily.context = replace(daily.context, tenant=tenant)
    return daily


def numbers(daily, name, day):
    """Numbers of the records that exist at the end of the company's day."""
    keys = daily.state(name, day)
    return {int(key[3:15]) if key.startswith("001") else int(key) for key in keys}


@pytest.mark.parametrize(("name", "build"), SOURCES)
@pytest.mark.parametrize(
    ("zone", "days", "moments"),
    [
        # 00:00 in Tokyo is 15:00 UTC of the day before.
        (
            "Asia/Tokyo",
            ["2026-11-04", "2026-11-05", "2026-11-06"],
            ["2026-11-04T14:59:59", "2026-11-04T15:00:00", "2026-11-05T15:00:00"],
        ),
        (
            "UTC",
            ["2026-11-04", "2026-11-05", "2026-11-06"],
            ["2026-11-04T23:59:59", "2026-11-05T00:00:00", "2026-11-06T00:00:00"],
        ),
        # Clocks go back on 1 November: that day has 25 hours, and 01:30 comes twice (05:30, 06:30 UTC).
        (
            "America/New_York",
            ["2026-10-31", "2026-11-01", "2026-11-01", "2026-11-01", "2026-11-02"],
            [
                "2026-11-01T03:59:59",
                "2026-11-01T05:30:00",
                "2026-11-01T06:30:00",
                "2026-11-02T04:59:59",
                "2026-11-02T05:00:00",
            ],
        ),
        # Clocks go forward on 8 March: 23 hours.
        (
            "America/New_York",
            ["2026-03-07", "2026-03-08", "2026-03-08", "2026-03-09"],
            [
                "2026-03-08T04:59:59",
                "2026-03-08T05:00:00",
                "2026-03-09T03:59:59",
                "2026-03-09T04:00:00",
            ],
        ),
    ],
)
def test_a_change_belongs_to_the_companys_day(play, name, build, zone, days, moments):
    """Scenario 31: days meet at the tenant's midnight, whatever the vendor's clock is set to."""
    changes = [datetime.fromisoformat(f"{moment}+00:00") for moment in moments]
    versions = [build(number, at) for number, at in enumerate(changes, start=1)]
    daily = in_zone(play({name.replace(".", "/"): versions}), zone)
    ends, expected = [], set()
    for day in sorted(set(days)):
        (manifest,) = daily.run(day, name)
        ends.append(datetime.fromisoformat(manifest.window_end))
        expected |= {number for number, its in enumerate(days, start=1) if its == day}
        assert numbers(daily, name, day) == expected
    assert expected == set(range(1, len(changes) + 1))
    zone = daily.context.tenant.zone
    assert [end.astimezone(zone).strftime("%H:%M") for end in ends] == ["00:00"] * len(ends)


def test_dates_stay_dates_and_instants_keep_their_offsets(play):
    """Scenario 31: nothing is moved between zones on the way in.

    A date without time (a close date; a HubSpot date, ISO or as midnight UTC in milliseconds) belongs
    to no zone; HubSpot prints the portal's midnight in UTC. Staging reads them by their kind.
    """
    portal_midnight = "2026-11-03T15:00:00.000Z"  # 4 November in Tokyo
    midnight_utc = str(int(datetime(2026, 11, 4, tzinfo=UTC).timestamp() * 1000))
    salesforce = {"CloseDate": "2026-11-04", "LastActivityAt__c": "2026-11-03T15:00:00.000+0000"}
    hubspot = {
        "closedate": portal_midnight,
        "renewal_on": "2026-11-04",
        "signed_on": midnight_utc,
    }
    zendesk = {"due_at": "2026-11-04T00:00:00+09:00", "created_at": "2026-11-03T15:00:00Z"}
    files = {
        "salesforce/Opportunity": [record(1, START, **salesforce)],
        "hubspot/companies": [company(1, START) | {"properties": hubspot}],
        "zendesk/tickets": [ticket(1, START) | zendesk],
    }
    objects = [name.replace("/", ".") for name in files]
    for zone in ("Asia/Tokyo", "America/New_York"):
        daily = in_zone(play(files), zone)
        daily.run(DAYS[3], *objects)
        opportunity, shown, request = (next(iter(daily.state(name).values())) for name in objects)
        assert salesforce.items() <= opportunity.items()
        assert hubspot.items() <= json.loads(shown["properties"]).items()
        assert zendesk.items() <= request.items()


def test_currency_codes_and_amounts_land_as_they_are(play):
    """Scenario 32: no amount is converted, rounded or given decimals on the way in.

    Conversion is the model's: int_recurring_line, `amount × fx_rate_fixed`, rounded to the reporting
    currency's minor unit, yen to none. Its dbt unit tests show it: `mrr_and_arr_are_rounded_independently`
    (line `foreign`: 10 × 150.45 is 1,505 yen a month) and `minor_unit_of_the_currency_is_kept` (dollars).
    """
    prices = [("JPY", 1_500_000.0), ("JPY", 123_456_789_012), ("USD", 1234.5), ("KWD", 0.125)]
    opportunities = [
        record(n, START, CurrencyIsoCode=code, Amount=amount)
        for n, (code, amount) in enumerate(prices, start=1)
    ]
    yen = {"amount": "1500000", "deal_currency_code": "JPY", "amount_in_home_currency": "1500000"}
    dollars = {
        "amount": "1234.50",
        "deal_currency_code": "USD",
        "amount_in_home_currency": "185731",
    }
    deals = [company(n, START) | {"properties": money} for n, money in enumerate((yen, dollars), 1)]
    daily = play({"salesforce/Opportunity": opportunities, "hubspot/deals": deals})
    daily.run(DAYS[0], "salesforce.Opportunity")
    landed = daily.state("salesforce.Opportunity").values()
    assert [(fields["CurrencyIsoCode"], fields["Amount"]) for fields in landed] == [
        ("JPY", "1500000.0"),
        ("JPY", "123456789012"),
        ("USD", "1234.5"),
        ("KWD", "0.125"),
    ]
    # The catalogue reads no deals (opportunities come from Salesforce): as it would if they were added.
    entry = find_object("hubspot", "companies").model_copy(update={"object": "deals"})
    pages = HubSpot(daily.connection("hubspot")).extract(entry, Window(None, daily.world.now))
    shown = [record["properties"] for page in pages for record in page.records]
    assert yen.items() <= shown[0].items()
    assert dollars.items() <= shown[1].items()


def test_a_restated_rate_is_a_newer_version_of_its_line(play):
    """Scenario 32: the contract's rate is a field of the order line; the old one stays on the lake.

    Dated rates (DatedConversionRate) do not apply: a rate that moves with the day would move recurring
    revenue without any change of contract.
    """
    name = "salesforce.OrderItem"
    lines = [
        record(1, START, CurrencyIsoCode="USD", FxRateFixed__c=150.45),
        record(1, START + timedelta(days=1), CurrencyIsoCode="USD", FxRateFixed__c=151),
    ]
    daily = play({"salesforce/OrderItem": lines})
    for day in DAYS[:2]:
        daily.run(day, name)
    (current,) = daily.state(name).values()
    assert (current["FxRateFixed__c"], current["CurrencyIsoCode"]) == ("151", "USD")
    assert "150.45" in {row["FxRateFixed__c"] for row in daily.rows(name)}
