"""Contracts → checks → GX expectations.

A check is what a contract asks of a table, still free of GX, so that it can be listed, documented
and tested without importing it; ``to_expectation`` turns it into GX's own object.
"""

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from expectations.contracts import Contract, Severity
from runtime.sql import identifier, identifiers

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

GX_SEVERITY = {"block": "critical", "quarantine": "warning", "warn": "warning"}
REQUIRED = "required_columns"


@dataclass(frozen=True)
class Check:
    """One check on a table.

    Attributes:
        rule: name in the results, unique in its suite.
        kind: which expectation it becomes.
        columns: columns it looks at (none for ``rows``); ``not_null`` asks it of each.
        values: accepted values of an ``accepted`` check; nulls pass.
        query: of a contract's rule: the violating rows of ``{object}``.
    """

    rule: str
    severity: Severity
    description: str
    kind: Literal["columns", "not_null", "unique", "accepted", "rows"]
    columns: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    query: str = ""


@dataclass(frozen=True)
class Suite:
    """The checks of one table.

    Attributes:
        layer, table: how results name the table.
        relation: its name in the database that is checked.
        shown: columns whose values may stand in results and pages.
    """

    layer: str
    table: str
    relation: str
    checks: tuple[Check, ...]
    shown: frozenset[str] = frozenset()


def modelled_suite(contract: Contract) -> Suite:
    """What dbt's table must meet: columns exist, no nulls, a unique key, and the contract's rules."""
    checks = [
        columns_exist(column.name for column in contract.columns),
        *_not_null_checks(contract),
        *_key_checks(contract),
        *_rule_checks(contract),
    ]
    return Suite(
        contract.layer, contract.table, contract.table, tuple(checks), contract.shown_columns
    )


def columns_exist(names: Iterable[str]) -> Check:
    """One check that all of these columns are there."""
    return Check(
        "columns_exist",
        "block",
        "Every column of the contract exists. / 契約の列がすべてある。",
        "columns",
        tuple(names),
    )


def with_required_together(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks, but one (``REQUIRED``) for all that ask that a column is not null.

    GX takes some 10 ms for a check, whatever it looks at, and most checks of a table are these.
    """
    required = [check for check in checks if check.kind == "not_null"]
    if not required:
        return checks
    columns = tuple(name for check in required for name in check.columns)
    names = ", ".join(columns)
    together = Check(
        REQUIRED,
        required[0].severity,
        f"Never null: {names}. / 空でない列：{names}。",
        "not_null",
        columns,
    )
    return (*(check for check in checks if check.kind != "not_null"), together)


def violations(check: Check) -> str:
    """What breaks a check of rows, as a query on ``{object}``."""
    match check.kind:
        case "not_null":
            empty = " or ".join(f"{identifier(name)} is null" for name in check.columns)
            return f"select * from {{object}} where {empty}"
        case "unique":
            key = identifiers(check.columns)
            return f"select {key} from {{object}} group by {key} having count(*) > 1"
        case _:
            return check.query


def to_expectation(check: Check) -> "Expectation":
    """The GX expectation of a check; its ``meta`` carries rule and severity back in the result."""
    import great_expectations.expectations as gxe

    from expectations.gx_rows import ExpectNoRows

    common: dict[str, Any] = {
        "meta": {"rule": check.rule, "severity": check.severity},
        "severity": GX_SEVERITY[check.severity],
        "description": html.escape(f"{check.rule}: {check.description}"),
    }
    match check.kind:
        case "columns":
            return gxe.ExpectTableColumnsToMatchSet(
                column_set=list(check.columns), exact_match=False, **common
            )
        case "accepted":
            return gxe.ExpectColumnValuesToBeInSet(
                column=check.columns[0], value_set=list(check.values), **common
            )
        case _:
            return ExpectNoRows(unexpected_rows_query=_gx_query(check), **common)


def _not_null_checks(contract: Contract) -> Iterator[Check]:
    for name in contract.required_columns:
        yield Check(
            f"{name}_not_null",
            "block",
            f"{name} is never null. / {name}は空でない。",
            "not_null",
            (name,),
        )


def _key_checks(contract: Contract) -> Iterator[Check]:
    if contract.key:
        names = ", ".join(contract.key)
        yield Check(
            "key_unique",
            "block",
            f"{names} identifies a row. / {names}で行が一意に決まる。",
            "unique",
            contract.key,
        )


def _rule_checks(contract: Contract) -> Iterator[Check]:
    for rule in contract.rules:
        if rule.valid_values is None:
            yield Check(rule.name, rule.severity, rule.description, "rows", query=rule.sql)
        else:
            yield Check(
                rule.name,
                rule.severity,
                rule.description,
                "accepted",
                (rule.column or "",),
                rule.valid_values,
                rule.sql,
            )


def _gx_query(check: Check) -> str:
    """The rows that break a check, as GX takes it; of a key that stands twice, each of its rows."""
    query = violations(check)
    if check.kind == "unique":
        key = identifiers(check.columns)
        twice = f"select ({key}) from {{object}} group by {key} having count(*) > 1"
        query = f"select * from {{object}} where ({key}) in ({twice})"
    # GX fills the query with str.format: braces of the SQL itself (regular expressions) are doubled
    escaped = query.replace("{object}", "\0").replace("{", "{{").replace("}", "}}")
    # GX puts `table AS alias` in place of the batch, so it is wrapped: a rule may give it an alias of its own
    return escaped.replace("\0", "(select * from {batch})")
