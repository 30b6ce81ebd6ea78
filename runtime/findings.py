"""Findings: whatever is refused, held back, passed over, assumed or unmatched, kept until it is made good.

One Parquet file a scope (an object of a source, or the build) beside the audit results, replaced whole by
whoever looks at that scope: an open finding stays in it, one that was made good stays for 90 days more.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from runtime.errors import StateError
from runtime.files import replacing, write_atomically
from runtime.redaction import printable

FindingSeverity = Literal["incomplete", "warn"]
BUILD_SCOPE = "build"
KEPT_DAYS = 90
SHOWN_KEYS = 20
SHOWN_VALUES = 5
_ACCEPTED = "_accepted.json"


@dataclass(frozen=True)
class Finding:
    """One row, file or object that is not, or not as it came, in the numbers.

    Attributes:
        rule: short name of what was found, in snake case; the same wherever the same thing is found.
        source, object: the feed: `salesforce`, `OrderItem`; of the build: the source system and the entity.
        message: what happened, ``EN / JA``; one text for all findings of a rule and place.
        what_to_do: for whoever can mend it, ``EN / JA``.
        severity: ``incomplete``: the numbers lack something they should have.
        place: file (path below the drop root) or page; empty = the whole object.
        column: the column it is about, if it is about one.
        key: key of the record as it is shown; never a person's.
        key_hash: MD5 of the key's text, by which a later version of the record makes the finding good;
            empty = only the place can be made good.
        holds_back: its rows are in no number; counted against ``max_held_back_share``.
        rows: how many rows it stands for; 0 = all of a file or object, whose number is not known.
        value: what stood there, of a column that is not personal; up to 40 characters.
        amount: money of these rows, None if they have none or it cannot be read.
        currency: ISO 4217 code of ``amount``.
    """

    rule: str
    source: str
    object: str
    message: str
    what_to_do: str
    severity: FindingSeverity = "warn"
    place: str = ""
    column: str = ""
    key: str = ""
    key_hash: str = ""
    value: str = ""
    holds_back: bool = False
    rows: int = 1
    amount: Decimal | None = None
    currency: str = ""


SCHEMA = pa.schema(
    {
        "rule": pa.string(),
        "source": pa.string(),
        "object": pa.string(),
        "message": pa.string(),
        "what_to_do": pa.string(),
        "severity": pa.string(),
        "place": pa.string(),
        "column": pa.string(),
        "key": pa.string(),
        "key_hash": pa.string(),
        "value": pa.string(),
        "holds_back": pa.bool_(),
        "rows": pa.int64(),
        "amount": pa.decimal128(38, 2),
        "currency": pa.string(),
        "business_date": pa.date32(),
        "run_id": pa.string(),
        "closed_on": pa.date32(),
    }
)

# One row a business date, source, object, place, column and rule: what `ops.finding` and every reader show.
_GROUPED = f"""
    with grouped as (
        select
            business_date, source, object, place, "column" as column_name, rule, currency,
            closed_on is not null as is_made_good,
            max(case when severity = 'incomplete' then 1 else 0 end) = 1 as is_incomplete,
            any_value(message) as message, any_value(what_to_do) as what_to_do,
            sum("rows")::bigint as row_count, sum(amount) as amount,
            (list(distinct key order by key) filter (where key <> ''))[:{SHOWN_KEYS}] as keys,
            (list(distinct value order by value) filter (where value <> ''))[:{SHOWN_VALUES}] as found_values,
            md5(string_agg(concat_ws('|', key, key_hash, "rows", amount), ',' order by key, key_hash, "rows", amount))
                as content,
            max(closed_on) as closed_on
        from found
        group by all
    )
    select
        left(md5(concat_ws('|', business_date, source, object, place, column_name, rule, currency)), 10) as finding_id,
        business_date, source, object, place, column_name, rule,
        case when is_incomplete then 'incomplete' else 'warn' end as severity,
        case when is_made_good then 'made_good' else 'open' end as status,
        row_count, amount, currency, coalesce(array_to_string(keys, ', '), '') as keys,
        coalesce(array_to_string(found_values, ', '), '') as found_values,
        message, what_to_do, closed_on, content
    from grouped
    order by is_made_good, is_incomplete desc, business_date desc, source, object, place, column_name, rule, currency
