"""What expectations/gx_duckdb.py assumes of GX; fails when a new GX changes it."""

import socket

import duckdb
import great_expectations.expectations as gxe
import pytest
from great_expectations import ExpectationSuite
from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

from expectations.gx_duckdb import open_datasource

ACCEPTED = gxe.ExpectColumnValuesToBeInSet(column="a", value_set=[0, 1])


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "t.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema core")
        connection.execute("create table core.t as select range as a from range(3)")
    return path


def validate(database):
    with open_datasource(database, ("core", "main")) as source:
        batch = (
            source.add_table_asset("t", table_name="t")
            .add_batch_definition_whole_table("all")
            .get_batch()
        )
        return batch.validate(ExpectationSuite(name="s", expectations=[ACCEPTED])).results[0]


def test_the_private_list_is_still_there_and_still_needed(database, monkeypatch):
    assert "duckdb" not in [dialect.value for dialect in engine._PERSISTED_CONNECTION_DIALECTS[:4]]
    assert validate(database).result["unexpected_count"] == 1
    without = tuple(d for d in engine._PERSISTED_CONNECTION_DIALECTS if d.value != "duckdb")
    monkeypatch.setattr(engine, "_PERSISTED_CONNECTION_DIALECTS", without)
    monkeypatch.setattr("expectations.gx_duckdb._keep_one_connection", lambda: None)
    assert any(info["raised_exception"] for info in validate(database).exception_info.values())


def test_nothing_is_asked_of_the_network(database, monkeypatch):
    def refuse(*arguments):
        raise AssertionError(f"connects to {arguments[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert validate(database).success is False


def test_no_progress_bar_is_shown(database, capfd):
    validate(database)
    assert "Calculating" not in capfd.readouterr().err
