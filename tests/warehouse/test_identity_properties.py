"""Names, domains, corporate numbers and ids as the models read them, against plain Python."""

import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.compiled import Chain

CP932 = [
    character
    for high in range(0x81, 0xFD)
    for low in range(0x40, 0xFD)
    if len(character := bytes([high, low]).decode("cp932", "ignore")) == 1
]
# These are signs of their own to NFKC only with a space before them; they are left as they are.
SPACED = "´¨￣"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


@pytest.fixture(scope="module")
def companies() -> Chain:
    """Company records of a dropped file and an organisation's link, in the project's models."""
    return Chain(
        ["int_company", "int_company_name", "int_company_domain"],
        ["crm__account"],
        {},
        {"as_of_date": "2026-06-30"},
    )


def test_all_compatibility_characters_of_cp932_fold(companies: Chain) -> None:
    """What NFKC makes one name is one name."""
    changed = [c for c in CP932 if unicodedata.normalize("NFKC", c) != c and c not in SPACED]
    pairs = [
        (f"{number}{side}", f"あ{text}い")
        for number, character in enumerate(changed)
        for side, text in (
            ("a", character),
            ("b", unicodedata.normalize("NFKC", character).replace(" ゙", "゙").replace(" ゚", "゚")),
        )
    ]
    companies.run(
        crm__account=[{"account_id": key, "name": name, "_build_id": 1} for key, name in pairs]
    )
    found = {
        row["account_id"]: row["company_name_normalised"]
        for row in companies.rows("int_company_name")
    }
    assert len(changed) > 200
    different = [changed[n] for n in range(len(changed)) if found[f"{n}a"] != found[f"{n}b"]]
    assert different == []


def test_the_two_readings_of_one_cp932_byte_are_one_name(companies: Chain) -> None:
    """What CP932 and Shift_JIS decode to two characters: 〜 and ～, − and －, ‖ and ∥, ¢ and ￠, £, ¬."""
    pairs = ["〜～", "−－", "‖∥", "¢￠", "£￡", "¬￢"]
    rows = [
        {"account_id": f"{number}{place}", "name": f"セン{text[place]}タ", "_build_id": 1}
        for number, text in enumerate(pairs)
        for place in (0, 1)
    ]
    companies.run(crm__account=rows)
    found = {
        row["account_id"]: row["company_name_normalised"]
        for row in companies.rows("int_company_name")
    }
    assert [found[f"{n}0"] == found[f"{n}1"] for n in range(len(pairs))] == [True] * len(pairs)


def check_digit(base: str) -> int:
    """Of the twelve other digits of a corporate number."""
    weighted = (int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(base), 1))
    return 9 - sum(weighted) % 9


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    bases=st.lists(
        st.text("0123456789", min_size=12, max_size=12)
        | st.sampled_from("0123456789").map(lambda d: d * 12),
        min_size=1,
        max_size=8,
    )
)
def test_a_number_is_valid_by_its_check_digit_unless_it_is_one_digit(
    companies: Chain, bases: list[str]
) -> None:
    """Whatever the base, one check digit fits; a base of one digit is a placeholder."""
    rows = [
        {"account_id": f"{number}-{first}", "corporate_number": f"{first}{base}", "_build_id": 1}
        for number, base in enumerate(bases)
        for first in range(10)
    ]
    companies.run(crm__account=rows)
    for row in companies.rows("int_company"):
        number = row["corporate_number"]
        expected = (
            int(number[0]) == check_digit(number[1:])
            and len(set(number[1:])) > 1
            and number not in ("0123456789012", "1234567890123", "9876543210987")
        )
        assert row["is_corporate_number_valid"] == expected, number


labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8).map(
    lambda text: f"q{text}"
)
hosts = st.builds(
    lambda parts, end: ".".join([*parts, end]),
    st.lists(labels, min_size=1, max_size=3),
    st.sampled_from(["co.jp", "jp", "com", "example", "or.jp"]),
)
wrapped = st.sampled_from(
    [
        "{}",
        "www.{}",
        "https://{}/",
        "http://www.{}:8080/a/b?c=d",
        "//{}",
        " {}. ",
        "info@{}",
        "mailto:info@{}",
        "<https://{}>"[1:],
    ]
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(written=st.lists(st.tuples(hosts, wrapped, st.booleans()), min_size=1, max_size=8))
def test_a_host_is_read_in_whatever_form_it_comes(companies: Chain, written: list[Any]) -> None:
    """Scheme, name, www, port, path, last point, capitals and full-width letters say nothing."""
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    rows = []
    for number, (host, form, is_wide) in enumerate(written):
        text = form.format(host.upper())
        text = text.translate(wide) if is_wide and ">" not in text and "?" not in text else text
        rows.append({"account_id": str(number), "website_domain": text, "_build_id": 1})
    companies.run(crm__account=rows)
    found = {row["account_id"]: row["domain"] for row in companies.rows("int_company_domain")}
    assert found == {str(number): host for number, (host, _, _) in enumerate(written)}


@pytest.mark.parametrize(
    "text",
    ["なし", "なし。", "n/a", "N/A", "-", "intranet", "http://intranet/", "localhost:8080", "192.168.1.10", "10.0.0.1:80",
     "[::1]", "pc.local", "co.jp", "tokyo.jp", "https://www.facebook.com/kissa", "m.facebook.com.", "ＦＡＣＥＢＯＯＫ．ＣＯＭ",
     "note.com/kissa", "https://ameblo.jp/kissa", "kissa.wixsite.com/home", "kissa.jimdofree.com", "sites.google.com/view/x",
     "https://www.rakuten.co.jp/kissa/", "x.com/kissa", "taro@gmail.com", "taro@vega.ocn.ne.jp", "example.com", "@", "http://", "null"],
)  # fmt: skip
def test_placeholders_platforms_and_providers_identify_nobody(companies: Chain, text: str) -> None:
    """In whatever form they come."""
    companies.run(crm__account=[{"account_id": "a", "website_domain": text, "_build_id": 1}])
    assert companies.rows("int_company_domain") == []


def check_letters(short: str) -> str:
    """The three that make a Salesforce Id of 15 characters one of 18."""
    return "".join(
        LETTERS[sum(2**place for place in range(5) if short[first + place].isupper())]
        for first in (0, 5, 10)
    )


@pytest.fixture(scope="module")
def ids() -> Chain:
    """Uses that name accounts, and the accounts of a file."""
    return Chain(
        ["int_record_id"],
        ["stg_files__crm__account", "stg_files__product__feature_use"],
        {},
        {"as_of_date": "2026-06-30"},
    )


shorts = st.text("ABCdef0123", min_size=12, max_size=12).map(lambda text: f"001{text}")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    records=st.lists(shorts, min_size=1, max_size=5, unique=True),
    strangers=st.lists(shorts, max_size=3),
)
def test_an_id_means_the_record_whose_short_form_or_letters_it_has(
    ids: Chain, records: list[str], strangers: list[str]
) -> None:
    """15 characters, and 18 in lower or upper case; what leads to no record is left alone."""
    full = {short: short + check_letters(short) for short in records}
    names = [
        *records,
        *strangers,
        *(name.lower() for name in full.values()),
        *(name.upper() for name in full.values()),
    ]
    ids.run(
        stg_files__crm__account=[{"account_id": name, "_build_id": 1} for name in full.values()],
        stg_files__product__feature_use=[{"account_id": name, "_build_id": 1} for name in names],
    )
    by_letters = {name.lower(): name for name in full.values()}
    expected = {short: full[short] for short in names if short in full}
    expected |= {
        name: by_letters[name.lower()]
        for name in names
        if name.lower() in by_letters and by_letters[name.lower()] != name
    }
    assert {row["given_id"]: row["record_id"] for row in ids.rows("int_record_id")} == expected


def test_letters_that_do_not_fit_make_no_salesforce_id(ids: Chain) -> None:
    """ORDER-000000123 and ORDER-000000123-01 are two ids; a record of 15 characters is meant by 18 that fit."""
    ids.run(
        stg_files__crm__account=[
            {"account_id": "ORDER0000001234-01", "_build_id": 1},
            {"account_id": "001Ab0000000001", "_build_id": 1},
        ],
        stg_files__product__feature_use=[
            {"account_id": "ORDER0000001234", "_build_id": 1},
            {"account_id": "001Ab0000000001" + check_letters("001Ab0000000001"), "_build_id": 1},
            {"account_id": "001Ab0000000001ZZZ", "_build_id": 1},
        ],
    )
    assert {row["given_id"]: row["record_id"] for row in ids.rows("int_record_id")} == {
        "001Ab0000000001IAA": "001Ab0000000001"
    }
