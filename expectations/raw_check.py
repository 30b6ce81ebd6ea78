"""Check freshly extracted runs: what is held back, what blocks, what only warns."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from expectations.contracts import Contract, Rule, contract_for
from expectations.raw_rules import landed_suite, row_rules, version_rule
from expectations.reading import READINGS
from expectations.suites import Check, Suite, columns_exist
from expectations.validate import Audit, RuleResult, Status, validate
from ingestion.catalogue import CatalogueObject
from ingestion.lake import register_lake
from runtime.duckdb_connection import connect

SCRATCH_FILE = "landed.duckdb"
REPORTED_CELLS = 20


@dataclass(frozen=True)
class RunToCheck:
    """One object's extraction.

    Attributes:
        parts: its Parquet parts.
        columns: the source's columns that are in them.
        previous_parts: parts of the object's committed runs.
        previous_columns: the source's columns that any of these brought.
    """

    entry: CatalogueObject
    parts: list[str]
    columns: list[str]
    previous_parts: list[str]
    previous_columns: list[str]


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that is held back.

    Attributes:
        row: its ``_row``.
        rule: the first rule it broke, ``reason`` what that rule says.
        rules_broken: how many it broke in all.
    """

    row: int
    rule: str
    reason: str
    rules_broken: int


@dataclass
class RunCheck:
    """The verdict on one run: commit it without the quarantined rows, unless it is blocked."""

    entry: CatalogueObject
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    blocked: bool = False
    reasons: list[str] = field(default_factory=list)
    results: list[RuleResult] = field(default_factory=list)

    @property
    def fails_dag(self) -> bool:
        """A required object is blocked, or a check could not be evaluated at all."""
        return self.blocked and (
            self.entry.required or any(result.status == "error" for result in self.results)
        )


def check_runs(
    runs: list[RunToCheck],
    run_id: str,
    business_date: date,
    scratch: Path,
    data_docs: Path | None = None,
) -> list[RunCheck]:
    """Check runs against their raw contracts, all in this process.

    Args:
        business_date: the day the runs close.
        scratch: existing folder for a temporary database.
        data_docs: folder for the GX result pages; None writes none.

    Returns:
        One verdict a run, in the order given. An empty run passes without a result; if all are
        empty, GX is not imported.
    """
    audit = Audit(run_id, business_date, data_docs)
    database = scratch / SCRATCH_FILE
    database.unlink(missing_ok=True)
    checks, suites = [], []
    with connect(database) as connection:
        for run in runs:
            register_lake(connection, [*run.parts, *run.previous_parts])
            landed = _Landed(connection, run, audit)
            checks.append(landed.check)
            suites += landed.prepare()
    by_table: dict[str, list[RuleResult]] = {}
    for result in validate(database, ("main",), suites, audit):
        by_table.setdefault(result.table_name, []).append(result)
    for check in checks:
        _conclude(check, by_table.get(check.entry.table, []))
    database.unlink(missing_ok=True)
    return checks


