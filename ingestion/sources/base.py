"""What a connector gets and gives: a connection, a window, pages of records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ingestion.catalogue import CatalogueObject


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


class Source(Protocol):
    """A vendor module's class: one instance a task, one object at a time."""

    def __init__(self, connection: Connection) -> None: ...

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed in ``window``; raises SourceError."""
        ...
