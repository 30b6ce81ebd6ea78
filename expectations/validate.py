"""Run suites against one DuckDB file: one process, one GX context, one result a rule."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from expectations.gx_duckdb import open_datasource
from expectations.suites import (
    REQUIRED,
    Check,
    Severity,
    Suite,
    to_expectation,
    with_required_together,
)
from runtime.redaction import hide_values

if TYPE_CHECKING:
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.datasource.fluent import SQLDatasource
    from great_expectations.datasource.fluent.interfaces import Batch

Status = Literal["passed", "warned", "quarantined", "blocked", "error"]
STATUS_OF_FAILURE: dict[Severity, Status] = {
    "block": "blocked",
    "quarantine": "blocked",
    "warn": "warned",
}
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 5}


@dataclass(frozen=True)
class RuleResult:
    """Outcome of one rule in one run.

    Attributes:
        status: ``error`` means the check itself could not be evaluated.
        unexpected_count: violating rows or values; 0 where nothing is counted.
        observed: a few unexpected values of a coded field, else empty; never whole rows.
        message: what the rule says and, if it failed, how.
        checked_at: aware UTC time of the check.
    """

    run_id: str
    business_date: date
    layer: str
    table_name: str
    rule: str
    severity: Severity
    status: Status
    unexpected_count: int
    observed: str
    message: str
    checked_at: datetime


@dataclass(frozen=True)
class Audit:
    """Which run a check belongs to, and where its Data Docs pages go (None: nowhere)."""

    run_id: str
    business_date: date
    data_docs: Path | None = None

    def result(
        self,
        suite: Suite,
        check: Check,
        status: Status,
        count: int = 0,
        observed: str = "",
        why: str = "",
    ) -> RuleResult:
        """A result of this run, stamped now; ``why`` has both languages, as the check's description has."""
        return RuleResult(
            run_id=self.run_id,
            business_date=self.business_date,
            layer=suite.layer,
            table_name=suite.table,
            rule=check.rule,
            severity=check.severity,
            status=status,
            unexpected_count=count,
            observed=observed,
            message=_told(check.description, why),
            checked_at=datetime.now(UTC),
        )


def validate(
    database: Path, schemas: tuple[str, ...], suites: list[Suite], audit: Audit
) -> list[RuleResult]:
    """Check every suite's table.

    Args:
        database: DuckDB file, opened read-only.
        schemas: where the suites' relations are looked up.
        suites: checks a table; without any, GX is not even imported.
    """
    if not suites:
        return []
    with open_datasource(database, schemas) as source:
        return [result for suite in suites for result in _validate_suite(source, suite, audit)]


def failures(results: list[RuleResult]) -> list[str]:
    """One line for every result that must stop the run: blocked rules and broken checks."""
    return [
        f"{result.layer}.{result.table_name}: {result.rule}: {result.message}"
        for result in results
        if result.status in ("blocked", "error")
    ]


def _validate_suite(source: "SQLDatasource", suite: Suite, audit: Audit) -> list[RuleResult]:
    asset = source.add_table_asset(suite.relation, table_name=suite.relation)
    batch = asset.get_batch(asset.build_batch_request())
    outcome = _validate_checks(batch, suite, with_required_together(suite.checks))
    by_rule = {item.expectation_config.meta["rule"]: item for item in outcome.results}
    required = by_rule.get(REQUIRED)
    if required is not None and not required.success:  # which of them, and how often
        outcome = _validate_checks(batch, suite, suite.checks)
        by_rule = {item.expectation_config.meta["rule"]: item for item in outcome.results}
    if audit.data_docs is not None:
        from expectations.data_docs import write_page

        write_page(audit.data_docs, outcome)
    return [
        _to_result(suite, check, by_rule.get(check.rule, required), audit) for check in suite.checks
    ]


def _validate_checks(
    batch: "Batch", suite: Suite, checks: tuple[Check, ...]
) -> "ExpectationSuiteValidationResult":
    """GX's results, without values that are or may be a person's."""
    from great_expectations import ExpectationSuite

    expectations = [to_expectation(check) for check in checks]
    outcome = batch.validate(
        ExpectationSuite(name=f"{suite.layer}.{suite.table}", expectations=expectations),
        result_format=RESULT_FORMAT,
    )
    by_rule = {check.rule: check for check in checks}
    for item in outcome.results:
        _hide_persons(suite, by_rule[item.expectation_config.meta["rule"]], item)
    return outcome


def _hide_persons(suite: Suite, check: Check, outcome: "ExpectationValidationResult") -> None:
    """Take the unexpected values out of a result, if they are or may be a person's."""
    if check.kind == "rows" or not suite.shown.issuperset(check.columns):
        outcome.result = {
            name: value
            for name, value in (outcome.result or {}).items()
            if "unexpected_list" not in name
            and name not in ("partial_unexpected_counts", "partial_unexpected_index_list")
        }
    outcome.exception_info = _without_values(outcome.exception_info or {})


def _without_values(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _without_values(item) for name, item in told.items()}
    return hide_values(told) if isinstance(told, str) else told


def _to_result(
    suite: Suite, check: Check, outcome: "ExpectationValidationResult", audit: Audit
) -> RuleResult:
    broken = _exception_message(outcome.exception_info or {})
    if broken:
        return audit.result(
            suite,
            check,
            "error",
            why=f"The check itself failed: {broken} / 検査自体が失敗：{broken}",
        )
    if outcome.success:
        return audit.result(suite, check, "passed")
    details: dict[str, Any] = outcome.result or {}
    failed = STATUS_OF_FAILURE[check.severity]
    if check.kind == "columns":
        missing = details["details"]["mismatched"]["missing"]
        names = ", ".join(missing)
        return audit.result(
            suite, check, failed, len(missing), names, f"Missing: {names}. / 不足：{names}。"
        )
    count = details.get("unexpected_count", details.get("observed_value")) or 0
    values = details.get("partial_unexpected_list", []) if check.kind == "accepted" else []
    observed = ", ".join(sorted({str(value) for value in values}))
    english, japanese = f"{count} violations.", f"{count}件の違反。"
    if observed:
        english, japanese = f"{english} Found: {observed}.", f"{japanese}値：{observed}。"
    return audit.result(suite, check, failed, count, observed, f"{english} / {japanese}")


def _told(description: str, why: str) -> str:
    """A description and what was found, in English, then in Japanese."""
    if not why:
        return description
    english, _, japanese = description.partition(" / ")
    found = why.split(" / ")  # a value with " / " stands in both halves
    half = len(found) // 2
    return f"{english} {'/'.join(found[:half])} / {japanese}{'/'.join(found[half:])}"


def _exception_message(info: dict[str, Any]) -> str:
    """First line of what went wrong while evaluating; GX nests it a metric where several failed."""
    if "raised_exception" in info:
        lines = str(info.get("exception_message") or "").splitlines()
        return (lines or ["no reason given"])[0] if info["raised_exception"] else ""
    return next((found for item in info.values() if (found := _exception_message(item))), "")
