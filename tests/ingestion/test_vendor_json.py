"""Bodies are read without rounding a number and without losing a page for one broken character."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_server import Answer, scripted_server
from test_http import VendorApi

from ingestion.text_table import to_text
from ingestion.vendor_json import read_json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("sent", "landed"),
    [
        ("99999999999999.99", "99999999999999.99"),
        ("-1234567890123456.78", "-1234567890123456.78"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("1e400", "1e400"),
        ("1e99999999999999999999", "1e99999999999999999999"),
        ("0.1000", "0.1"),
        ("1.39E8", "139000000.0"),
    ],
)
def test_a_number_keeps_every_digit(sent, landed):
    body = read_json(f'{{"Amount": {sent}, "Rows": 3}}'.encode())
    assert to_text(body["Amount"]) == landed
    assert body["Rows"] == 3


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r'"cut \ud83d"', r"cut \ud83d"),
        (r'"\ude00 alone"', r"\ude00 alone"),
        (r'"whole \ud83d\ude00"', "whole 😀"),
        (r'"\ud83d\ud83d\ude00"', "\\ud83d😀"),
        (r'"a backslash \\ud83d, \ud83d"', r"a backslash \ud83d, \ud83d"),
        (r'"\u0000 and \ud83d"', "\0 and \\ud83d"),
    ],
)
def test_half_a_surrogate_pair_spoils_nothing(sent, read):
    body = read_json(f'[{sent}, "日本語", 7]'.encode())
    assert body == [read, "日本語", 7]
    body[0].encode()  # what Parquet needs


def test_the_other_numbers_of_such_a_page_land_as_on_any_other():
    page = b"[1.10, 1.39E8, -0.0, 7, 99999999999999.99]"
    assert read_json(page) == [
        *read_json(page.replace(b"99999999999999.99", b"1"))[:4],
        "99999999999999.99",
    ]


@pytest.mark.parametrize("sent", [b"", b"<html>", b'{"a": 1', b'{"a": "\xff"}', b"[" * 200_000])
def test_what_is_no_json_is_said(sent):
    with pytest.raises(ValueError):
        read_json(sent)


@settings(max_examples=50, deadline=None)
@given(JSON_VALUES, st.booleans())
def test_any_json_is_read_as_it_was_written(value, as_ascii):
    try:
        content = json.dumps(value, ensure_ascii=as_ascii).encode()
    except UnicodeEncodeError:
        return
    assert _as_text(read_json(content)) == _as_text(value)


def test_a_page_with_both_is_read_at_the_first_attempt():
    page = rb'{"rows": [{"subject": "cut \ud83d", "amount": 99999999999999.99}]}'
    with scripted_server(Answer(page)) as server:
        api = VendorApi(server.url)
        assert api.get("/rows", "rows") == {
            "rows": [{"subject": r"cut \ud83d", "amount": "99999999999999.99"}]
        }
    assert api.waits == []


def _as_text(value):
    """Long integers come as text wherever they are; lone surrogates as their escapes."""
    if isinstance(value, dict):
        return {_as_text(key): _as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value) if type(value) is int else value
