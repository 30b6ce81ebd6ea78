"""Reading contracts: what comes out, and how a malformed one is refused."""

import copy

import pytest
import yaml

from expectations.contracts import all_contracts, load_contract
from runtime.errors import ContractError

DOCUMENT = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "marts.mart_a",
    "name": "mart_a",
    "version": "1.0.0",
    "status": "active",
    "domain": "marts",
    "description": {"purpose": "One row per a. / aごとに1行。"},
    "schema": [
        {
            "name": "mart_a",
            "properties": [
                {
                    "name": "month",
                    "physicalType": "date",
                    "logicalType": "date",
                    "primaryKey": True,
                    "primaryKeyPosition": 2,
                    "description": "Month. / 月。",
                },
                {
                    "name": "a",
                    "physicalType": "text",
                    "logicalType": "string",
                    "primaryKey": True,
                    "primaryKeyPosition": 1,
                    "description": "A. / エー。",
                    "quality": [
                        {
                            "type": "library",
                            "metric": "invalidValues",
                            "arguments": {"validValues": ["x", "it's"]},
                            "mustBe": 0,
                            "severity": "warn",
                        }
                    ],
                },
            ],
            "quality": [
                {
                    "type": "sql",
                    "name": "never",
                    "description": "Never. / 決してない。",
                    "query": "select * from {object} where false",
                    "mustBe": 0,
                    "severity": "block",
                }
            ],
        }
    ],
}


def write(folder, change=lambda document: None, layer="marts"):
    document = copy.deepcopy(DOCUMENT)
    change(document)
    path = folder / layer / "mart_a.odcs.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return folder


def test_columns_key_and_rules(tmp_path):
    (contract,) = all_contracts("marts", write(tmp_path))
    assert contract.key == ("a", "month")
    assert contract.required_columns == ("month", "a")
    assert [rule.name for rule in contract.rules] == ["a_accepted", "never"]
    assert contract.rules[0].valid_values == ("x", "it's")
    assert contract.rules[0].query("t") == "select * from t where \"a\" not in ('x', 'it''s')"


def table(document):
    return document["schema"][0]


READ = [{"property": "reads_as", "value": "amount"}]


def test_a_column_is_read_as_its_type_says_unless_the_contract_does(tmp_path):
    def change(document):
        document |= {"id": "input.mart_a", "domain": "input"}
        columns = {
            "day": ("date", "date", []),
            "price": ("decimal(18,2)", "number", []),
            "total": ("decimal(18,2)", "number", READ),
        }
        table(document)["properties"] = [
            {
                "name": name,
                "physicalType": physical,
                "logicalType": logical,
                "description": "A. / エー。",
                "customProperties": properties,
            }
            for name, (physical, logical, properties) in columns.items()
        ]

    contract = load_contract("input", "mart_a", write(tmp_path, change, "input"))
    assert [column.reads_as for column in contract.columns] == ["date", "money", "amount"]


MALFORMED = {
    "unknown key": (
        lambda d: table(d)["properties"][0].update(physicaltype="x"),
        "month.physicaltype",
    ),
    "unknown top key": (lambda d: d.update(colour="red"), "colour"),
    "wrong id": (lambda d: d.update(id="core.mart_a"), "id"),
    "wrong layer": (lambda d: d.update(domain="core"), "domain"),
    "wrong table name": (lambda d: table(d).update(name="mart_b"), "schema.name"),
    "two tables": (lambda d: d["schema"].append(table(d)), "schema"),
    "no purpose": (lambda d: d.pop("description"), "description.purpose"),
    "no columns": (lambda d: table(d).update(properties=[]), "schema.properties"),
    "no type": (lambda d: table(d)["properties"][0].pop("physicalType"), "month.physicalType"),
    "no description": (lambda d: table(d)["properties"][0].pop("description"), "month.description"),
    "column twice": (
        lambda d: table(d)["properties"].append(table(d)["properties"][0]),
        "column month",
    ),
    "rule twice": (lambda d: table(d)["quality"].append(table(d)["quality"][0]), "rule never"),
    "rule without table": (
        lambda d: table(d)["quality"][0].update(query="select 1"),
        "never.query",
    ),
    "bad rule name": (lambda d: table(d)["quality"][0].update(name="Not snake"), "Not snake"),
    "unknown severity": (
        lambda d: table(d)["quality"][0].update(severity="loud"),
        "never.severity",
    ),
    "quarantine in a mart": (
        lambda d: table(d)["quality"][0].update(severity="quarantine"),
        "severity",
    ),
    "not zero": (lambda d: table(d)["quality"][0].update(mustBe=1), "never.mustBe"),
    "unknown metric": (
        lambda d: table(d)["properties"][1]["quality"][0].update(metric="nullValues"),
        "a.quality.metric",
    ),
    "wrong type": (lambda d: table(d).update(properties="many"), "properties"),
}


@pytest.mark.parametrize("change, key", MALFORMED.values(), ids=MALFORMED)
def test_malformed_contract_names_file_and_key(tmp_path, change, key):
    with pytest.raises(ContractError) as caught:
        load_contract("marts", "mart_a", write(tmp_path, change))
    assert "mart_a.odcs.yaml" in caught.value.message
    assert key in caught.value.message


@pytest.mark.parametrize("reading, message", [("guess", "one of"), ("money", "give a string")])
def test_a_reading_that_the_type_cannot_have_is_refused(tmp_path, reading, message):
    def change(document):
        document |= {"id": "raw.mart_a", "domain": "raw"}
        table(document)["properties"][1]["customProperties"] = [
            {"property": "reads_as", "value": reading}
        ]
        table(document)["quality"][0]["severity"] = "warn"

    with pytest.raises(ContractError, match=f"a.reads_as: .*{message}"):
        load_contract("raw", "mart_a", write(tmp_path, change, "raw"))


def test_broken_yaml_names_file_and_line(tmp_path):
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "mart_a.odcs.yaml").write_text(
        "id: marts.mart_a\nname: [a\n", encoding="utf-8"
    )
    with pytest.raises(ContractError, match=r"mart_a\.odcs\.yaml: line 3"):
        load_contract("marts", "mart_a", tmp_path)


def test_missing_contract_says_which_file_to_write(tmp_path):
    with pytest.raises(ContractError, match=r"write marts/mart_a\.odcs\.yaml"):
        load_contract("marts", "mart_a", tmp_path)
