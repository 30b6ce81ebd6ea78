"""dbt's variables and what is said when it fails."""

import csv
import errno
import json
import shutil
import signal
from dataclasses import replace
from datetime import date

import pytest
import yaml

from expectations.contracts import all_contracts
from pipeline import codes, dbt, dbt_process
from runtime.errors import BuildError, TenantError
from runtime.process import start
from tests.plans import plan_of

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
        "codes": {},
        "file_frequency": {},
        "rfm_bins": 7,
        "min_sample_n": 3,
        "as_of_date": "2026-03-31",
    }


def test_everything_a_run_sets_is_declared(context):
    """dbt_project.yml knows every variable, so that models compile without a run."""
    known = yaml.safe_load((dbt_process.PROJECT / "dbt_project.yml").read_text())["vars"]
    assert {*dbt.run_variables(context, DAY), *dbt_process.RUN_VARIABLES} <= set(known)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rfm_bins", "x", "rfm_bins is 'x': should be a valid integer"),
        ("rfm_bins", 10, "less than or equal to 9"),
        ("rfm_bins", True, "valid integer"),
        ("renewal_grace_days", -1, "greater than or equal to 0"),
        ("renewal_grace_days", None, "valid integer"),
        # text is true in Jinja, whatever it says
        ("nrr_include_reactivation", "false", "valid boolean"),
        ("activation_level_thresholds", [0.5, 0.3, 0.6, 1], "above the one before"),
        ("activation_level_thresholds", [0.5], "at least 4"),
        ("rfm_tie_method", "best", "'min_rank', 'max_rank' or 'ntile'"),
        ("business_hours", {"start": "18:00", "end": "09:00", "days": [1]}, "before end"),
        (
            "business_hours",
            {"start": "9", "end": "18:00", "days": [1]},
            "business_hours.start is '9'",
        ),
        ("touch_low_arr", 20_000_000, r"touch_low_arr \(20,000,000\) lies above touch_high_arr"),
        ("zendesk_category_field", "category", "number of a Zendesk ticket field"),
        ("rfm_weights", [0, 0, 0], "at least one weight"),
        ("rfm_weights", [0.33333, 1, 1], "at most four decimals"),
        ("rfm_weights", [1, 1, 1001], "less than or equal to 1000"),
        ("business_hours", {"start": "09:00", "end": "18:00", "days": [1, 1]}, "stand once"),
    ],
)
def test_a_value_that_cannot_be(context, name, value, message):
    """It is refused before a source is asked, wherever it stands."""
    with pytest.raises(TenantError, match=rf"tenant\.yml: .*{message}"):
        dbt.run_variables(with_vars(context, {name: value}), DAY)
    with pytest.raises(TenantError, match=rf"VARS: .*{message}"):
        dbt.run_variables(with_vars(context, given=json.dumps({name: value})), DAY)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rfm_scoring_method": "fixed", "rfm_bins": 3}, "rfm_bins is 3 while"),
        (
            {"zendesk_category_field": 7, "zendesk_merged_into_field": "7"},
            "name one ticket field, 7",
        ),
    ],
)
def test_values_that_do_not_fit_together(context, given, message):
    with pytest.raises(TenantError, match=message):
        dbt.run_variables(with_vars(context, given), DAY)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"order_state": {"有効": "ordered"}}, "no code list 'order_state'"),
        ({"order_status": {"出荷待ち": "waiting"}}, "'出荷待ち' cannot mean 'waiting'"),
        ({"order_status": {"  ": "ordered"}}, "'  ' is empty"),
        (
            {"order_status": {"ｷｬﾝｾﾙ": "cancelled", "キャンセル ": "ordered"}},
            "'キャンセル ' is mapped twice: 'ｷｬﾝｾﾙ' is the same",
        ),
        ({"billing_period": {"四半期": "0_months"}}, "cannot mean '0_months'"),
        ({"currency": {"ドル": "usd"}}, "cannot mean 'usd'"),
    ],
)
def test_codes_that_cannot_be(context, given, message):
    """They are refused before a source is asked; the message names the list and the code."""
    tenant = context.tenant.model_copy(update={"codes": given})
    with pytest.raises(TenantError, match=message):
        dbt.run_variables(replace(context, tenant=tenant), DAY)


