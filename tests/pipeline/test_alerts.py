"""Alerts arrive once, at a real mail server and a webhook, in words that say what to do."""

from datetime import date
from types import SimpleNamespace

import pytest

from pipeline import alerts
from pipeline.watch import refuse_late_publication
from runtime.errors import StateError
from runtime.findings import Finding
from runtime.progress import open_problems, report
from tests.receivers import receivers

DAY = date(2026, 3, 31)


@pytest.fixture
def told(context, monkeypatch):
    """What arrives of the alerts of this context."""
    monkeypatch.setattr(alerts, "load_context", lambda: context)
    monkeypatch.setattr(alerts, "SECONDS_BETWEEN", 0)
    with receivers() as received:
        for name, value in received.connections.items():
            monkeypatch.setenv(name, value)
        yield received


def fail(dag_id, message, **more):
    report("failed", dag=dag_id, message=message, **more)
    alerts.tell_failure({"dag": SimpleNamespace(dag_id=dag_id), "run_id": "run of 2026-03-31"})


def find(context, *keys):
    """Let the lake have these keys unread."""
    found = [
        Finding(
            rule="file_rejected",
            source="files",
            object=key,
            message="It <cannot> be read. / 読めません。",
            what_to_do="Save it anew. / 保存し直してください。",
            severity="incomplete",
            place="a.csv",
        )
        for key in keys
    ]
    context.findings.record("files", found, DAY, replaces=lambda row: True)


def test_a_failed_task(told):
    """The words of the failure, of its own DAG only, as text whatever is in them."""
    report("failed", dag="ingest_ma", message="another one")
    fail("ingest_crm", "salesforce: no <answer> {{ x }} — check the network")
    (text,) = told.posted
    assert text.startswith("*[acme] ingest_crm: failed / 失敗*")
    assert "no &lt;answer&gt; {{ x }} — check the network" in text
    assert "docs/runbook.md" in text
    assert "another one" not in text
    ((to, subject, body),) = told.mailed
    assert (to, subject) == (["data-team@example.com"], "[acme] ingest_crm: failed / 失敗")
    assert "no &lt;answer&gt; {{ x }} — check the network" in body


def test_a_blocked_contract(told):
    fail("build_warehouse", "mart_rfm: customer_key is not unique — mend it", is_blocked=True)
    assert [subject for _, subject, _ in told.mailed] == [
        "[acme] build_warehouse: blocked by a contract / データ契約違反で停止"
    ]
    assert "customer_key is not unique" in told.posted[0]


def test_not_published_in_time(told, context):
    """It says what readers see instead, and what was not read."""
    with pytest.raises(StateError) as late:
        refuse_late_publication(context, DAY)
    fail("watch_publication", str(late.value))
    assert "not published in time" in told.mailed[0][1]
    assert "2026-03-31 is not published by 07:00: nothing is published" in told.posted[0]
    assert "not read: crm, sfa" in told.posted[0]
    report("published", as_of_date=DAY)
    assert open_problems(context.settings) == []


def test_a_task_that_left_no_word(told):
    """Killed: nothing was reported."""
    alerts.tell_failure({"dag": SimpleNamespace(dag_id="ingest_sfa"), "run_id": "r"})
    assert "see its log" in told.posted[0]


def test_new_findings_are_told_once(told, context):
    """Those that were told are not told again, also beside new ones; what came back is new."""
    find(context, "crm__account")
    alerts.tell_new_findings(context)
    alerts.tell_new_findings(context)
    assert [subject for _, subject, _ in told.mailed] == [
        "[acme] 1 new finding, 1 of something missing in the numbers / 新しい指摘 1件（うち数値の欠落 1件）"
    ]
    assert "files.crm__account a.csv: file_rejected: 1 row: It" in told.posted[0]
    find(context, "crm__account", "crm__order")
    alerts.tell_new_findings(context)
    assert len(told.posted) == 2
    assert "crm__order" in told.posted[1]
    assert "Save it anew." in told.posted[1]
    assert "crm__account" not in told.posted[1]
    find(context)
    alerts.tell_new_findings(context)
    find(context, "crm__order")
    alerts.tell_new_findings(context)
    assert len(told.mailed) == len(told.posted) == 3


def test_an_alert_that_cannot_be_sent(told, context):
    """It is a problem that `make status` shows, the other connection's alert arrives, and it is told when it can be."""
    told.answers = 500
    find(context, "crm__account")
    alerts.tell_new_findings(context)
    assert (len(told.posted), len(told.mailed)) == (0, 1)
    (problem,) = open_problems(context.settings)
    assert "an alert could not be sent through alert_slack" in problem
    told.answers = 200
    alerts.tell_new_findings(context)
    assert (len(told.posted), len(told.mailed)) == (1, 1)


def test_without_a_connection_nobody_is_told(context, monkeypatch):
    monkeypatch.setattr(alerts, "load_context", lambda: context)
    find(context, "crm__account")
    fail("ingest_crm", "no answer")
    alerts.tell_new_findings(context)
    assert not (context.settings.home / "alerts.json").exists()
