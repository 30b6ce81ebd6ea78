"""What BI tools and notebooks see of the published file."""

import re
import subprocess
import sys

from sqlalchemy import MetaData, create_engine, inspect, select
from sqlalchemy.types import NullType

from tests.conftest import Run

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def test_every_table_and_column_has_a_comment_in_both_languages(demo: Run) -> None:
    """Readers who have nothing but the file read there what a column means."""
    with demo.marts() as connection:
        commented = connection.execute(
            """
            select table_name, '', comment from duckdb_tables()
            union all
            select table_name, column_name, comment from duckdb_columns() where not internal
            """
        ).fetchall()
    assert len(commented) > 400
    bare = [
        f"{table}.{column}"
        for table, column, comment in commented
        if not comment or not JAPANESE.search(comment) or not re.search("[A-Za-z]{2}", comment)
    ]
    assert bare == [], bare


def test_sqlalchemy_reflects_the_marts(demo: Run) -> None:
    """Superset and notebooks find tables, columns, types and comments through the link."""
    link = demo.home / "published" / "marts.duckdb"
    engine = create_engine(f"duckdb:///{link}", connect_args={"read_only": True})
    with demo.marts() as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
    found = MetaData()
    for schema in ("core", "marts", "ops"):
        assert f"customer_success.{schema}" in inspect(engine).get_schema_names()
        found.reflect(engine, schema=schema)
    reflected = [
        (table.schema, table.name, column) for table in found.tables.values() for column in table.c
    ]
    assert {(schema, table, column.name) for schema, table, column in reflected} == set(columns)
    assert [column for *_, column in reflected if isinstance(column.type, NullType)] == []
    rfm = found.tables["marts.mart_rfm"]
    with engine.connect() as connection:
        assert connection.execute(select(rfm.c.customer_key, rfm.c.monetary)).fetchone()
    engine.dispose()


WITHOUT_PYTZ = """
import sys
sys.modules["pytz"] = None
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("set timezone = 'Asia/Tokyo'")
print(len(connection.execute("select customer_key, as_of_date, monetary from marts.mart_rfm").fetchall()))
print(connection.execute("select first_solved_at::timestamp from core.fct_ticket where first_solved_at is not null").fetchone()[0])
connection.execute("select first_solved_at from core.fct_ticket where first_solved_at is not null").fetchone()
"""


def test_plain_duckdb_reads_all_but_instants(demo: Run) -> None:
    """As docs/reading_the_marts.md says: without pytz, instants are read as local times of a zone."""
    link = demo.home / "published" / "marts.duckdb"
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYTZ, str(link)], capture_output=True, text=True, check=False
    )
    rows, solved = done.stdout.splitlines()
    assert int(rows) > 0
    assert "pytz" in done.stderr
    with demo.marts() as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")
        first = connection.execute(
            "select first_solved_at from core.fct_ticket where first_solved_at is not null"
        ).fetchone()[0]
    assert solved == str(first.replace(tzinfo=None))
