"""How text is read as a type: one SQL template a type and engine.

The check of what lands (raw_rules.py) and the generated dbt macro `read_text` are both made from it, so
that what the check lets through is what staging reads. Text that cannot be read is null, never an
error: the written form is judged first, then it is cast to the physical type and its range.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations import reading_sql as sql
from expectations.reading_sql import BARE, Sql
from runtime.sql import literal

# dbt's vars that say what text means (docs/decisions/sources.md#readable-text), beside the reporting currency.
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
            dates lie, ``<no_ends>`` and ``<no_values>`` for the lists of texts that stand for no end
            and for nothing.
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
        f"create macro no_value_texts() as [{texts['no_value_texts']}]::varchar[]",
        f"create macro no_end_texts() as [{texts['no_end_texts']}]::varchar[]",
    ]


_DEFINED = {
    "<zone>": "UTC",
    "<decimals>": "2",
    "<currency>": "reporting_currency()",
    "<first_year>": "first_date_year()",
    "<end_year>": "end_of_date_years()",
    "<no_ends>": "no_end_texts()",
    "<no_values>": "no_value_texts()",
}


def _checked(sql: str, text: str) -> str:
    for placeholder, defined in _DEFINED.items():
        sql = sql.replace(placeholder, defined)
    return sql.replace("<bare>", BARE["duckdb"]).replace("<text>", text)


_INSTANT: Sql = {"duckdb": "timestamptz", "spark": "timestamp"}
_NUMBERS = ("integer", "number")
READINGS: dict[str, Reading] = {
    "text": Reading(
        "テキスト",
        {"duckdb": "text", "spark": "string"},
        sql.both("nullif(trim(<text>), '')"),
        ("string",),
    ),
    "id": Reading("ID", {"duckdb": "text", "spark": "string"}, sql.record_id(), ("string",)),
    "integer": Reading(
        "整数",
        sql.both("integer"),
        sql.numeric(sql.whole),
        _NUMBERS,
    ),
    "number": Reading(
        "数値", sql.both("decimal(18,4)"), sql.numeric(lambda decimal: decimal(18, 4)), _NUMBERS
    ),
    # in the company's currency: rounded to its minor unit
    "money": Reading("金額", sql.both("decimal(18,2)"), sql.money("<decimals>"), _NUMBERS, True),
    # in the record's own currency, which may have decimals where the company's has none
    "amount": Reading("金額", sql.both("decimal(18,2)"), sql.money(2), _NUMBERS, True),
    # money is multiplied by it
    "exchange_rate": Reading(
        "為替レート",
        sql.both("decimal(18,8)"),
        sql.numeric(lambda decimal: decimal(18, 8)),
        _NUMBERS,
        True,
    ),
    "rate": Reading(
        "率",
        sql.both("decimal(9,6)"),
        sql.numeric(
            lambda decimal: decimal(9, 6), of_percent=sql.percent(sql.decimal_of("<plain>", 9, 4))
        ),
        _NUMBERS,
    ),
    "percent": Reading(
        "百分率",
        sql.both("decimal(9,6)"),
        sql.numeric(
            lambda decimal: sql.percent(f"({decimal(9, 4)})"),
            of_percent=sql.percent(sql.decimal_of("<plain>", 9, 4)),
        ),
        _NUMBERS,
    ),
    "date": Reading(
        "日付", sql.both("date"), sql.dated(sql.FROM_FIRST_YEAR, sql.BEFORE_END), ("date",)
    ),
    "birth_date": Reading(
        "日付", sql.both("date"), sql.dated(sql.FROM_1900, sql.BEFORE_END), ("date",)
    ),
    "end_date": Reading(
        "日付",
        sql.both("date"),
        sql.dated(sql.FROM_FIRST_YEAR, sql.BEFORE_END, sql.IS_AN_END),
        ("date",),
        no_end=f"(lower(<bare>) in <no_ends> or ({sql.dated(sql.FROM_FIRST_YEAR)['duckdb']}) is not null)",
    ),
    "instant": Reading("日時", _INSTANT, sql.instant(), ("timestamp",)),
    "epoch_seconds": Reading("日時", _INSTANT, sql.epoch(6), ("integer",)),
    "epoch_milliseconds": Reading("日時", _INSTANT, sql.epoch(3), ("integer",)),
    "boolean": Reading("真偽値", sql.both("boolean"), sql.both(sql.boolean()), ("boolean",)),
    "object": Reading("JSON", {"duckdb": "text", "spark": "string"}, sql.json("{"), ("object",)),
    "array": Reading("JSON", {"duckdb": "text", "spark": "string"}, sql.json("["), ("array",)),
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


def is_shortened(text: str) -> str:
    """SQL that says whether ``text`` is an id whose last digits a spreadsheet has thrown away: 1.23457E+11."""
    bare = BARE["duckdb"].replace("<text>", text)
    return f"coalesce(regexp_full_match({bare}, '{sql.SHORTENED}'), false)"


def _is_blank(text: str) -> str:
    return f"coalesce({BARE['duckdb'].replace('<text>', text)}, '') = ''"


def _says_none(text: str) -> str:
    bare = BARE["duckdb"].replace("<text>", text)
    return f"({_is_blank(text)} or lower({bare}) in no_value_texts())"
