"""What a source gets and gives: a connection, a window, pages of records."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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


@dataclass
class Page:
    """One page of an API, or one chunk of a file.

    ``records`` are the vendor's own objects; a deleted one carries ``"_is_deleted": True`` beside
    its fields. ``source_file`` is set for file drops (path below the drop root).
    """

    records: list[dict[str, Any]]
    source_file: str | None = None
