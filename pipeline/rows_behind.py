"""Of a build that failed on a value: the landed rows that hold it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from expectations.contracts import contract_for
from expectations.raw_findings import place, shown_key
from ingestion.catalogue import CatalogueObject, load_catalogue
from runtime.duckdb_connection import connect
from runtime.redaction import ABOUT_A_VALUE
from runtime.sql import identifier

SHOWN_ROWS = 3
# What an engine's message quotes or computes with; shorter numbers stand everywhere.
_VALUE = re.compile(r"'([^']+)'|\"([^\"]+)\"|(-?\d{4,}(?:\.\d+)?|-?\d+\.\d{3,})")


def rows_behind(warehouse: Path, results: Path) -> str:
    """Source, row, key and column of what failed models could not take; empty if no landed row has it.

    Args:
        warehouse: the file that was built.
        results: dbt's run_results.json, its manifest beside it.
    """
    if not results.exists():
        return ""
    nodes = json.loads(results.with_name("manifest.json").read_text(encoding="utf-8"))["nodes"]
    failed = [
        (node["unique_id"], node["message"] or "")
        for node in json.loads(results.read_text(encoding="utf-8"))["results"]
        if node["status"] in ("error", "runtime error")
    ]
    found: list[str] = []
    with connect(warehouse, read_only=True) as connection:
        for name, message in failed:
            if ABOUT_A_VALUE.search(message):
                found += _rows(connection, _landed(nodes, name), message)
    return f"; the value stands in {', '.join(found[:SHOWN_ROWS])}" if found else ""


def _landed(nodes: dict[str, dict], name: str) -> set[str]:
    """The raw tables that a model is built from, directly or not."""
    seen, waiting = set(), [name]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += nodes.get(node, {}).get("depends_on", {}).get("nodes", [])
    return {node.split(".")[-1] for node in seen if node.startswith("source.")}


def _rows(connection: duckdb.DuckDBPyConnection, tables: set[str], message: str) -> Iterator[str]:
    values = {next(filter(None, groups)) for groups in _VALUE.findall(message)}
    for entry in load_catalogue():
        if entry.table in tables:
            for value in sorted(values, key=len, reverse=True):
                yield from _holding(connection, entry, value)


def _holding(
    connection: duckdb.DuckDBPyConnection, entry: CatalogueObject, value: str
) -> Iterator[str]:
    """Where an object's landed rows hold a value, as text or as a number."""
    contract = contract_for(entry)
    for column in contract.columns:
        if column.is_derived or column.reads_as in (None, "text"):
            continue
        text = f"trim({identifier(column.name)})"
        try:
            rows = connection.execute(
                f"""
                select {place()}, {shown_key(contract, entry)} from raw.{identifier(entry.table)}
                where {text} = $value or try_cast({text} as double) = try_cast($value as double)
                order by all limit {SHOWN_ROWS}
                """,
                {"value": value},
            ).fetchall()
        except duckdb.Error:  # never landed, or without this column
            continue
        for where, key in rows:
            yield f"{entry.source}.{entry.object} {where}, {key}, column {column.name}"
