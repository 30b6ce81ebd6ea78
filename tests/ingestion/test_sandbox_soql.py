"""SOQL: what is written is what is understood, and what is found is what was asked for."""

import json
import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_client import write_tenant

from sandbox.salesforce import soql, soql_select
from sandbox.salesforce.api import RULE
from sandbox.salesforce.soql import Literal, SoqlError
from sandbox.store import Snapshot, Store
from sandbox.timestamps import SECOND, from_micros

TYPES = {
    "Id": "id",
    "IsDeleted": "boolean",
    "SystemModstamp": "datetime",
    "Name": "string",
    "Amount": "double",
    "Closes": "date",
    "IsWon": "boolean",
    "BillingAddress": "address",
}
WORDS = {"select", "from", "where", "and", "order", "by", "limit", "in", "not", "nulls", "asc"}
WORDS |= {"desc", "first", "last", "true", "false", "null", "count"}

names = st.text(string.ascii_letters + "_", min_size=1, max_size=8).filter(
    lambda name: name.lower() not in WORDS
)
literals = st.one_of(
    st.builds(Literal, st.just("string"), st.text(max_size=8)),
    st.builds(Literal, st.just("number"), st.integers(-999, 999).map(float)),
    st.builds(Literal, st.just("boolean"), st.booleans()),
    st.just(Literal("null", None)),
    st.builds(Literal, st.just("date"), st.dates().map(str).filter(lambda d: d > "1000")),
    st.builds(Literal, st.just("datetime"), st.integers(0, 2**31).map(lambda s: s * SECOND)),
)
single = st.tuples(
    names, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), literals.map(lambda v: (v,))
)
several = st.tuples(
    names, st.sampled_from(["in", "not in"]), st.lists(literals, min_size=1, max_size=3).map(tuple)
)


def _written(literal: Literal) -> str:
    if literal.kind == "string":
        escaped = literal.value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    if literal.kind == "datetime":
        return from_micros(literal.value).strftime("%Y-%m-%dT%H:%M:%SZ")
    if literal.kind in ("boolean", "null"):
        return json.dumps(literal.value)
    return str(literal.value)


@given(
    st.lists(names, max_size=4),
    names,
    st.lists(st.one_of(single, several), max_size=4),
    st.lists(st.tuples(names, st.booleans(), st.booleans()), max_size=3),
    st.none() | st.integers(0, 10**6),
)
def test_a_query_is_understood_as_written(fields, source, conditions, orderings, limit) -> None:
    text = f"SELECT {', '.join(fields) or 'COUNT()'} FROM {source}"
    for number, (field, operator, values) in enumerate(conditions):
        value = _written(values[0])
        if operator.endswith("in"):
            value = f"({','.join(map(_written, values))})"
        text += f" {'AND' if number else 'WHERE'} {field} {operator} {value}"
    if orderings:
        terms = [
            f"{field} {'DESC' if down else 'ASC'} NULLS {'LAST' if last else 'FIRST'}"
            for field, down, last in orderings
        ]
        text += f" order by {', '.join(terms)}"
    text += "" if limit is None else f"\nLIMIT {limit}"
    query = soql.parse(text)
    assert [field.text for field in query.fields] == fields
    assert query.object.text == source
    assert [(c.field.text, c.operator, c.values) for c in query.conditions] == conditions
    assert [(o.field.text, o.descending, o.nulls_last) for o in query.orderings] == orderings
    assert query.limit == limit


@given(st.text(max_size=40) | st.text("SELECTFROM ()',=<>!12-:TZ\\", max_size=40))
def test_any_other_text_is_a_malformed_query(text: str) -> None:
    with pytest.raises(SoqlError) as error:
        soql.parse(text)
    assert error.value.code == "MALFORMED_QUERY"
    assert 0 <= error.value.position <= len(text)


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("SELECT Id FORM Account", "FORM"),
        ("SELECT Id, FROM Account", "FROM"),
        ("SELECT Id FROM Account WHERE", "<EOF>"),
        ("SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b'", "OR"),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01T00:00:00", "2"),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01T00:00:00 00:00", "2"),
        ("SELECT Id FROM Account LIMIT -1", "-1"),
        ("SELECT Id FROM Account OFFSET 5", "OFFSET"),
    ],
)
def test_what_is_unexpected_is_named(query: str, token: str) -> None:
    with pytest.raises(SoqlError, match=f"unexpected token: '{token}"):
        soql.parse(query)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("Nmae = 'x'", "No such column 'Nmae' on entity 'Deal'"),
        ("SystemModstamp > '2026-01-01T00:00:00Z'", "should not be enclosed in quotes"),
        ("SystemModstamp > 2026-01-01", "must be of type datetime"),
        ("Name = 5", "should be enclosed in quotes"),
        ("BillingAddress = 'x'", "can not be filtered"),
    ],
)
def test_a_wrong_condition_is_an_invalid_field(condition: str, message: str) -> None:
    with pytest.raises(SoqlError, match=message) as error:
        soql_select.bind(soql.parse(f"SELECT Id FROM Deal WHERE {condition}"), TYPES)
    assert error.value.code == "INVALID_FIELD"
    assert error.value.position == len("SELECT Id FROM Deal WHERE ")


