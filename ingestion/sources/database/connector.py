"""A company's own database: one table or view an entity, read-only, page by page in (cursor, key) order.

Any database SQLAlchemy has a dialect for. The catalogue entry is named after the input entity it feeds
and lands under that entity's column names, so the entity's contract applies as it does to dropped files.
Each page is a short transaction of its own: nothing is held open while pages are written.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
)

from ingestion.catalogue import CatalogueObject
from ingestion.sources.base import Known, Source
from ingestion.sources.sweep import Sweep
from ingestion.text_table import fold, to_text
from runtime.errors import AuthenticationError, CatalogueError, SchemaError, SourceError
from runtime.records import RESERVED_COLUMNS, Connection, Page, Window
from runtime.redaction import redact

logger = logging.getLogger(__name__)

PAGE_ROWS = 5_000
MAX_ATTEMPTS = 4
MESSAGE_LENGTH = 300
# Of a row changed at another time than between these no window is sure to come.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = timedelta(days=366)  # after the end of a window
# Said to every new connection, so that nothing we send can change a row.
READ_ONLY = {
    "postgresql": "set session characteristics as transaction read only",
    "mysql": "set session transaction read only",
    "mariadb": "set session transaction read only",
    "sqlite": "pragma query_only = on",
}
# A page is a short read: a statement that takes longer waits for a lock or scans for want of an index.
LONGEST_STATEMENT = {"postgresql": "set statement_timeout = '30min'"}
# What a driver says of a cell that its Python type cannot hold: PostgreSQL's infinity, a word in SQLite's date column.
NO_VALUE_OF_PYTHON = (sa.exc.DataError, ValueError, TypeError, ArithmeticError)
_Answer = TypeVar("_Answer")
REFUSALS = ("authentication failed", "access denied", "login failed", "no pg_hba.conf")


class Database(Source):
    """Reads one table at a time.

    ``connection.host`` is an SQLAlchemy URL without user and password
    (``postgresql+psycopg://db.example.jp:5432/product``). ``connection.extra``:
        timezone: IANA zone of dates and of timestamps that carry none (default UTC).
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._secrets = {connection.password} - {""}
        self._zone = ZoneInfo(connection.extra.get("timezone", "UTC"))
        self.sleep = time.sleep
        try:
            url = sa.make_url(connection.host)
            if connection.login:
                url = url.set(username=connection.login, password=connection.password or None)
            self._secrets |= {str(url.password)} if url.password else set()
            self._engine = sa.create_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
        except (SQLAlchemyError, ImportError, TypeError) as error:
            raise SourceError(
                "database",
                "connection",
                f"its host is no usable SQLAlchemy URL ({type(error).__name__})",
                "write e.g. postgresql+psycopg://host:5432/name as host of `database_default`",
            ) from None
        for said in (READ_ONLY, LONGEST_STATEMENT):
            if statement := said.get(self._engine.dialect.name):
                sa.event.listen(self._engine, "connect", partial(_say, statement))

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every row of ``entry`` whose cursor lies in ``window``; all rows if it has no cursor.

        Rows without a cursor or key value, or with a cursor that no window comes to (``infinity``, a
        year that nobody can mean), come with every extraction, and the contract decides about them.

        Raises:
            CatalogueError: the entry names no table, key or cursor that can be used.
            SourceError: the database cannot be reached or refuses; a required table is missing.
            SchemaError: a column the entry names is not in the table.
        """
        try:
            yield from self._extract(entry, window)
        finally:
            self._engine.dispose()

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield what `extract` would; when a comparison is due, also what differs from the lake:
        tombstones of rows that are gone, and rows that the windows missed.

        Raises:
            CatalogueError, SourceError, SchemaError: see `extract`.
        """
        yield from self.extract(entry, window)
        if known.compare and window.start:
            try:
                yield from self._differences(entry, window.start, known)
            finally:
                self._engine.dispose()

    def contents(self) -> str:
        """The tables and views the user sees."""
        inspector = self._ask("tables", lambda: sa.inspect(self._engine))
        names = sorted(inspector.get_table_names() + inspector.get_view_names())
        return f"tables and views: {', '.join(names) or 'none'}"

    def _extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        table = self._table(entry)
        if table is None:
            return
        columns = _columns(entry, table)
        self.fields = list(columns)
        keys = [columns[name] for name in entry.key]
        scope, order = [], keys
        if entry.cursor:
            cursor = columns[entry.cursor]
            moments = (window.start, window.end, EARLIEST, window.end + LATEST)
            start, end, earliest, latest = (self._bound(entry, cursor, m) for m in moments)
            scope, order = [cursor < end], [cursor, *keys]
            scope += [cursor >= start] if start is not None else []
        # Comparisons with null are never true: such rows would be lost without a word.
        nowhere = sa.or_(*(column.is_(None) for column in order))
        if entry.cursor:
            nowhere = sa.or_(nowhere, cursor < earliest, cursor >= latest)
        select = sa.select(*(column.label(name) for name, column in columns.items()))
        labels = [entry.cursor, *entry.key] if entry.cursor else list(entry.key)

        unplaced = self._rows(entry, select.where(nowhere), typed=())
        if unplaced:
            logger.warning(
                "database / %s: %d rows whose cursor or key places them nowhere, read every day",
                *(entry.object, len(unplaced)),
            )
            yield Page([_as_landed(row) for row in unplaced])
        last: list[Any] | None = None
        while True:
            after = [_beyond(order, last)] if last else []
            page = select.where(*scope, *after, ~nowhere).order_by(*order).limit(PAGE_ROWS)
            rows = self._rows(entry, page, typed=labels)
            if rows:
                yield Page([_as_landed(row) for row in rows])
            if len(rows) < PAGE_ROWS:
                return
            last = [rows[-1][label] for label in labels]

    def _differences(self, entry: CatalogueObject, start: datetime, known: Known) -> Iterator[Page]:
        table = self._table(entry)
        if table is None:
            return
        columns = _columns(entry, table)
        names = [*entry.key, *([entry.cursor] if entry.cursor else [])]
        sweep = Sweep(known.live(), entry.key, entry.cursor)
        for rows in self._in_key_order(entry, {name: columns[name] for name in names}):
            sweep.see([{name: to_text(value) for name, value in row.items()} for row in rows])
        for chunk in sweep.vanished():
            logger.warning("database / %s: %d rows are gone", entry.object, len(chunk))
            yield Page(
                [dict(zip(names, gone, strict=False)) | {"_is_deleted": True} for gone in chunk]
            )
        if not entry.cursor:
            return
        before = _as_read_back(self._bound(entry, columns[entry.cursor], start))
        missed = {key for chunk in sweep.missed(before) for key in chunk}
        if not missed:
            return
        logger.warning("database / %s: %d rows were missed", entry.object, len(missed))
        # Their keys are text here: no comparison with the column's own type is sure in every database.
        for rows in self._in_key_order(entry, columns):
            found = [row for row in rows if tuple(to_text(row[n]) for n in entry.key) in missed]
            if found:
                yield Page(found)

    def _in_key_order(
        self, entry: CatalogueObject, columns: dict[str, sa.Column]
    ) -> Iterator[list[dict[str, Any]]]:
        keys = [columns[name] for name in entry.key]
        select = sa.select(*(column.label(name) for name, column in columns.items()))
        select = select.where(*(key.is_not(None) for key in keys)).order_by(*keys).limit(PAGE_ROWS)
        page = select
        while True:
            rows = self._rows(entry, page, typed=entry.key)
            if rows:
                yield [_as_landed(row) for row in rows]
            if len(rows) < PAGE_ROWS:
                return
            page = select.where(_beyond(keys, [rows[-1][name] for name in entry.key]))

    def _table(self, entry: CatalogueObject) -> sa.Table | None:
        if not entry.reads or not entry.key:
            raise CatalogueError(
                f"objects.yml: database.{entry.object} needs `reads` and `key`",
                "name the table or view and the columns that identify a row of it",
            )
        schema, _, name = entry.reads.rpartition(".")

        def reflect() -> sa.Table:
            return sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=self._engine)

        try:
            return self._ask(entry.object, reflect)
        except sa.exc.NoSuchTableError:
            if entry.required:
                raise SourceError(
                    "database",
                    entry.object,
                    f"there is no table {entry.reads} that our user may see",
                    "grant select on it, or change `reads` in objects.yml",
                ) from None
        logger.warning("database / %s: no table %s, nothing read", entry.object, entry.reads)
        return None

    def _bound(self, entry: CatalogueObject, cursor: sa.Column, moment: datetime | None) -> Any:
        """``moment`` as the cursor's type compares it."""
        if moment is None:
            return None
        if isinstance(cursor.type, sa.DateTime):
            if getattr(cursor.type, "timezone", False):
                return moment
            return moment.astimezone(self._zone).replace(tzinfo=None)
        if isinstance(cursor.type, sa.Date):
            return moment.astimezone(self._zone).date()
        raise CatalogueError(
            f"objects.yml: database.{entry.object}: the cursor {entry.cursor} is a {cursor.type}",
            "name a date or timestamp column, or no cursor to read the whole table every day",
        )

    def _rows(
        self, entry: CatalogueObject, select: sa.Select, typed: Iterable[str]
    ) -> list[dict[str, Any]]:
        """Rows of a select; if Python cannot hold a value, all but ``typed``, by which pages go on, as text."""

        def fetch() -> list[dict[str, Any]]:
            with self._engine.connect() as connection:
                try:
                    found = connection.execute(select).mappings().all()
                except NO_VALUE_OF_PYTHON:
                    connection.rollback()
                    as_text = _as_text(select, set(typed))
                    found = connection.execute(as_text).mappings().all()
                return [dict(row) for row in found]

        return self._ask(entry.object, fetch)

    def _ask(self, object_name: str, question: Callable[[], _Answer]) -> _Answer:
        """Call ``question``, again if the connection broke; a page can always be asked for again."""

        def warn(state: RetryCallState) -> None:
            said = self._said(state.outcome.exception())
            logger.warning("database / %s: %s; asking again", object_name, said)

        ask = Retrying(
            retry=retry_if_exception(_is_broken_off),
            wait=wait_exponential(),
            stop=stop_after_attempt(MAX_ATTEMPTS),
            sleep=self.sleep,
            before_sleep=warn,
            reraise=True,
        )
        try:
            return ask(question)
        except sa.exc.NoSuchTableError:
            raise
        except SQLAlchemyError as error:
            said = self._said(error)
            refused = any(word in said.lower() for word in REFUSALS)
            kind = AuthenticationError if refused else SourceError
            raise kind(
                "database",
                object_name,
                said,
                "check host, login and grants of the Airflow connection `database_default`",
            ) from None

    def _said(self, error: SQLAlchemyError) -> str:
        # The driver's own first line; SQLAlchemy's text adds statements and links.
        cause = getattr(error, "orig", None) or error
        line = (str(cause).strip().splitlines() or [""])[0]
        return redact(f"{type(cause).__name__}: {line}", self._secrets)[:MESSAGE_LENGTH]


