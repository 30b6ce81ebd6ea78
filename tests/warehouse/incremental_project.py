"""The incremental facts and all they are built from, as the statements dbt runs, over raw tables in memory."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from ingestion.lake import Lake
from ingestion.load import load, store_salt
from pipeline.build import contract_columns
from pipeline.dbt_process import LOCATION, due
from runtime.sql import literal
from tests.conftest import Run, run_command
from tests.in_process_dbt import manifest

FACTS = (
    "fct_order_line",
    "fct_subscription_month",
    "int_mrr_change",
    "fct_ticket",
    "fct_content_item_stage",
    "fct_activation_monthly",
    "fct_rfm_monthly",
    "fct_usage_weekly",
    "fct_interaction",
)
HORIZON = "stg_ops__load_horizon"
# What dbt writes into the statements, to be replaced by a build's own.
AS_OF, SINCE, BUILD, LOAD, AHEAD = "2013-02-14", "2013-02-13", 987654321, 987654320, 987654319
FULL, LATER = "full", "later"  # the two builds, and the folders of their artifacts
SYSTEMS = ["salesforce", "zendesk", "database", "files"]


@dataclass
class Statement:
    """What makes one model: `table` or `view`, or the two statements of an incremental build."""

    node: str
    relation: str
    query: str
    kind: str
    replace: str | None = None


@dataclass
class Warehouse:
    """A database in memory with the raw tables, and the builds over it.

    Attributes:
        full, later: statements of a full and of a later build, in order.
        since: the last build's date and newest load, None before the first.
        loads: load → its raw table.
    """

    connection: duckdb.DuckDBPyConnection
    full: list[Statement]
    later: list[Statement]
    build_id: int = 0
    load_id: int = 0
    since: tuple[date, int] | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    loads: dict[int, str] = field(default_factory=dict)

    def empty(self) -> None:
        """Forget all records and builds."""
        for table in self.columns:
            self.connection.execute(f"delete from warehouse.raw.{table}")
        self.build_id, self.load_id, self.since, self.loads = 0, 0, None, {}

    def land(self, table: str, rows: list[dict[str, object]]) -> None:
        """Load records as one run; columns that are not named are null."""
        self.load_id += 1
        self.loads[self.load_id] = table
        for row in rows:
            row = {"_load_id": self.load_id, "_is_deleted": False, "_row": 0, **row}
            row = {
                "_business_date": date(2026, 3, 1),
                **row,
            }  # what dates are plausible hangs on it
            row["_extracted_at"] = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=self.load_id)
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            self.connection.execute(
                f"insert into warehouse.raw.{table} ({names}) values ({marks})", list(row.values())
            )

    def build(self, as_of: date, full: bool = False) -> None:
        """One build for a date: a later one when there was one before, unless a full one is wanted."""
        self.build_id += 1
        values = {AS_OF: as_of.isoformat(), str(BUILD): str(self.build_id)}
        statements, news = self.full, set(self.loads.values())
        if self.since is not None and not full:
            ahead = self.ahead()
            values |= {
                SINCE: self.since[0].isoformat(),
                str(LOAD): str(self.since[1]),
                str(AHEAD): ", ".join(map(str, ahead)) or "-1",
            }
            statements, news = (
                self.later,
                {
                    table
                    for load_id, table in self.loads.items()
                    if load_id > self.since[1] or load_id in ahead
                },
            )
        if (
            self.since is not None
        ):  # a full build too need not make again what nothing ever came into
            due_now = due(manifest(), news)
            statements = [statement for statement in statements if statement.node in due_now]
        pattern = re.compile("|".join(values))
        for statement in statements:
            query, replace = (
                pattern.sub(lambda found: values[found[0]], text or "")
                for text in (statement.query, statement.replace)
            )
            if not replace:
                self.connection.execute(
                    f"create or replace {statement.kind} {statement.relation} as {query}"
                )
            else:
                self.connection.execute(f"create or replace temp table new_rows as {query}")
                self.connection.execute(replace)
        self.since = (as_of, self.load_id)

    def ahead(self) -> list[int]:
        """Loads of which the last build left something out, as of a later date."""
        found = self.connection.execute(
            "select load_id from warehouse.staging.stg_ops__load_horizon where newest_day > ?",
            [self.since[0].strftime("%Y%m%d")],
        )
        return [load_id for (load_id,) in found.fetchall()]

    def facts(self) -> dict[str, list[tuple[object, ...]]]:
        """Rows of every fact."""
        relations = {s.relation.split(".")[-1].strip('"'): s.relation for s in self.full}
        return {
            name: self.connection.execute(f"from {relations[name]} order by all").fetchall()
            for name in FACTS
        }


def build_empty(home: Path) -> Run:
    """Run dbt twice over empty raw tables, fully and incrementally, for its statements."""
    home.mkdir(parents=True, exist_ok=True)
    warehouse = home / "warehouse.duckdb"
    load(warehouse, Lake(home / "lake"), contract_columns())
    store_salt(warehouse, home / "salt")
    base = {"as_of_date": AS_OF, "build_id": BUILD, "systems": SYSTEMS, "renewal_grace_days": 5}
    since = {"since_as_of_date": SINCE, "since_load_id": LOAD, "loads_ahead": [AHEAD]}
    full = _build(home, FULL, base, "--full-refresh")
    return full if full.status else _build(home, LATER, base | since)


def _build(home: Path, name: str, variables: dict[str, object], *options: str) -> Run:
    return run_command(
        *(home, "pipeline.dbt_process", "build", *options, *LOCATION),
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
        *("--target-path", str(home / name), "--log-path", str(home / name)),
        *("--vars", json.dumps(variables)),
        *("--select", *(f"+{fact}" for fact in FACTS), HORIZON),
        variables={
            "CSW_WAREHOUSE_FILE": str(home / "warehouse.duckdb"),
            "CSW_MARTS_FILE": str(home / "marts_build.duckdb"),
        },
    )


def open_warehouse(home: Path) -> Warehouse:
    """A database in memory with the raw tables of ``build_empty``, and its statements."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set TimeZone = 'UTC'")
    for database, path in (
        ("warehouse", "warehouse.duckdb"),
        ("marts_build", "marts_build.duckdb"),
    ):
        connection.execute(f"attach {literal(str(home / path))} as built_{database} (read_only)")
        connection.execute(f"attach ':memory:' as {database}")
        for (schema,) in connection.execute(
            "select schema_name from duckdb_schemas() where database_name = ? and not internal",
            [f"built_{database}"],
        ).fetchall():
            connection.execute(f"create schema if not exists {database}.{schema}")
    columns: dict[str, list[str]] = {}
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'built_warehouse' and schema_name in ('raw', 'ops', 'seeds')"
    ).fetchall():
        name = f"warehouse.{schema}.{table}"
        connection.execute(f"create table {name} as from built_{name}")
        if schema == "raw":
            columns[table] = []
    # customers with a product of the process belong to it without an item, too
    connection.execute(
        "insert into warehouse.seeds.process_product values "
        "('content_production', 'f1', null), ('product_use', 'f1', null)"
    )
    return Warehouse(
        connection, _statements(home / FULL), _statements(home / LATER), columns=columns
    )


def _statements(target: Path) -> list[Statement]:
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    ran = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    found = []
    for result in sorted(ran, key=lambda result: result["timing"][-1]["completed_at"]):
        node = nodes[result["unique_id"]]
        if node["resource_type"] != "model":
            continue
        path = target / "run" / node["package_name"] / node["original_file_path"]
        kind = "view" if node["config"]["materialized"] == "view" else "table"
        replace = None
        if node["config"]["materialized"] == "incremental" and target.name == LATER:
            text = path.read_text(encoding="utf-8")
            replace = re.sub(r'"?\w+__dbt_tmp\w*"?', "new_rows", text)
        found.append(
            Statement(
                result["unique_id"], node["relation_name"], node["compiled_code"], kind, replace
            )
        )
    return found
