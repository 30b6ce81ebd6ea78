"""What has to be built, from what, and what is let out."""

import json
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest

from expectations.results import append_results, read_results
from expectations.suites import Check, Suite
from expectations.validate import Audit
from ingestion.catalogue import find_object
from pipeline import build
from pipeline.build_plan import BuildPlan, Mode
from pipeline.build_register import BuildRegister
from pipeline.dbt import run_variables
from publishing.snapshot import current_snapshot, snapshots
from runtime.errors import ContractError, StateError
from tests.landing import land_and_commit

ACCOUNT = find_object("salesforce", "Account")
DAY = date(2026, 3, 31)
BEFORE, NEXT = DAY - timedelta(days=1), DAY + timedelta(days=1)


def commit(context, day):
    return land_and_commit(context.lake, ACCOUNT, day, [{"Id": f"A{day}"}])


def write_marts(path, slices=()):
    """What dbt would have built, as far as publishing looks at it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create or replace schema marts")
        connection.execute("create table marts.mart_rfm (as_of_date date, k varchar)")
        for row in slices:
            connection.execute("insert into marts.mart_rfm values (?, ?)", row)


def built(context, day, status="published", ahead=None):
    """A finished build of that date; its plan.

    Args:
        ahead: number of a load with something of a later day.
    """
    plan = build.load_and_plan(context, day)
    builds = BuildRegister(context.settings.warehouse_file)
    builds.start(plan)
    duckdb.connect(str(plan.marts)).close()
    with duckdb.connect(str(plan.warehouse)) as connection:
        connection.execute("create schema if not exists staging")
        connection.execute(
            "create or replace table staging.stg_ops__load_horizon (load_id bigint, newest_day varchar)"
        )
        if ahead:
            connection.execute(
                "insert into staging.stg_ops__load_horizon values (?, '20991231')", [ahead]
            )
    builds.finish(plan.build_id, status)
    return plan


def write_docs_page(context):
    """dbt's documentation as a build of this configuration leaves it."""
    page = context.settings.site_dir / "dbt" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<html></html>")
    page.with_name("config_hash.txt").write_text(run_variables(context, DAY)["config_hash"])


def published(context, day):
    plan = built(context, day, "built")
    write_marts(context.settings.marts_file, [(day, "current")])
    build.publish(context, plan)
    return plan


