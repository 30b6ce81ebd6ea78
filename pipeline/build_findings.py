"""Findings of a build: the rows of dbt's finding models, and contract rules that warn."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
import yaml

from expectations.contracts import load_contract
from expectations.raw_findings import money_column
from pipeline.build_plan import BuildPlan
from pipeline.context import Context
from pipeline.dbt import MARTS_ALIAS, definition
from pipeline.dbt_process import PROJECT
from runtime.duckdb_connection import connect
from runtime.errors import BuildError
from runtime.findings import BUILD_SCOPE, SHOWN_KEYS, Finding
from runtime.redaction import hide_values
from runtime.sql import identifier, literal

if TYPE_CHECKING:
    from expectations.validate import RuleResult

SCHEMA = "findings"
PREFIX = "finding_"
LOOK_AT_THE_ROWS = (
    "look at the table's rows: they count as they are / "
    "該当テーブルの行を確認してください（現状のまま集計されています）。"
)


def record_build(context: Context, plan: BuildPlan, results: "list[RuleResult]") -> None:
    """Put what this build found in place of what the one before did.

    Args:
        results: of the build's audit.
    """
    limit = definition(context, "max_held_back_share")
    with connect(plan.warehouse, read_only=True) as connection:
        connection.execute(f"attach {literal(str(plan.marts))} as {MARTS_ALIAS} (read_only)")
        found = list(_of_models(connection))
        found = _judged(connection, found, limit)
    found += [
        Finding(
            rule=result.rule,
            source="warehouse",
            object=result.table_name,
            message=result.message,
            what_to_do=LOOK_AT_THE_ROWS,
            rows=result.unexpected_count,
        )
        for result in results
        if result.status == "warned"
    ]
    context.findings.record(BUILD_SCOPE, found, plan.as_of_date, lambda _: True)


@cache
def finding_models() -> dict[str, dict[str, Any]]:
    """Finding model → its description and meta."""
    described = {}
    for path in sorted((PROJECT / "models" / SCHEMA).glob("*.yml")):
        written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for model in written.get("models", ()):  # a file may hold unit tests alone
            described[model["name"]] = {
                "message": model["description"],
                **model["config"]["meta"],
            }
    return described


def _of_models(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """One finding a model, source, object, place, column and currency; its key is the list of the first keys."""
    for model, meta in finding_models().items():
        try:
            rows = connection.execute(
                f"""
                select source, object, place, column_name, currency, count(*), sum(amount),
                    array_to_string((list(distinct "key" order by "key"))[:{SHOWN_KEYS}], ', ')
                from {SCHEMA}.{identifier(model)} group by all order by all
                """
            ).fetchall()
        except duckdb.Error as error:
            raise BuildError(
                f"{model} cannot be read: {hide_values(str(error)).splitlines()[0]}",
                "see logs/dbt.log",
            ) from error
        for source, name, where, column, currency, count, amount, keys in rows:
            yield Finding(
                rule=model.removeprefix(PREFIX),
                source=source,
                object=name,
                message=meta["message"],
                what_to_do=meta["what_to_do"],
                severity=meta["severity"],
                place=where or "",
                column=column or "",
                key=keys or "",
                holds_back=meta["holds_back"],
                rows=count,
                amount=amount,
                currency=(currency or "") if amount is not None else "",
            )


def _judged(
    connection: duckdb.DuckDBPyConnection, found: list[Finding], limit: float
) -> list[Finding]:
    """More than ``max_held_back_share`` of an entity's rows or money held back: its numbers are incomplete."""
    too_much = set()
    for name in {finding.object for finding in found if finding.holds_back}:
        held_back = [finding for finding in found if finding.holds_back and finding.object == name]
        money = money_column(load_contract("input", name))
        amount = f"abs({identifier(money.name)})" if money else "null"
        all_rows, all_amount = connection.execute(
            f"select count(*), coalesce(sum({amount}), 0) from input.{identifier(name)}"
        ).fetchone()
        rows = sum(finding.rows for finding in held_back)
        sums = sum((abs(finding.amount or 0) for finding in held_back), Decimal(0))
        if rows > limit * all_rows or sums > Decimal(limit) * all_amount > 0:
            too_much.add(name)
    return [
        replace(finding, severity="incomplete")
        if finding.holds_back and finding.object in too_much
        else finding
        for finding in found
    ]
