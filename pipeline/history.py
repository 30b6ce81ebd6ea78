"""History of the marts: slices that were published stay, with the rows they had."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.suites import Check, Suite
from pipeline.build_plan import BuildPlan, Mode
from pipeline.build_register import BuildRegister
from pipeline.context import Context
from pipeline.dbt import definition
from publishing.snapshot import current_snapshot
from runtime.duckdb_connection import connect
from runtime.findings import Finding
from runtime.sql import identifier

if TYPE_CHECKING:
    from expectations.validate import RuleResult

Slices = dict[tuple[str, date], int]

MAX_CHANGE = 0.05
SCOPE = "history"
CHANGED = "slice_rows_changed"
SLICES_STAY = Check(
    "slices_stay",
    "block",
    "Every slice that was published is there with the rows it had, less what retention prunes. / "
    "公開済みのスライスは、保持期間を過ぎたものを除き、同じ行数で残っている。",
    "rows",
)


def kept_dates(dates: Iterable[date], days: int) -> set[date]:
    """Dates whose slices are kept: those of the last ``days`` days, and the last one of each month."""
    ascending = sorted(dates)
    last_of_month = {(day.year, day.month): day for day in ascending}
    recent = {day for day in ascending if day > ascending[-1] - timedelta(days=days)}
    return {*recent, *last_of_month.values()}


def slice_rows(marts: Path) -> Slices:
    """Rows of every slice of a DuckDB file's marts, by mart and date."""
    found: Slices = {}
    with connect(marts, read_only=True) as connection:
        tables = connection.execute(
            """
            select table_name from duckdb_columns()
            where schema_name = 'marts' and column_name = 'as_of_date' order by all
            """
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(
                f"select as_of_date, count(*) from marts.{identifier(table)} group by all"
            ).fetchall()
            found |= {(table, day): count for day, count in rows}
    return found


def check_history(
    context: Context, plan: BuildPlan, published: Slices | None = None
) -> "list[RuleResult]":
    """Compare the slices that are about to be published with the register of builds and what is published.

    A missing slice, or another number of rows in a closed one, blocks a daily build; of those that a backfill
    or a rebuild makes again, it is a finding, which blocks above 5 % until it is accepted.

    Args:
        published: what a rebuild has to hold; None = what the register and the current snapshot say.

    Returns:
        One result a mart that ever had a slice.
    """
    from expectations.validate import Audit

    is_rebuild = published is not None
    # a publication that was killed, or rolled back, leaves the two apart: either is what was published
    registered = {} if is_rebuild else registered_slices(context)
    before = registered | published_slices(context) if published is None else published
    now = slice_rows(context.settings.marts_file if plan.mode is Mode.BACKFILL else plan.marts)
    if plan.mode is Mode.BACKFILL and plan.marts.exists():
        now = {at: rows for at, rows in now.items() if at[1] != plan.as_of_date}
        built = slice_rows(plan.marts)
        now |= {at: rows for at, rows in built.items() if at[1] == plan.as_of_date}
    before = _expected(before, plan.as_of_date, definition(context, "slice_retention_days"))
    if plan.mode is not Mode.BACKFILL and not is_rebuild:  # the day that is built is not closed
        before = {at: rows for at, rows in before.items() if at[1] != plan.as_of_date}
    made_again = {
        at
        for at in before
        if is_rebuild or (plan.mode is Mode.BACKFILL and at[1] == plan.as_of_date)
    }
    now |= dict.fromkeys(made_again - now.keys(), 0)  # nobody is on a list of that day any more
    changed = {
        at: (rows, now[at])
        for at, rows in before.items()
        if now.get(at, rows) not in (rows, registered.get(at))
    }
    reopened = made_again & changed.keys()
    _record(context, plan, {at: changed[at] for at in reopened}, is_rebuild or not changed)
    said = _said(context)
    audit, results = Audit(plan.run_id, plan.as_of_date), []
    for mart in sorted({mart for mart, _ in before}):
        wrong = [
            f"{day} is gone ({rows:,} rows)"
            for (name, day), rows in sorted(before.items())
            if name == mart and (name, day) not in now
        ]
        wrong += [
            f"{day} has {new:,} rows, had {old:,}"
            for (name, day), (old, new) in sorted(changed.items())
            if name == mart and (name, str(day), f"{old} → {new}") not in said
        ]
        suite = Suite("marts", mart, mart, ())
        if wrong:
            why = f"{'; '.join(wrong[:5])}: `make rebuild` makes all slices again from the lake"
            if reopened:
                why = f"{'; '.join(wrong[:5])}: accept the finding {CHANGED} (ACCEPT=) if that is right"
            results.append(audit.result(suite, SLICES_STAY, "blocked", len(wrong), "", f"{why}."))
        else:
            results.append(audit.result(suite, SLICES_STAY, "passed"))
    return results


def registered_slices(context: Context) -> Slices:
    """Rows of every slice at its last publication, by the register of builds."""
    return BuildRegister(context.settings.warehouse_file).slices()


def published_slices(context: Context) -> Slices:
    """Rows of every slice that readers see; none before the first publication."""
    snapshot = current_snapshot(context.settings)
    return slice_rows(snapshot.path) if snapshot else {}


def _expected(before: Slices, as_of_date: date, days: int) -> Slices:
    dates: dict[str, set[date]] = {}
    for mart, day in before:
        dates.setdefault(mart, {as_of_date}).add(day)
    kept = {mart: kept_dates(of_mart, days) for mart, of_mart in dates.items()}
    return {(mart, day): rows for (mart, day), rows in before.items() if day in kept[mart]}


def _record(
    context: Context,
    plan: BuildPlan,
    changed: dict[tuple[str, date], tuple[int, int]],
    replaces_all: bool,
) -> None:
    found = [
        Finding(
            rule=CHANGED,
            source="marts",
            object=mart,
            place=str(day),
            message="A closed slice was built again with another number of rows. / "
            "確定済みのスライスが、異なる行数で再作成されました。",
            what_to_do="accept it if the new number is right, else mend the definition that changed it / "
            "新しい行数が正しければ承認し、そうでなければ原因の定義を修正してください。",
            severity="incomplete" if abs(new - old) > MAX_CHANGE * old else "warn",
            key=f"{old} → {new}",
            value=f"{old} → {new}",
            rows=abs(new - old),
        )
        for (mart, day), (old, new) in sorted(changed.items())
    ]
    places = {finding.place for finding in found}
    if plan.mode is Mode.BACKFILL:
        places.add(str(plan.as_of_date))
    context.findings.record(
        SCOPE, found, plan.as_of_date, lambda row: replaces_all or row["place"] in places
    )


def _said(context: Context) -> set[tuple[str, str, str]]:
    """Changes (mart, date, counts) that may be published: small ones, and those that were accepted."""
    return {
        (row["object"], row["place"], row["found_values"])
        for row in context.findings.grouped().to_pylist()
        if row["rule"] == CHANGED
        and (row["status"] == "accepted" or (row["status"], row["severity"]) == ("open", "warn"))
    }
