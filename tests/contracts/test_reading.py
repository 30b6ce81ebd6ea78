"""One reading of text: what the check of landed rows lets through is what staging reads, whatever the cell."""

import re
from collections.abc import Iterator
from datetime import date

import duckdb
import jinja2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from expectations.contracts import Column, Contract
from expectations.dbt_macros import FOLDER
from expectations.generate import PROJECT
from expectations.raw_rules import row_rules
from expectations.reading import READINGS, define
from ingestion.catalogue import find_object
from tests.contracts.landed import USUAL
from tests.contracts.reading_oracle import Company, read, says_nothing

DAY = date(2026, 6, 30)
COMPANIES = {
    currency: Company(
        currency=currency,
        decimals=0 if currency == "JPY" else 2,
        no_ends=tuple(USUAL["no_end_texts"]),
        no_values=tuple(USUAL["no_value_texts"]),
    )
    for currency in ("JPY", "EUR", "CHF")
}
TYPED = [name for name in READINGS if name not in ("text", "id")]  # any text is one of these
# A table with a column of every type, held to a contract of its own.
CONTRACT = Contract(
    layer="raw",
    table="landed",
    version="1.0.0",
    purpose="One row per cell. / セルごとに1行。",
    usage="",
    limitations="",
    frequency="daily",
    properties={},
    columns=tuple(
        Column(f"as_{name}", "text", "string", "", False, None, {}, name) for name in TYPED
    ),
    rules=(),
)
RULES = {
    rule.column: rule
    for rule in row_rules(CONTRACT, find_object("files", "ma__consent"))
    if rule.column
}
NUMBERS = [
    *(
        "0",
        "-0",
        "12",
        "12.0",
        "1.5",
        "-2.5",
        "+7",
        ".5",
        "5.",
        "1.005",
        "-0.125",
        "0.08",
        "0.0",
        "1.0",
    ),
    *("2147483647", "2147483647.5", "999999999999", "99999999999999999999", "9999999999999999"),
    *("9999999999999999.4", "1000", "999.9999994", "999.9999999", "0x1F", "1_000", "1,000", "1,5"),
    *("1,00,000", "12,345,678.90", "1e5", "1.39E8", "1E-7", "1e50", "1e400"),
    *("1.23457E+11", "1e+5", "9.5", "\u200b12\ufeff", "inf", "-Infinity", "NaN"),
    *("２", "12円", "¥5", "--", ".", ",", "e5", " 12 ", "\u00a012\t", "12\n", "090-1234-5678"),
]
TIMES = [
    *("2026-06-15", "2026/6/5", "2026-02-30", "2026-13-01", "26-01-01", "0001-01-01", "9999-12-31"),
    *("1899-12-30", "20260615", "2026-06-15T10:00", "2026-06-15T10:00:00Z", "2026-06-15T10:00Z"),
    *("2026-06-15T10:00:00.000+0000", "2026-06-15T10:00:00-0500", "2026-06-15T24:00:00"),
    *("2026-06-15 10:00:00 UTC", "2026-06-15 10:00:00GMT", "2026-06-15 10:00:00-05"),
    *("2026-06-15 9:05 +09", "2026-06-15 10:00:00 +05:30", "2026-06-15 10:00:00 JST"),
    *("2026-06-15 10:00:00 Europe/Berlin", "2026-06-15 10:00:00.1234567", "2026-06-15 10:00:60"),
    *("2026-06-30T15:00:00Z", "2026-06-30T00:00:00.000Z", "2026-06-30 00:00:00.001 +00:00"),
    *("2026-07-01T00:00:00+09:00", "2046-12-31T23:00:00Z", "2099-12-31T15:00:00Z"),
    *("2026-06-15 UTC", "2026-06-15  10:00", "1690416000123", "253370764800", "-1"),
]
TEXTS = [
    *("", " ", "　", "\t", "it's", "a\\1", "true", "TRUE", "はい", "×", "yes", "maybe", "null"),
    *("{}", "[]", '{"a":1}', '[1,{"a":2}]', '{"a"', "[1,", '"x"', " {} ", "\n[1]"),
]
WRITTEN = [
    *(
        "1,200,000円",
        "▲120,000",
        "△ 120,000",
        "６００，０００",
        "￥240,000-",
        "¥ 1,000",
        "(120,000)",
        "（１２０）",
    ),
    *(
        "240,000-",
        "¥-5",
        "-¥5",
        "- ¥ 5",
        "JPY 1,000",
        "1,000JPY",
        "$5",
        "249.90 €",
        "€1",
        "€1.-",
        "3万円",
        "\\5",
    ),
    *(
        "1 180",
        "1'180.50",
        "1’180",
        "1\u00a0180",
        "1\u202f180",
        "1 18",
        "1,0,0",
        "12,5",
        "1.180,00",
        "1 2 3",
    ),
    *("10%", "１０％", "-5 %", "1,000%", "99999.99995%", "（5）", "12名", "−3", "1.2.3", "¥", "円"),
    *(
        "令和8年4月1日",
        "令和元年5月1日",
        "平成33年1月1日",
        "㋿8年4月1日",
        "㍻30年4月1日",
        "R8.4.1",
        "r08/04/01",
    ),
    *(
        "H31-4-30",
        "S63.4.1",
        "昭和63年4月1日",
        "大正元年1月1日",
        "Ｒ８．４．１",
        "令和 8年 4月 1日",
        "明治5年1月1日",
    ),
    *(
        "2026年4月1日",
        "2026.4.1",
        "20260401",
        "20261301",
        "99991231",
        "2026/4/1(水)",
        "2026/4/29(水・祝)",
    ),
    *(
        "2026年4月1日水曜日",
        "２０２６／４／１",
        "26/04/01",
        "8/4/1",
        "202-04-01",
        "12026-04-01",
        "2026年4月",
    ),
    *(
        "2026年6月4日 9時30分",
        "2026年6月4日9時5分7秒",
        "2026年6月4日25時0分",
        "R8.6.4 9:30",
        "R8.6.4 9:3",
    ),
    *(
        "2026.6.4 09:30:15",
        "２０２６／６／４　９：３０",
        "2026年2月30日",
        "2026-6.4",
        "令和8.4.1",
        "8年4月1日",
    ),
    *(
        "1989-12-31",
        "1990-01-01",
        "2046-12-31",
        "2047-01-01",
        "9999-99-99",
        "2037/12/31",
        "2037-12-31 00:00",
    ),
    *(
        "2038年1月19日",
        "R99.12.31",
        "0000-00-00",
        "無期限",
        "-",
        "－",
        "N/A",
        "ｎ／ａ",
        "NULL",
        "なし",
        "不明",
        "該当なし",
    ),
    *(
        "〇",
        "◯",
        "○",
        "あり",
        "有り",
        "済",
        "未",
        "✕",
        "✓",
        "不要",
        "△",
        "ＹＥＳ",
        "On",
        "631151999",
        "631152000",
    ),
]
ODD = [*NUMBERS, *TIMES, *TEXTS, *WRITTEN]
years = st.sampled_from(
    ["0000", "1899", "1900", "1999", "2024", "2026", "9998", "9999", "99", "12026"]
)
number = st.integers(0, 61).flatmap(lambda n: st.sampled_from([str(n), f"{n:02}"]))
instants = st.builds(
    "{}{}{}{}{}{}{}:{}{}{}".format,
    *(years, st.sampled_from("-/"), number, st.sampled_from("-/"), number, st.sampled_from(" T")),
    *(number, number, st.sampled_from(["", ":00", ":59", ":7", ":00.5", ":00.123456789"])),
    st.sampled_from(
        ["", "Z", " UTC", "GMT", " JST", "+09", " -05", "+0530", "-14:59", "+15:00", " +5:30"]
    ),
)
numbers = st.one_of(
    st.text("0123456789", min_size=1, max_size=30),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**22), 10**22).map("{:,}".format),
    st.text("0123456789.,+-eE_x ", max_size=12),
)
japanese_dates = st.builds(
    "{}{}{}{}{}{}{}{}".format,
    *(
        st.sampled_from(["", "令和", "平成", "昭和", "R", "h", "Ｓ"]),
        st.sampled_from(["8", "元", "31", "2026"]),
    ),
    *(
        st.sampled_from(["年", ".", "/", "．"]),
        number,
        st.sampled_from(["月", ".", "/", "．"]),
        number,
    ),
    *(
        st.sampled_from(["日", "", "日(水)", "（水）"]),
        st.sampled_from(["", " 9時5分", "9時30分1秒", " 9:30", "T9:30"]),
    ),
)
amounts = st.builds(
    "{}{}{}{}".format,
    *(
        st.sampled_from(["", "¥", "￥ ", "▲", "-", "(", "€"]),
        st.integers(0, 10**10).map("{:,}".format),
    ),
    *(
        st.sampled_from(["", ".5", ".50"]),
        st.sampled_from(["", "円", " 円", "-", ")", "%", "€", "EUR"]),
    ),
)
spaced = amounts.flatmap(lambda text: st.sampled_from([text.replace(",", mark) for mark in " '，"]))
cells = st.one_of(
    *(st.none(), st.sampled_from(ODD), instants, numbers, japanese_dates, amounts, spaced),
    st.text(max_size=8),
)


