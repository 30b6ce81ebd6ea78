"""Every contract in the repository: complete, bilingual, and its SQL runs."""

import json
from datetime import date
from functools import cache

import duckdb
import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from expectations.contracts import (
    CONTRACTS_FOLDER,
    LAYERS,
    all_contracts,
    contract_for,
    load_contract,
)
from expectations.raw_rules import ordering_columns, row_rules, version_rule
from expectations.reading import define
from ingestion.catalogue import CatalogueObject, load_catalogue
from tests.contracts.landed import USUAL

FILES = sorted(CONTRACTS_FOLDER.rglob("*.yaml"))
CONTRACTS = [contract for layer in LAYERS for contract in all_contracts(layer)]
OBJECTS = list(load_catalogue())


@cache
def odcs_validator() -> jsonschema.Draft201909Validator:
    return jsonschema.Draft201909Validator(json.loads(OpenDataContractStandard.json_schema()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_valid_odcs(path):
    problems = odcs_validator().iter_errors(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    assert [f"{list(p.absolute_path)}: {p.message}" for p in problems] == []
    assert path.parent.name in LAYERS


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: f"{c.layer}.{c.table}")
def test_descriptions_are_english_and_japanese(contract):
    texts = {"purpose": contract.purpose}
    texts |= {f"column {column.name}": column.description for column in contract.columns}
    texts |= {f"rule {rule.name}": rule.description for rule in contract.rules}
    assert [name for name, text in texts.items() if not is_bilingual(text)] == []
    assert [name for name, text in texts.items() if "{{" in text or "{%" in text] == []


def is_bilingual(text: str) -> bool:
    english, separator, japanese = text.rpartition(" / ")
    return (
        bool(separator)
        and any(c.isascii() and c.isalpha() for c in english)
        and not japanese.isascii()
    )


@pytest.mark.parametrize("entry", OBJECTS, ids=lambda e: e.table)
def test_every_catalogue_object_has_a_contract_that_holds_its_key_and_cursor(
    entry: CatalogueObject,
):
    contract = contract_for(entry)
    assert contract.table == entry.table
    assert set(ordering_columns(entry)) <= set(contract.required_columns)
    types = {column.name: column.logical_type for column in contract.columns}
    assert entry.cursor is None or types[entry.cursor] in ("timestamp", "integer")


@pytest.mark.parametrize("entry", OBJECTS, ids=lambda e: e.table)
def test_landing_rules_run_on_an_empty_landed_table(entry: CatalogueObject):
    contract = contract_for(entry)
    rules = row_rules(contract, entry)
    names = [column.name for column in contract.columns]
    version = version_rule(entry)
    rules += [version] if version else []
    assert len({rule.name for rule in rules}) == len(rules)
    columns = ", ".join(f'"{name}" varchar' for name in names)
    with duckdb.connect() as connection:
        for statement in define(date(2026, 6, 30), USUAL):
            connection.execute(statement)
        connection.execute(
            f"create table landed ({columns}, _row bigint, _is_deleted boolean, _source_file varchar, "
            "_extracted_at timestamptz, _run_id varchar, _page integer)"
        )
        for rule in rules:
            assert connection.execute(rule.query("landed")).fetchall() == [], rule.name


@cache
def empty_warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for layer in [layer for layer in LAYERS if layer != "raw"]:
        connection.execute(f"create schema {layer}")
        for contract in all_contracts(layer):
            columns = ", ".join(
                f'"{column.name}" {column.data_type}' for column in contract.columns
            )
            connection.execute(f"create table {layer}.{contract.table} ({columns})")
    connection.execute("set search_path = 'core,marts'")
    return connection


@pytest.mark.parametrize(
    "contract",
    [c for c in CONTRACTS if c.layer in ("core", "marts")],
    ids=lambda c: f"{c.layer}.{c.table}",
)
def test_mart_rules_run_on_empty_tables(contract):
    for rule in contract.rules:
        query = rule.query(f"{contract.layer}.{contract.table}")
        empty_warehouse().execute(query).fetchall()


def test_modelled_column_types_are_duckdb_types():
    assert empty_warehouse().execute("select count(*) from duckdb_tables()").fetchone()[0] == len(
        [contract for contract in CONTRACTS if contract.layer != "raw"]
    )


def test_a_dropped_file_is_held_to_its_input_contract():
    entry = next(entry for entry in OBJECTS if entry.object == "crm__order_line")
    landed, modelled = contract_for(entry), load_contract("input", "crm__order_line")
    assert landed.table == "files__crm__order_line"
    assert set(landed.required_columns) == {
        "order_line_id",
        "order_id",
        "product_id",
        "quantity",
        "amount_ex_tax",
    }
    derived = {column.name for column in modelled.columns if column.is_derived}
    assert derived.isdisjoint(column.name for column in landed.columns)
