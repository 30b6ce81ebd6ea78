"""The project's models, compiled by dbt and run in an in-memory DuckDB: any input rows, no Airflow, no files.

The project is parsed once a process (about 6 s); another set of vars costs 0.7 s. A :class:`Chain` runs what leads to its models in the manifest's order, so no test has to name an
intermediate model. What does not depend on the entities that vary runs once; an example of a property
then costs what its own models cost, tens of milliseconds.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from ingestion.lake import Lake
from ingestion.load import load, store_salt
from pipeline.build import contract_columns
from pipeline.dbt import vars_argument
from pipeline.dbt_process import PROJECT
from tests.in_process_dbt import invoke, manifest

Row = Mapping[str, Any]
Node = dict[str, Any]


class Chain:
    """The models that lead to some tables, run on rows that a test gives.

    Everything starts empty: raw tables as the load makes them, seeds as they are in the project. Input
    entities (``models/input``) are tables to fill, with the columns and types of their models.
    """

    def __init__(
        self,
        targets: Iterable[str],
        varying: Iterable[str],
        fixed: Mapping[str, Iterable[Row]] | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        """Compile the models and run those that no example changes.

        Args:
            targets: names of the models wanted.
            varying: names of the input entities that :meth:`run` fills.
            fixed: rows of other inputs and seeds, given once; a seed's own rows are replaced.
            variables: dbt vars, with ``as_of_date``.
        """
        varying = set(varying)
        self._nodes = compiled_models(tuple(targets), vars_argument(dict(variables or {})))
        self._names = {node["name"]: node["relation_name"] for node in self._nodes.values()}
        self._varying = sorted(varying)
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("set TimeZone = 'UTC'")
        for database in ("marts_build", "warehouse"):  # the names dbt gives the two files
            self.connection.execute(f"attach ':memory:' as {database}")
        self.connection.execute("use warehouse")
        for name, statement in _empty_warehouse():
            self.connection.execute(f"create schema if not exists {name.partition('.')[0]}")
            self.connection.execute(statement)
        for database, schema in sorted(
            {(n["database"], n["schema"]) for n in self._nodes.values()}
        ):
            self.connection.execute(f'create schema if not exists "{database}"."{schema}"')

        touched: set[str] = set()
        self._statements = []
        for key in _in_order(self._nodes):
            node = self._nodes[key]
            depends = set(_parents(node))
            is_input = node["fqn"][1] == "input"
            if node["name"] in varying or (depends & touched and not is_input):
                touched.add(key)
                if node["name"] not in varying:
                    self._statements.append(_create(node))
                    continue
            self.connection.execute(_create_seed(node) if _is_seed(node) else _create(node))
            if node["name"] in (fixed or {}):
                self._fill(node["name"], fixed[node["name"]])
        missing = (varying | set(fixed or {})) - set(self._names)
        assert not missing, f"nothing leads from {sorted(missing)} to {sorted(targets)}"

    def run(self, **rows: Iterable[Row]) -> None:
        """Fill the varying entities (those not named become empty) and run the models behind them.

        Args:
            rows: entity → its rows; a column left out is null.
        """
        for name in self._varying:
            self._fill(name, rows.get(name, ()))
        for statement in self._statements:
            self.connection.execute(statement)

    def rows(self, model: str, columns: str = "*") -> list[dict[str, Any]]:
        """Rows of a model after :meth:`run`, as dictionaries.

        Args:
            model: name of the model.
            columns: select list.
        """
        found = self.connection.execute(f"select {columns} from {self._names[model]}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _fill(self, name: str, rows: Iterable[Row]) -> None:
        self.connection.execute(f"delete from {self._names[name]}")
        rows = list(rows)
        if not rows:
            return
        columns = list(dict.fromkeys(column for row in rows for column in row))
        places = ", ".join([f"({', '.join('?' * len(columns))})"] * len(rows))
        self.connection.execute(
            f"insert into {self._names[name]} ({', '.join(columns)}) values {places}",
            [row.get(column) for row in rows for column in columns],
        )


@cache
def compiled_models(targets: tuple[str, ...], variables: str) -> dict[str, Node]:
    """Manifest entries, compiled, of the targets and everything they are made of."""
    selected = [f"+{name}" for name in targets]
    results = invoke(
        *("compile", "--full-refresh", "--no-populate-cache"),
        *("--vars", variables, "--select", *selected),
    )
    compiled = {result.node.unique_id: result.node.to_dict() for result in results}
    seeds = {
        key: node.to_dict()
        for key, node in manifest().nodes.items()
        if node.resource_type == "seed"
    }
    models = {key: node for key, node in compiled.items() if node["resource_type"] == "model"}
    needed = {key for node in models.values() for key in _parents(node)}
    return models | {key: node for key, node in seeds.items() if key in needed}


@cache
def _empty_warehouse() -> list[tuple[str, str]]:
    """What the load makes of an empty lake: (schema.table, its DDL)."""
    with TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse.duckdb"
        load(warehouse, Lake(f"{folder}/lake"), contract_columns())
        store_salt(warehouse, Path(folder) / "salt")
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return connection.execute(
                "select schema_name || '.' || table_name, sql from duckdb_tables() order by all"
            ).fetchall()


def _in_order(nodes: dict[str, Node]) -> list[str]:
    """Keys of the nodes, each after those it reads."""
    done: dict[str, None] = {}

    def visit(key: str) -> None:
        if key in nodes and key not in done:
            for parent in _parents(nodes[key]):
                visit(parent)
            done[key] = None

    for key in sorted(nodes):
        visit(key)
    return list(done)


def _parents(node: Node) -> list[str]:
    return sorted(node["depends_on"].get("nodes", ()))  # a seed has none


def _is_seed(node: Node) -> bool:
    return node["resource_type"] == "seed"


def _create(node: Node) -> str:
    if node["config"]["materialized"] == "ephemeral":  # part of the models that read it
        return "select 1"
    return f"create or replace table {node['relation_name']} as {node['compiled_code']}"


def _create_seed(node: Node) -> str:
    path = PROJECT / node["original_file_path"]
    types = "".join(
        f", '{name}': '{kind}'" for name, kind in node["config"]["column_types"].items()
    )
    options = f", types = {{{types[2:]}}}" if types else ""
    return (
        f"create table {node['relation_name']} as "
        f"from read_csv('{path}', header = true, delim = ','{options})"
    )
