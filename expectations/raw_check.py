"""Check freshly extracted runs: what is held back, what blocks, what only warns."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from expectations.contracts import Contract, Rule, contract_for
from expectations.raw_findings import (
    AS_IT_CAME,
    HELD_BACK,
    LOST_CELL,
    key_hash,
    money_column,
    place,
    row_findings,
)
from expectations.raw_rules import landed_suite, row_rules, version_rule
from expectations.reading import READINGS, define
from expectations.suites import Check, Suite, columns_exist
from expectations.validate import Audit, RuleResult, Status, validate
from ingestion.catalogue import CatalogueObject
from ingestion.lake import register_lake
from runtime.duckdb_connection import connect
from runtime.findings import SHOWN_KEYS, Finding
from runtime.sql import identifier, identifiers

SCRATCH_FILE = "landed.duckdb"
NOT_EMPTY = "current_state_not_empty"


@dataclass(frozen=True)
class RunToCheck:
    """One object's extraction.

    Attributes:
        parts: its Parquet parts.
        columns: the source's columns that are in them.
        previous_parts: parts of the object's committed runs.
        previous_columns: the source's columns that any of these brought.
        open_keys: hashes of the keys that findings are open for.
        is_held_back: whether rows of the object are held back already.
        may_be_empty: whether it was accepted that nothing is left.
    """

    entry: CatalogueObject
    parts: list[str]
    columns: list[str]
    previous_parts: list[str]
    previous_columns: list[str]
    open_keys: frozenset[str] = frozenset()
    is_held_back: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that is held back.

    Attributes:
        row: its ``_row``.
        rule: the first rule it broke, ``reason`` what that rule says and what stood there.
        rules_broken: how many it broke in all.
    """

    row: int
    rule: str
    reason: str
    rules_broken: int


