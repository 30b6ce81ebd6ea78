"""Alerts: what failed or was blocked, what is late, what is newly missing in the numbers; with what to do.

They go through Airflow's own notifiers to whoever has a connection (docs/runbook.md#alerts); without one, to nobody.
"""

import json
import logging
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from tenacity import Retrying, stop_after_attempt, wait_fixed

from pipeline.context import Context, load_context
from runtime.errors import StateError
from runtime.files import write_atomically
from runtime.findings import describe
from runtime.progress import WATCH, open_failures, report
from runtime.redaction import hide_values, redact

log = logging.getLogger(__name__)

SLACK, MAIL = "alert_slack", "alert_mail"
SHOWN = 20
TRIES, SECONDS_BETWEEN = 3, 5
WHAT_TO_DO = (
    "What to do: docs/runbook.md; clear the failed task in Airflow when it is mended. / "
    "対処：docs/runbook.md を参照し、原因を直してから Airflow で失敗したタスクをクリアしてください。"
)


def tell_failure(run: Mapping[str, Any]) -> None:
    """Tell that a DAG run failed, and why: the failure callback of every DAG.

    Args:
        run: Airflow's context of the run.
    """
    context = load_context()
    dag_id, run_id = run["dag"].dag_id, run["run_id"]
    failures = open_failures(context.settings, dag_id)
    ending = "failed / 失敗"
    if dag_id == WATCH:
        ending = "not published in time / 公開が期限に間に合いません"
    elif any(failure.get("is_blocked") for failure in failures):
        ending = "blocked by a contract / データ契約違反で停止"
    lines = [failure["message"] for failure in failures] or [
        "a task ended without a word: see its log / タスクが記録を残さず終了しました（ログ参照）"
    ]
    told = [*lines[:SHOWN], f"{dag_id} · {run_id}", WHAT_TO_DO]
    for connection_id, send in _channels().items():
        _send(context, connection_id, send, f"{dag_id}: {ending}", told)


def tell_new_findings(context: Context) -> None:
    """Tell the open findings that were not told yet, each once for every connection."""
    path = context.settings.home / "alerts.json"
    findings = context.findings.open()
    told = _told(path)
    for connection_id, send in _channels().items():
        new = [
            finding
            for finding in findings
            if finding["finding_id"] not in told.get(connection_id, ())
        ]
        missing = sum(finding["severity"] == "incomplete" for finding in new)
        subject = (
            f"{len(new)} new finding{'s' if len(new) != 1 else ''}, {missing} of something missing in the numbers / "
            f"新しい指摘 {len(new)}件（うち数値の欠落 {missing}件）"
        )
        if new and not _send(context, connection_id, send, subject, _in_words(new)):
            continue
        told[connection_id] = [finding["finding_id"] for finding in findings]
        write_atomically(path, json.dumps(told), mode=0o600)


def _told(path: Path) -> dict[str, list[str]]:
    """Connection → ids of the open findings that were told through it."""
    try:
        return json.loads(path.read_text()) if path.exists() else {}
    except ValueError as error:
        raise StateError(
            f"{path} is damaged", "delete it: open findings are told once more"
        ) from error


def _in_words(findings: list[dict[str, Any]]) -> list[str]:
    # keys and values stay where the data is
    lines = [
        f"{finding['severity']} {describe(finding | {'keys': '', 'found_values': ''})} → {finding['what_to_do']}"
        for finding in findings[:SHOWN]
    ]
    if len(findings) > SHOWN:
        lines.append(f"… {len(findings) - SHOWN} more: `make status` / 他は `make status` を参照")
    return lines


def _send(
    context: Context,
    connection_id: str,
    send: Callable[[str, list[str]], None],
    subject: str,
    lines: list[str],
) -> bool:
    """Send through one connection; an alert that cannot be sent is a failure that `make status` shows."""
    try:
        for attempt in Retrying(
            stop=stop_after_attempt(TRIES), wait=wait_fixed(SECONDS_BETWEEN), reraise=True
        ):
            with attempt:
                send(f"[{context.tenant.name}] {subject}", lines)
    except Exception as error:
        why = hide_values(redact(f"{type(error).__name__}: {error}"))
        log.error("no alert through %s: %s", connection_id, why)
        report(
            "failed",
            message=f"an alert could not be sent through {connection_id} ({why}) — correct the connection: docs/runbook.md#alerts",
        )
        return False
    report("alerted", through=connection_id, subject=subject)
    return True


def _channels() -> dict[str, Callable[[str, list[str]], None]]:
    """The connections there are, with how to send through each."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    found = {}
    for connection_id, make in ((SLACK, _slack), (MAIL, _mail)):
        try:
            found[connection_id] = make(Connection.get(connection_id))
        except AirflowNotFoundException:
            continue
    return found


# The notifiers are called as they are: rendering would run what stands between {{ and }} in a message.
def _slack(connection: Any) -> Callable[[str, list[str]], None]:
    def send(subject: str, lines: list[str]) -> None:
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

        text = "\n".join(escape(line, quote=False) for line in (f"*{subject}*", *lines))
        SlackWebhookNotifier(slack_webhook_conn_id=connection.conn_id, text=text).notify({})

    return send


def _mail(connection: Any) -> Callable[[str, list[str]], None]:
    def send(subject: str, lines: list[str]) -> None:
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        extra = connection.extra_dejson
        if not extra.get("to") or not extra.get("from_email"):
            raise StateError(f"{MAIL} lacks `to` or `from_email`", "write both into its extra")
        SmtpNotifier(
            smtp_conn_id=connection.conn_id,
            to=extra["to"],
            from_email=extra["from_email"],
            subject=subject,
            html_content="".join(f"<p>{escape(line)}</p>" for line in lines),
        ).notify({})

    return send
