"""One reading of text: what the check of landed rows lets through is what staging reads, whatever the cell."""

import re
from collections.abc import Iterator

import duckdb
import jinja2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from expectations.contracts import Column, Contract
from expectations.dbt_macros import FOLDER
from expectations.generate import PROJECT
from expectations.raw_rules import row_rules
from expectations.reading import READINGS
from ingestion.catalogue import find_object
from tests.contracts.reading_oracle import BLANK, read

ZONE = "Asia/Tokyo"
TYPED = [name for name in READINGS if name not in ("text", "id")]  # any text is one of these
# A table with a column of every type, held to a contract of its own.
CONTRACT = Contract(
    layer="raw",
    table="landed",
    version="1.0.0",
    purpose="One row per cell. / セルごとに1行。",
    usage="",
    limitations="",
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
    *(
        "1,00,000",
        "12,345,678.90",
        "1e5",
        "1.39E8",
        "1E-7",
        "1e50",
        "1e400",
        "inf",
        "-Infinity",
        "NaN",
    ),
    *("２", "12円", "¥5", "--", ".", ",", "e5", " 12 ", "\u00a012\t", "12\n", "090-1234-5678"),
]
TIMES = [
    *("2026-06-15", "2026/6/5", "2026-02-30", "2026-13-01", "26-01-01", "0001-01-01", "9999-12-31"),
    *("1899-12-30", "20260615", "2026-06-15T10:00", "2026-06-15T10:00:00Z", "2026-06-15T10:00Z"),
    *("2026-06-15T10:00:00.000+0000", "2026-06-15T10:00:00-0500", "2026-06-15T24:00:00"),
    *("2026-06-15 10:00:00 UTC", "2026-06-15 10:00:00GMT", "2026-06-15 10:00:00-05"),
    *("2026-06-15 9:05 +09", "2026-06-15 10:00:00 +05:30", "2026-06-15 10:00:00 JST"),
    *("2026-06-15 10:00:00 Europe/Berlin", "2026-06-15 10:00:00.1234567", "2026-06-15 10:00:60"),
    *("2026-06-15 UTC", "2026-06-15  10:00", "1690416000123", "253370764800", "-1"),
]
TEXTS = [
    *("", " ", "　", "\t", "it's", "a\\1", "true", "TRUE", "はい", "×", "yes", "maybe", "null"),
    *("{}", "[]", '{"a":1}', '[1,{"a":2}]', '{"a"', "[1,", '"x"', " {} ", "\n[1]"),
]
ODD = [*NUMBERS, *TIMES, *TEXTS]
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
cells = st.one_of(st.none(), st.sampled_from(ODD), instants, numbers, st.text(max_size=8))


@pytest.fixture(scope="module")
def staged() -> str:
    """dbt's macro, as generated, over a landed table."""
    macros = (PROJECT / FOLDER / "read_text.sql").read_text(encoding="utf-8")
    columns = "".join(f"{{{{ duckdb__read_text('as_{n}', '{n}') }}}}, " for n in TYPED)
    return jinja2.Template(f"{macros} select {columns} _row from landed order by _row").render(
        var={"timezone": ZONE}.get, currency_decimals=lambda: 0
    )


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the landed table, in the session's time zone of the build."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = ", ".join(f"as_{name} varchar" for name in TYPED)
        connection.execute(f"create table landed (_row integer, _is_deleted boolean, {columns})")
        yield connection


@settings(max_examples=60)
@given(st.lists(cells, min_size=1, max_size=40))
@example(ODD)
def test_what_the_check_lets_through_staging_reads_and_the_rest_is_null(staged, connection, texts):
    connection.execute("delete from landed")
    copies = ", ".join(["unnest($texts)"] * len(TYPED))
    connection.execute(
        f"insert into landed select unnest(range(len($texts))), false, {copies}", {"texts": texts}
    )
    rows = connection.execute(staged).fetchall()
    for position, name in enumerate(TYPED):
        found = connection.execute(
            f"select _row from ({RULES[f'as_{name}'].query('landed')})"
        ).fetchall()
        unreadable = {number for (number,) in found}
        for number, text in enumerate(texts):
            value = rows[number][position]
            assert value == read(text, name, ZONE, 0), (name, text)
            blank = not (text or "").strip(BLANK)
            assert (number in unreadable) == (value is None and not blank), (name, text)


def test_a_cell_costs_its_row_only_if_money_is_read_from_it():
    """None of the columns is a key or required."""
    assert {name for name, rule in RULES.items() if rule.severity == "quarantine"} == {
        "as_money",
        "as_amount",
        "as_exchange_rate",
    }


def test_no_cast_in_staging_can_raise():
    """Typed columns come from `read_text`; what raises on odd text would end every build."""
    raising = re.compile(r"(?<!try_)\bcast\(|::|strptime|\bto_timestamp\(")
    files = [
        *(PROJECT / "models" / "staging").rglob("*.sql"),
        *(PROJECT / "macros" / "staging").glob("*.sql"),
        PROJECT / FOLDER / "read_text.sql",
    ]
    assert len(files) > 40
    assert [path.name for path in files if raising.search(path.read_text("utf-8"))] == []


WRAPPED_ID = [
    *("{}", " {} ", "'{}", '"{}"', '="{}"', "=\u201c{}\u201d", "<{}>", "\u200b{}\ufeff", "\t{}\r\n", "\u3000{}\u00a0"),
    *("https://a.my.salesforce.com/{}", "https://a.lightning.force.com/lightning/r/Account/{}/view?tab=1#x"),
    *("http://crm.example/accounts/{}/", "https://crm.example/{}/edit"),
]  # fmt: skip


@pytest.mark.parametrize("form", WRAPPED_ID)
@pytest.mark.parametrize(
    "written", ["001000000000002AAA", "001000000000002", "tenant-4711", "A1", "007"]
)
def test_what_is_wrapped_around_an_id_comes_off(form: str, written: str) -> None:
    """Whatever the sender's tool is; full-width letters too."""
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    for text in (form.format(written), form.format(written).translate(wide)):
        found = duckdb.execute(
            f"select {READINGS['id'].read('given')} from (select ? as given)", [text]
        )
        assert found.fetchone() == (written,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12345.0", "12345"), ("12345.00", "12345"), ("1.5", "1.5"), ("v1.0", "v1.0"), ("顧客 1", "顧客 1"),
     ("a/b", "a/b"), ("", None), (" ", None), ('""', None), ('=""', None), ("'", None)],
)  # fmt: skip
def test_ids_that_are_left_as_they_are(text: str, expected: str | None) -> None:
    """Excel's decimals come off digits alone, and quotes around nothing are nothing."""
    found = duckdb.execute(
        f"select {READINGS['id'].read('given')} from (select ? as given)", [text]
    )
    assert found.fetchone() == (expected,)
