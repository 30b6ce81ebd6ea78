"""dbt's variables and what is said when it fails."""

import json
import shutil
from dataclasses import replace
from datetime import date

import pytest
import yaml

from ingestion.errors import BuildError, TenantError
from pipeline import dbt

DAY = date(2026, 3, 31)


def with_vars(context, tenant=None, given="{}"):
    return replace(
        context,
        tenant=context.tenant.model_copy(update={"vars": tenant or {}}),
        settings=context.settings.model_copy(update={"dbt_vars": given}),
    )


def hash_of(context, day=DAY):
    return dbt.run_variables(context, day)["config_hash"]


def test_facts_overrides_and_date(context):
    found = dbt.run_variables(
        with_vars(context, {"rfm_bins": 4, "min_sample_n": 3}, '{"rfm_bins": 7}'), DAY
    )
    del found["config_hash"]
    assert found == {
        "timezone": "Asia/Tokyo",
        "reporting_currency": "JPY",
        "first_business_date": "2026-01-01",
        "systems": ["salesforce"],
        "rfm_bins": 7,
        "min_sample_n": 3,
        "as_of_date": "2026-03-31",
    }


def test_everything_a_run_sets_is_declared(context):
    """dbt_project.yml knows every variable, so that models compile without a run."""
    known = yaml.safe_load((dbt.PROJECT / "dbt_project.yml").read_text())["vars"]
    assert {*dbt.run_variables(context, DAY), *dbt.RUN_VARIABLES} <= set(known)


@pytest.mark.parametrize("name", ["rfm_binz", "timezone", "systems", *dbt.RUN_VARIABLES])
def test_a_variable_that_may_not_be_set(context, name):
    """Unknown, the tenant's fact, or the run's own; the message says where and what is allowed."""
    with pytest.raises(TenantError, match=rf"tenant\.yml: there is no dbt var '{name}'.*rfm_bins"):
        dbt.run_variables(with_vars(context, {name: 1}), DAY)
    with pytest.raises(TenantError, match=rf"VARS: there is no dbt var '{name}'"):
        dbt.run_variables(with_vars(context, given=json.dumps({name: 1})), DAY)


@pytest.mark.parametrize(
    "text", ["{rfm_bins: 5}", "rfm_bins=5", "5", "null", '["rfm_bins"]', '"x"', "[]"]
)
def test_vars_that_are_no_json_object(context, text):
    with pytest.raises(TenantError, match="VARS is no"):
        dbt.run_variables(with_vars(context, given=text), DAY)


def test_empty_vars_are_none(context):
    assert hash_of(with_vars(context, given="")) == hash_of(context)


def test_the_hash_is_of_the_configuration_not_of_the_date(context):
    first = hash_of(context)
    assert hash_of(context, date(2026, 4, 1)) == first
    assert hash_of(with_vars(context, {"rfm_bins": 4})) != first
    assert hash_of(with_vars(context, given='{"rfm_bins": 4}')) == hash_of(
        with_vars(context, {"rfm_bins": 4})
    )
    other_zone = context.tenant.model_copy(update={"timezone": "UTC"})
    assert hash_of(replace(context, tenant=other_zone)) != first
    more = context.tenant.model_copy(update={"systems": ["zendesk", "salesforce"]})
    same = context.tenant.model_copy(update={"systems": ["salesforce", "zendesk"]})
    assert hash_of(replace(context, tenant=more)) == hash_of(replace(context, tenant=same)) != first


@pytest.mark.parametrize(
    "name",
    [
        "seeds/rfm_threshold.csv",
        "models/marts/segments/mart_rfm.sql",
        "macros/slices.sql",
        "dbt_project.yml",
    ],
)
def test_the_hash_is_of_models_macros_and_seeds(context, tmp_path, monkeypatch, name):
    project = tmp_path / "dbt_project"
    shutil.copytree(dbt.PROJECT, project, ignore=shutil.ignore_patterns("target", "*.duckdb*"))
    monkeypatch.setattr(dbt, "PROJECT", project)
    first = hash_of(context)
    (project / "target").mkdir()
    (project / "target" / "compiled.sql").write_text("select 1")
    assert hash_of(context) == first
    with (project / name).open("a") as file:
        file.write("\n")
    assert hash_of(context) != first


def plan_of(context):
    settings = context.settings
    return {
        "build_id": 1,
        "mode": "full",
        "warehouse": str(settings.warehouse_file),
        "marts": str(settings.marts_file),
        "variables": dbt.run_variables(context, DAY),
    }


def test_a_dbt_that_cannot_start_is_one_message(context):
    """The reason is dbt's own last words; the log is named."""
    with pytest.raises(BuildError, match=r"no-such-command.*dbt\.log"):
        dbt.run(context, plan_of(context), ["no-such-command"])


def test_failures_name_model_and_reason(tmp_path):
    nodes = [
        {
            "unique_id": "model.p.fct_a",
            "status": "error",
            "message": "Runtime Error\n  no column x",
        },
        {"unique_id": "test.p.assert_b.1f2e", "status": "fail", "message": "Got 3 results"},
        {"unique_id": "model.p.fct_c", "status": "skipped", "message": None},
        {"unique_id": "model.p.fct_d", "status": "success", "message": "OK"},
    ]
    results = tmp_path / "run_results.json"
    results.write_text(json.dumps({"results": nodes}))
    expected = "fct_a: Runtime Error no column x; assert_b: Got 3 results"
    assert dbt._failures(results, tmp_path / "dbt.log") == expected
    results.write_text(json.dumps({"results": nodes[:1] * 7}))
    assert dbt._failures(results, tmp_path / "dbt.log").endswith("and 2 more")