@pytest.fixture(scope="module", params=COMPANIES)
def company(request: pytest.FixtureRequest) -> Company:
    return COMPANIES[request.param]


@pytest.fixture(scope="module")
def staged(company: Company) -> str:
    """dbt's macro, as generated, over a landed table."""
    macros = (PROJECT / FOLDER / "read_text.sql").read_text(encoding="utf-8")
    columns = "".join(f"{{{{ duckdb__read_text('as_{n}', '{n}') }}}}, " for n in TYPED)
    variables = USUAL | {"timezone": company.zone, "reporting_currency": company.currency}
    return jinja2.Template(f"{macros} select {columns} _row from landed order by _row").render(
        var=variables.get, currency_decimals=lambda: company.decimals
    )


@pytest.fixture(scope="module")
def connection(company: Company) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the landed table, in the session's time zone of the build."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for statement in define(DAY, USUAL | {"reporting_currency": company.currency}):
            connection.execute(statement)
        columns = ", ".join(f"as_{name} varchar" for name in TYPED)
        connection.execute(
            f"create table landed (_row integer, _is_deleted boolean, _business_date date, {columns})"
        )
        yield connection


@settings(max_examples=25)
@given(st.lists(cells, min_size=1, max_size=40))
@example(ODD)
def test_what_the_check_lets_through_staging_reads_and_the_rest_is_null(
    staged, connection, company, texts
):
    connection.execute("delete from landed")
    copies = ", ".join(["unnest($texts)"] * len(TYPED))
    connection.execute(
        f"insert into landed select unnest(range(len($texts))), false, $day, {copies}",
        {"texts": texts, "day": DAY},
    )
    rows = connection.execute(staged).fetchall()
    for position, name in enumerate(TYPED):
        found = connection.execute(
            f"select _row from ({RULES[f'as_{name}'].query('landed')})"
        ).fetchall()
        unreadable = {number for (number,) in found}
        for number, text in enumerate(texts):
            value = rows[number][position]
            assert value == read(text, name, company), (name, text)
            is_error = value is None and not says_nothing(text, name, company)
            assert (number in unreadable) == is_error, (name, text)


