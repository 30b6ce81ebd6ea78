"""The files of metrics/: complete, and what they name exists."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from expectations.contracts import load_contract
from publishing.metrics import Metric, load_metrics
from runtime.errors import ContractError
from tests.conftest import ROOT
from tests.docs.test_citations import problem

METRICS = load_metrics()
ALL = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
UNIT_TESTS = {
    name
    for path in (ROOT / "dbt_project" / "models").rglob("*.yml")
    for name in re.findall(r"^  - name: (\w+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
}


@cache
def contracts_of(path: Path) -> list[dict]:
    """Models that a generated file describes."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))["models"]


def test_metrics_have_their_own_place_and_name():
    for names in (
        [metric.order for metric in METRICS.values()],
        [metric.label.en for metric in METRICS.values()],
        [metric.label.ja for metric in METRICS.values()],
    ):
        assert len(set(names)) == len(names)


@ALL
def test_columns_are_described_by_a_contract(metric: Metric):
    for address in filter(None, (metric.column, metric.numerator, metric.denominator)):
        schema, table, column = address.split(".")
        assert column in {each.name for each in load_contract(schema, table).columns}
    assert (metric.numerator is None) == (metric.denominator is None)


@ALL
def test_dbt_knows_which_metric_a_column_has(metric: Metric):
    schema, table, column = metric.column.split(".")
    (model,) = [
        model
        for path in (ROOT / "dbt_project" / "models" / schema).rglob("_contracts.yml")
        for model in contracts_of(path)
        if model["name"] == table
    ]
    (entry,) = [each for each in model["columns"] if each["name"] == column]
    assert metric.name in entry["config"]["meta"]["metrics"]


@ALL
def test_tests_and_documents_it_names_exist(metric: Metric):
    assert set(metric.unit_tests) <= UNIT_TESTS
    tests = ROOT / "dbt_project" / "tests"
    assert [name for name in metric.identities if not (tests / f"{name}.sql").is_file()] == []
    addresses = [*metric.decisions, metric.meaning, metric.page]
    assert [why for address in addresses if (why := problem(address))] == []


@ALL
def test_japanese_is_japanese_and_the_example_has_numbers(metric: Metric):
    for text in (metric.question.ja, metric.formula.ja, metric.example.ja):
        assert JAPANESE.search(text)
    for text in (metric.question.en, metric.formula.en, metric.example.en):
        assert not JAPANESE.search(text)
    assert re.search(r"\d", metric.example.en) and re.search(r"\d", metric.example.ja)


def test_a_malformed_file_is_named_with_its_key(tmp_path):
    text = (ROOT / "metrics" / "mrr.yml").read_text(encoding="utf-8")
    (tmp_path / "mrr.yml").write_text(text.replace("unit: money", "unit: yen"), encoding="utf-8")
    with pytest.raises(ContractError, match=r"metrics/mrr\.yml: unit: "):
        load_metrics(tmp_path)
    (tmp_path / "mrr.yml").write_text(f"{text}colour: red\n", encoding="utf-8")
    with pytest.raises(ContractError, match=r"metrics/mrr\.yml: colour: "):
        load_metrics(tmp_path)
