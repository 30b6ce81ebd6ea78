"""What a connector is, and what helps it compare and page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from ingestion.catalogue import CatalogueObject
from runtime.errors import SourceError
from runtime.records import Connection, Page, Window


@dataclass(frozen=True)
class Known:
    """What the lake holds of an object, for a source that compares (its `update`).

    Attributes:
        fields: the fields the source had when it was last read; None if that is not known.
        compare: whether everything the lake holds is to be compared with the vendor this time.
        live: gives the live records: their key fields and ``cursor``, as text.
    """

    fields: frozenset[str] | None
    compare: bool
    live: Callable[[], pa.Table]


class Positions:
    """Where a paging loop has been: one place seen twice would make it endless.

    Args:
        source, object_name: what is read, for the message.
    """

    def __init__(self, source: str, object_name: str) -> None:
        self._source, self._object_name = source, object_name
        self._seen: set[Any] = set()

    def go_to(self, position: Any) -> Any:
        """``position`` (hashable); raises SourceError if the vendor sends us there a second time."""
        if position in self._seen:
            raise SourceError(
                self._source,
                self._object_name,
                "the same page is given again and again",
                "run again later",
            )
        self._seen.add(position)
        return position


class Source(Protocol):
    """A vendor module's class: one instance a task, one object at a time."""

    def __init__(self, connection: Connection) -> None: ...

    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed in ``window``; raises SourceError."""
        ...


class ComparingSource(Source, Protocol):
    """A source that can find what its windows cannot show: vanished records, silent changes.

    ``fields`` are the names it read last, to be handed back as `Known.fields`.
    """

    fields: list[str]

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield what `extract` would, and whatever else differs from what is known."""
        ...
