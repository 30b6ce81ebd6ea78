"""How text is read as a type: one SQL template a type and engine.

The check of what lands (raw_rules.py) and the generated dbt macro `read_text` are both made from it, so
that what the check lets through is what staging reads. Text that cannot be read is null, never an
error: the written form is judged first, then it is cast to the physical type and its range. The form
that most rows have is tried first; any other notation (notation.py) is turned into it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from expectations import notation
from runtime.sql import literal

Engine = Literal["duckdb", "spark"]
ENGINES: tuple[Engine, ...] = ("duckdb", "spark")
Sql = dict[Engine, str]

# dbt's vars that say what text means (docs/decisions/sources.md#reading), beside the reporting currency.
DEFINITIONS = ("first_date_year", "date_years_ahead", "no_value_texts", "no_end_texts")


@dataclass(frozen=True)
class Reading:
    """One way to read text.

    Attributes:
        japanese: the type's name in Japanese, for messages.
        physical: column type in the warehouse, per engine.
        sql: expression per engine, with ``<text>`` for what is read, ``<bare>`` for it without what
            stands around it (BARE), ``<zone>`` for the company's time zone, ``<decimals>`` for the
            decimals of its currency (whether text can be read depends on neither of these two),
            ``<currency>`` for that, ``<first_year>`` and ``<end_year>`` for the years between which
            dates lie, ``<no_ends>`` for the list of texts that stand for no end.
        logical_types: ODCS types that a column read so may have.
        is_money: an unreadable cell holds back its row.
        no_end: DuckDB's condition that the text says "no end"; empty for what is no end.
    """

    japanese: str
    physical: Sql
    sql: Sql
    logical_types: tuple[str, ...]
    is_money: bool = False
    no_end: str = ""

    def read(self, text: str) -> str:
        """DuckDB's SQL that reads ``text`` (an SQL expression) where `define` was run; zoneless instants are UTC."""
        return _checked(self.sql["duckdb"], text)


def define(business_date: date, definitions: dict[str, Any]) -> list[str]:
    """DuckDB statements: the functions that the SQL of the check calls, kept in its database.

    Args:
        business_date: the day the rows land.
        definitions: value of each of DEFINITIONS and of ``reporting_currency``.
    """
    end_year = business_date.year + definitions["date_years_ahead"] + 1
    texts = {
        name: ", ".join(literal(text.lower()) for text in definitions[name])
        for name in ("no_value_texts", "no_end_texts")
    }
    return [
        f"create macro reporting_currency() as {literal(definitions['reporting_currency'])}",
        f"create macro first_date_year() as {definitions['first_date_year']}",
        f"create macro end_of_date_years() as {end_year}",
        f"create macro is_no_value(text) as lower(text) in ({texts['no_value_texts']})",
        f"create macro no_end_texts() as [{texts['no_end_texts']}]::varchar[]",
    ]


_DEFINED = {
    "<zone>": "UTC",
    "<decimals>": "2",
    "<currency>": "reporting_currency()",
    "<first_year>": "first_date_year()",
    "<end_year>": "end_of_date_years()",
    "<no_ends>": "no_end_texts()",
}


def _checked(sql: str, text: str) -> str:
    for placeholder, defined in _DEFINED.items():
        sql = sql.replace(placeholder, defined)
    return sql.replace("<bare>", BARE["duckdb"]).replace("<text>", text)


# Spaces, full-width and no-break ones too, tabs and ends of lines around a value say nothing.
BARE: Sql = {
    "duckdb": "trim(<text>, ' 　' || chr(9) || chr(10) || chr(13) || chr(160))",
    "spark": "trim(both ' 　' || chr(9) || chr(10) || chr(13) || chr(160) from <text>)",
}
_HAS_FORM = {"duckdb": "regexp_full_match(<bare>, '<form>')", "spark": "<bare> rlike '^(<form>)$'"}
# The one way in both engines to compute something once and use it several times.
_WITH = {
    "duckdb": "list_transform([<value>], lambda written: <sql>)[1]",
    "spark": "transform(array(<value>), written -> <sql>)[0]",
}