def test_shipped_codes_are_well_formed():
    """Every list is known, every meaning possible, no code stands twice."""
    lists: dict[str, dict[str, str]] = {}
    with (dbt_process.PROJECT / "seeds" / "source_code.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            meanings = lists.setdefault(row["code_list"], {})
            assert row["code"] not in meanings
            meanings[row["code"]] = row["meaning"]
    codes.check(lists)
    assert set(lists) == set(codes.MEANINGS)


def test_every_code_list_of_a_contract_is_known():
    """A column marked `code_list` is read by a list that a company can add to."""
    marked = {
        column.properties["code_list"]
        for contract in all_contracts("input")
        for column in contract.columns
        if "code_list" in column.properties
    }
    assert marked <= set(codes.MEANINGS)


def test_values_that_may_be(context):
    """Zero days of grace, whole numbers for fractions, an id as a number or as text."""
    given = {"renewal_grace_days": 0, "cadence_tolerance": 2, "zendesk_category_field": "36000001"}
    found = dbt.run_variables(
        with_vars(context, {"touch_high_arr": 30_000_000}, json.dumps(given)), DAY
    )
    assert given.items() <= found.items()


@pytest.mark.parametrize("name", ["rfm_binz", "timezone", "systems", *dbt_process.RUN_VARIABLES])
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


@pytest.mark.parametrize(
    "value",
    [0.000001, 1e20, 0.34, [0.000001, 1.0], "1e-06", "2026-01-01", "false", True, None, "青"],
)
def test_dbt_reads_the_vars_that_were_given(value):
    """JSON would not do: dbt reads YAML, where 1e-06 is a text."""
    read = yaml.safe_load(dbt.vars_argument({"name": value}))["name"]
    assert (read, type(read)) == (value, type(value))


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
    shutil.copytree(
        dbt_process.PROJECT, project, ignore=shutil.ignore_patterns("target", "*.duckdb*")
    )
    monkeypatch.setattr(dbt_process, "PROJECT", project)
    first = hash_of(context)
    (project / "target").mkdir()
    (project / "target" / "compiled.sql").write_text("select 1")
    assert hash_of(context) == first
    with (project / name).open("a") as file:
        file.write("\n")
    assert hash_of(context) != first


def test_a_dbt_that_cannot_start_is_one_message(context):
    """The reason is dbt's own last words; the log is named."""
    with pytest.raises(BuildError, match=r"no-such-command.*dbt\.log"):
        dbt.run(
            context,
            plan_of(context.settings.warehouse_file, variables=dbt.run_variables(context, DAY)),
            ["no-such-command"],
        )


def test_dbt_does_not_go_on_when_its_output_cannot_be_kept(context, monkeypatch):
    started = []

    def starting(*arguments, **options):
        started.append(start(*arguments, **options))
        return started[0]

    def full(text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(dbt, "start", starting)
    monkeypatch.setattr(dbt, "hide_values", full)
    with pytest.raises(OSError, match="No space"):
        dbt.run(
            context,
            plan_of(context.settings.warehouse_file, variables=dbt.run_variables(context, DAY)),
            ["build"],
        )
    assert started[0].returncode == -signal.SIGKILL


def test_failures_name_model_landed_table_and_reason(tmp_path):
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
    raw = {"resource_type": "model", "depends_on": {"nodes": ["source.p.raw.files__crm__order"]}}
    manifest = {"nodes": {"model.p.fct_a": raw, "test.p.assert_b.1f2e": {"resource_type": "test"}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    expected = "fct_a (reads files__crm__order): Runtime Error no column x; assert_b: Got 3 results"
    assert dbt._failures(results, tmp_path / "dbt.log") == expected
    results.write_text(json.dumps({"results": nodes[:1] * 7}))
    assert dbt._failures(results, tmp_path / "dbt.log").endswith("and 2 more")