class _Landed:
    """One run in the scratch database."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, run: RunToCheck, audit: Audit
    ) -> None:
        self.connection, self.run, self.audit = connection, run, audit
        self.entry = run.entry
        self.contract: Contract = contract_for(run.entry)
        self.table = f'"{self.entry.table}"'
        self.check = RunCheck(run.entry)
        self.suite = Suite("raw", self.entry.table, self.entry.table, ())

    def prepare(self) -> list[Suite]:
        """Load the run, take out the rows to quarantine, and name what GX has to confirm."""
        if not self.run.parts or not self._load():
            return []
        if self._lacks_required_columns():
            return []
        self._report_new_columns()
        rules = row_rules(self.contract, self.entry)
        self._quarantine([rule for rule in rules if rule.severity == "quarantine"])
        self._report_lost_cells([rule for rule in rules if rule.costs_cell])
        reported = {result.rule for result in self.check.results if result.status == "warned"}
        rules = [rule for rule in rules if rule.name not in reported]
        self._report_emptied_state()
        version = version_rule(self.entry, self.run.columns)
        if version is not None:
            rules.append(version)
        kept = self.connection.execute(f"select count(*) from {self.table}").fetchone()[0]
        return [landed_suite(self.contract, self.entry, rules)] if kept else []

    def _load(self) -> int:
        present = {name.lower() for name in self.run.columns}
        absent = [
            column.name for column in self.contract.columns if column.name.lower() not in present
        ]
        nulls = "".join(f', null::varchar as "{name}"' for name in absent)
        return self.connection.execute(
            f"create table {self.table} as select *{nulls} from read_parquet(?, union_by_name = true, hive_partitioning = false)",
            [self.run.parts],
        ).fetchone()[0]

    def _lacks_required_columns(self) -> bool:
        present = {name.lower() for name in self.run.columns}
        lacking = [name for name in self.contract.required_columns if name.lower() not in present]
        if lacking:
            names = ", ".join(lacking)
            check = columns_exist(self.contract.required_columns)
            self._add(check, "blocked", len(lacking), names, f"Missing: {names}.")
        return bool(lacking)

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
            self._add(check, "warned", len(new), ", ".join(new), f"New: {', '.join(new)}.")

    def _report_emptied_state(self) -> None:
        """Tombstones alone may not empty an object (docs/domain/conventions.md#freshness)."""
        live = self.connection.execute(f"select count(*) from {self.table} where not _is_deleted")
        if live.fetchone()[0] or not self.run.previous_parts or not self.entry.key:
            return
        before, after = self._live_keys(with_run=False), self._live_keys(with_run=True)
        if before and not after:
            rule = "The current state does not become empty. / 現在の状態が空にならない。"
            check = Check("current_state_not_empty", "block", rule, "rows")
            self._add(check, "blocked", before, why=f"All {before} records were deleted.")

    def _live_keys(self, with_run: bool) -> int:
        key = ", ".join(f'"{name}"' for name in self.entry.key)
        cursor = f'"{self.entry.cursor}"' if self.entry.cursor else "_extracted_at"
        columns = f"{key}, {cursor}, _extracted_at, _row, _is_deleted"
        run = f"union all select {columns} from {self.table}" if with_run else ""
        order = cursor
        for column in self.contract.columns:
            if column.name == self.entry.cursor:
                order = READINGS[column.reads_as or "text"].read(cursor)
        return self.connection.execute(
            f"""
            with versions as (
                select {columns} from read_parquet(?, union_by_name = true, hive_partitioning = false) {run}
            ),
            latest as (
                select * from versions where ({key}) is not null
                qualify row_number() over (
                    partition by {key}
                    order by {order} desc nulls last, _extracted_at desc, _row desc
                ) = 1
            )
            select count(*) from latest where not _is_deleted
            """,
            [self.run.previous_parts],
        ).fetchone()[0]

    def _quarantine(self, rules: list[Rule]) -> None:
        self.connection.execute("create or replace temp table broken (_row bigint, rule integer)")
        for number, rule in enumerate(rules):
            self.connection.execute(
                f"insert into broken select distinct _row, {number} from ({rule.query(self.table)})"
            )
        rows = self.connection.execute(
            "select _row, min(rule), count(*) from broken group by _row order by _row"
        ).fetchall()
        self.check.quarantined = [
            QuarantinedRow(row, rules[first].name, rules[first].description, count)
            for row, first, count in rows
        ]
        counts = self.connection.execute(
            "select rule, count(*) from broken group by rule order by rule"
        )
        for number, count in counts.fetchall():
            rule = rules[number]
            check = Check(rule.name, "quarantine", rule.description, "rows")
            self._add(check, "quarantined", count, why=f"{count} rows held back.")
        self.connection.execute(f"delete from {self.table} where _row in (select _row from broken)")

    def _report_lost_cells(self, rules: list[Rule]) -> None:
        """Say how many cells become null since they cannot be read, and which."""
        place, shown = self._place(), f"limit {REPORTED_CELLS}"
        # what stands in a JSON text may be anything
        hidden = {
            column.name
            for column in self.contract.columns
            if column.is_personal or column.reads_as in ("object", "array")
        }
        for rule in rules:
            broken = rule.query(self.table)
            count = self.connection.execute(f"select count(*) from ({broken})").fetchone()[0]
            if not count:
                continue
            value = "''" if rule.column in hidden else f"""': ' || left("{rule.column}", 40)"""
            cells = self.connection.execute(
                f"select {place} || {value} from ({broken}) order by _row {shown}"
            ).fetchall()
            found = ", ".join(cell for (cell,) in cells)
            check = Check(rule.name, "warn", rule.description, "rows")
            why = f"{count} cells cannot be read and are null in the models: {found}"
            self._add(check, "warned", count, found, f"{why}{'.' if count == len(cells) else ' …'}")

    def _place(self) -> str:
        """SQL for where a row is: its key, or file and row where it has none or the key is a person's."""
        key = [column for column in self.contract.columns if column.name in self.entry.key]
        if key and not any(column.is_personal for column in key):
            return " || '/' || ".join(f'"{column.name}"' for column in key)
        return "coalesce(_source_file, 'page ' || _page) || ' row ' || _row"

    def _add(
        self, check: Check, status: Status, count: int = 0, observed: str = "", why: str = ""
    ) -> None:
        self.check.results.append(
            self.audit.result(self.suite, check, status, count, observed, why)
        )


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
