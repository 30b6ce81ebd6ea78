"""The SQL templates that read text: numbers, dates, instants, booleans and JSON, for each engine.

Placeholders are those of reading.Reading. The form that most rows have is tried first; any other
notation (notation.py) is turned into it.
"""

from collections.abc import Callable
from typing import Literal

from expectations import notation
from runtime.sql import literal

Engine = Literal["duckdb", "spark"]
ENGINES: tuple[Engine, ...] = ("duckdb", "spark")
Sql = dict[Engine, str]

# Marks that nobody sees: zero-width spaces and joiners, marks of direction, soft hyphens.
_MARKS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
# Spaces, full-width and no-break ones too, tabs, ends of lines and such marks around a value say nothing.
_BLANK = f"' 　{_MARKS}' || chr(9) || chr(10) || chr(13) || chr(160)"
BARE: Sql = {
    "duckdb": f"trim(<text>, {_BLANK})",
    "spark": f"trim(both {_BLANK} from <text>)",
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
    "|[0-9]([.][0-9]{1,17})?[eE](-?[0-9]{1,2}|[+][0-9]))"
)
# 1.23457E+11: what a spreadsheet makes of 123456789012, whose other digits are gone.
SHORTENED = "[0-9]([.][0-9]+)?[eE][+][0-9]{2,3}"
# 2026-01-31, 2026/1/31; with a time of day; with its offset.
_DATE = "[1-9][0-9][0-9][0-9][-/][0-9][0-9]?[-/][0-9][0-9]?"
_TIME = "[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
# brackets, since SQLAlchemy takes a colon before a digit for a parameter
_MIDNIGHT = "[ T]0?0[:]00([:]00([.]0+)?)?"
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
FROM_FIRST_YEAR = "<bare> >= '' || <first_year>"
FROM_1900 = "<bare> >= '1900'"
BEFORE_END = "<bare> < '' || <end_year>"

_DAY = "try_cast(split_part(replace(replace(<bare>, '/', '-'), 'T', ' '), ' ', 1) as date)"
IS_AN_END = f"'' || {_DAY} not in <no_ends>"
_DASHED = "replace(<bare>, '/', '-')"
# The database wants no space before an offset, and seconds before it.
_ZONED_TEXT = (
    "regexp_replace(replace(replace(replace(replace(replace(<dashed>, 'UTC', 'Z'), 'GMT', 'Z'), "
    "' Z', 'Z'), ' +', '+'), ' -', '-'), '([ T][0-9]+:[0-9]+)([Z+-])', '<first>:00<second>')"
)
_INSTANT_TYPE = {"duckdb": "timestamptz", "spark": "timestamp"}
_SECONDS_A_YEAR = 31_556_952
# What tools put around an id: spaces, quotes and ="…" of a spreadsheet, <…> of a link; marks without width.
_WIDE = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "\u3000\u00a0"
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F)).replace("'", "''") + "  "
_AROUND = "[ =\"''`“”‘’<>]+"
# The last part of an address, without what asks for a view of it: https://…/Account/0015g00000Xyz/view?tab=1
_ADDRESS = "^[a-zA-Z]+://[^?#]*?/([^/?#]+)(/view|/edit)?/*([?#].*)?$"
_EXCEL_NUMBER = "^([0-9]+)[.]0+$"


def both(sql: str) -> Sql:
    """The same SQL in both engines."""
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


def decimal_of(plain: str, digits: int, decimals: int | str) -> str:
    """Plain digits to a decimal, half up."""
    return f"try_cast({plain} as decimal({digits}, {decimals}))"


