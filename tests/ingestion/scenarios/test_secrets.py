"""No secret in logs, exceptions, manifests, events, Airflow's database, XComs or rendered fields, whatever fails."""

import json
import logging
import os
import sqlite3
import subprocess
import sys
import traceback
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import show
from salesforce_records import ACCOUNT, START, record
from tenant_folder import write_tenant

from runtime.errors import WarehouseError
from runtime.records import Connection
from sandbox.faults import KINDS
from sandbox.vendor import World
from sandbox.vendors import vendor_classes

DAY = "2026-11-01"
MOMENT = "2026-11-01T00:00:00Z"
OBJECTS = {
    "salesforce": ACCOUNT,
    "hubspot": "hubspot.contacts",
    "marketo": "marketo.leads",
    "zendesk": "zendesk.tickets",
}
LOGINS = {name: vendor.sign_in_as[0] for name, vendor in vendor_classes().items()}
SECRETS = {name: vendor.sign_in_as[1] for name, vendor in vendor_classes().items()}
CONTACT = {
    **{"id": "1", "properties": {"email": "a@example.jp", "lastmodifieddate": MOMENT}},
    **{"createdAt": MOMENT, "updatedAt": MOMENT, "archived": False},
}
TICKET = {"id": 1, "status": "open", "generated_timestamp": 1_793_491_200, "updated_at": MOMENT}
LEAD = {"id": 1, "email": "a@example.jp", "createdAt": MOMENT, "updatedAt": MOMENT}
FILES = {
    "salesforce/Account": [record(1, START)],
    "hubspot/contacts": [CONTACT],
    "marketo/leads": [LEAD],
    "zendesk/tickets": [TICKET],
}
FAULTS = [
    (name, kind) for name, vendor in vendor_classes().items() for kind in KINDS + vendor.own_faults
]


@pytest.fixture
def issued(monkeypatch):
    """Every access token the sandbox gives out during the test."""
    tokens, issue = [], World.issue_token

    def remember(world, vendor):
        tokens.append(issue(world, vendor))
        return tokens[-1]

    monkeypatch.setattr(World, "issue_token", remember)
    return tokens


@pytest.fixture
def own_secrets(monkeypatch):
    """Secrets of this test alone, by vendor: the sandbox's usual ones stand in docs/tenant.md, which the site shows."""
    own = {}
    for vendor, usual in SECRETS.items():
        module = import_module(f"sandbox.{vendor}.credentials")
        (name,) = [name for name, value in vars(module).items() if value == usual]
        own[vendor] = f"{vendor}-{uuid4().hex}"
        monkeypatch.setattr(module, name, own[vendor])
    return own


def written(folder):
    """Every byte of every file below a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def leaks(secrets, *texts):
    """Secrets that are in one of the texts."""
    everything = b"\n".join(t if isinstance(t, bytes) else t.encode() for t in texts)
    return [secret for secret in secrets if secret.encode() in everything]


@pytest.mark.parametrize(("vendor", "kind"), FAULTS, ids=lambda value: value)
def test_no_fault_brings_a_secret_out(play, issued, caplog, vendor, kind, tmp_path):
    caplog.set_level(logging.DEBUG)
    daily = play(FILES)
    daily.extra[vendor] = {"poll_seconds": 0, "since": "2026-10-01"}
    told = []
    for every in (1, 2):
        daily.set_faults({"every": every, "vendor": vendor, "fault": kind})
        try:
            daily.run(DAY, OBJECTS[vendor])
        except WarehouseError as error:
            told.append("".join(traceback.format_exception(error)))
    tokens = {*issued, *daily.world.tokens}  # a vendor may give an older one again
    assert tokens or vendor == "hubspot"
    assert leaks([*SECRETS.values(), *tokens], caplog.text, written(tmp_path), *told) == []


@pytest.mark.parametrize("vendor", SECRETS)
def test_refused_credentials_are_not_shown(play, caplog, vendor, tmp_path, monkeypatch):
    caplog.set_level(logging.DEBUG)
    daily, secret = play(FILES), "wr0ng-but-still-a-secret"
    wrong = Connection(daily.url, LOGINS[vendor], secret)
    monkeypatch.setattr(type(daily), "connection", lambda self, source: wrong)
    with pytest.raises(WarehouseError) as caught:
        daily.run(DAY, OBJECTS[vendor])
    told = "".join(traceback.format_exception(caught.value))
    assert leaks([secret], caplog.text, written(tmp_path), told) == []


def test_a_run_of_airflow_that_fails_leaves_no_secret_behind(
    sandbox_server, issued, own_secrets, tmp_path
):
    """One vendor refuses its credentials, one breaks, one answers, one is down: all of CSW_HOME is searched."""
    url, world = sandbox_server
    folder = write_tenant(tmp_path / "tenant", FILES)
    settings = json.loads((folder / "tenant.yml").read_text())
    systems = ["salesforce", "hubspot", "marketo", "zendesk", "database"]
    (folder / "tenant.yml").write_text(json.dumps(settings | {"systems": systems}))
    show(world, folder)
    world.now = world.now.replace(year=2027)
    passwords = own_secrets | {"marketo": "refused-Secret-1", "database": "database-Secret-1"}
    hosts = dict.fromkeys(SECRETS, url) | {"database": "postgresql+psycopg://127.0.0.1:1/x"}
    environment = {
        f"AIRFLOW_CONN_{vendor.upper()}_DEFAULT": json.dumps(
            {
                **{"conn_type": "generic", "host": host, "password": passwords[vendor]},
                **{"login": LOGINS.get(vendor, "reader")},
            }
        )
        for vendor, host in hosts.items()
    }
    home = tmp_path / "home"
    run = subprocess.run(
        [sys.executable, "-m", "cli.run", "--tenant", str(folder), "--date", DAY],
        env={**os.environ, **environment, "CSW_HOME": str(home), "CSW_TASK_RETRIES": "0"},
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        timeout=540,
    )
    assert run.returncode == 1
    events = [json.loads(line) for line in (home / "logs/events.jsonl").read_text().splitlines()]
    failed = " ".join(event["message"] for event in events if event["event"] == "failed")
    assert "marketo / sign-in" in failed and "database / " in failed
    assert {"hubspot", "zendesk"} <= {e["source"] for e in events if e["event"] == "extracted"}
    with sqlite3.connect(home / "airflow" / "airflow.db") as database:
        for table in ("xcom", "rendered_task_instance_fields"):
            assert database.execute(f"select count(*) from {table}").fetchone()[0] > 0, table
    found = written(home)
    assert issued
    tokens = {*issued, *world.tokens}
    assert leaks([*passwords.values(), *tokens], run.stdout, run.stderr, found) == []
