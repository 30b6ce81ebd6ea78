"""definitions/: what each entry has to be, that its declaration is what is checked, and what is generated from it."""

import json
import math
import re
from datetime import date
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.tenant import TENANT
from expectations.generate import settle
from pipeline.definition_files import definition_files, main, tenant_schema
from pipeline.definitions import TOGETHER, check
from runtime.definitions import FOLDER, Definition, defaults, load_definitions, load_subjects
from runtime.errors import TenantError
from runtime.tenant import KeysOnce
from runtime.value_types import ValueType, model, shown
from tests.docs.test_citations import problem

JAPANESE = re.compile(r"[ぁ-ヿ一-鿿]")
DEFINITIONS = load_definitions()
each = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda entry: entry.name)


def texts(definition: Definition) -> list[Any]:
    """Those of an entry that it has."""
    told = (definition.question, definition.answer, definition.why, definition.rejected)
    more = (definition.example, definition.differs, definition.unit, definition.range)
    return [text for text in (*told, *more) if text]


def within(kind: ValueType) -> st.SearchStrategy:
    """Values that it may have."""
    match kind.type:
        case "boolean":
            values = st.booleans()
        case "integer":
            values = st.integers(kind.min, kind.max)
        case "number":
            low, high = kind.min if kind.above is None else kind.above, kind.max
            values = st.floats(
                low,
                kind.below if high is None else high,
                exclude_min=kind.above is not None,
                exclude_max=kind.below is not None,
                allow_nan=False,
                allow_infinity=False,
            )
        case "choice":
            values = st.sampled_from(kind.choices)
        case "digits":
            values = st.integers(0) | st.integers(0).map(str)
        case "text" if kind.pattern:
            values = st.from_regex(kind.pattern.removesuffix("$") + r"\Z")
        case "text":
            values = st.text(min_size=kind.at_least or 0)
        case "list":
            size = (kind.length or kind.at_least or 0, kind.length or 7)
            unique = kind.unique or kind.ascending
            values = st.lists(within(kind.items), min_size=size[0], max_size=size[1], unique=unique)
            values = values.map(sorted) if kind.ascending else values
        case "object":
            fields = {name: within(field) for name, field in kind.fields.items()}
            values = st.fixed_dictionaries(fields)
    return values | st.none() if kind.nullable else values


def beyond(kind: ValueType) -> st.SearchStrategy:
    """Values that it cannot have: of another type, or out of its range."""
    others = [st.dates(), st.binary()] if kind.nullable else [st.none(), st.dates(), st.binary()]
    if kind.type in ("integer", "number"):
        others += [st.booleans(), st.text(), st.sampled_from([math.inf, math.nan])]
        low = kind.min if kind.above is None else kind.above + 1
        high = kind.max if kind.below is None else kind.below - 1
        others += [st.integers(max_value=low - 1)] if low is not None else []
        others += [st.integers(min_value=high + 1)] if high is not None else []
    match kind.type:
        case "boolean":
            others += [st.integers(), st.sampled_from(["true", "false", ""])]
        case "choice":
            others += [st.booleans(), st.text().filter(lambda text: text not in kind.choices)]
        case "digits":
            others += [st.integers(max_value=-1), st.booleans(), st.from_regex(r"\A[a-z-]*\Z")]
        case "text":
            others += [st.integers(), *([st.just("'")] if kind.pattern else [])]
        case "list":
            some = st.lists(within(kind.items), min_size=1, max_size=4)
            wrong = st.tuples(some, beyond(kind.items)).map(lambda pair: [*pair[0], pair[1]])
            others += [wrong, st.text(), *([st.just([])] if kind.length or kind.at_least else [])]
        case "object":
            whole = within(kind).filter(bool)
            others += [whole.map(lambda value: dict(list(value.items())[1:])), st.just({})]
            others += [whole.map(lambda value: value | {"holidays": []})]
    return st.one_of(others)


@settings(max_examples=30)
@each
@given(data=st.data())
def test_a_value_within_its_range_passes(definition, data):
    value = data.draw(within(definition))
    model("One", {"value": definition}).model_validate({"value": value})


@settings(max_examples=30)
@each
@given(data=st.data())
def test_a_value_out_of_its_range_is_refused_by_name(definition, data):
    value = data.draw(beyond(definition))
    with pytest.raises(TenantError, match=rf"tenant\.yml: .*\b{definition.name}\b") as caught:
        check("tenant.yml", {}, {definition.name: value})
    assert "docs/decisions" in caught.value.hint


def test_the_defaults_are_in_their_ranges_and_fit_together():
    check("definitions", {}, defaults())
    assert len(TOGETHER) == 5


def test_no_var_and_no_key_stands_twice():
    assert len(defaults()) == len(DEFINITIONS) == 63
    for path in FOLDER.glob("*.yml"):
        yaml.load(path.read_text("utf-8"), Loader=KeysOnce)


@each
def test_an_entry_says_everything_in_both_languages(definition):
    """Japanese is Japanese, English begins as English; links would lead nowhere on the site."""
    for text in texts(definition):
        assert text.ja == text.en or JAPANESE.search(text.ja)
        assert not JAPANESE.match(text.en)
        assert "](" not in text.en + text.ja and "|" not in text.both.replace(" | ", "")
    assert definition.question.en.endswith("?") and definition.question.ja.endswith("。")
    assert problem(f"docs/domain/{definition.domain}") is None
    assert problem(definition.entry) is None


