"""The audit of what dbt built."""

import copy

import duckdb
import pytest

from expectations import marts_check
from expectations.contracts import all_contracts
from expectations.validate import _exception_message, failures
from tests.contracts.landed import DAY
from tests.contracts.test_contracts import write

GOOD = "select date '2026-03-01' as month, 'x' as a union all select date '2026-03-01', 'it''s'"


def build(folder, query, schema="marts"):
    database = folder / "build.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create table {schema}.mart_a as {query}")
    return database


@pytest.fixture
def contracts(tmp_path, monkeypatch):
    """Only this contract exists, changed as a test wants it."""

    def use(change=lambda document: None):
        write(tmp_path, change)
        monkeypatch.setattr(
            marts_check, "all_contracts", lambda layer: all_contracts(layer, tmp_path)
        )

    return use


def outcome(results):
    return {result.rule: (result.status, result.unexpected_count) for result in results}


def test_a_sound_mart_passes_and_the_file_is_released(tmp_path, contracts):
    contracts()
    database = build(tmp_path, GOOD)
    results = marts_check.check_marts(database, "run-1", DAY)
    assert {result.status for result in results} == {"passed"}
    assert set(outcome(results)) == {
        "columns_exist",
        "month_not_null",
        "a_not_null",
        "key_unique",
        "a_accepted",
        "never",
    }
    assert failures(results) == []
    with duckdb.connect(str(database)) as connection:
        connection.execute("drop table marts.mart_a")


def test_what_breaks_a_contract_is_blocked_or_warned_by_its_severity(tmp_path, contracts):
    def violated(document):
        document["schema"][0]["quality"][0]["query"] = (
            "select * from {object} where not regexp_matches(a, '^[a-z]{1,2}$')"
        )

    contracts(violated)
    query = f"{GOOD} union all select date '2026-03-01', 'x' union all select null, 'zz'"
    results = marts_check.check_marts(build(tmp_path, query), "run-1", DAY)
    assert outcome(results) == {
        "columns_exist": ("passed", 0),
        "month_not_null": ("blocked", 1),
        "a_not_null": ("passed", 0),
        "key_unique": ("blocked", 2),
        "a_accepted": ("warned", 1),
        "never": ("blocked", 1),
    }
    (warning,) = [result for result in results if result.status == "warned"]
    assert warning.observed == "zz"
    assert len(failures(results)) == 3


def test_a_missing_column_blocks(tmp_path, contracts):
    contracts()
    results = marts_check.check_marts(build(tmp_path, "select 'x' as a"), "run-1", DAY)
    assert outcome(results)["columns_exist"][0] == "blocked"
    assert outcome(results)["key_unique"][0] == "error"
    assert outcome(results)["a_not_null"][0] == "passed"


def test_a_contract_without_a_table_is_an_error(tmp_path, contracts):
    contracts()
    database = build(tmp_path, GOOD, schema="core")
    results = marts_check.check_marts(database, "run-1", DAY)
    assert outcome(results) == {"table_exists": ("error", 0)}


def test_a_broken_rule_is_an_error_and_says_why(tmp_path, contracts):
    def broken(document):
        document["schema"][0]["quality"][0]["query"] = (
            "select * from {object} where no_such_column = 1"
        )

    contracts(broken)
    results = marts_check.check_marts(build(tmp_path, GOOD), "run-1", DAY)
    assert outcome(results)["never"][0] == "error"
    assert [line for line in failures(results) if "no_such_column" in line]
    assert outcome(results)["a_not_null"][0] == "passed"


def test_direct_personal_data_is_blocked_in_the_published_file(tmp_path, contracts):
    def personal(document):
        column = copy.deepcopy(document["schema"][0]["properties"][0])
        column |= {"name": "email", "primaryKey": False}
        column["customProperties"] = [{"property": "pii", "value": "direct"}]
        document["schema"][0]["properties"].append(column)

    contracts(personal)
    elsewhere = build(tmp_path, GOOD, schema="core")
    assert marts_check.check_marts(elsewhere, "run-1", DAY) == []
    published = build(tmp_path, GOOD)
    assert outcome(marts_check.check_marts(published, "run-1", DAY)) == {
        "no_direct_pii": ("blocked", 0)
    }


def test_a_rule_may_name_other_tables_of_the_file(tmp_path, contracts):
    def orphan(document):
        document["schema"][0]["quality"][0]["query"] = (
            "select * from {object} where a not in (select a from core.dim_a)"
        )

    contracts(orphan)
    database = build(tmp_path, GOOD)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema core")
        connection.execute("create table core.dim_a as select 'x' as a")
    assert outcome(marts_check.check_marts(database, "run-1", DAY))["never"] == ("blocked", 1)


@pytest.mark.parametrize("said", ["", None])
def test_a_check_that_broke_without_a_word_is_an_error_too(said):
    """Else a warning's check that never ran would count as a warning."""
    info = {"raised_exception": True, "exception_message": said, "exception_traceback": ""}
    assert _exception_message(info) == _exception_message({"metric": info}) == "no reason given"
    assert _exception_message(info | {"raised_exception": False}) == ""
