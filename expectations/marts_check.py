"""Audit what dbt built, before it is published."""

from datetime import date
from pathlib import Path

import duckdb

from expectations.contracts import Contract, all_contracts
from expectations.suites import Check, modelled_suite
from expectations.validate import Audit, RuleResult, validate

AUDITED_LAYERS = ("core", "marts")


def check_marts(
    database: Path, run_id: str, business_date: date, data_docs: Path | None = None
) -> list[RuleResult]:
    """Validate every core and mart table against its contract.

    Args:
        database: the DuckDB file with the schemas ``core`` and ``marts``; opened read-only.
        business_date: the day the build closes.
        data_docs: folder for the GX result pages; None writes none.

    Returns:
        One result a rule. A contract whose table is missing is an ``error``. A table that holds
        direct personal data belongs into the restricted schema of the warehouse file: here it is
        blocked if present and not looked for otherwise.
    """
    audit = Audit(run_id, business_date, data_docs)
    contracts = [contract for layer in AUDITED_LAYERS for contract in all_contracts(layer)]
    present = _tables(database)
    results, suites = [], []
    for contract in contracts:
        suite = modelled_suite(contract)
        exists = (contract.layer, contract.table) in present
        if _holds_direct_pii(contract):
            if exists:
                results.append(audit.result(suite, _NO_DIRECT_PII, "blocked"))
        elif exists:
            suites.append(suite)
        else:
            results.append(
                audit.result(
                    suite,
                    TABLE_EXISTS,
                    "error",
                    why="dbt did not build it. / dbtが作成していません。",
                )
            )
    schemas = tuple(dict.fromkeys(suite.layer for suite in suites))
    return results + validate(database, schemas, suites, audit)


TABLE_EXISTS = Check("table_exists", "block", "The table exists. / テーブルがある。", "columns")
_NO_DIRECT_PII = Check(
    "no_direct_pii",
    "block",
    "Direct personal data stays in the restricted schema. / 直接の個人情報は制限スキーマのみに置く。",
    "columns",
)


def _holds_direct_pii(contract: Contract) -> bool:
    return any(column.properties.get("pii") == "direct" for column in contract.columns)


def _tables(database: Path) -> set[tuple[str, str]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute("select table_schema, table_name from information_schema.tables")
        return set(rows.fetchall())
