"""How text is read as a type: one SQL template a type and engine.

The check of what lands (raw_rules.py) and the generated dbt macro `read_text` are both made from it, so
that what the check lets through is what staging reads. Text that cannot be read is null, never an
error: the written form is judged first, then it is cast to the physical type and its range.
"""

from dataclasses import dataclass
from typing import Literal

Engine = Literal["duckdb", "spark"]
ENGINES: tuple[Engine, ...] = ("duckdb", "spark")


@dataclass(frozen=True)
class Reading:
    """One way to read text.

    Attributes:
        japanese: the type's name in Japanese, for messages.
        physical: column type in the warehouse, per engine.
        sql: expression per engine, with ``<text>`` for what is read, ``<bare>`` for it without what
            stands around it (BARE), ``<zone>`` for the company's time zone, ``<decimals>`` for the
            decimals of its currency; whether text can be read depends on neither of the last two.
        logical_types: ODCS types that a column read so may have.
        is_money: an unreadable cell holds back its row.
    """

    japanese: str
    physical: dict[Engine, str]
    sql: dict[Engine, str]
    logical_types: tuple[str, ...]
    is_money: bool = False

    def read(self, text: str, engine: Engine = "duckdb") -> str:
        """SQL that reads ``text`` (an SQL expression); instants without a zone count as UTC."""
        written = self.sql[engine].replace("<bare>", BARE[engine]).replace("<text>", text)
        return written.replace("<zone>", "UTC").replace("<decimals>", "2")


# Spaces, full-width and no-break ones too, tabs and ends of lines around a value say nothing.
BARE: dict[Engine, str] = {
    "duckdb": "trim(<text>, ' 　' || chr(9) || chr(10) || chr(13) || chr(160))",
    "spark": "trim(both ' 　' || chr(9) || chr(10) || chr(13) || chr(160) from <text>)",
}
_HAS_FORM = {"duckdb": "regexp_full_match(<bare>, '<form>')", "spark": "<bare> rlike '^(<form>)$'"}

# 1234.5, 1,234.5 as people write, 1.39E8 as JSON prints it; no hexadecimal, no 1_000, no 1,5.
_NUMBER = (
    "[+-]?(([0-9][0-9]?[0-9]?(,[0-9][0-9][0-9])+|[0-9]+)([.][0-9]*)?|[.][0-9]+"
    "|[0-9]([.][0-9]{1,17})?[eE][+-]?[0-9]{1,2})"
)
# 2026-01-31, 2026/1/31; with a time of day; with its offset.
_DATE = "[1-9][0-9][0-9][0-9][-/][0-9][0-9]?[-/][0-9][0-9]?"
_TIME = "[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_OFFSET = " ?(Z|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
_TRUE = "'true', '1', '1.0', 't', 'y', 'yes', 'はい', '有', '○'"
_FALSE = "'false', '0', '0.0', 'f', 'n', 'no', 'いいえ', '無', '×'"

_PLAIN = "replace(<bare>, ',', '')"
_DASHED = "replace(<bare>, '/', '-')"
# The database wants no space before an offset, and seconds before it.
_ZONED_TEXT = (
    "regexp_replace(replace(replace(replace(replace(replace(<dashed>, 'UTC', 'Z'), 'GMT', 'Z'), "
    "' Z', 'Z'), ' +', '+'), ' -', '-'), '([ T][0-9]+:[0-9]+)([Z+-])', '<first>:00<second>')"
)
# Nobody logs before 1900; 9999 stands for "never".
_IN_RANGE = "<bare> >= '1900' and <bare> < '9999'"


def _both(sql: str) -> dict[Engine, str]:
    return dict.fromkeys(ENGINES, sql)


def _has_form(engine: Engine, form: str) -> str:
    return _HAS_FORM[engine].replace("<form>", form)


def _written(form: str, value: dict[Engine, str]) -> dict[Engine, str]:
    """``value`` where the text has the form, else null."""
    return {
        engine: f"case when {_has_form(engine, form)} then {value[engine]} end"
        for engine in ENGINES
    }


def _cast(digits: int, decimals: int | str) -> str:
    """Plain digits to a decimal, half up; with an exponent by way of a wide one, since DuckDB rounds 5E-3 to 1."""
    wide = f"try_cast({_PLAIN} as decimal(38, 18))"  # a hundred times the cost
    return (
        f"case when upper(<bare>) like '%E%' then try_cast({wide} as decimal({digits}, {decimals})) "
        f"else try_cast({_PLAIN} as decimal({digits}, {decimals})) end"
    )


def _decimal(digits: int, decimals: int) -> dict[Engine, str]:
    return _written(_NUMBER, _both(_cast(digits, decimals)))


def _epoch(decimals: int) -> dict[Engine, str]:
    """Since 1970, in a unit with so many decimals down to microseconds."""
    end = 253_370_764_800 * 10 ** (6 - decimals)  # 9999-01-01
    count = f"try_cast(<bare> as decimal(18, {decimals}))"
    microseconds = (
        f"try_cast(try_cast({count} as decimal(28, {decimals})) * {10**decimals} as bigint)"
    )
    value = {
        "duckdb": f"case when {count} < {end} then make_timestamptz({microseconds}) end",
        "spark": f"case when {count} < {end} then timestamp_micros({microseconds}) end",
    }
    return _written("[0-9]{1,18}([.][0-9]*)?", value)


def _instant() -> dict[Engine, str]:
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
    return {
        engine: f"case when {_has_form(engine, _DATE + _TIME + _OFFSET)} and {_IN_RANGE} "
        f"then try_cast({zoned[engine]} as {type_of[engine]}) "
        f"when {_has_form(engine, f'{_DATE}({_TIME})?')} and {_IN_RANGE} "
        f"then {local[engine]} end"
        for engine in ENGINES
    }


def _boolean() -> str:
    return (
        f"case when lower(<bare>) in ({_TRUE}) then true "
        f"when lower(<bare>) in ({_FALSE}) then false end"
    )


# What tools put around an id: spaces, quotes and ="…" of a spreadsheet, <…> of a link; marks without width.
_MARKS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_WIDE = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "\u3000\u00a0"
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F)).replace("'", "''") + "  "
_AROUND = "[ =\"''`“”‘’<>]+"
# The last part of an address, without what asks for a view of it: https://…/Account/0015g00000Xyz/view?tab=1
_ADDRESS = "^[a-zA-Z]+://[^?#]*?/([^/?#]+)(/view|/edit)?/*([?#].*)?$"
_EXCEL_NUMBER = "^([0-9]+)[.]0+$"


