"""The audit of the input layer: keys block, everything else is reported."""

import duckdb
import pytest

from expectations import inputs_check
from expectations.contracts import all_contracts
from expectations.validate import failures
from tests.contracts.landed import DAY
from tests.contracts.test_contracts import write

ROWS = """
select date '2026-03-01' as month, 'x' as a, 1 as _build_id
union all select date '2026-03-01', 'it''s', 2
"""


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Checks the view ``input.mart_a`` over these rows; a contract without ``_build_id`` if asked for."""

    def use(query=ROWS, touched_by=None, change=lambda document: None, view="mart_a"):
        def with_build(document):
            column = {"name": "_build_id", "physicalType": "integer", "description": "Build."}
            document["schema"][0]["properties"].append(column)
            document["schema"][0]["quality"][0]["severity"] = "block"
            change(document)

        write(tmp_path, with_build)
        monkeypatch.setattr(
            inputs_check, "all_contracts", lambda layer: all_contracts("marts", tmp_path)
        )
        database = tmp_path / "2026-03-31_warehouse.duckdb"  # a backfill's
        database.unlink(missing_ok=True)
        with duckdb.connect(str(database)) as connection:
            connection.execute("create schema input; create schema staging")
            connection.execute(f"create table staging.a as {query}")
            connection.execute(f"create view input.{view} as select * from staging.a")
        results = inputs_check.check_inputs(database, "run-1", DAY, touched_by)
        found = {result.rule: (result.status, result.unexpected_count) for result in results}
        return found, failures(results)

    return use


def test_a_sound_model_passes(check):
    found, bad = check()
    rules = {"columns_exist", "month_not_null", "a_not_null", "key_unique", "a_accepted", "never"}
    assert (set(found), bad) == (rules, [])
    assert set(found.values()) == {("passed", 0)}


def test_a_duplicate_key_blocks_and_nothing_else_does(check):
    def never(document):
        document["schema"][0]["quality"][0]["query"] = "select * from {object} where a = 'zz'"

    found, bad = check(
        f"{ROWS} union all select date '2026-03-01', 'x', 1 union all select null, 'zz', 1",
        change=never,
    )
    assert found == {
        "columns_exist": ("passed", 0),
        "month_not_null": ("warned", 1),
        "a_not_null": ("passed", 0),
        "key_unique": ("blocked", 1),
        "a_accepted": ("warned", 1),
        "never": ("warned", 1),
    }
    assert len(bad) == 1 and "key_unique" in bad[0]


@pytest.mark.parametrize(("build", "status"), [(1, "blocked"), (2, "passed"), (3, "blocked")])
def test_of_touched_keys_every_row_counts(check, build, status):
    """Also the one that an older build left; what no build touched since waits for the look at all keys."""
    twice = f"{ROWS} union all select date '2026-03-01', 'x', 3"
    found, _ = check(twice, touched_by=build)
    assert found["touched_key_unique"][0] == status
    assert "key_unique" not in found


def test_all_keys_where_the_build_is_not_told(check):
    def without(document):
        document["schema"][0]["properties"].pop()

    found, _ = check(touched_by=1, change=without)
    assert found["key_unique"] == ("passed", 0)


def test_a_model_that_is_not_there_is_an_error(check):
    assert check(view="other") == (
        {"table_exists": ("error", 0)},
        [
            "marts.mart_a: table_exists: The table exists. dbt did not build it. / テーブルがある。dbtが作成していません。"
        ],
    )


def test_a_rule_that_cannot_be_computed_is_an_error_and_says_why(check):
    def broken(document):
        document["schema"][0]["quality"][0]["query"] = "select * from {object} where nowhere = 1"

    found, bad = check(change=broken)
    assert {status for status, _ in found.values()} == {"error"}
    assert "nowhere" in bad[0]
