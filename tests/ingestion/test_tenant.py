"""tenant.yml: what is right is read, what is wrong ends in one message that names file and key."""

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import TenantError
from runtime.sources import SOURCES
from runtime.tenant import Tenant, load_tenant

GOOD = {"name": "acme", "first_business_date": date(2026, 1, 1), "systems": ["salesforce"]}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars, inner, max_size=3),
    max_leaves=6,
)


def tenant_of(folder, document):
    folder.mkdir(parents=True, exist_ok=True)
    text = document if isinstance(document, str) else yaml.safe_dump(document, allow_unicode=True)
    (folder / "tenant.yml").write_text(text, encoding="utf-8")
    return load_tenant(folder)


def test_defaults_are_those_of_a_japanese_company(tmp_path):
    tenant = tenant_of(tmp_path, GOOD)
    assert (tenant.timezone, tenant.reporting_currency) == ("Asia/Tokyo", "JPY")
    assert (tenant.last_business_date, tenant.vars) == (None, {})
    assert tenant.zone.key == "Asia/Tokyo"


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "tenant.yml").write_text(yaml.safe_dump(GOOD), encoding="utf-8-sig")
    assert load_tenant(tmp_path).name == "acme"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "colour is no key of it; known are name, timezone, "),
        (
            {"colour": "red", "timezone": "Tokyo"},
            "timezone: 'Tokyo' is no IANA.*; colour is no key",
        ),
        ({1: "red"}, "Keys should be strings"),
        (
            {"files": {"crm__order": {"mood": "full"}}},
            "crm__order.mood is no key of it; known are mode",
        ),
        (
            {"files": {"crm__order": {"mode": "all"}}},
            "files.crm__order.mode: .*'full' or 'changes'",
        ),
        ({"files": {"crm__order": {"max_lost_share": 1}}}, "max_lost_share: .*less than 1"),
        ({"name": ""}, "name: "),
        ({"name": None}, "name: "),
        ({"timezone": "Asia/Tokio"}, "timezone: .*no IANA time zone"),
        ({"timezone": "Asia"}, "timezone: .*no IANA time zone"),  # a folder of the zone database
        ({"timezone": "A" * 300}, "timezone: .*no IANA time zone"),
        ({"timezone": "/etc/localtime"}, "timezone: .*no IANA time zone"),
        ({"reporting_currency": "yen"}, "reporting_currency: "),
        ({"systems": ["salesforce", "sap"]}, "systems: .*unknown sap; known are salesforce"),
        ({"systems": None}, "systems: "),
        ({"systems": []}, "systems: .*at least 1 item"),
        ({"first_business_date": "June"}, "first_business_date: "),
        ({"last_business_date": date(2025, 1, 1)}, "lies before first_business_date"),
        ({"vars": [1]}, "vars: "),
        (
            {"first_business_date": date(1999, 12, 31)},
            "before 2000-01-01, the calendar's first day",
        ),
        ({"codes": {"order_status": ["有効"]}}, "codes.order_status: "),
        ({"codes": {"order_status": {1: "ordered"}}}, "order_status: 1: 'ordered' .* in quotes"),
        ({"codes": {"order_status": {"有効": True}}}, "order_status: '有効': True .* in quotes"),
    ],
)
def test_a_wrong_key_is_named(tmp_path, changes, message):
    with pytest.raises(TenantError, match=message) as caught:
        tenant_of(tmp_path, {**GOOD, **changes})
    assert str(tmp_path / "tenant.yml") in caught.value.message


@pytest.mark.parametrize("key", GOOD)
def test_what_must_be_there(tmp_path, key):
    with pytest.raises(TenantError, match=f"{key} is missing"):
        tenant_of(tmp_path, {name: value for name, value in GOOD.items() if name != key})


@pytest.mark.parametrize(
    "text",
    [
        "name: [unclosed",
        "first_business_date: 2026-06-31",  # YAML itself reads dates
        "- a list",
        "",
        "just text",
        "name: a\nname: b",
    ],
)
def test_what_is_no_mapping_is_one_message(tmp_path, text):
    with pytest.raises(TenantError, match=r"tenant\.yml"):
        tenant_of(tmp_path, text)


def test_another_encoding_is_one_message(tmp_path):
    (tmp_path / "tenant.yml").write_bytes("name: 株式会社".encode("cp932"))
    with pytest.raises(TenantError, match="not UTF-8"):
        load_tenant(tmp_path)


def test_no_folder_and_no_file(tmp_path):
    with pytest.raises(TenantError, match="does not exist"):
        load_tenant(tmp_path / "nowhere")
    (tmp_path / "a_file").touch()
    with pytest.raises(TenantError, match="is a file, no folder"):
        load_tenant(tmp_path / "a_file")
    with pytest.raises(TenantError, match=r"it has no tenant\.yml"):
        load_tenant(tmp_path)


@given(key=st.sampled_from(sorted(Tenant.model_fields)) | scalars, value=values)
def test_any_other_content_is_a_tenant_or_a_tenant_error(tmp_path_factory, key, value):
    """Nothing a person may write in the file ends in a traceback."""
    try:
        document = yaml.safe_dump({**GOOD, key: value}, allow_unicode=True)
    except yaml.YAMLError:
        return
    try:
        tenant = tenant_of(tmp_path_factory.getbasetemp() / "any", document)
    except TenantError as error:
        assert error.hint
    else:
        assert set(tenant.systems) <= SOURCES.keys()
        assert tenant.zone.key == tenant.timezone


def test_a_drop_comes_as_often_as_there_is_a_word_for(tmp_path):
    tenant = tenant_of(tmp_path, GOOD | {"files": {"crm__order": {"frequency": "weekly"}}})
    assert tenant.files["crm__order"].frequency == "weekly"
    with pytest.raises(TenantError, match=r"files\.crm__order\.frequency: .*'monthly'"):
        tenant_of(tmp_path, GOOD | {"files": {"crm__order": {"frequency": "fortnightly"}}})


@pytest.mark.parametrize(
    ("named", "read_as"),
    [
        ("cp1252", "cp1252"),
        ("Latin-1", "cp1252"),
        ("Shift_JIS", "cp932"),
        ("Windows-31J", "cp932"),
        ("EUC-JP", "euc_jp"),
        ("macintosh", "mac-roman"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_an_encoding_is_named_in_any_spelling(tmp_path, named, read_as):
    tenant = tenant_of(tmp_path, GOOD | {"files": {"crm__account": {"encoding": named}}})
    assert tenant.files["crm__account"].encoding == read_as


@pytest.mark.parametrize("named", ["ansi-ish", "hex", "rot13", "unicode_escape", "a\0b", 932])
def test_what_is_no_encoding_is_refused(tmp_path, named):
    with pytest.raises(TenantError, match=r"files\.crm__account\.encoding: "):
        tenant_of(tmp_path, GOOD | {"files": {"crm__account": {"encoding": named}}})


def test_an_unknown_key_of_a_feed_names_the_known_ones(tmp_path):
    with pytest.raises(TenantError, match=r"files\.crm__account\.colour is no key of it; .*encod"):
        tenant_of(tmp_path, GOOD | {"files": {"crm__account": {"colour": "red"}}})