def slices_of(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("from marts.mart_rfm order by all").fetchall()


# The plan


def test_nothing_committed_is_refused(context):
    with pytest.raises(StateError, match="no committed run"):
        build.load_and_plan(context, DAY)


def test_a_date_before_the_first_landed_one_is_refused(context):
    commit(context, DAY)
    with pytest.raises(StateError, match=r"2026-03-30 lies before the first landed .* 2026-03-31"):
        build.load_and_plan(context, BEFORE)


def test_the_first_build_and_one_after_a_kill_are_full(context):
    commit(context, DAY)
    first = build.load_and_plan(context, DAY)
    assert (first.mode, first.build_id, first.as_of_date) == (Mode.FULL, 1, DAY)
    BuildRegister(context.settings.warehouse_file).start(first)
    second = build.load_and_plan(context, DAY)
    assert (second.mode, second.build_id) == (Mode.FULL, 2)
    assert "since_load_id" not in second.dbt_variables()


def test_new_commits_are_built_incrementally(context):
    commit(context, DAY)
    built(context, DAY)
    commit(context, NEXT)
    plan = build.load_and_plan(context, NEXT)
    assert plan.mode is Mode.INCREMENTAL
    assert plan.dbt_variables()["since_load_id"] == 1
    assert plan.dbt_variables()["since_as_of_date"] == "2026-03-31"


def test_only_tables_with_something_new_are_looked_at(context, monkeypatch):
    """Those loaded since the last build, and those of which it left something out as of a later day."""
    monkeypatch.setattr(build, "_all_keys_are_due", lambda *_: False)
    commit(context, DAY)
    built(context, DAY)
    assert build.load_and_plan(context, NEXT).changed_tables == ()
    commit(context, NEXT)
    plan = build.load_and_plan(context, NEXT)
    assert (plan.changed_tables, plan.loads_ahead) == (("salesforce__account",), ())
    land_and_commit(context.lake, find_object("salesforce", "Contact"), NEXT, [])  # without a row
    assert build.load_and_plan(context, NEXT).changed_tables == ("salesforce__account",)
    built(context, NEXT, ahead=1)
    later = build.load_and_plan(context, NEXT + timedelta(days=1))
    assert (later.changed_tables, later.loads_ahead) == (("salesforce__account",), (1,))
    assert later.dbt_variables()["loads_ahead"] == [1]


def test_once_a_week_everything_is_looked_at(context, monkeypatch):
    monkeypatch.setattr(build, "_all_keys_are_due", lambda *_: True)
    commit(context, DAY)
    built(context, DAY)
    plan = build.load_and_plan(context, NEXT)
    assert (plan.mode, plan.changed_tables) == (Mode.INCREMENTAL, None)


def test_commits_of_a_load_whose_build_never_began_are_not_forgotten(context):
    commit(context, DAY)
    built(context, DAY)
    commit(context, DAY)
    for _ in range(2):  # the first task is killed after its load
        plan = build.load_and_plan(context, DAY)
        assert (plan.mode, plan.since_load_id) == (Mode.INCREMENTAL, 1)


def test_a_changed_configuration_builds_all_of_it(context):
    commit(context, DAY)
    built(context, DAY)
    other = replace(
        context, settings=context.settings.model_copy(update={"dbt_vars": '{"rfm_bins": 4}'})
    )
    assert build.load_and_plan(other, DAY).mode is Mode.FULL
    assert build.load_and_plan(context, DAY).mode is Mode.BUILT


@pytest.mark.parametrize("status", ["built", "blocked", "published"])
def test_without_anything_new_dbt_has_nothing_to_do(context, status):
    """The audit has, as long as nothing is published."""
    commit(context, DAY)
    write_docs_page(context)
    built(context, DAY, status)
    plan = build.load_and_plan(context, DAY)
    assert (plan.mode, plan.build_id) == (Mode.BUILT, 1)
    assert build.run_dbt(context, plan) == plan


def test_a_plan_goes_from_task_to_task_as_json(context):
    """The incremental one holds everything there is."""
    commit(context, DAY)
    built(context, DAY)
    commit(context, NEXT)
    plan = build.load_and_plan(context, NEXT)
    assert BuildPlan(**json.loads(json.dumps(plan.model_dump(mode="json")))) == plan


def test_published_and_nothing_new_is_nothing_to_do(context):
    commit(context, DAY)
    write_docs_page(context)
    published(context, DAY)
    before = current_snapshot(context.settings)
    plan = build.load_and_plan(context, DAY)
    assert plan.mode is Mode.PUBLISHED
    build.publish(context, build.audit(context, build.run_dbt(context, plan)))
    assert snapshots(context.settings) == [before]


# Which keys are looked at


def looked_at_all_keys(context, plan):
    """The audit's result of a look at all keys by that build."""
    check = Check("key_unique", "block", "", "unique", ("a",))
    audited = Audit(plan.run_id, plan.as_of_date)
    suite = Suite("input", "crm__account", "crm__account", (check,))
    append_results(context.settings.audit_dir, [audited.result(suite, check, "passed")])


@pytest.mark.parametrize(("days", "due"), [(1, False), (6, False), (7, True), (12, True)])
def test_all_keys_are_looked_at_once_a_week(context, days, due):
    commit(context, DAY)
    plan = built(context, DAY)
    assert plan.checks_all_keys
    looked_at_all_keys(context, plan)
    later = DAY + timedelta(days=days)
    commit(context, later)
    plan = build.load_and_plan(context, later)
    assert (plan.mode, plan.checks_all_keys) == (Mode.INCREMENTAL, due)
    assert plan.dbt_variables()["checks_all_keys"] is due


@pytest.mark.parametrize("status", ["built", "blocked"])
def test_after_a_build_that_was_not_published_all_keys_are_looked_at(context, status):
    """The next one would not touch the key that is there twice."""
    commit(context, DAY)
    looked_at_all_keys(context, built(context, DAY, status))
    commit(context, NEXT)
    assert build.load_and_plan(context, NEXT).checks_all_keys


def test_a_backfill_looks_at_the_keys_of_another_warehouse(context):
    for day in (DAY, NEXT):
        commit(context, day)
    published(context, NEXT)
    backfill = build.load_and_plan(context, DAY)
    assert backfill.mode is Mode.BACKFILL
    looked_at_all_keys(context, backfill)
    commit(context, NEXT)
    assert build.load_and_plan(context, NEXT).checks_all_keys


# Airflow's retries, and tasks cleared alone


class Dbt:
    """Stands for the subprocess: what it was asked to build, and whether it is killed at it."""

    def __init__(self, monkeypatch):
        self.plans, self.is_killed = [], False
        monkeypatch.setattr(build.dbt, "build", self.build)
        monkeypatch.setattr(build.dbt, "write_docs", lambda context, plan: None)

    def build(self, context, plan):
        self.plans.append(plan)
        if self.is_killed:
            raise KeyboardInterrupt


def test_the_retry_of_a_killed_build_is_a_full_one(context, monkeypatch):
    """The plan says incremental; half of its changes may be there already."""
    dbt = Dbt(monkeypatch)
    commit(context, DAY)
    built(context, DAY)
    commit(context, NEXT)
    plan = build.load_and_plan(context, NEXT)
    dbt.is_killed = True
    with pytest.raises(KeyboardInterrupt):
        build.run_dbt(context, plan)
    dbt.is_killed = False
    assert build.run_dbt(context, plan).mode is Mode.FULL
    assert [tried.mode for tried in dbt.plans] == [Mode.INCREMENTAL, Mode.FULL]
    assert "since_load_id" not in dbt.plans[1].dbt_variables()
    assert BuildRegister(context.settings.warehouse_file).base_of(plan.config_hash)


@pytest.mark.parametrize("day", [DAY, BEFORE])
def test_a_task_of_an_overtaken_run_does_nothing(context, monkeypatch, day):
    """Cleared after the next date was built, it would build over it, or let out what nobody has audited."""
    dbt = Dbt(monkeypatch)
    commit(context, BEFORE)
    commit(context, DAY)
    published(context, DAY)
    plan = build.load_and_plan(context, day)
    if day == DAY:
        commit(context, DAY)
        plan = build.load_and_plan(context, DAY)
        build.run_dbt(context, plan)
    commit(context, NEXT)
    built(context, NEXT, "blocked")
    before = current_snapshot(context.settings)
    for step in (build.run_dbt, build.audit, build.publish):
        with pytest.raises(StateError, match=r"was overtaken by build .* for 2026-04-01"):
            step(context, plan)
    assert len(dbt.plans) == (day == DAY)
    assert current_snapshot(context.settings) == before
    assert BuildRegister(context.settings.warehouse_file).all()[-1].status == "blocked"


# Older dates


def test_an_older_date_is_built_beside_from_the_lake_as_of_then(context):
    for day in (BEFORE, DAY, NEXT):
        commit(context, day)
    published(context, NEXT)
    plan = build.load_and_plan(context, DAY)
    assert plan.mode is Mode.BACKFILL
    assert plan.warehouse != context.settings.warehouse_file
    with duckdb.connect(str(plan.warehouse), read_only=True) as connection:
        loaded = connection.execute("select Id from raw.salesforce__account order by 1").fetchall()
    assert loaded == [("A2026-03-30",), ("A2026-03-31",)]


def test_a_backfill_fills_its_slice_and_moves_nothing_back(context):
    for day in (DAY, NEXT):
        commit(context, day)
    published(context, NEXT)
    plan = build.load_and_plan(context, DAY)
    write_marts(plan.marts, [(DAY, "old")])
    build.publish(context, plan)
    snapshot = current_snapshot(context.settings)
    assert snapshot.as_of_date == NEXT
    assert slices_of(snapshot.path) == [(DAY, "old"), (NEXT, "current")]
    (only,) = BuildRegister(context.settings.warehouse_file).all()
    assert (only.as_of_date, only.status) == (NEXT, "published")
    assert build.load_and_plan(context, NEXT).mode is Mode.PUBLISHED
    build.publish(context, plan)  # Airflow's retry of a task that was killed at its very end
    assert slices_of(current_snapshot(context.settings).path) == [(DAY, "old"), (NEXT, "current")]


@pytest.mark.parametrize("status", ["running", "built", "blocked"])
def test_a_backfill_lets_out_nothing_that_was_not_audited(context, status):
    """It would publish the marts as the last build left them."""
    for day in (BEFORE, DAY, NEXT):
        commit(context, day)
    published(context, DAY)
    before = current_snapshot(context.settings)
    built(context, NEXT, status)
    with pytest.raises(StateError, match=f"was not published: it is {status}"):
        build.load_and_plan(context, BEFORE)
    assert current_snapshot(context.settings) == before


# The audit and the publication


def test_a_blocked_build_stays_inside(context):
    """Tables and columns are missing: the build is marked, nothing is published, the reason is kept."""
    commit(context, DAY)
    plan = built(context, DAY, "built")
    write_marts(context.settings.marts_file)
    with pytest.raises(ContractError, match="the published marts stay as they were"):
        build.audit(context, plan)
    (only,) = BuildRegister(context.settings.warehouse_file).all()
    assert only.status == "blocked"
    found = {
        (row["table_name"], row["rule"]): row
        for row in read_results(context.settings.audit_dir).to_pylist()
    }
    assert found["fct_mrr_movement", "table_exists"]["status"] == "error"
    lacking = found["mart_rfm", "columns_exist"]
    assert (lacking["status"], "customer_key" in lacking["observed"]) == ("blocked", True)
    assert lacking["unexpected_count"] == len(lacking["observed"].split(", "))
    assert not context.settings.published_dir.exists()


def test_a_publication_is_registered(context):
    commit(context, DAY)
    plan = published(context, DAY)
    (only,) = BuildRegister(context.settings.warehouse_file).all()
    assert (only.build_id, only.status) == (plan.build_id, "published")
    assert current_snapshot(context.settings).as_of_date == DAY


def test_raw_columns_are_those_the_contracts_declare():
    columns = build.contract_columns()
    assert {"Id", "SystemModstamp"} <= set(columns["salesforce__account"])
    assert "account_id" in columns["files__crm__order"]
    assert all(columns.values())