@dataclass
class RunCheck:
    """The verdict on one run: commit it without the quarantined rows, unless it is blocked.

    Attributes:
        findings: of its rows; those of a blocked run say nothing, for it is read again.
        mended_keys: those of ``open_keys`` that came again in a row that stays.
        current_rows, current_amount: what the object's current state has, counted where something is held back,
            else None and 0.
    """

    entry: CatalogueObject
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    blocked: bool = False
    reasons: list[str] = field(default_factory=list)
    results: list[RuleResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    mended_keys: frozenset[str] = frozenset()
    current_rows: int | None = None
    current_amount: Decimal = Decimal(0)

    @property
    def fails_dag(self) -> bool:
        """A check could not be evaluated at all."""
        return self.blocked and any(result.status == "error" for result in self.results)


def check_runs(
    runs: list[RunToCheck],
    run_id: str,
    business_date: date,
    scratch: Path,
    definitions: dict[str, Any],
    data_docs: Path | None = None,
) -> list[RunCheck]:
    """Check runs against their raw contracts, all in this process.

    Args:
        business_date: the day the runs close.
        scratch: existing folder for a temporary database.
        definitions: what text means (reading.DEFINITIONS).
        data_docs: folder for the GX result pages; None writes none.

    Returns:
        One verdict a run, in the order given. An empty run passes without a result; if all are
        empty, GX is not imported.
    """
    audit = Audit(run_id, business_date, data_docs)
    database = scratch / SCRATCH_FILE
    database.unlink(missing_ok=True)
    landed, suites = [], []
    with connect(database) as connection:
        for statement in define(business_date, definitions):
            connection.execute(statement)
        for run in runs:
            register_lake(connection, [*run.parts, *run.previous_parts])
            one = _Landed(connection, run, audit)
            landed.append(one)
            suites += one.prepare()
    by_table: dict[str, list[RuleResult]] = {}
    for result in validate(database, ("main",), suites, audit):
        by_table.setdefault(result.table_name, []).append(result)
    with connect(database) as connection:
        for one in landed:
            confirmed = by_table.get(one.entry.table, [])
            one.find_warned_rows(connection, confirmed)
            _conclude(one.check, confirmed)
    database.unlink(missing_ok=True)
    return [one.check for one in landed]


class _Landed:
    """One run in the scratch database."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, run: RunToCheck, audit: Audit
    ) -> None:
        self.connection, self.run, self.audit = connection, run, audit
        self.entry = run.entry
        self.contract: Contract = contract_for(run.entry)
        self.table = identifier(self.entry.table)
        self.rules: list[Rule] = []
        self.check = RunCheck(run.entry)
        self.suite = Suite("raw", self.entry.table, self.entry.table, ())

    def prepare(self) -> list[Suite]:
        """Load the run, take out the rows to quarantine, and name what GX has to confirm."""
        if not self.run.parts or not self._load():
            return []
        if self._lacks_required_columns():
            return []
        self._report_new_columns()
        self.rules = row_rules(self.contract, self.entry)
        self._quarantine([rule for rule in self.rules if rule.severity == "quarantine"])
        self._report_lost_cells([rule for rule in self.rules if rule.costs_cell])
        reported = {result.rule for result in self.check.results if result.status == "warned"}
        rules = [rule for rule in self.rules if rule.name not in reported]
        self._report_emptied_state()
        self._find_mended_keys()
        if self.check.quarantined or self.run.is_held_back:
            self.check.current_rows, self.check.current_amount = self._current_state()
        version = version_rule(self.entry)
        if version is not None:
            rules.append(version)
        kept = self.connection.execute(f"select count(*) from {self.table}").fetchone()[0]
        return [landed_suite(self.contract, self.entry, rules)] if kept else []

    def find_warned_rows(
        self, connection: duckdb.DuckDBPyConnection, confirmed: list[RuleResult]
    ) -> None:
        """Findings of the rules that only warn: their rows count as they came."""
        warned = {result.rule for result in confirmed if result.status == "warned"}
        for rule in self.rules:
            if rule.name not in warned:
                continue
            broken = rule.query(self.table)
            if "_row" in connection.sql(broken).columns:
                rows = f"(select * from {self.table} where _row in (select _row from ({broken})))"
                self.check.findings += row_findings(
                    connection, self.contract, self.entry, rule, rows, AS_IT_CAME
                )

    def _load(self) -> int:
        present = {name.lower() for name in self.run.columns}
        absent = [
            column.name for column in self.contract.columns if column.name.lower() not in present
        ]
        nulls = "".join(f", null::varchar as {identifier(name)}" for name in absent)
        return self.connection.execute(
            f"create table {self.table} as select *{nulls} from read_parquet(?, union_by_name = true, hive_partitioning = false)",
            [self.run.parts],
        ).fetchone()[0]

    def _lacks_required_columns(self) -> bool:
        present = {name.lower() for name in self.run.columns}
        lacking = [name for name in self.contract.required_columns if name.lower() not in present]
        if lacking and self._has_live_rows():  # deleted rows come with a key and nothing else
            names = ", ".join(lacking)
            check = columns_exist(self.contract.required_columns)
            self._add(check, "blocked", len(lacking), names, f"Missing: {names}. / 不足：{names}。")
            return True
        return False

    def _has_live_rows(self) -> bool:
        rows = f"select 1 from {self.table} where not _is_deleted limit 1"
        return self.connection.execute(rows).fetchone() is not None

    def _report_new_columns(self) -> None:
        """Schema drift: a column that neither the contract nor a committed run knows."""
        if not self.run.previous_parts:
            return
        known = {name.lower() for name in self.run.previous_columns}
        known |= {column.name.lower() for column in self.contract.columns}
        new = sorted(name for name in self.run.columns if name.lower() not in known)
        if new:
            rule = "The source's columns are those it had. / ソースの列が前回と同じ。"
            check = Check("no_new_columns", "warn", rule, "columns")
            why = f"New: {', '.join(new)}. / 新しい項目：{'、'.join(new)}。"
            self._add(check, "warned", len(new), ", ".join(new), why)

    def _report_emptied_state(self) -> None:
        """Tombstones alone may not empty an object (docs/domain/conventions.md#freshness)."""
        if self._has_live_rows() or not self.run.previous_parts or not self._unit:
            return
        before, after = self._live_units(with_run=False), self._live_units(with_run=True)
        if before and not after:
            rule = "The current state does not become empty. / 現在の状態が空にならない。"
            status = "warned" if self.run.may_be_empty else "blocked"
            check = Check(NOT_EMPTY, "block", rule, "rows")
            what = "records" if self.entry.key else "files"
            why = f"All {before} {what} were deleted or emptied. / 全{before}件が削除または空になった。"
            self._add(check, status, before, why=why)

    @property
    def _unit(self) -> str:
        """What is replaced as a whole by a later version: a key, or a file of a feed without one."""
        if self.entry.key:
            return identifiers(self.entry.key)
        return "_source_file" if self.entry.spec.is_file_drop else ""

    def _live_units(self, with_run: bool) -> int:
        return self.connection.execute(
            f"select count(*) from ({self._latest('', with_run)}) where not _is_deleted",
            [self.run.previous_parts],
        ).fetchone()[0]

    def _current_state(self) -> tuple[int, Decimal]:
        """Rows and money that the object has by now, this run's good rows among them."""
        money = money_column(self.contract)
        amount = "0"
        if money is not None and money.name in {*self.run.columns, *self.run.previous_columns}:
            amount = f"abs({READINGS[money.reads_as].read(identifier(money.name))})"
        rows = self._latest(identifier(money.name) if amount != "0" else "", True)
        if not self.run.previous_parts:
            rows = f"select * from {self.table} where ?::varchar[] is not null"
        elif not self.entry.key:
            rows = f"select * from read_parquet(?, union_by_name = true) union all by name select * from {self.table}"
        return self.connection.execute(
            f"select count(*), coalesce(sum({amount}), 0) from ({rows}) where not _is_deleted",
            [self.run.previous_parts],
        ).fetchone()

    def _latest(self, further_column: str, with_run: bool) -> str:
        """SQL for the newest version of each unit; its parameter is the list of earlier parts."""
        cursor = identifier(self.entry.cursor) if self.entry.cursor else "_extracted_at"
        wanted = (self._unit, cursor, "_extracted_at", "_row", "_is_deleted", further_column)
        columns = ", ".join(dict.fromkeys(filter(None, wanted)))
        run = f"union all by name select {columns} from {self.table}" if with_run else ""
        order = cursor
        for column in self.contract.columns:
            if column.name == self.entry.cursor:
                order = READINGS[column.reads_as or "text"].read(cursor)
        return f"""
            with versions as (
                select {columns} from read_parquet(?, union_by_name = true, hive_partitioning = false) {run}
            )
            select * from versions where ({self._unit}) is not null
            qualify row_number() over (
                partition by {self._unit} order by {order} desc nulls last, _extracted_at desc, _row desc
            ) = 1
            """

    def _find_mended_keys(self) -> None:
        if self.run.open_keys and self.entry.key:
            keys = self.connection.execute(
                f"select distinct {key_hash(self.entry)} from {self.table}"
            )
            self.check.mended_keys = self.run.open_keys & {key for (key,) in keys.fetchall()}

    def _quarantine(self, rules: list[Rule]) -> None:
        self.connection.execute("create or replace temp table broken (_row bigint, rule integer)")
        for number, rule in enumerate(rules):
            self.connection.execute(
                f"insert into broken select distinct _row, {number} from ({rule.query(self.table)})"
            )
        counts = self.connection.execute(
            "select rule, count(*) from broken group by rule order by rule"
        )
        for number, count in counts.fetchall():
            rule = rules[number]
            check = Check(rule.name, "quarantine", rule.description, "rows")
            self._add(check, "quarantined", count, why=f"{count} rows held back. / {count}行隔離。")
            first = f"select _row from broken group by _row having min(rule) = {number}"
            held_back = f"(select * from {self.table} where _row in ({first}))"
            findings = list(self._findings(rule, held_back, HELD_BACK, holds_back=True))
            self.check.findings += findings
            rows = self.connection.execute(
                f"select _row, count(*) from broken where _row in ({first}) group by _row order by _row"
            ).fetchall()
            for (row, broken), finding in zip(rows, findings, strict=True):
                where = f" of {finding.place}, key {finding.key}" if rule.shows else ""
                found = f" Found: {finding.value}{where}" if finding.value else ""
                self.check.quarantined.append(
                    QuarantinedRow(row, rule.name, rule.description + found, broken)
                )
        self.check.quarantined.sort(key=lambda held_back: held_back.row)
        self.connection.execute(f"delete from {self.table} where _row in (select _row from broken)")
        if self.check.quarantined:
            self._mark_places_without_a_row()

    def _mark_places_without_a_row(self) -> None:
        """A file or page of which nothing was taken: the numbers lack all of it."""
        kept = self.connection.execute(f"select distinct {place()} from {self.table}").fetchall()
        some = {where for (where,) in kept}
        self.check.findings = [
            finding if finding.place in some else replace(finding, severity="incomplete")
            for finding in self.check.findings
        ]

    def _report_lost_cells(self, rules: list[Rule]) -> None:
        """Say how many cells become null since they cannot be read, and which."""
        for rule in rules:
            findings = list(self._findings(rule, f"({rule.query(self.table)})", LOST_CELL))
            if not findings:
                continue
            self.check.findings += findings
            found = ", ".join(map(_cell, findings[:SHOWN_KEYS]))
            more = " …" if len(findings) > SHOWN_KEYS else "."
            count, cells = len(findings), found + more
            why = f"{count} cells cannot be read and are null in the models: {cells}"
            why += f" / 読めないセル{count}件はモデルではnull：{cells}"
            check = Check(rule.name, "warn", rule.description, "rows")
            self._add(check, "warned", count, found, why)

    def _findings(
        self, rule: Rule, rows: str, what_to_do: str, holds_back: bool = False
    ) -> Iterator[Finding]:
        rule = replace(rule, shows=rule.shows.replace("{object}", self.table))
        return row_findings(
            self.connection, self.contract, self.entry, rule, rows, what_to_do, holds_back
        )

    def _add(
        self, check: Check, status: Status, count: int = 0, observed: str = "", why: str = ""
    ) -> None:
        self.check.results.append(
            self.audit.result(self.suite, check, status, count, observed, why)
        )


def _cell(finding: Finding) -> str:
    """Where a cell is: its key, or file and row, and what stands in it."""
    where = finding.key if not finding.key.startswith("row ") else f"{finding.place} {finding.key}"
    return f"{where}: {finding.value}" if finding.value else where


def _conclude(check: RunCheck, confirmed: list[RuleResult]) -> None:
    """Join what was found before GX with what GX says, and draw the verdict."""
    held_back = {result.rule for result in check.results if result.status == "quarantined"}
    check.results += [
        result for result in confirmed if result.status != "passed" or result.rule not in held_back
    ]
    failed = [result for result in check.results if result.status in ("blocked", "error")]
    check.blocked = bool(failed)
    check.reasons = [f"{result.rule}: {result.message}" for result in failed]
    if not check.entry.required:
        check.results = [_as_warning(result) for result in check.results]


def _as_warning(result: RuleResult) -> RuleResult:
    if result.status != "blocked":
        return result
    note = "Its rows are not committed; the object is optional, the run goes on."
    return replace(result, status="warned", message=f"{result.message} {note}")