def _is_broken_off(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _say(statement: str, raw: Any, _: Any) -> None:
    cursor = raw.cursor()
    cursor.execute(statement)
    cursor.close()
    raw.commit()


def _as_read_back(bound: datetime | date) -> datetime:
    """A bound as the sweep reads cursors back from their text: what has no zone counts as UTC there."""
    if not isinstance(bound, datetime):
        bound = datetime.combine(bound, time_of_day())
    return bound if bound.tzinfo else bound.replace(tzinfo=UTC)


def _columns(entry: CatalogueObject, table: sa.Table) -> dict[str, sa.Column]:
    """Landed name → column: the entry's choice, or all under their own names."""
    chosen = entry.columns or {name: name for name in table.columns.keys()}  # noqa: SIM118
    missing = [name for name in chosen.values() if name not in table.columns]
    order = [*entry.key, *([entry.cursor] if entry.cursor else [])]
    missing += [name for name in order if name not in chosen]
    if missing:
        raise SchemaError(
            "database",
            entry.object,
            f"{entry.reads} has no column {', '.join(missing)}",
            "compare `columns`, `key` and `cursor` in objects.yml with the table",
        )
    reserved = [name for name in chosen if fold(name) in RESERVED_COLUMNS]
    if reserved:
        # a text 'f' in _is_deleted, for one, would delete the row
        raise SchemaError(
            "database",
            entry.object,
            f"{entry.reads} has columns with names we use ourselves: {', '.join(reserved)}",
            "list the others under `columns` in objects.yml",
        )
    return {name: table.columns[column] for name, column in chosen.items()}


def _as_text(select: sa.Select, ordering: set[str]) -> sa.Select:
    """The same rows as the database writes them: their cells are judged as text anyhow."""
    columns = (
        column if column.name in ordering else sa.cast(column.element, sa.Text).label(column.name)
        for column in select.selected_columns
    )
    return select.with_only_columns(*columns)


def _beyond(order: list[sa.Column], last: list[Any]) -> sa.ColumnElement[bool]:
    """Rows after ``last`` in ``order``, written out since not every database compares tuples."""
    column, value = order[0], last[0]
    if len(order) == 1:
        return column > value
    return sa.or_(column > value, sa.and_(column == value, _beyond(order[1:], last[1:])))


def _as_landed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in row.items()}


def _as_json(value: Any) -> Any:
    """A driver's value as JSON would hold it: what JSON has no type for as text, nothing rounded."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | tuple):
        return orjson.dumps(value, default=_as_json).decode()
    return str(value)