def test_a_cell_costs_its_row_only_if_money_is_read_from_it():
    """None of the columns is a key or required."""
    assert {name for name, rule in RULES.items() if rule.severity == "quarantine"} == {
        "as_money",
        "as_amount",
        "as_exchange_rate",
    }


def test_no_cast_in_staging_can_raise():
    """Typed columns come from `read_text`; what raises on odd text would end every build."""
    raising = re.compile(r"(?<!try_)\bcast\(|::\s*[a-z]|strptime|\bto_timestamp\(")
    files = [
        *(PROJECT / "models" / "staging").rglob("*.sql"),
        *(PROJECT / "macros" / "staging").glob("*.sql"),
        PROJECT / FOLDER / "read_text.sql",
    ]
    to_text = re.compile(r"cast\([^()]* as \{\{ dbt\.type_string\(\) \}\}\)")  # anything is a text
    assert len(files) > 40
    found = [path for path in files if raising.search(to_text.sub("", path.read_text("utf-8")))]
    assert [path.name for path in found] == []


WRAPPED_ID = [
    *("{}", " {} ", "'{}", '"{}"', '="{}"', "=\u201c{}\u201d", "<{}>", "\u200b{}\ufeff", "\t{}\r\n", "\u3000{}\u00a0"),
    *("https://a.my.salesforce.com/{}", "https://a.lightning.force.com/lightning/r/Account/{}/view?tab=1#x"),
    *("http://crm.example/accounts/{}/", "https://crm.example/{}/edit"),
]  # fmt: skip


@pytest.mark.parametrize("form", WRAPPED_ID)
@pytest.mark.parametrize(
    "written", ["001000000000002AAA", "001000000000002", "tenant-4711", "A1", "007"]
)
def test_what_is_wrapped_around_an_id_comes_off(
    connection: duckdb.DuckDBPyConnection, form: str, written: str
) -> None:
    """Whatever the sender's tool is; full-width letters too."""
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    for text in (form.format(written), form.format(written).translate(wide)):
        found = connection.execute(
            f"select {READINGS['id'].read('given')} from (select ? as given)", [text]
        )
        assert found.fetchone() == (written,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-", None), ("#N/A", None), ("なし", None), ("NULL", None), ("2.02606E+13", None), ("1e+05", None), ("1E5", "1E5"),
     ("12345.0", "12345"), ("12345.00", "12345"), ("1.5", "1.5"), ("v1.0", "v1.0"), ("顧客 1", "顧客 1"),
     ("a/b", "a/b"), ("", None), (" ", None), ('""', None), ('=""', None), ("'", None)],
)  # fmt: skip
def test_ids_that_are_left_as_they_are(
    connection: duckdb.DuckDBPyConnection, text: str, expected: str | None
) -> None:
    """Excel's decimals come off digits alone; quotes around nothing, words for none and lost digits are nothing."""
    found = connection.execute(
        f"select {READINGS['id'].read('given')} from (select ? as given)", [text]
    )
    assert found.fetchone() == (expected,)
