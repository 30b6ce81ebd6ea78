"""Findings of a source's objects: what a check and a connector found, and what was made good by it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ingestion.catalogue import CatalogueObject
from ingestion.lake import Manifest
from pipeline.context import Context
from pipeline.dbt import definition
from runtime.findings import Finding, is_of_object, scope_of

if TYPE_CHECKING:
    from expectations.raw_check import RunCheck

UNREAD = "object_unread"
SOURCE_UNREAD = "source_unread"
HELD_BACK_SHARE = "held_back_share"
FEED_BLOCKED = "feed_blocked"
DROP_SCOPE = "files._drop"
MEND_AND_RERUN = (
    "mend the source and run the date again / ソースを修正し、同じ日付で再実行してください。"
)


def open_rows(context: Context, entry: CatalogueObject) -> list[dict[str, Any]]:
    """The open findings of an object, one a row."""
    rows = context.findings.read(scope_of(entry.source, entry.object)).to_pylist()
    return [row for row in rows if row["closed_on"] is None]


def accepted_refusal(context: Context, entry: CatalogueObject, manifest: Manifest) -> str:
    """What was said of the refusal of a run like this one, if that was accepted: it counts as it came."""
    said = [
        row["message"]
        for row in context.findings.grouped().to_pylist()
        if row["status"] == "accepted"
        and (row["source"], row["object"], row["rule"])
        == (entry.source, entry.object, FEED_BLOCKED)
        and row["row_count"] == manifest.rows
    ]
    return said[0] if said else ""


def record_source(context: Context, area: str, source: str, day: date, reason: str) -> None:
    """Say that a source could not be signed in to for an area; without a reason: that it could."""
    finding = Finding(
        rule=SOURCE_UNREAD,
        source=source,
        object="",
        message=f"Nothing of {area} could be read: {reason} / {area}領域のデータを読み取れませんでした。",
        what_to_do=MEND_AND_RERUN,
        severity="incomplete",
        rows=0,
    )
    found = [finding] if reason else []
    context.findings.record(scope_of(source, f"_{area}"), found, day, lambda _: True)


def record_unread(context: Context, entry: CatalogueObject, day: date, reason: str) -> None:
    """Say that an object could not be read; the next verdict on it makes that good."""
    unread = Finding(
        rule=UNREAD,
        source=entry.source,
        object=entry.object,
        message=f"The object could not be read: {reason} / オブジェクトを読み取れませんでした。",
        what_to_do=MEND_AND_RERUN,
        severity="incomplete" if entry.required else "warn",
        rows=0,
    )
    _record(context, entry, day, [unread], lambda row: row["rule"] == UNREAD)


def record_drop_root(
    context: Context, day: date, passed_over: list[Finding], offered: list[CatalogueObject]
) -> None:
    """Say what lies in the root of a drop and is not read; what was said of folders gone by now is made good."""
    context.findings.record(DROP_SCOPE, passed_over, day, lambda _: True)
    there = {_drop_scope(entry) for entry in offered}
    for scope in context.findings.scopes():
        if scope.startswith(f"{DROP_SCOPE}.") and scope not in there:
            context.findings.record(scope, [], day, lambda _: True)


def record_passed_over(
    context: Context, entry: CatalogueObject, day: date, passed_over: list[Finding]
) -> None:
    """Say what lies in an entity's folder of a drop and is not read, as it stands now."""
    context.findings.record(_drop_scope(entry), passed_over, day, lambda _: True)


def record_blocked(
    context: Context, entry: CatalogueObject, manifest: Manifest, reasons: list[str]
) -> None:
    """Say that a run was refused and the last good state of its object stays."""
    blocked = Finding(
        rule=FEED_BLOCKED,
        source=entry.source,
        object=entry.object,
        message=f"What came was refused, the last good state stays: {'; '.join(reasons)} / "
        "受信データを取り込まず、前回の正常な状態を維持しています。",
        what_to_do=MEND_AND_RERUN,
        severity="incomplete",
        rows=manifest.rows,
        holds_back=True,
    )
    rejected = _of_files(entry, manifest)
    places = {finding.place for finding in rejected}

    def is_replaced(row: dict[str, Any]) -> bool:
        return row["place"] in places if row["place"] else is_of_object(row)

    _record(context, entry, _day(manifest), [blocked, *rejected], is_replaced, manifest.run_id)


