"""Staging of dropped files: kept incrementally, it equals a full build, whatever is loaded and built when."""

import re
from datetime import date, timedelta

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dbt_process import PROJECT

FIRST = date(2026, 3, 1)
MACROS = (PROJECT / "macros" / "staging" / "versions.sql").read_text(encoding="utf-8")
# A file's folder (days after the first, and how it is written), its name, the keys of its rows; or a build so many
# days on.
FORMS = ("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d_again")
DROP = st.tuples(
    st.integers(0, 4),
    st.sampled_from(FORMS),
    st.sampled_from("xy"),
    st.lists(st.sampled_from("abc")),
)
STEPS = st.lists(DROP | st.integers(0, 2), max_size=12)


def day_of(path):
    return date.fromisoformat(re.sub("[-._]", "", path.split("/")[1])[:8])


class Staging:
    """A raw table of drops and the staging table over it, with the project's own macros."""

    def __init__(self, connection, key):
        self.connection, self.key = connection, key
        self.loads, self.as_of, self.since = 0, FIRST, {"since_load_id": -1}
        self.files = {}  # path → keys of its newest content
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
            raw_table=lambda table: {
                "key": keys,
                "entity": "entity",
                "columns": dict.fromkeys(keys, "text"),
            },
            read_text=lambda column, reads_as: column,
            is_touched=lambda key, query: f"{key} in ({query})" if is_incremental else "true",
        )

    def live(self, is_incremental):
        return f"select * from ({self.macro('newest_rows', is_incremental)}) where not _is_deleted"

    def load(self, folder, form, name, keys):
        self.loads += 1
        path = f"entity/{(FIRST + timedelta(days=folder)).strftime(form)}/{name}.csv"
        gone = sorted(self.files.get(path, set()) - set(keys)) if self.key else []
        # an event file without rows lands as one deleted row, a keyed one as a deleted row a key it had
        rows = [*((key, True) for key in gone), *((key, False) for key in keys)]
        if not rows and not self.key:
            rows = [(None, True)]
        self.files[path] = set(keys)
        self._land(path, rows)

    def take_whole(self, folder):
        """The drop of a day says that there is nothing but what it has: the keys of all others are gone."""
        self.loads += 1
        day = FIRST + timedelta(days=folder)
        own = {key for path, keys in self.files.items() if day_of(path) == day for key in keys}
        self._land(f"entity/{day}", [(key, True) for key in "abc" if key not in own])

    def _land(self, path, rows):
        for number, (key, deleted) in enumerate(rows):
            self.connection.execute(
                "insert into raw values (?, ?, ?, ?, ?, ?)",
                [key, path, self.loads, number, deleted, self.loads],
            )

    def build(self, days):
        self.as_of += timedelta(days=days)
        touched = self.macro("loaded_since", True)
        self.connection.execute(
            f"delete from staged where {self.key or '_source_file'} in ({touched})"
        )
        self.connection.execute(f"insert into staged {self.live(True)}")
        self.since = {
            "since_load_id": self.loads,
            "since_as_of_date": self.as_of.isoformat(),
            "loads_ahead": range(1, self.loads + 1),
        }

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
        assert all(day_of(path) <= staging.as_of for path in files)
        if key:
            to_date = [
                keys for path, keys in staging.files.items() if day_of(path) <= staging.as_of
            ]
            assert sorted(row[0] for row in full) == sorted(set().union(*to_date))


def test_a_key_that_a_file_took_back_is_what_another_file_says():
    with duckdb.connect() as connection:
        staging = Staging(connection, "k")
        staging.load(0, "%Y-%m-%d", "x", ["a", "b"])
        staging.load(1, "%Y%m%d", "x", ["a", "b"])
        staging.build(1)
        staging.load(1, "%Y%m%d", "x", ["b"])
        staging.build(0)
        found = {(row[0], row[1]) for row in staging.rows("from staged")}
        assert found == {("a", "entity/2026-03-01/x.csv"), ("b", "entity/20260302/x.csv")}


def test_a_key_that_a_full_drop_lacks_is_gone_from_that_day_on():
    with duckdb.connect() as connection:
        staging = Staging(connection, "k")
        staging.load(0, "%Y-%m-%d", "x", ["a", "b"])
        staging.load(1, "%Y-%m-%d", "x", ["a"])
        staging.take_whole(1)
        staging.build(0)
        assert [row[0] for row in staging.rows("from staged")] == ["a", "b"]
        staging.build(1)
        assert [row[0] for row in staging.rows("from staged")] == ["a"]
        staging.load(0, "%Y-%m-%d", "late", ["a", "b"])
        staging.build(0)
        assert [row[0] for row in staging.rows("from staged")] == ["a"]
        staging.load(1, "%Y-%m-%d", "x", ["a", "b"])
        staging.build(0)
        assert [row[0] for row in staging.rows("from staged")] == ["a", "b"]