def test_every_disputed_point_is_told_once():
    """D33 is two vars."""
    points = [point for subject in load_subjects() for point in subject.points.values()]
    numbers = [int(entry.disputed[1:]) for entry in DEFINITIONS if entry.disputed]
    numbers += [int(point.number[1:]) for point in points]
    assert sorted(numbers) == sorted([*range(1, 39), 33])
    assert [point.number for point in points if problem(point.entry)] == []


def test_what_is_generated_is_what_the_definitions_say():
    assert not settle(definition_files(), check=True), "run `make contracts`"


def test_drift_is_found_and_mended(tmp_path, capsys):
    for path in definition_files():
        copy = tmp_path / path.relative_to(FOLDER.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8").replace("customer", "family", 3), encoding="utf-8")
    assert main(["--check"], tmp_path) == 1
    assert "dbt_project.yml" in capsys.readouterr().out
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "docs" / "decisions" / "revenue.md").write_text("# Revenue\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"revenue\.md has 0 places"):
        main(["--check"], tmp_path)


def refused(document: dict[str, Any]) -> list[str]:
    """What an editor marks in tenant.yml."""
    validator = jsonschema.Draft202012Validator(tenant_schema())
    plain = json.loads(json.dumps(document, default=date.isoformat))
    return ["/".join(map(str, error.absolute_path)) for error in validator.iter_errors(plain)]


def test_the_schema_is_one_and_knows_the_demo_company():
    jsonschema.Draft202012Validator.check_schema(tenant_schema())
    assert refused(TENANT) == []
    assert refused(TENANT | {"vars": defaults()}) == []
    properties = tenant_schema()["properties"]["vars"]["properties"]
    assert {name: told["default"] for name, told in properties.items()} == defaults()
    assert "商品の乗り換え" in properties["grr_level"]["description"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"vars": {"rfm_bins": 10}}, "vars/rfm_bins"),
        ({"vars": {"rfm_binz": 4}}, "vars"),
        ({"vars": {"grr_level": "product"}}, "vars/grr_level"),
        ({"vars": {"business_hours": {"start": "9"}}}, "vars/business_hours"),
        ({"systems": ["sap"]}, "systems/0"),
        ({"codes": {"order_status": {"出荷待ち": "waiting"}}}, "codes/order_status/出荷待ち"),
        ({"colour": "red"}, ""),
    ],
)
def test_the_schema_refuses_what_the_check_refuses(changes, place):
    assert place in refused(TENANT | changes)


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        (
            "choices: [customer, family]",
            "",
            "grr_level: Value error, choices belong to type choice",
        ),
        ("type: choice", "type: whole", "grr_level.type: Input should be 'boolean', 'integer'"),
        ("type: choice", "type: choice\n    maximum: 3", "grr_level.maximum: Extra inputs"),
        ("en: Is a change of product a loss?", "", "grr_level.question.en: Field required"),
        ("type: choice", "type: [", "while parsing"),
    ],
)
def test_a_malformed_file_is_one_message(tmp_path, was, becomes, message):
    """It names file and entry."""
    written = (FOLDER / "revenue.yml").read_text("utf-8").replace(was, becomes, 1)
    (tmp_path / "revenue.yml").write_text(written, encoding="utf-8")
    with pytest.raises(TenantError, match=rf"revenue\.yml: .*{re.escape(message)}"):
        load_definitions(tmp_path)


@pytest.mark.parametrize("text", ["- a list", "", "definitions: [a]"])
def test_a_file_of_something_else_is_one_message(tmp_path, text):
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(TenantError, match=r"x\.yml: .*one-entry-a-var"):
        load_definitions(tmp_path)


@pytest.mark.parametrize(
    "value",
    [0.000001, 1e20, 4, 1.0, [0.34, 1.0], {"start": "09:00", "days": [1]}, "-", "\\n", None],
)
def test_a_value_is_shown_as_yaml_reads_it(value):
    read = yaml.safe_load(shown(value))
    assert (read, type(read)) == (value, type(value))


def test_a_var_in_words():
    found = {entry.name: entry.range for entry in DEFINITIONS}
    assert found["renewal_grace_days"].both == (
        "whole number from 0 up to 36500 (days) / 0以上36500以下の整数（日）"
    )
    assert found["grr_level"].both == "customer | family"
    assert found["activation_level_thresholds"].en.startswith(
        "list of 4, each a number above 0 up to 1, ascending (score"
    )
    assert found["activation_level_thresholds"].ja.startswith("0超1以下の数値のリスト、4個、昇順（")
    assert found["test_accounts"].ja.startswith("2文字以上の文字列のリスト（")
    (grr_level,) = (entry for entry in DEFINITIONS if entry.name == "grr_level")
    assert grr_level.shown("family") == "family"


def test_values_in_range_may_contradict_each_other():
    """Those of VARS come upon those of tenant.yml."""
    check("tenant.yml", {}, {"touch_high_arr": 30_000_000, "touch_low_arr": 20_000_000})
    with pytest.raises(TenantError, match=r"VARS: touch_low_arr .* lies above touch_high_arr"):
        check("VARS", {"touch_high_arr": 100, "touch_low_arr": 10}, {"touch_low_arr": 200})
