"""dbt's generic test `unique_key`: which keys it looks at."""

import re

import duckdb
import jinja2
import pytest

from pipeline.dbt_process import PROJECT

# build 1 has left b twice, build 2 wrote c twice and another row of a
ROWS = [("a", 1), ("b", 1), ("b", 1), ("c", 2), ("c", 2), ("a", 2)]


def found(checks_all_keys, **arguments):
    """Keys that the test finds more than once."""
    text = (PROJECT / "macros" / "operations" / "keys.sql").read_text(encoding="utf-8")
    body = re.search(r"\{% macro duplicate_keys.*?%\}(.*?)\{%- endmacro %\}", text, re.DOTALL)[1]
    variables = {"checks_all_keys": checks_all_keys, "build_id": 2}
    given = {"columns": ["k"], "build_column": None, "touched_keys": None, "touched_columns": None}
    sql = jinja2.Template(body).render(model="rows", var=variables.get, **given | arguments)
    with duckdb.connect() as connection:
        connection.execute("create table rows (k varchar, n integer default 0, _build_id integer)")
        connection.executemany("insert into rows (k, _build_id) values (?, ?)", ROWS)
        connection.execute("create table touched as select 'b' as k")
        return sorted(row[0] for row in connection.execute(sql).fetchall())


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"build_column": "_build_id"},
        {"touched_keys": "touched"},
        {"columns": ["k", "n"], "touched_keys": "touched", "touched_columns": ["k"]},
    ],
)
def test_once_a_week_all_keys(arguments):
    assert found(True, **arguments) == ["a", "b", "c"]


def test_daily_the_keys_of_rows_this_build_wrote():
    """Also where the other row is an older build's."""
    assert found(False, build_column="_build_id") == ["a", "c"]
    assert found(False, build_column="_build_id", columns=["k", "n"]) == ["a", "c"]


def test_daily_the_keys_a_model_names():
    assert found(False, touched_keys="touched") == ["b"]
    arguments = {"columns": ["k", "n"], "touched_keys": "touched", "touched_columns": ["k"]}
    assert found(False, **arguments) == ["b"]


def test_all_keys_of_a_model_that_names_none():
    assert found(False) == ["a", "b", "c"]
