"""The findings among an object's landed rows: which row, which key, which cell, how much money."""

from collections.abc import Iterator

import duckdb

from expectations.contracts import Column, Contract, Rule
from expectations.reading import READINGS
from ingestion.catalogue import CatalogueObject
from runtime.findings import Finding
from runtime.sql import identifier

SHOWN_CHARACTERS = 40
CURRENCY_COLUMNS = ("currency", "CurrencyIsoCode")
HELD_BACK = (
    "its rows are held back, see the quarantine: mend them at the source, or drop the file again "
    "/ 該当行は隔離中。ソースを修正するか、ファイルを再投入してください。"
)
LOST_CELL = (
    "the cell is empty in the models: mend it at the source / "
    "該当セルは空として扱われます。ソースを修正してください。"
)
AS_IT_CAME = "the rows count as they came: look whether they are meant / そのまま集計されています。内容を確認してください。"


def place() -> str:
    """SQL for where a landed row is: its file, else its page."""
    return "coalesce(_source_file, 'page ' || _page)"


def key_hash(entry: CatalogueObject) -> str:
    """SQL for what tells a row's record, the same in each of its versions; null without a key."""
    if not entry.key:
        return "null::varchar"
    return f"md5({' || chr(31) || '.join(f'trim({identifier(name)})' for name in entry.key)})"


def row_findings(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    entry: CatalogueObject,
    rule: Rule,
    rows: str,
    what_to_do: str,
    holds_back: bool = False,
) -> Iterator[Finding]:
    """One finding a row that broke ``rule``.

    Args:
        rows: SQL relation of these rows, with every column of the contract.
        what_to_do: for whoever can mend it, ``EN / JA``.
        holds_back: the rows are in no number.
    """
    money = money_column(contract)
    amount = f"({READINGS[money.reads_as].read(identifier(money.name))})" if money else "null"
    currency = _currency(contract) if money else "''"
    english, _, japanese = rule.description.partition(" / ")
    message = f"Not met: {english} / 満たさない規則：{japanese}"
    found = connection.execute(
        f"""
        select {place()}, {shown_key(contract, entry)}, coalesce({key_hash(entry)}, ''),
            {_shown_value(contract, rule)}, {amount}::decimal(38, 2), {currency}
        from {rows} as broken order by _row
        """
    )
    while chunk := found.fetchmany(10_000):
        for where, key, digest, value, amount_of_row, currency_of_row in chunk:
            yield Finding(
                rule=rule.name,
                source=entry.source,
                object=entry.object,
                message=message,
                what_to_do=what_to_do,
                place=where,
                column=rule.column or "",
                key=key,
                key_hash=digest,
                value=value,
                holds_back=holds_back,
                amount=amount_of_row,
                currency=currency_of_row if amount_of_row is not None else "",
            )


def _shown_value(contract: Contract, rule: Rule) -> str:
    if rule.shows:
        return rule.shows
    if rule.column not in contract.shown_columns:
        return "''"
    return f"coalesce(left({identifier(rule.column)}, {SHOWN_CHARACTERS}), '')"


def shown_key(contract: Contract, entry: CatalogueObject) -> str:
    """SQL for how a landed row is called: by its key where that may be shown, else by its number."""
    key = [column for column in contract.columns if column.name in entry.key]
    row = "'row ' || _row"
    if not key or any(column.is_personal for column in key):
        return row
    return f"coalesce({' || chr(47) || '.join(identifier(column.name) for column in key)}, {row})"


def money_column(contract: Contract) -> Column | None:
    """The column whose sum is the feed's money: the contract's property ``finding_amount``."""
    return next((c for c in contract.columns if c.properties.get("finding_amount")), None)


def _currency(contract: Contract) -> str:
    names = [c.name for c in contract.columns if c.name in CURRENCY_COLUMNS]
    return f"coalesce(upper(trim({identifier(names[0])})), '')" if names else "''"