# 1234.5, 1,234.5 as people write, 1.39E8 as JSON prints it; no hexadecimal, no 1_000, no 1,5.
_NUMBER = (
    "[+-]?(([0-9][0-9]?[0-9]?(,[0-9][0-9][0-9])+|[0-9]+)([.][0-9]*)?|[.][0-9]+"
    "|[0-9]([.][0-9]{1,17})?[eE][+-]?[0-9]{1,2})"
)
# 2026-01-31, 2026/1/31; with a time of day; with its offset.
_DATE = "[1-9][0-9][0-9][0-9][-/][0-9][0-9]?[-/][0-9][0-9]?"
_TIME = "[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_OFFSET = " ?(Z|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
_TRUE = (
    *(
        "true",
        "1",
        "1.0",
        "t",
        "y",
        "yes",
        "on",
        "１",
        "ｙ",
        "ｙｅｓ",
        "はい",
        "有",
        "有り",
        "あり",
    ),
    *("済", "済み", "要", "可", "○", "〇", "◯", "✓", "✔", "☑"),
)
_FALSE = (
    *(
        "false",
        "0",
        "0.0",
        "f",
        "n",
        "no",
        "off",
        "０",
        "ｎ",
        "ｎｏ",
        "いいえ",
        "無",
        "無し",
        "なし",
    ),
    *("未", "未済", "不要", "不可", "否", "×", "✕", "✖", "✗", "☓"),
)
# Four digits of a year are compared as text; 1900 is the first year of a birth.
_FROM_FIRST_YEAR = "<bare> >= '' || <first_year>"
_FROM_1900 = "<bare> >= '1900'"
_BEFORE_END = "<bare> < '' || <end_year>"

_DAY = "try_cast(split_part(replace(replace(<bare>, '/', '-'), 'T', ' '), ' ', 1) as date)"
_IS_AN_END = f"'' || {_DAY} not in <no_ends>"
_DASHED = "replace(<bare>, '/', '-')"
# The database wants no space before an offset, and seconds before it.
_ZONED_TEXT = (
    "regexp_replace(replace(replace(replace(replace(replace(<dashed>, 'UTC', 'Z'), 'GMT', 'Z'), "
    "' Z', 'Z'), ' +', '+'), ' -', '-'), '([ T][0-9]+:[0-9]+)([Z+-])', '<first>:00<second>')"
)
_SECONDS_A_YEAR = 31_556_952


def _both(sql: str) -> Sql:
    return dict.fromkeys(ENGINES, sql)


def _has_form(engine: Engine, form: str) -> str:
    return _HAS_FORM[engine].replace("<form>", form)


def _with(engine: Engine, value: str, sql: str) -> str:
    """``sql``, whose ``<bare>`` is ``value``."""
    named = sql.replace("<bare>", "written")
    return _WITH[engine].replace("<value>", value).replace("<sql>", named)


def _cases(engine: Engine, *cases: tuple[str, str], otherwise: str = "") -> str:
    """``case``: of (form, SQL) the first whose form the text has, else null or what a text has ``otherwise``."""
    whens = "".join(f" when {_has_form(engine, form)} then {sql}" for form, sql in cases)
    return f"case{whens}{f' {otherwise}' if otherwise else ''} end"


def _decimal(plain: str, digits: int, decimals: int | str) -> str:
    """Plain digits to a decimal, half up."""
    return f"try_cast({plain} as decimal({digits}, {decimals}))"


def _numeric(
    typed: Callable[[Callable[[int, int | str], str]], str],
    is_money: bool = False,
    of_percent: str = "",
) -> Sql:
    """A number in any notation.

    Args:
        typed: SQL of the value; its argument gives the text as a decimal of so many digits and decimals.
        of_percent: SQL of the value of 10%, where that is one, over ``<plain>``.
    """
    sql = {}
    plain = notation.PLAIN
    usual = typed(_usual_decimal)
    for engine in ENGINES:
        other = typed(lambda digits, decimals: _decimal(plain, digits, decimals))
        cases = [(notation.SIGNED, other)]
        if of_percent:
            cases.append((notation.PERCENT, of_percent.replace("<plain>", plain)))
        written = _cases(engine, *cases)
        if is_money:
            forms = "".join(
                f" when '{currency}' then {_has_form(engine, form)}"
                for currency, form in notation.AMOUNTS.items()
            )
            form = f"case <currency>{forms} else {_has_form(engine, notation.SIGNED)} end"
            written = f"case when {form} then {other} end"
        otherwise = f"when <bare> <> '' then {_with(engine, notation.NARROW, written)}"
        sql[engine] = _cases(engine, (_NUMBER, usual), otherwise=otherwise)
    return sql


def _usual_decimal(digits: int, decimals: int | str) -> str:
    """With an exponent by way of a wide decimal, a hundred times the cost, since DuckDB rounds 5E-3 to 1."""
    plain = "replace(<bare>, ',', '')"
    wide = _decimal(_decimal(plain, 38, 18), digits, decimals)
    return f"case when upper(<bare>) like '%E%' then {wide} else {_decimal(plain, digits, decimals)} end"


def _money(decimals: int | str) -> Sql:
    """Rounded to ``decimals``; one that would not fit in any currency is none, whatever the company's."""
    return _numeric(
        lambda decimal: (
            f"case when abs({decimal(18, 2)}) <= 9999999999999999 "
            f"then try_cast({decimal(18, decimals)} as decimal(18, 2)) end"
        ),
        is_money=True,
    )


def _percent(plain: str) -> str:
    return f"try_cast({plain} * 0.01 as decimal(9, 6))"


def _epoch(decimals: int) -> Sql:
    """Since 1970, in a unit with so many decimals down to microseconds."""
    count = f"try_cast(<bare> as decimal(18, {decimals}))"
    unit = 10 ** (6 - decimals)
    in_range = " and ".join(
        f"{count} {compared} ({year} - 1970) * {_SECONDS_A_YEAR * unit}.0"
        for compared, year in ((">=", "<first_year>"), ("<", "<end_year>"))
    )
    microseconds = (
        f"try_cast(try_cast({count} as decimal(28, {decimals})) * {10**decimals} as bigint)"
    )
    made = {"duckdb": "make_timestamptz", "spark": "timestamp_micros"}
    return {
        engine: _cases(
            engine,
            (
                "[0-9]{1,18}([.][0-9]*)?",
                f"case when {in_range} then {made[engine]}({microseconds}) end",
            ),
        )
        for engine in ENGINES
    }


def _in_any_notation(engine: Engine, usual: str) -> str:
    """``usual`` of a date or instant in another notation, turned into the usual one."""
    iso = notation.iso(engine)
    year = f"try_cast(split_part({iso}, '-', 1) as integer) + {notation.years_before_era()}"
    turned = _cases(
        engine,
        (notation.DATE, iso),
        (notation.ERA_DATE, f"'' || ({year}) || regexp_replace({iso}, '^[0-9]+', '')"),
        (notation.COMPACT_DATE, notation.COMPACT_ISO),
    )
    return _with(engine, _with(engine, notation.WITHOUT_WEEKDAY, turned), usual)


def _dated(*in_range: str) -> Sql:
    """The day of a date or of a written time, whatever its offset."""
    value = f"case when {' and '.join(in_range)} then {_DAY} end"
    sql = {}
    for engine in ENGINES:
        case = (f"{_DATE}({_TIME}({_OFFSET})?)?", value)
        other = f"when <bare> <> '' then {_in_any_notation(engine, _cases(engine, case))}"
        sql[engine] = _cases(engine, case, otherwise=other)
    return sql


def _instant() -> Sql:
    zoned_text = _ZONED_TEXT.replace("<dashed>", _DASHED)
    zoned = {
        "duckdb": zoned_text.replace("<first>", r"\1").replace("<second>", r"\2"),
        "spark": zoned_text.replace("<first>", "$1").replace("<second>", "$2"),
    }
    type_of = {"duckdb": "timestamptz", "spark": "timestamp"}
    local = {
        "duckdb": f"try_cast({_DASHED} as timestamp) at time zone '<zone>'",
        "spark": f"to_utc_timestamp(try_cast({_DASHED} as timestamp), '<zone>')",
    }
    in_range = f"case when {_FROM_FIRST_YEAR} and {_BEFORE_END} then"
    sql = {}
    for engine in ENGINES:
        without_zone = (f"{_DATE}({_TIME})?", f"{in_range} {local[engine]} end")
        with_zone = (
            _DATE + _TIME + _OFFSET,
            f"{in_range} try_cast({zoned[engine]} as {type_of[engine]}) end",
        )
        other = _in_any_notation(engine, _cases(engine, without_zone))
        otherwise = f"when <bare> <> '' then {other}"
        sql[engine] = _cases(engine, with_zone, without_zone, otherwise=otherwise)
    return sql


def _boolean() -> str:
    yes, no = (", ".join(map(literal, words)) for words in (_TRUE, _FALSE))
    return (
        f"case when lower(<bare>) in ({yes}) then true when lower(<bare>) in ({no}) then false end"
    )


def _json(opening: str) -> Sql:
    return {
        "duckdb": f"case when json_valid(<text>) and starts_with(<bare>, '{opening}') then <text> end",
        "spark": f"case when try_parse_json(<text>) is not null and startswith(<bare>, '{opening}') "
        "then <text> end",
    }


_INSTANT: Sql = {"duckdb": "timestamptz", "spark": "timestamp"}
_NUMBERS = ("integer", "number")
READINGS: dict[str, Reading] = {
    "text": Reading(
        "テキスト",
        {"duckdb": "text", "spark": "string"},
        _both("nullif(trim(<text>), '')"),
        ("string",),
    ),
    "integer": Reading(
        "整数",
        _both("integer"),
        _numeric(lambda decimal: f"try_cast({decimal(18, 0)} as integer)"),
        _NUMBERS,
    ),
    "number": Reading(
        "数値", _both("decimal(18,4)"), _numeric(lambda decimal: decimal(18, 4)), _NUMBERS
    ),
    # in the company's currency: rounded to its minor unit
    "money": Reading("金額", _both("decimal(18,2)"), _money("<decimals>"), _NUMBERS, True),
    # in the record's own currency, which may have decimals where the company's has none
    "amount": Reading("金額", _both("decimal(18,2)"), _money(2), _NUMBERS, True),
    # money is multiplied by it
    "exchange_rate": Reading(
        "為替レート",
        _both("decimal(18,8)"),
        _numeric(lambda decimal: decimal(18, 8)),
        _NUMBERS,
        True,
    ),
    "rate": Reading(
        "率",
        _both("decimal(9,6)"),
        _numeric(lambda decimal: decimal(9, 6), of_percent=_percent(_decimal("<plain>", 9, 4))),
        _NUMBERS,
    ),
    "percent": Reading(
        "百分率",
        _both("decimal(9,6)"),
        _numeric(
            lambda decimal: _percent(f"({decimal(9, 4)})"),
            of_percent=_percent(_decimal("<plain>", 9, 4)),
        ),
        _NUMBERS,
    ),
    "date": Reading("日付", _both("date"), _dated(_FROM_FIRST_YEAR, _BEFORE_END), ("date",)),
    "birth_date": Reading("日付", _both("date"), _dated(_FROM_1900, _BEFORE_END), ("date",)),
    "end_date": Reading(
        "日付",
        _both("date"),
        _dated(_FROM_FIRST_YEAR, _BEFORE_END, _IS_AN_END),
        ("date",),
        no_end=f"(lower(<bare>) in <no_ends> or ({_dated(_FROM_FIRST_YEAR)['duckdb']}) is not null)",
    ),
    "instant": Reading("日時", _INSTANT, _instant(), ("timestamp",)),
    "epoch_seconds": Reading("日時", _INSTANT, _epoch(6), ("integer",)),
    "epoch_milliseconds": Reading("日時", _INSTANT, _epoch(3), ("integer",)),
    "boolean": Reading("真偽値", _both("boolean"), _both(_boolean()), ("boolean",)),
    "object": Reading("JSON", {"duckdb": "text", "spark": "string"}, _json("{"), ("object",)),
    "array": Reading("JSON", {"duckdb": "text", "spark": "string"}, _json("["), ("array",)),
}
# What a column is read as unless its contract says otherwise: the first reading of its type.
BY_LOGICAL_TYPE = {
    "integer": "integer",
    "number": "number",
    "date": "date",
    "timestamp": "instant",
    "boolean": "boolean",
    "object": "object",
    "array": "array",
}
BY_PHYSICAL_TYPE = {
    "text": "text",
    "integer": "integer",
    "decimal(18,4)": "number",
    "decimal(18,2)": "money",
    "decimal(18,8)": "exchange_rate",
    "decimal(9,6)": "rate",
    "date": "date",
    "timestamptz": "instant",
    "boolean": "boolean",
}


def is_missing(text: str, reads_as: str | None) -> str:
    """SQL that says whether ``text`` (an SQL expression) holds nothing, or a typed column's word for it."""
    if reads_as in (None, "text"):
        return _is_blank(text)
    return (
        f"case when {_says_none(text)} then {READINGS[reads_as].read(text)} is null else false end"
    )


def is_unreadable(text: str, reads_as: str) -> str:
    """SQL that says whether there is text that cannot be read so and does not say "none"."""
    reading = READINGS[reads_as]
    no_end = f" and not {_checked(reading.no_end, text)}" if reading.no_end else ""
    is_bad = f"not {_says_none(text)}{no_end}"
    return (
        f"case when {text} is null or {reading.read(text)} is not null then false else {is_bad} end"
    )


def _is_blank(text: str) -> str:
    return f"coalesce({BARE['duckdb'].replace('<text>', text)}, '') = ''"


def _says_none(text: str) -> str:
    bare = BARE["duckdb"].replace("<text>", text)
    return f"({_is_blank(text)} or is_no_value({bare}))"