def numeric(
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
        other = typed(lambda digits, decimals: decimal_of(plain, digits, decimals))
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


def whole(decimal: Callable[[int, int | str], str]) -> str:
    """A whole number of 32 bits; of 9.5 nobody can tell which is meant."""
    value = decimal(18, 0)
    return f"case when {decimal(18, 4)} = {value} then try_cast({value} as integer) end"


def _usual_decimal(digits: int, decimals: int | str) -> str:
    """With an exponent by way of a wide decimal, a hundred times the cost, since DuckDB rounds 5E-3 to 1."""
    plain = "replace(<bare>, ',', '')"
    wide = decimal_of(decimal_of(plain, 38, 18), digits, decimals)
    return f"case when upper(<bare>) like '%E%' then {wide} else {decimal_of(plain, digits, decimals)} end"


def money(decimals: int | str) -> Sql:
    """Rounded to ``decimals``; one that would not fit in any currency is none, whatever the company's."""
    return numeric(
        lambda decimal: (
            f"case when abs({decimal(18, 2)}) <= 9999999999999999 "
            f"then try_cast({decimal(18, decimals)} as decimal(18, 2)) end"
        ),
        is_money=True,
    )


def percent(plain: str) -> str:
    """Per cent as a share."""
    return f"try_cast({plain} * 0.01 as decimal(9, 6))"


def epoch(decimals: int) -> Sql:
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


def dated(*in_range: str) -> Sql:
    """The day of a date or of a written time; with an offset the company's day, of midnight the one written."""
    value = f"case when {' and '.join(in_range)} then <day> end"
    written = value.replace("<day>", _DAY)
    sql = {}
    for engine in ENGINES:
        case = (f"{_DATE}({_TIME})?", written)
        midnight = (_DATE + _MIDNIGHT + _OFFSET, written)
        with_zone = (_DATE + _TIME + _OFFSET, value.replace("<day>", _local_day(engine)))
        other = f"when <bare> <> '' then {_in_any_notation(engine, _cases(engine, case))}"
        sql[engine] = _cases(engine, case, midnight, with_zone, otherwise=other)
    return sql


def _zoned(engine: Engine) -> str:
    """A written time with its offset as an instant."""
    group = {"duckdb": "\\", "spark": "$"}[engine]
    text = _ZONED_TEXT.replace("<dashed>", _DASHED)
    text = text.replace("<first>", f"{group}1").replace("<second>", f"{group}2")
    return f"try_cast({text} as {_INSTANT_TYPE[engine]})"


def _local_day(engine: Engine) -> str:
    local = {
        "duckdb": f"{_zoned(engine)} at time zone '<zone>'",
        "spark": f"from_utc_timestamp({_zoned(engine)}, '<zone>')",
    }
    return f"try_cast({local[engine]} as date)"


def instant() -> Sql:
    """A written time; without an offset it is the company's."""
    local = {
        "duckdb": f"try_cast({_DASHED} as timestamp) at time zone '<zone>'",
        "spark": f"to_utc_timestamp(try_cast({_DASHED} as timestamp), '<zone>')",
    }
    in_range = f"case when {FROM_FIRST_YEAR} and {BEFORE_END} then"
    sql = {}
    for engine in ENGINES:
        without_zone = (f"{_DATE}({_TIME})?", f"{in_range} {local[engine]} end")
        with_zone = (
            _DATE + _TIME + _OFFSET,
            f"{in_range} {_zoned(engine)} end",
        )
        other = _in_any_notation(engine, _cases(engine, without_zone))
        otherwise = f"when <bare> <> '' then {other}"
        sql[engine] = _cases(engine, with_zone, without_zone, otherwise=otherwise)
    return sql


def boolean() -> str:
    """Words for yes and no."""
    yes, no = (", ".join(map(literal, words)) for words in (_TRUE, _FALSE))
    return (
        f"case when lower(<bare>) in ({yes}) then true when lower(<bare>) in ({no}) then false end"
    )


def json(opening: str) -> Sql:
    """JSON text that opens so."""
    return {
        "duckdb": f"case when json_valid(<text>) and starts_with(<bare>, '{opening}') then <text> end",
        "spark": f"case when try_parse_json(<text>) is not null and startswith(<bare>, '{opening}') "
        "then <text> end",
    }


def record_id() -> Sql:
    """An id as its system writes it, whatever the sender's tool wrapped around it; none of a word for none or of
    one that a spreadsheet has shortened."""
    breaks = "chr(9) || chr(10) || chr(13)"
    folded = f"translate(<text>, '{_WIDE}' || {breaks} || '{_MARKS}', '{_NARROW}   ')"
    bare = {
        "duckdb": f"regexp_replace({folded}, '^{_AROUND}|{_AROUND}$', '', 'g')",
        "spark": f"regexp_replace({folded}, '^{_AROUND}|{_AROUND}$', '')",
    }
    is_none = "lower(<bare>) in <no_values>"
    sql = {}
    for engine in ENGINES:
        group = {"duckdb": "\\", "spark": "$"}[engine] + "1"
        unwrapped = (
            f"regexp_replace(regexp_replace({bare[engine]}, '{_ADDRESS}', '{group}'), "
            f"'{_EXCEL_NUMBER}', '{group}')"
        )
        is_plain = _has_form(engine, "[A-Za-z0-9_:-]+").replace("<bare>", "<text>")
        no_id = f"<bare> = '' or {is_none} or {_has_form(engine, SHORTENED)}"
        kept = _with(engine, unwrapped, f"case when not ({no_id}) then <bare> end")
        sql[engine] = (
            f"case when {is_plain} and not {is_none.replace('<bare>', '<text>')} then <text> else {kept} end"
        )
    return sql