"""


class FindingStore:
    """The findings of a state folder.

    Args:
        folder: where the files are; created at the first finding.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, scope: str) -> pa.Table:
        """All rows of a scope (SCHEMA), made good or not.

        Raises:
            StateError: the file is damaged.
        """
        path = self._path(scope)
        if not path.exists():
            return SCHEMA.empty_table()
        try:
            return pq.read_table(path).cast(SCHEMA)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise StateError(
                f"{path} is damaged: {error}",
                "delete it: what is still open is found again when its source is read with FORCE=1 (in Airflow: force)",
            ) from error

    def record(
        self,
        scope: str,
        found: Iterable[Finding],
        day: date,
        replaces: Callable[[dict[str, Any]], bool],
        run_id: str = "",
    ) -> list[dict[str, Any]]:
        """Add what was found to a scope and close what that replaces; doing it twice changes nothing.

        What is found again was never made good: it stays open since the day it was found first.

        Args:
            day: business date of whoever looked.
            replaces: says of an open row (SCHEMA) whether this look has judged it anew.
            run_id: the extraction that was looked at; its own earlier rows are dropped.

        Returns:
            The open rows of the scope.
        """
        new = to_rows(found, day, run_id)
        again = {_identity(row) for row in new}
        since: dict[tuple, date] = {}
        kept = []
        for row in self.read(scope).to_pylist():
            is_own = bool(run_id) and row["run_id"] == run_id
            if row["closed_on"] is None and (is_own or replaces(row)):
                if _identity(row) in again:
                    since[_identity(row)] = row["business_date"]
                if is_own or _identity(row) in again:
                    continue
                row["closed_on"] = day
            if row["closed_on"] is None or row["closed_on"] > day - timedelta(days=KEPT_DAYS):
                kept.append(row)
        for row in new:
            row["business_date"] = since.get(_identity(row), day)
        rows = [*kept, *new]
        path = self._path(scope)
        if rows or path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary:
                table = pa.Table.from_pylist(rows, schema=SCHEMA)
                pq.write_table(table, temporary, compression="zstd")
        return [row for row in rows if row["closed_on"] is None]

    def scopes(self) -> list[str]:
        """Scopes that have a file."""
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def grouped(self) -> pa.Table:
        """One row a finding, as `ops.finding` shows it: open ones first, then those made good.

        Columns: finding_id, business_date (when it was found), source, object, place, column_name, rule,
        severity, status (``open``, ``accepted``, ``made_good``), row_count, amount, currency, keys (up to 20), found_values
        (up to 5), message, what_to_do, closed_on.
        """
        grouped = self._grouped()
        accepted = self._accepted()
        status = [
            "accepted" if state == "open" and accepted.get(number) == content else state
            for number, state, content in zip(
                *(grouped.column(name).to_pylist() for name in ("finding_id", "status", "content")),
                strict=True,
            )
        ]
        position = grouped.column_names.index("status")
        return grouped.set_column(position, "status", pa.array(status, pa.string())).drop_columns(
            ["content"]
        )

    def open(self) -> list[dict[str, Any]]:
        """Findings neither made good nor accepted, the incomplete ones first."""
        return [row for row in self.grouped().to_pylist() if row["status"] == "open"]

    def accept(self, finding_ids: Iterable[str]) -> None:
        """Let findings stand as they are now; an acceptance lapses when its finding changes.

        Raises:
            StateError: there is no such open finding.
        """
        is_open = {
            row["finding_id"]: row["content"]
            for row in self._grouped().to_pylist()
            if row["status"] == "open"
        }
        accepted = self._accepted()
        for number in finding_ids:
            if number not in is_open:
                raise StateError(
                    f"ACCEPT: {number} is no open finding",
                    f"open are: {', '.join(is_open) or 'none'}",
                )
            accepted[number] = is_open[number]
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / _ACCEPTED, json.dumps(accepted, indent=1))

    def _grouped(self) -> pa.Table:
        tables = [self.read(scope) for scope in self.scopes()]
        with duckdb.connect() as connection:
            connection.register("found", pa.concat_tables([SCHEMA.empty_table(), *tables]))
            return connection.execute(_GROUPED).to_arrow_table()

    def _accepted(self) -> dict[str, str]:
        path = self.folder / _ACCEPTED
        try:
            accepted = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        except ValueError:
            accepted = None
        if not isinstance(accepted, dict):
            raise StateError(
                f"{path} is damaged: it is no list of accepted findings",
                "restore it from a backup, or delete it and accept again (ACCEPT=)",
            )
        return accepted

    def _path(self, scope: str) -> Path:
        return self.folder / f"{scope}.parquet"


def to_rows(findings: Iterable[Finding], business_date: date, run_id: str) -> list[dict[str, Any]]:
    """Findings as rows of a scope (SCHEMA), open since ``business_date``."""
    return [
        asdict(finding) | {"business_date": business_date, "run_id": run_id, "closed_on": None}
        for finding in findings
    ]


def is_of_object(row: dict[str, Any]) -> bool:
    """Whether a row is about its object as a whole, which every look at it judges anew."""
    return not row["place"] and not row["key_hash"]


def describe(row: dict[str, Any]) -> str:
    """A finding (a row of `FindingStore.grouped`) in one line."""
    where = f"{row['source']}.{row['object']}" if row["object"] else row["source"]
    where += f" {row['place']}" if row["place"] else ""
    count = f"{row['row_count']:,} row{'s' if row['row_count'] != 1 else ''}"
    if not row["row_count"]:
        count = "all rows"
    if row["amount"] is not None:
        count += f", {row['amount']:,.2f} {row['currency']}".rstrip()
    keys = f" [{row['keys']}]" if row["keys"] else ""
    found = f" found: {row['found_values']}" if row["found_values"] else ""
    return printable(
        f"{row['finding_id']} {where}: {row['rule']}: {count}{keys}{found}: {row['message']}"
    )


def _identity(row: dict[str, Any]) -> tuple:
    return tuple(row[name] for name in ("rule", "place", "column", "key", "key_hash", "currency"))


def scope_of(source: str, object_name: str) -> str:
    """The scope of a feed; a folder of dropped files may have any name, a file of ours may not."""
    name = f"{source}.{object_name}"
    plain = all(letter.isalnum() or letter in "._-" for letter in name) and name.isascii()
    return name if plain and len(name) < 100 else hashlib.md5(name.encode()).hexdigest()