def record_committed(
    context: Context, entry: CatalogueObject, manifest: Manifest, verdict: "RunCheck | None"
) -> None:
    """Put what a committed run's check and connector found beside what is still open of its object.

    Made good are: what was said of the object as a whole, of a file that was read again, and of a record
    that came again in a row that stays.
    """
    found = _of_files(entry, manifest)
    if verdict is not None:
        found += [_as_written(finding, manifest) for finding in verdict.findings]
    mended = verdict.mended_keys if verdict else frozenset()

    def is_replaced(row: dict[str, Any]) -> bool:
        if is_of_object(row):
            return row["rule"] != HELD_BACK_SHARE
        return row["key_hash"] in mended or row["place"] in manifest.files

    day = _day(manifest)
    rows = _record(context, entry, day, found, is_replaced, manifest.run_id)
    held_back = [row for row in rows if row["holds_back"]]
    was_judged = any(row["rule"] == HELD_BACK_SHARE for row in rows)
    if was_judged and not held_back:
        _record(context, entry, day, [], lambda row: row["rule"] == HELD_BACK_SHARE)
    elif held_back and verdict is not None and verdict.current_rows is not None:
        share = _share_finding(context, entry, day, held_back, verdict)
        _record(context, entry, day, share, lambda row: row["rule"] == HELD_BACK_SHARE)


def _drop_scope(entry: CatalogueObject) -> str:
    return f"{DROP_SCOPE}.{hashlib.md5(entry.object.encode()).hexdigest()[:16]}"


def _day(manifest: Manifest) -> date:
    return date.fromisoformat(manifest.business_date)


def _record(
    context: Context,
    entry: CatalogueObject,
    day: date,
    found: list[Finding],
    replaces: Callable[[dict[str, Any]], bool],
    run_id: str = "",
) -> list[dict[str, Any]]:
    currency = context.tenant.reporting_currency
    found = [
        replace(finding, currency=currency)
        if finding.amount is not None and not finding.currency
        else finding
        for finding in found
    ]
    scope = scope_of(entry.source, entry.object)
    return context.findings.record(scope, found, day, replaces, run_id)


def _share_finding(
    context: Context,
    entry: CatalogueObject,
    day: date,
    held_back: list[dict[str, Any]],
    verdict: "RunCheck",
) -> list[Finding]:
    """More than ``max_held_back_share`` of a feed's rows or money held back: its numbers are incomplete."""
    limit = definition(context, "max_held_back_share")
    rows = sum(row["rows"] for row in held_back)
    amount = sum((abs(row["amount"]) for row in held_back if row["amount"] is not None), Decimal(0))
    all_rows, all_amount = verdict.current_rows + rows, verdict.current_amount + amount
    share = max(rows / all_rows, float(amount / all_amount) if all_amount else 0.0)
    if share <= limit:
        return []
    return [
        Finding(
            rule=HELD_BACK_SHARE,
            source=entry.source,
            object=entry.object,
            message=f"{rows:,} of {all_rows:,} rows are held back ({share:.1%} of rows or money, at most "
            f"{limit:.1%} may be) / 許容割合を超えるデータが隔離されています。",
            what_to_do="see the object's other findings / 同じオブジェクトの他の指摘を確認してください。",
            severity="incomplete",
            rows=rows,
            amount=amount or None,
        )
    ]


def _as_written(finding: Finding, manifest: Manifest) -> Finding:
    """A finding of a file's column, with the header that the file has for it."""
    written = manifest.files.get(finding.place, {}).get("written", {})
    if finding.column not in written:
        return finding
    english, _, japanese = finding.message.partition(" / ")
    header = written[finding.column]
    return replace(finding, message=f"{english} (column {header}) / {japanese}（列：{header}）")


def _unreadable(reason: str) -> str:
    english, _, japanese = reason.partition(" / ")
    return f"The file cannot be read: {english} / ファイルを読み取れません：{japanese}"


def _of_files(entry: CatalogueObject, manifest: Manifest) -> list[Finding]:
    """What the connector found, and the files it could not read."""
    rejected = [
        Finding(
            rule="file_rejected",
            source=entry.source,
            object=entry.object,
            message=_unreadable(file["reason"]),
            what_to_do=file.get(
                "what_to_do",
                "mend the file and drop it again under its name / "
                "ファイルを修正し、同じ名前で再投入してください。",
            ),
            severity="incomplete",
            place=name,
            holds_back=True,
            rows=0,
        )
        for name, file in manifest.files.items()
        if "reason" in file
    ]
    return [Finding(**finding) for finding in manifest.findings] + rejected
