"""The pool that a real run has made."""

import sqlite3


def test_the_pool_of_the_warehouse_has_one_slot(demo):
    with sqlite3.connect(demo.home / "airflow" / "airflow.db") as database:
        slots = database.execute("select slots from slot_pool where pool = 'duckdb_writer'")
        assert slots.fetchall() == [(1,)]