def _deal(number: int, second: int, **fields: Any) -> dict[str, Any]:
    return {"Id": f"d{number}", "SystemModstamp": f"1970-01-01T00:00:{second}Z", **fields}


DEALS = [
    _deal(1, 10, Name="Tea", Amount=5, Closes="2026-01-01", IsWon=True),
    _deal(2, 20, Name="tea", Amount=7.5, Closes="2026-02-01", IsWon=False),
    _deal(3, 30, Name="O'Hara", Amount=None, Closes=None, IsWon=None),
    _deal(4, 30, Name=None, Amount=-2, Closes="2026-03-01", IsWon=True, IsDeleted=True),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The deals as they stand."""
    folder = write_tenant(tmp_path_factory.mktemp("tenant"), salesforce__Deal=DEALS)
    return Store(folder).collection("salesforce", "Deal", RULE).at(100 * SECOND)


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("", "1234"),
        ("WHERE name = 'TEA'", "12"),
        ("WHERE Name = 'O\\'Hara'", "3"),
        ("WHERE Name != 'tea'", "34"),
        ("WHERE Name = null", "4"),
        ("WHERE Name != null AND Amount != null", "12"),
        ("WHERE Amount > -5 AND Amount <= 5", "14"),
        ("WHERE Closes >= 2026-02-01", "24"),
        ("WHERE IsWon = true", "14"),
        ("WHERE Id IN ('d4', 'd1', 'd9')", "14"),
        ("WHERE Id = 'D1'", ""),
        ("WHERE Name NOT IN ('tea', null)", "3"),
        ("WHERE IsDeleted = false", "123"),
        ("WHERE SystemModstamp >= 1970-01-01T00:00:20Z", "234"),
        ("WHERE SystemModstamp > 1970-01-01T09:00:20%2B09:00", "34"),
        ("WHERE SystemModstamp <= 1970-01-01T00:00:20.000Z AND Amount > 6", "2"),
        ("WHERE SystemModstamp < 1970-01-01T00:00:20Z", "1"),
        ("WHERE SystemModstamp = 1970-01-01T00:00:30Z", "34"),
        ("WHERE SystemModstamp != 1970-01-01T00:00:30Z", "12"),
        ("ORDER BY Amount", "3412"),
        ("ORDER BY Amount DESC NULLS LAST", "2143"),
        ("ORDER BY SystemModstamp DESC, Id", "3421"),
        ("ORDER BY SystemModstamp, Id DESC LIMIT 3", "124"),
        ("LIMIT 0", ""),
    ],
)
def test_conditions_and_order(snapshot: Snapshot, rest: str, found: str) -> None:
    text = f"SELECT Id FROM Deal {rest}".replace("%2B", "+")
    query = soql_select.bind(soql.parse(text), TYPES)
    versions = soql_select.select(query, snapshot, TYPES, True, "SystemModstamp")
    assert "".join(version.key[1] for version in versions) == found


def test_deleted_records_only_when_asked_for(snapshot: Snapshot) -> None:
    query = soql_select.bind(soql.parse("SELECT Id FROM Deal"), TYPES)
    versions = soql_select.select(query, snapshot, TYPES, False, "SystemModstamp")
    assert [version.key for version in versions] == ["d1", "d2", "d3"]


def test_a_literal_keeps_its_instant() -> None:
    query = soql.parse("SELECT Id FROM Deal WHERE SystemModstamp > 2026-11-01T09:00:00.000+0900")
    expected = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * SECOND
    assert query.conditions[0].values == (Literal("datetime", expected),)