def _id() -> dict[Engine, str]:
    """An id as its system writes it, whatever the sender's tool wrapped around it."""
    breaks = "chr(9) || chr(10) || chr(13)"
    folded = f"translate(<text>, '{_WIDE}' || {breaks} || '{_MARKS}', '{_NARROW}   ')"
    bare = {
        "duckdb": f"regexp_replace({folded}, '^{_AROUND}|{_AROUND}$', '', 'g')",
        "spark": f"regexp_replace({folded}, '^{_AROUND}|{_AROUND}$', '')",
    }
    first = {"duckdb": r"\1", "spark": "$1"}
    return {
        engine: f"case when {_HAS_FORM[engine].replace('<bare>', '<text>').replace('<form>', '[A-Za-z0-9_:-]+')} "
        f"then <text> else nullif(regexp_replace(regexp_replace({bare[engine]}, '{_ADDRESS}', "
        f"'{first[engine]}'), '{_EXCEL_NUMBER}', '{first[engine]}'), '') end"
        for engine in ENGINES
    }


def _json(opening: str) -> dict[Engine, str]:
    return {
        "duckdb": f"case when json_valid(<text>) and starts_with(<bare>, '{opening}') then <text> end",
        "spark": f"case when try_parse_json(<text>) is not null and startswith(<bare>, '{opening}') then <text> end",
    }


# Ten thousand million million is more than any amount, in yen or in cents.
_MONEY = (
    f"case when abs({_cast(18, 2)}) <= 9999999999999999 "
    f"then try_cast({_cast(18, '<decimals>')} as decimal(18, 2)) end"
)
_INSTANT = {"duckdb": "timestamptz", "spark": "timestamp"}
_DAY = f"try_cast(split_part(replace({_DASHED}, 'T', ' '), ' ', 1) as date)"
_PERCENT = f"try_cast(({_cast(9, 4)}) * 0.01 as decimal(9, 6))"
_NUMBERS = ("number", "integer")

READINGS: dict[str, Reading] = {
    "text": Reading(
        "テキスト",
        {"duckdb": "text", "spark": "string"},
        _both("nullif(trim(<text>), '')"),
        ("string",),
    ),
    "id": Reading("ID", {"duckdb": "text", "spark": "string"}, _id(), ("string",)),
    "integer": Reading(
        "整数",
        _both("integer"),
        _written(_NUMBER, _both(f"try_cast({_cast(18, 0)} as integer)")),
        _NUMBERS,
    ),
    "number": Reading("数値", _both("decimal(18,4)"), _decimal(18, 4), _NUMBERS),
    # in the company's currency: rounded to its minor unit
    "money": Reading(
        "金額", _both("decimal(18,2)"), _written(_NUMBER, _both(_MONEY)), _NUMBERS, True
    ),
    # in the record's own currency, which may have decimals where the company's has none
    "amount": Reading(
        "金額",
        _both("decimal(18,2)"),
        _written(_NUMBER, _both(_MONEY.replace("<decimals>", "2"))),
        _NUMBERS,
        True,
    ),
    # money is multiplied by it
    "exchange_rate": Reading("為替レート", _both("decimal(18,8)"), _decimal(18, 8), _NUMBERS, True),
    "rate": Reading("率", _both("decimal(9,6)"), _decimal(9, 6), _NUMBERS),
    "percent": Reading(
        "百分率", _both("decimal(9,6)"), _written(_NUMBER, _both(_PERCENT)), _NUMBERS
    ),
    "date": Reading(
        "日付", _both("date"), _written(f"{_DATE}({_TIME}({_OFFSET})?)?", _both(_DAY)), ("date",)
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


def is_blank(text: str) -> str:
    """SQL that says whether ``text`` (an SQL expression) holds nothing."""
    return f"coalesce({BARE['duckdb'].replace('<text>', text)}, '') = ''"


def is_unreadable(text: str, reads_as: str) -> str:
    """SQL that says whether there is text that cannot be read so."""
    return f"({READINGS[reads_as].read(text)}) is null and not {is_blank(text)}"
