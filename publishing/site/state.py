"""What the site says of the state of things: freshness, checks, findings, loads; newer than the publication after a block."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from expectations.results import newest_by_table, read_results
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.findings import FindingStore
from runtime.progress import open_problems
from runtime.settings import Settings
from runtime.tenant import Tenant

# what an activation level is shown from
_LEVELS = frozenset(
    (
        "fct_activation_monthly",
        "mart_activation_level",
        "mart_activation_stage",
        "mart_customer_360",
    )
)
AREAS = ("ingest_crm", "ingest_sfa", "ingest_ma", "ingest_support", "ingest_success")


@dataclass(frozen=True)
class State:
    """What is known when the site is rendered.

    Attributes:
        results: outcomes of all checks of the last 90 days.
        counts: status → rules of the newest run of each table.
        rules: those of them that did not pass.
        findings: every finding, the open ones first.
        problems: what failed and nothing has made good.
        loads: the last loads with rows: source, object, business date, rows, quarantined rows.
    """

    results: pa.Table
    counts: dict[str, int]
    rules: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    problems: list[str]
    loads: list[tuple]

    @property
    def open(self) -> list[dict[str, Any]]:
        """Findings neither made good nor accepted."""
        return [finding for finding in self.findings if finding["status"] == "open"]

    @property
    def is_incomplete(self) -> bool:
        """Whether something is missing from the numbers."""
        return any(finding["severity"] == "incomplete" for finding in self.open)


def read_state(settings: Settings, tenant: Tenant) -> State:
    """Read audit results, findings, events and loads; each may be absent or damaged."""
    results = read_results(settings.audit_dir, days=90)
    counts, rules = {}, []
    if results.num_rows:
        newest = newest_by_table(results)
        bad = newest[newest["status"] != "passed"].sort_values(["status", "table_name", "rule"])
        counts = newest["status"].value_counts().to_dict()
        rules = bad.astype(object).where(bad.notna(), None).to_dict("records")
    return State(
        results=results,
        counts=counts,
        rules=rules,
        findings=FindingStore(settings.findings_dir).grouped().to_pylist(),
        problems=open_problems(settings, tenant.zone),
        loads=_loads(settings),
    )


def freshness(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Each area; the feeds that are late or do not come every day; of the tables, which are all of one build, how
    many there are and how old the oldest is.

    Returns:
        Lines with kind, name, frequency, as_of, is_stale, is_overdue, and count for tables.
    """
    found = connection.execute(
        "select kind, mart_name as name, frequency, last_success_as_of as as_of, is_stale, is_overdue "
        "from marts.mart_freshness order by mart_name"
    )
    names = [column[0] for column in found.description]
    by_kind: dict[str, list[dict[str, Any]]] = {"area": [], "feed": [], "mart": []}
    for row in found.fetchall():
        line = dict(zip(names, row, strict=True))
        by_kind[line["kind"]].append(line)
    areas = {line["name"]: line for line in by_kind["area"]}
    lines = [areas[name] for name in AREAS if name in areas]
    lines += (f for f in by_kind["feed"] if f["is_stale"] or f["frequency"] != "daily")
    if tables := by_kind["mart"]:
        oldest = min(tables, key=lambda table: table["as_of"] or date.min)
        lines.append(oldest | {"count": len(tables)})
    return lines


def unvalidated_tables(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Tables with activation levels; none of them once every definition in force has passed its validation."""
    released = connection.execute(
        "select coalesce(bool_and(is_released), false) from marts.mart_activation_validation "
        "where as_of_date = (select max(as_of_date) from marts.mart_activation_validation) "
        "and process_id in (select process_id from core.fct_activation_monthly)"
    ).fetchone()
    return frozenset() if released[0] else _LEVELS


def _loads(settings: Settings) -> list[tuple]:
    if not settings.warehouse_file.exists():
        return []
    try:
        warehouse = connect(settings.warehouse_file, read_only=True)
    except StateError:
        return []  # damaged: the page says so under what failed
    with warehouse as connection:
        if not connection.execute(
            "from duckdb_tables() where schema_name = 'ops' and table_name = 'loads'"
        ).fetchall():
            return []  # a first load that failed
        return connection.execute(
            """
            select source, object, business_date, rows_in, rows_quarantined from ops.loads
            where rows_in > 0 order by load_id desc limit 60
            """
        ).fetchall()
