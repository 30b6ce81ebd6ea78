"""What a person sees when something is wrong: one clear message, the published marts untouched."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingestion.lake import Lake
from pipeline.context import Context
from runtime.settings import Settings
from runtime.tenant import load_tenant
from tests.conftest import ROOT, Run, environment, run_command
from tests.e2e.daily_run import events, write_docs_page
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant


@pytest.fixture
def tenant(tmp_path: Path) -> Path:
    """A tiny tenant of this test's own."""
    return write_tiny_tenant(tmp_path / "tiny")


def run(home: Path, tenant: Path, **variables: str) -> Run:
    """`make run` with extra environment variables."""
    process = subprocess.run(
        [sys.executable, "-m", "cli.run", "--tenant", str(tenant), "--date", DATES[0]],
        cwd=ROOT,
        env=environment(home) | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    return Run(process.returncode, process.stdout, home)


def kill_run(home: Path, tenant: Path) -> None:
    """`make run`, SIGKILLed when it has read two objects."""
    command = [sys.executable, "-m", "cli.run", "--tenant", str(tenant), "--date", DATES[0]]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 400
    while sum(event["event"] == "extracted" for event in events(home)) < 2:
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline, "the run never came to the moment of its kill"
        time.sleep(0.002)
    process.kill()
    process.wait()


def test_a_folder_that_is_no_tenant(tmp_path: Path) -> None:
    """It names the folder and what is missing."""
    folder = tmp_path / "[red]acme"
    folder.mkdir()
    outcome = run(tmp_path / "state", folder)
    assert outcome.status == 1
    assert "[red]acme" in outcome.output
    assert "it has no tenant.yml" in outcome.output
    assert "Traceback" not in outcome.output


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("timezone", "Asia/Tokio", "no IANA time zone"),
        ("systems", ["salesforce", "sap"], "unknown sap"),
        ("colour", "red", "colour is no key of it; known are name, timezone"),
        ("vars", {"rfm_binz": 4}, "there is no dbt var 'rfm_binz'"),
    ],
)
def test_a_wrong_tenant_yml(
    tenant: Path, tmp_path: Path, key: str, value: object, message: str
) -> None:
    """The message names the file, the key and what is allowed."""
    settings = json.loads((tenant / "tenant.yml").read_text()) | {key: value}
    (tenant / "tenant.yml").write_text(json.dumps(settings))
    outcome = run(tmp_path / "state", tenant)
    assert outcome.status == 1
    assert message in outcome.output


def test_a_setting_that_cannot_be_read(tenant: Path, tmp_path: Path) -> None:
    """It names the variable and its value."""
    outcome = run(tmp_path / "state", tenant, CSW_DUCKDB_THREADS="many")
    assert outcome.status == 1
    assert "CSW_DUCKDB_THREADS=many" in outcome.output
    assert "Traceback" not in outcome.output


@pytest.fixture
def sandbox(tenant: Path) -> Iterator[str]:
    """A sandbox of the tiny tenant."""
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--tenant",
        str(tenant),
        "--exit-with-parent",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield process.stdout.readline().split()[-1]
        process.terminate()


def test_sources_that_cannot_be_read(tenant: Path, tmp_path: Path, sandbox: str) -> None:
    """Each is named with its address or connection and never a secret; what others gave stays landed."""
    nobody = {"conn_type": "http", "login": "nobody", "password": "hush-hush"}
    outcome = run(
        tmp_path / "state",
        tenant,
        AIRFLOW_CONN_SALESFORCE_DEFAULT=json.dumps(nobody | {"host": "http://127.0.0.1:9"}),
        AIRFLOW_CONN_ZENDESK_DEFAULT=json.dumps(nobody | {"host": sandbox}),
    )
    assert outcome.status == 1
    assert "127.0.0.1:9" in outcome.output
    assert "salesforce_default" in outcome.output
    assert "zendesk_default" in outcome.output
    assert "the build is left out" in outcome.output
    landed = tmp_path / "state" / "lake" / "raw" / "files" / "product__feature_use"
    assert (landed / "_committed.json").exists()
    assert not (tmp_path / "state" / "published").exists()
    told = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert [path for path in told if b"hush-hush" in path.read_bytes()] == []
    assert "hush-hush" not in outcome.output


