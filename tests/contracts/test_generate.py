"""What dbt gets of the contracts: model descriptions, sources, macros."""

import yaml

from expectations import generate
from expectations.contracts import load_contract
from tests.contracts.test_contracts import write


def project(folder, config="", sub="topic"):
    model = folder / "models" / "marts" / sub / "mart_a.sql"
    model.parent.mkdir(parents=True)
    model.write_text(f"{config}select 1", encoding="utf-8")
    (folder / "contracts").mkdir()
    write(folder / "contracts")
    return folder


def rendered(folder, config=""):
    project(folder, config)
    result = generate.generate(folder, folder / "contracts", ())
    (path,) = [path for path in result.files if path.name == "_contracts.yml"]
    assert path == folder / "models" / "marts" / "topic" / "_contracts.yml"
    text = result.files[path]
    assert text.startswith(generate.HEADER)
    (model,) = yaml.safe_load(text)["models"]
    return model


def test_table_gets_types_keys_and_descriptions(tmp_path):
    model = rendered(tmp_path)
    assert model["name"] == "mart_a"
    assert model["description"] == "One row per a. / aごとに1行。"
    assert model["config"] == {"contract": {"enforced": True}}
    assert model["constraints"] == [{"type": "primary_key", "columns": ["a", "month"]}]
    assert model["columns"][0] == {
        "name": "month",
        "data_type": "date",
        "description": "Month. / 月。",
        "constraints": [{"type": "not_null"}],
    }


def test_view_gets_types_only(tmp_path):
    model = rendered(tmp_path, "{{ config(materialized='view') }}\n")
    assert "constraints" not in model
    assert all("constraints" not in column for column in model["columns"])
    assert model["columns"][1]["data_type"] == "text"


def test_an_input_model_has_the_test_of_its_key():
    entry = generate._model_entry(load_contract("input", "crm__order_line"), "view")
    arguments = {"columns": ["order_line_id"], "build_column": "_build_id"}
    assert entry["data_tests"] == [{"unique_key": {"arguments": arguments}}]
    assert "data_tests" not in generate._model_entry(load_contract("core", "dim_date"), "table")


def test_incremental_says_what_a_schema_change_does(tmp_path):
    model = rendered(
        tmp_path, "{{ config(\n    tags=['x'],\n    materialized='incremental'\n) }}\n"
    )
    assert model["config"]["on_schema_change"] == "append_new_columns"
    assert model["constraints"][0]["type"] == "primary_key"


def test_check_reports_drift_and_generating_mends_it(tmp_path, capsys):
    models = project(tmp_path) / "models"
    stale = models / "core" / "old" / "_contracts.yml"
    stale.parent.mkdir(parents=True)
    stale.write_text("version: 2\n", encoding="utf-8")
    folders = (tmp_path, tmp_path / "contracts", ())
    assert generate.main(["--check"], *folders) == 1
    out = capsys.readouterr().out
    assert "marts/topic/_contracts.yml" in out and "core/old/_contracts.yml" in out
    assert generate.main([], *folders) == 0
    assert not stale.exists()
    assert generate.main(["--check"], *folders) == 0
    written = models / "marts" / "topic" / "_contracts.yml"
    written.write_text(written.read_text("utf-8").replace("Month.", "Moon."), encoding="utf-8")
    assert generate.main(["--check"], *folders) == 1


def test_model_without_contract_and_contract_without_model_fail_the_check(tmp_path):
    models = project(tmp_path) / "models"
    (models / "marts" / "topic" / "mart_a.sql").rename(models / "marts" / "topic" / "mart_b.sql")
    result = generate.generate(tmp_path, tmp_path / "contracts", ())
    assert result.problems == [
        "model marts/mart_b has no contract",
        "contract marts/mart_a has no model",
    ]


def test_the_project_is_what_the_contracts_say():
    generated = generate.generate()
    assert generated.problems == [] and generated.stale == []
    differing = [path for path, text in generated.files.items() if path.read_text("utf-8") != text]
    assert differing == [], "run `make contracts`"


def test_staging_models_carry_the_descriptions_of_what_they_read():
    files = generate.generate().files
    (text,) = [text for path, text in files.items() if path.match("salesforce/_staging.yml")]
    models = {model["name"]: model for model in yaml.safe_load(text)["models"]}
    columns = {c["name"]: c for c in models["stg_salesforce__contact"]["columns"]}
    assert columns["birth_date"]["description"] == "Date of birth. / 生年月日。"
    assert columns["birth_date"]["config"] == {"meta": {"pii": "direct"}}
    merged = models["stg_salesforce__account"]["description"]
    assert merged.startswith("Newest version of every Id of raw.salesforce__account")
    assert "those that were merged away" in merged
