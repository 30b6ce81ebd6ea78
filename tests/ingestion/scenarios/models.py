"""The modelled side of a scenario: the project's own dbt macros and staging models over the scenario's lake."""

import json
from datetime import date
from typing import Any

import duckdb

from ingestion.catalogue import CatalogueObject, find_object
from ingestion.load import load
from pipeline.build import contract_columns, load_and_plan
from pipeline.build_plan import Mode
from pipeline.build_register import BuildRegister
from pipeline.context import Context
from runtime.records import RESERVED_COLUMNS
from tests.in_process_dbt import invoke

State = dict[Any, dict[str, str]]
END_OF_TIME = "2099-12-31"


class Models:
    """dbt in this process over the warehouse of a context."""

    def __init__(self) -> None:
        self._sql: dict[tuple[str, str], str] = {}

    def state(self, context: Context, name: str, day: str = END_OF_TIME) -> State:
        """The object's live records as of the end of a business date, by dbt's macro `newest_rows`.

        Returns:
            Key (a tuple if it has several fields) → the source's fields that are not null; in landing order.
        """
        entry = find_object(*name.split(".", 1))
        warehouse = context.settings.warehouse_file
        load(warehouse, context.lake, contract_columns())
        zone = context.tenant.timezone
        if (name, zone) not in self._sql:
            variables = {"as_of_date": END_OF_TIME, "timezone": zone}
            outcome = invoke(
                *("compile", "--inline", _latest(entry), "--vars", json.dumps(variables)),
                warehouse=warehouse,
            )
            self._sql[name, zone] = outcome.results[0].node.compiled_code
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            rows = connection.execute(self._sql[name, zone].replace(END_OF_TIME, day))
            columns = [column[0] for column in rows.description]
            records = [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
        return {
            _key(entry, record): _fields(record)
            for record in sorted(
                records, key=lambda record: (record["_extracted_at"], record["_row"])
            )
        }

    def build(self, context: Context, day: str, *names: str, killed: bool = False) -> None:
        """Bring the objects' staging tables up to the lake as the daily build does: incrementally if it can.

        Args:
            killed: end after the first object's table, as a killed build does.
        """
        plan = load_and_plan(context, date.fromisoformat(day))
        if plan.mode not in (Mode.FULL, Mode.INCREMENTAL):
            return
        builds = BuildRegister(context.settings.warehouse_file)
        builds.start(plan)
        variables = json.dumps(plan.dbt_variables())
        models = [_model(name) for name in (names[:1] if killed else names)]
        if not killed:
            models.append("stg_ops__load_horizon")
        full = ["--full-refresh"] if plan.mode is Mode.FULL else []
        invoke(
            *("run", "--vars", variables, "--select", *models, *full),
            warehouse=context.settings.warehouse_file,
        )
        if not killed:
            builds.finish(plan.build_id, "published")

    def staged(self, context: Context, name: str) -> list[tuple[Any, ...]]:
        """Rows of the object's staging table, technical columns aside."""
        with duckdb.connect(str(context.settings.warehouse_file), read_only=True) as connection:
            return connection.execute(
                f"select columns(name -> not starts_with(name, '_')) from staging.{_model(name)} order by all"
            ).fetchall()


def _model(name: str) -> str:
    return f"stg_{find_object(*name.split('.', 1)).table}"


def _latest(entry: CatalogueObject) -> str:
    """Query of the object's current state, every column as it landed."""
    return f"select * from ({{{{ newest_rows('{entry.table}') }}}}) as newest where not _is_deleted"


def _key(entry: CatalogueObject, record: dict[str, Any]) -> Any:
    key = tuple(record[field] for field in entry.key)
    return key if len(key) > 1 else key[0]


def _fields(record: dict[str, Any]) -> dict[str, str]:
    return {
        name: value
        for name, value in record.items()
        if value is not None and name not in RESERVED_COLUMNS
    }
