"""What a source gets and gives: a connection, a window, expected columns, pages of records."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Columns that we add ourselves to what lands: no source may bring one of these names.
RESERVED_COLUMNS = frozenset(
    {
        *("_extracted_at", "_run_id", "_source_file", "_page", "_row", "_is_deleted"),
        *("_business_date", "_load_id", "_rule", "_reason"),
    }
)


@dataclass(frozen=True)
class Connection:
    """Where a source is and how to sign in; filled from an Airflow connection.

    ``extra`` holds what a vendor needs beyond host, login and password (``api_version`` …).
    ``repr`` shows no secret.
    """

    host: str
    login: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    extra: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Window:
    """Half-open interval ``[start, end)`` of aware UTC datetimes; ``start`` None = from the beginning."""

    start: datetime | None
    end: datetime


@dataclass(frozen=True)
class ExpectedColumns:
    """What an entity's contract says of the columns it comes with; nothing of an unknown entity's.

    Attributes:
        required: columns that must be there.
        dates: columns that hold dates or times.
        columns: all of them.
        personal: columns whose values are, or point to, a person.
        numbers: columns that hold numbers; ``money`` those of them that hold money.
        titles: column → further names that a file may call it by.
    """

    required: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    money: list[str] = field(default_factory=list)
    titles: dict[str, list[str]] = field(default_factory=dict)

    def shown(self, column: str) -> str:
        """A column's name for a message: with the first of its further names, if there is one."""
        titles = self.titles.get(column)
        return f"{column} ({titles[0]})" if titles else column


@dataclass
class Page:
    """One page of an API, or one chunk of a file.

    ``records`` are the vendor's own objects; a deleted one carries ``"_is_deleted": True`` beside
    its fields. ``source_file`` is set for file drops (path below the drop root).
    """

    records: list[dict[str, Any]]
    source_file: str | None = None
