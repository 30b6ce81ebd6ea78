"""Records as tables of text: what a run's Parquet parts hold, every field under its own name and as it came."""

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson
import pyarrow as pa

from ingestion.catalogue import CatalogueObject
from runtime.errors import SchemaError
from runtime.records import RESERVED_COLUMNS, Page

SCALARS = frozenset({int, float, bool, type(None)})
LONGEST_COLUMN = 200  # characters of a column's
SIGNS = frozenset(" _-./()\u3000＿－．／（）")
TECHNICAL_COLUMNS = {
    "_extracted_at": pa.timestamp("us", tz="UTC"),
    "_run_id": pa.string(),
    "_source_file": pa.string(),
    "_page": pa.int32(),
    "_row": pa.int64(),
    "_is_deleted": pa.bool_(),
}


def to_text(value: Any) -> str | None:
    """A source value as text: strings as they are, everything else as JSON prints it, null as None."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def to_text_table(
    page: Page, number: int, first_row: int, run_id: str, extracted_at: datetime
) -> pa.Table:
    """A page's records as a table of text columns, the technical ones after them.

    Args:
        page: at least one record.
        number: the page's number in the run.
        first_row: number of the run's rows before these.
        run_id: the run.
        extracted_at: start of the extraction, aware UTC.
    """
    records, count = page.records, len(page.records)
    columns = {name: _text_array(values) for name, values in _by_column(records).items()}
    constant = {
        "_extracted_at": extracted_at,
        "_run_id": run_id,
        "_source_file": page.source_file,
        "_page": number,
    }
    technical = {
        name: pa.repeat(pa.scalar(value, TECHNICAL_COLUMNS[name]), count)
        for name, value in constant.items()
    }
    technical["_row"] = pa.array(range(first_row, first_row + count), pa.int64())
    technical["_is_deleted"] = pa.array(bool(record.get("_is_deleted")) for record in records)
    # Not one dictionary: a source's field of such a name would be overwritten without a word.
    arrays = [*columns.values(), *technical.values()]
    return pa.Table.from_arrays(arrays, names=[*columns, *technical])


def _by_column(records: list[dict[str, Any]]) -> dict[str, Sequence[Any]]:
    """Field → its values, None where a record lacks it; ``_is_deleted`` left out."""
    columns = _by_column_if_alike(records)
    if columns is None:
        names = dict.fromkeys(chain.from_iterable(records))
        columns = {name: [record.get(name) for record in records] for name in names}
    columns.pop("_is_deleted", None)
    return columns


def _by_column_if_alike(records: list[dict[str, Any]]) -> dict[str, Sequence[Any]] | None:
    """The same in one pass if every record has every field, as most vendors' pages do; else None."""
    names = list(records[0])
    if len(names) < 2 or sum(map(len, records)) != len(names) * len(records):
        return None
    try:
        return dict(zip(names, zip(*map(itemgetter(*names), records), strict=True), strict=True))
    except KeyError:
        return None


def fold(name: str) -> str:
    """A column's name as the warehouse compares it: A and a are the same, Ａ and ａ are not."""
    return name.encode().lower().decode()


@lru_cache(100_000)
def column_name(name: str) -> str:
    """The name under which a source's column lands: its own, or a safe one.

    A name may have letters and digits of any script, spaces and ``_ - . / ( )``, full-width ones too, up to
    LONGEST_COLUMN characters. Of any other these are kept, and a hash tells it from others.
    """
    fits = [letter in SIGNS or unicodedata.category(letter)[0] in "LMN" for letter in name]
    if name and all(fits) and len(name) <= LONGEST_COLUMN:
        return name
    kept = "".join(letter if fit else "_" for letter, fit in zip(name, fits, strict=True))
    digest = hashlib.md5(fold(name).encode()).hexdigest()[:8]
    return f"{kept[:100]}_{digest}"


def _text_array(values: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except pa.ArrowTypeError:
        if SCALARS.issuperset(map(type, values)):
            # One call for all of them instead of one each; numbers and booleans hold no comma.
            texts = orjson.dumps(values)[1:-1].decode().split(",")
            return pa.array([None if text == "null" else text for text in texts], pa.string())
        return pa.array([to_text(value) for value in values], pa.string())


def spelled_as_first_seen(
    entry: CatalogueObject,
    table: pa.Table,
    spelling: dict[str, str],
    renamed: dict[str, str],
) -> pa.Table:
    """``table`` with every column under a name that may be one, spelled as on the run's earlier pages.

    The warehouse does not tell upper from lower case, so `Region__c` and `region__c` of two pages are one column.

    Args:
        spelling: folded name → name, of the pages before; the new ones are added.
        renamed: name under which it lands → the source's own, of columns that may not have theirs; likewise.

    Raises:
        SchemaError: one page has two such columns, which would be mixed up, or one of a technical column's name.
    """
    written = table.column_names[: -len(TECHNICAL_COLUMNS)]
    names = [*map(column_name, written)]
    for name, own in zip(names, written, strict=True):
        if name != own:
            renamed.setdefault(name, own)
    reserved = sorted(name for name in names if fold(name) in RESERVED_COLUMNS)
    if reserved:
        raise SchemaError(
            entry.source,
            entry.object,
            f"fields with names we use ourselves: {', '.join(reserved)}",
            "rename them at the source, or read a view without them",
        )
    if len({fold(name) for name in names}) < len(names):
        doubled = sorted(n for n in names if [fold(m) for m in names].count(fold(n)) > 1)
        raise SchemaError(
            entry.source,
            entry.object,
            f"fields that differ only in upper and lower case: {', '.join(doubled)}",
            "rename one of them at the source",
        )
    for name in names:
        spelling.setdefault(fold(name), name)
    return table.rename_columns([*(spelling[fold(name)] for name in names), *TECHNICAL_COLUMNS])
