"""Staging of dropped files: kept incrementally, it equals a full build, whatever is loaded and built when."""

from datetime import date, timedelta

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dbt import PROJECT

FIRST = date(2026, 3, 1)
MACROS = (PROJECT / "macros" / "staging" / "versions.sql").read_text(encoding="utf-8")
# A file's folder (days after the first), its name, the keys of its rows; or a build so many days on.
DROP = st.tuples(st.integers(0, 4), st.sampled_from("xy"), st.lists(st.sampled_from("abc")))
STEPS = st.lists(DROP | st.integers(0, 2), max_size=12)


class Staging:
    """A raw table of drops and the staging table over it, with the project's own macros."""

    def __init__(self, connection, key):
        self.connection, self.key = connection, key
        self.loads, self.as_of, self.since = 0, FIRST, {"since_load_id": -1}
        connection.execute(
            "create table raw (k varchar, _source_file varchar, _extracted_at bigint, _row bigint, "
            "_is_deleted boolean, _load_id bigint)"
        )
        connection.execute("create table staged as from raw")

    def macro(self, name, is_incremental):
        variables = {"as_of_date": self.as_of.isoformat(), "since_as_of_date": None, **self.since}
        keys = [self.key] if self.key else []
        return jinja2.Template(MACROS + f"{{{{ {name}('files__entity') }}}}").render(
            var=variables.get,
            source=lambda schema, table: "raw",
            raw_table=lambda table: {"key": keys, "entity": "entity"},
            read_text=lambda column, reads_as: column,
            is_touched=lambda key, query: f"{key} in ({query})" if is_incremental else "true",
        )

    def live(self, is_incremental):
        return f"select * from ({self.macro('newest_rows', is_incremental)}) where not _is_deleted"

    def load(self, folder, name, keys):
        self.loads += 1
        path = f"entity/{FIRST + timedelta(days=folder)}/{name}.csv"
        # an event file without rows lands as one deleted row, a keyed one as none
        rows = keys or ([] if self.key else [None])
        self.connection.execute(
            "insert into raw select unnest(?), ?, ?, unnest(range(?)), ?, ?",
            [rows, path, self.loads, len(rows), not keys, self.loads],
        )

    def build(self, days):
        self.as_of += timedelta(days=days)
        touched = self.macro("loaded_since", True)
        self.connection.execute(
            f"delete from staged where {self.key or '_source_file'} in ({touched})"
        )
        self.connection.execute(f"insert into staged {self.live(True)}")
        self.since = {"since_load_id": self.loads, "since_as_of_date": self.as_of.isoformat()}

    def rows(self, query):
        return self.connection.execute(f"from ({query}) order by all").fetchall()


@pytest.mark.parametrize("key", ["k", None])
@settings(max_examples=12)
@given(steps=STEPS)
def test_any_loads_and_builds_end_as_one_full_build(key, steps):
    with duckdb.connect() as connection:
        staging = Staging(connection, key)
        for step in steps:
            if isinstance(step, int):
                staging.build(step)
            else:
                staging.load(*step)
        staging.build(0)
        full = staging.rows(staging.live(False))
        assert staging.rows("from staged") == full
        # conservation: of every file to date the newest content, or of every key one row
        files = {row[1] for row in full}
        assert all(path.split("/")[1] <= staging.as_of.isoformat() for path in files)
        if key:
            assert len({row[0] for row in full}) == len(full)
