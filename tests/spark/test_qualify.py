"""`qualify` written anew for Spark: DuckDB, which knows it, gives the same rows either way."""

import duckdb
import pytest

from pipeline.spark.qualify import without_qualify

QUERIES = [
    "select * from given qualify row_number() over (partition by kind order by amount desc, id) = 1",
    "select id, kind from given where amount > 1 qualify rank() over (partition by kind order by amount) <= 2",
    "select distinct kind from given qualify count(*) over (partition by kind) > 1",
    "select kind, sum(amount) as total from given group by kind qualify rank() over (order by sum(amount)) = 1",
    "with first as (select * from given -- a ) and a qualify in words\n"
    "    qualify row_number() over (partition by kind order by id) = 1 -- the first\n"
    ") select first.id, 'from qualify (' as text from first where id in (\n"
    "    select id from given qualify max(amount) over () = amount\n"
    ") union all select id, kind from given where id = 3 order by 1",
    "select id from (select id, kind from given qualify lag(id) over (order by id) is null) as one",
    "select id from given order by id limit 2",
]


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute(
            "create table given as from (values (1, 'a', 2), (2, 'a', 5), (3, 'b', 1), (4, 'b', 5), (5, 'c', 0)) "
            "as given(id, kind, amount)"
        )
        yield connection


@pytest.mark.parametrize("query", QUERIES)
def test_the_rows_are_the_same(connection, query):
    written = without_qualify(query)
    # DuckDB's word for Spark's `* except (…)`
    in_duckdb = written.replace("* except (", "* exclude (")
    assert sorted(connection.execute(in_duckdb).fetchall()) == sorted(
        connection.execute(query).fetchall()
    )


def test_a_query_without_it_stays_as_it_is():
    assert without_qualify(QUERIES[-1]) is QUERIES[-1]