def test_a_malformed_file_stands_aside(tenant: Path, tmp_path: Path) -> None:
    """An unreadable file is quarantined with its reason; the rest is built and published.

    `make run` is killed at its first try: what it leaves, Airflow's database too, does not disturb the next.
    """
    bad = tenant / "files" / "product__feature_use" / DATES[0] / "broken.csv"
    bad.write_bytes(b"account_id,user_id,use_date,feature_code,uses\n\x81\xff\xfe,x\n")
    lacking = tenant / "files" / "process__stage_event" / DATES[0] / "lacking.csv"
    lacking.write_text("item_id,stage_code\nI1,planning\n")
    (tenant / "files" / "hr__staff" / DATES[0]).mkdir(parents=True)
    (tenant / "files" / "hr__staff" / DATES[0] / "staff.csv").write_text("id,name\n1,x\n")
    settings = Settings(home=tmp_path / "state")
    context = Context(settings, load_tenant(tenant), Lake(settings.lake_root))
    write_docs_page(context, date.fromisoformat(DATES[0]))
    kill_run(tmp_path / "state", tenant)
    outcome = run(tmp_path / "state", tenant)
    assert outcome.status == 3, outcome.output
    assert "published, but incomplete" in outcome.output
    quarantine = tmp_path / "state" / "lake" / "quarantine" / "files"
    kept = list(quarantine.rglob("broken.csv"))
    assert [path.read_bytes() for path in kept] == [bad.read_bytes()]
    reasons = [json.loads(path.read_text())["reason"] for path in quarantine.rglob("*.reason.json")]
    assert len(reasons) == 2
    assert any("event" in reason and "achieved_at" in reason for reason in reasons), reasons
    assert "broken.csv" in outcome.output
    assert "hr__staff" in outcome.output
    with outcome.marts() as marts:
        customers = marts.execute("select count(*) from core.dim_customer").fetchone()
        rejected = marts.execute(
            "select place, severity, status from ops.finding where rule = 'file_rejected' order by all"
        ).fetchall()
    assert rejected == [
        (f"process__stage_event/{DATES[0]}/lacking.csv", "incomplete", "open"),
        (f"product__feature_use/{DATES[0]}/broken.csv", "incomplete", "open"),
    ]

    # the next day a required field goes missing: the feed is refused, its last good state counts, and readers are told
    accounts = tenant / "salesforce" / "Account.jsonl"
    lines = [json.loads(line) for line in accounts.read_text().splitlines()]
    for line in lines:
        line.pop("Name")
        line["SystemModstamp"] = f"{DATES[1]}T03:00:00.000+0000"
    accounts.write_text("".join(json.dumps(line) + "\n" for line in lines))
    outcome = run_command(
        tmp_path / "state", "cli.run", "--tenant", str(tenant), "--date", DATES[1], "--vars", ""
    )
    assert outcome.status == 3, outcome.output
    assert "salesforce.Account" in outcome.output and "feed_blocked" in outcome.output
    assert "Exit status 3" in outcome.output
    with outcome.marts() as marts:
        assert marts.execute("select count(*) from core.dim_customer").fetchone() == customers
        (blocked,) = marts.execute(
            "select object, severity from ops.finding where rule = 'feed_blocked'"
        ).fetchall()
    assert blocked == ("Account", "incomplete")
    status = run_command(tmp_path / "state", "cli.status")
    assert "incomplete: see below" in status.output and "feed_blocked" in status.output

    # what somebody lets stand is no longer a reason to call the numbers incomplete
    with outcome.marts() as marts:
        ids = marts.execute(
            "select finding_id from ops.finding where status = 'open' and severity = 'incomplete'"
        ).fetchall()
    arguments = (
        "--tenant",
        str(tenant),
        "--date",
        DATES[1],
        "--accept",
        ",".join(i for (i,) in ids),
    )
    outcome = run_command(tmp_path / "state", "cli.run", *arguments)
    assert outcome.status == 0, outcome.output
    assert "audited and published" in outcome.output
    with outcome.marts() as marts:
        found = marts.execute(
            "select status from ops.finding where severity = 'incomplete'"
        ).fetchall()
    assert found == [("accepted",)] * 3
