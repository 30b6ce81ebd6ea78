"""What a source is: the base classes of the connectors, and what helps them compare and page."""

import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import requests

from ingestion.catalogue import CatalogueObject
from ingestion.http import JsonApi
from runtime.errors import SourceError
from runtime.findings import Finding
from runtime.records import Page, Window
from runtime.settings import PROJECT_ROOT
from runtime.sources import SOURCES

# A vendor stamps a change before it commits it: what is younger may still be missing.
COMMIT_DELAY = timedelta(minutes=5)


@dataclass(frozen=True)
class Known:
    """What the lake holds of an object, for a source that compares (its `update`).

    Attributes:
        fields: the fields the source had when it was last read; None if that is not known.
        compare: whether everything the lake holds is to be compared with the vendor this time.
        live: gives the live records: their key fields and ``cursor``, as text.
        files: what is noted of each file that was read or rejected before, by its path.
        read_again: whether files are read that were read, or rejected, before.
        keys_of_files: gives, of files read before, the keys that each of them speaks of: path → keys.
    """

    fields: frozenset[str] | None
    compare: bool
    live: Callable[[], pa.Table]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    read_again: bool = False
    keys_of_files: Callable[[Collection[str]], dict[str, set[tuple[str, ...]]]] = lambda _: {}


@dataclass(frozen=True)
class Original:
    """A file as it came, which the lake keeps beside its rows.

    Attributes:
        path: path below the drop root.
        content: its bytes.
        notes: what the manifest says of it: ``sha256``, size and time, ``rows``; ``reason`` if it was rejected.
    """

    path: str
    content: bytes
    notes: dict[str, Any]


class Source(ABC):
    """Reads one source, one object at a time; one instance a task, made with its `Connection`.

    A connector gives `extract`; the rest is overridden by those that can do more.

    Attributes:
        fields: names of the fields read last, where the source tells them beside the records.
        findings: what the last extraction refused, passed over or assumed; the run's manifest keeps them.
        passed_over: what stands beside what was listed last and is not read; judged anew by every look.
        refusals: why what was extracted must not be committed.
    """

    def __init__(self) -> None:
        self.fields: list[str] = []
        self.findings: list[Finding] = []
        self.passed_over: list[Finding] = []
        self.refusals: list[str] = []

    @abstractmethod
    def extract(self, entry: CatalogueObject, window: Window) -> Iterator[Page]:
        """Yield every record of ``entry`` changed in ``window``; raises SourceError."""

    def update(self, entry: CatalogueObject, window: Window, known: Known) -> Iterator[Page]:
        """Yield what `extract` would, and whatever else differs from what is known: vanished records, silent
        changes."""
        return self.extract(entry, window)

    def read(
        self, entry: CatalogueObject, window: Window, known: Known | None = None
    ) -> Iterator[Page]:
        """`update` where something is known and the window has a beginning, else `extract`.

        Raises:
            SourceError: the source refuses, or an answer has not the form it documents.
        """
        with malformed_as_source_error(entry.source, entry.object):
            if known is None or window.start is None:
                yield from self.extract(entry, window)
            else:
                yield from self.update(entry, window, known)

    def has_news(self, entry: CatalogueObject, window: Window, known: Known) -> bool:
        """Whether there is anything to read for a date that is committed; only files are looked at again."""
        return False

    def open(self) -> None:  # noqa: B027  (a hook: some sources have nothing to sign in to)
        """Sign in: an unreachable or refusing source says so once, before any of its objects is read."""

    def close(self) -> None:  # noqa: B027  (a hook)
        """Leave nothing behind on this machine."""

    def offered(self, entries: list[CatalogueObject]) -> list[CatalogueObject]:
        """Those of the catalogue's ``entries`` that the source has, and what it has beside them."""
        return entries

    def covered_until(self, window: Window) -> datetime:
        """End of what the last extraction can have seen of its window."""
        return window.end

    def originals(self) -> Iterator[Original]:
        """Files that the last extraction read or rejected."""
        return iter(())

    # What only a test of the connection asks.

    def contents(self) -> str:
        """What the source holds, by name; empty if it is not listed."""
        return ""

    def used_today(self) -> str:
        """How much of the day's allowance is used; empty if the vendor is not to be asked."""
        return ""

    def watch(self, see: Callable[[requests.Response], None]) -> None:  # noqa: B027  (a hook)
        """Show every HTTP answer to ``see``."""


class ApiSource(Source):
    """A source behind a JSON API.

    Args:
        api: the vendor's API, not yet signed in.
    """

    def __init__(self, api: JsonApi) -> None:
        super().__init__()
        self.api = api

    def open(self) -> None:
        """Sign in."""
        self.api.open()

    def covered_until(self, window: Window) -> datetime:
        """End of what is committed by the vendor's clock: ours may be ahead of it."""
        return min(window.end, self.api.clock - COMMIT_DELAY) if self.api.clock else window.end

    def watch(self, see: Callable[[requests.Response], None]) -> None:
        """Show every answer to ``see``; what it shows must not leave the process."""
        self.api.watch(see)


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


@contextmanager
def malformed_as_source_error(source: str, object_name: str) -> Iterator[None]:
    """What an answer of another form than documented leads to inside, as a SourceError that names the place."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise SourceError(
            source,
            object_name,
            f"an answer has another form than documented ({type(error).__name__} "
            f"at {_line_of_ours(error)})",
            f"run again; if it stays so, compare api_version of `{SOURCES[source].connection_id}` "
            "with the vendor's",
        ) from error


def _line_of_ours(error: BaseException) -> str:
    """Module and line of ours that could not read on; the values it read are not shown."""
    ingestion = PROJECT_ROOT / "ingestion"
    frames = traceback.extract_tb(error.__traceback__)
    # the first one is this module's, which only waits
    ours = [frame for frame in frames[1:] if Path(frame.filename).is_relative_to(ingestion)]
    if not ours:
        return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return f"{Path(ours[-1].filename).relative_to(ingestion)}:{ours[-1].lineno}"
