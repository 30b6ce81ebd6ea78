"""Audit the input layer in the warehouse: duplicate keys block, every other broken rule is reported.

The input models are views. GX would compute a view anew for each check, so all checks of a view are one query.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from expectations.contracts import Contract, all_contracts
from expectations.marts_check import TABLE_EXISTS
from expectations.suites import Check, Suite, modelled_suite, violations
from expectations.validate import Audit, RuleResult
from runtime.duckdb_connection import connect
from runtime.redaction import hide_values
from runtime.sql import identifier, identifiers

LAYER = "input"
ALL_KEYS = "key_unique"
TOUCHED_KEYS = "touched_key_unique"


def check_inputs(
    warehouse: Path, run_id: str, business_date: date, touched_by: int | None
) -> list[RuleResult]:
    """Check every input model against its contract.

    Args:
        warehouse: the DuckDB file with the schema ``input``; opened read-only.
        business_date: the day the build closes.
        touched_by: the build whose rows' keys have to be unique; None looks at all keys.

    Returns:
        One result a rule. A model that is not there, or whose checks cannot be computed, is an ``error``.
    """
    audit = Audit(run_id, business_date)
    results: list[RuleResult] = []
    with connect(warehouse, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns: dict[str, set[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = ?", [LAYER]
        ).fetchall():
            columns.setdefault(table, set()).add(column)
        for contract in all_contracts(LAYER):
            suite = input_suite(contract, touched_by)
            if contract.table in columns:
                results += _check(connection, suite, columns[contract.table], audit)
            else:
                why = "dbt did not build it. / dbtが作成していません。"
                results.append(audit.result(suite, TABLE_EXISTS, "error", why=why))
    return results


def input_suite(contract: Contract, touched_by: int | None) -> Suite:
    """The contract's checks; only that of the key blocks, and it looks at touched keys if it can tell them."""
    suite = modelled_suite(contract)
    knows_build = "_build_id" in {column.name for column in contract.columns}
    checks = []
    for check in suite.checks:
        if check.rule != ALL_KEYS:
            checks.append(replace(check, severity="warn"))
        elif touched_by is None or not knows_build:
            checks.append(check)
        else:
            checks.append(_touched(check, touched_by))
    return replace(suite, checks=tuple(checks))


def _touched(check: Check, build_id: int) -> Check:
    key = identifiers(check.columns)
    touched = f"({key}) in (select ({key}) from {{object}} where _build_id = {build_id})"
    query = f"select {key} from {{object}} where {touched} group by {key} having count(*) > 1"
    description = f"{check.description} Keys this build has touched. / このビルドが触れたキー。"
    return replace(check, rule=TOUCHED_KEYS, kind="rows", description=description, query=query)


def _check(
    connection: duckdb.DuckDBPyConnection, suite: Suite, present: set[str], audit: Audit
) -> list[RuleResult]:
    counted = [check for check in suite.checks if check.kind != "columns"]
    counts = " union all ".join(
        f"select {number}, count(*) from ({violations(check).replace('{object}', 'audited')})"
        for number, check in enumerate(counted)
    )
    try:
        found = dict(
            connection.execute(
                f"with audited as materialized (from {LAYER}.{identifier(suite.relation)}) {counts}"
            ).fetchall()
        )
    except duckdb.Error as error:
        said = hide_values(str(error)).splitlines()[0]
        why = f"The checks themselves failed: {said} / 検査自体が失敗：{said}"
        return [audit.result(suite, check, "error", why=why) for check in suite.checks]
    results = []
    for check in suite.checks:
        if check.kind == "columns":
            missing = sorted(set(check.columns) - present)
            count, observed = len(missing), ", ".join(missing)
            why = f"Missing: {observed}. / 不足：{observed}。"
        else:
            count = found[counted.index(check)]
            observed, why = "", f"{count} violations. / {count}件の違反。"
        failed = "blocked" if check.severity == "block" else "warned"
        results.append(
            audit.result(suite, check, failed, count, observed, why)
            if count
            else audit.result(suite, check, "passed")
        )
    return results
