"""What a drop deletes where each drop is the whole (`mode: full`): everything that the drop before had and it lacks.

The files of one drop folder are the whole together; a drop with a file that cannot be read is none.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ingestion.sources.base import Known
from ingestion.sources.files.csv_xlsx import Record
from ingestion.sources.files.names import drop_order
from ingestion.sources.files.numbers import DecimalSign
from ingestion.sources.files.reader import FileTable
from runtime.tenant import FileFeed

Key = tuple[str, ...]


@dataclass
class Checked:
    """A file that is a clean table.

    Attributes:
        table: its records.
        numbers: what its cells say of its decimal sign, ``sign`` what they decide.
        keys: those of an entity with a key.
    """

    table: FileTable
    numbers: DecimalSign
    sign: str
    keys: set[Key] = field(default_factory=set)

    def chunks(self) -> Iterator[list[Record]]:
        """The records, a chunk at a time, with decimal points."""
        for records in self.table.chunks():
            yield self.numbers.with_points(records) if self.sign == "," else records


class FullExports:
    """All drops of a feed, those that were read before and those that are read now.

    Args:
        feed: what the company says of it.
        has_key: whether its rows have a key; else the files of earlier drops are replaced as a whole.
        known: what the lake holds.
        read: path → what was found, of the files read now.
        rejected: paths of the files refused now.
    """

    def __init__(
        self,
        feed: FileFeed,
        has_key: bool,
        known: Known,
        read: dict[str, Checked],
        rejected: Collection[str],
    ) -> None:
        self._feed, self._has_key, self._known, self._read = feed, has_key, known, read
        self._keys_known: dict[str, set[Key]] = {}
        self._drops: dict[str, list[str]] = {}
        for path in sorted({*known.files, *read, *rejected}):
            self._drops.setdefault(drop_order(path.split("/")[1]), []).append(path)
        self._order = sorted(self._drops)
        refused = {path for path, notes in known.files.items() if "reason" in notes} - read.keys()
        refused |= set(rejected)
        self._whole = [drop for drop in self._order if refused.isdisjoint(self._drops[drop])]
        # what was taken for the whole before has left nothing but itself
        self._taken = {
            drop
            for drop in self._whole
            if all(known.files.get(path, {}).get("full") for path in self._drops[drop])
        }

    def deleted(self) -> Iterator[tuple[str, set[Key]]]:
        """Drop folder → keys that are gone from it on, of the drops that changed and those after them."""
        changed = {drop for drop in self._whole if self._is_read(drop)}
        changed |= {after for drop, after in pairwise(self._whole) if drop in changed}
        taken = set(self._taken)
        for drop in sorted(changed):
            had = self._keys(self._state_before(drop, taken)) | self._keys([drop], as_known=True)
            gone = had - self._keys([drop])
            taken.add(drop)
            if gone:
                yield self._folder(drop), gone

    def replaced_files(self) -> set[str]:
        """Of a feed without a key: the files that the newest whole drop takes the place of."""
        if not self._whole:
            return set()
        newest = self._whole[-1]
        earlier = {path for drop in self._order if drop < newest for path in self._drops[drop]}
        replaced = earlier & self._read.keys()
        if self._is_read(newest):
            before = self._state_before(newest, self._taken)
            files = {path for drop in before for path in self._drops[drop]}
            replaced |= files & self._known.files.keys()
        return replaced

    def refusal(self) -> tuple[str, set[Key]]:
        """Why the newest drop must not be taken for the whole (empty if it may), and the keys it lacks."""
        if not self._whole or not self._is_read(self._whole[-1]):
            return "", set()
        newest = self._whole[-1]
        current = [] if newest in self._taken else self._state_before(newest, self._taken)
        current.append(newest)
        gone: set[Key] = set()
        if self._has_key:
            had = self._keys(current, as_known=True)
            gone = had - self._keys([newest])
            lost, before = len(gone), len(had)
        else:
            before = self._rows(current, as_known=True)
            lost = max(before - self._rows([newest]), 0)
        if not lost or (lost < before and lost <= self._feed.max_lost_share * before):
            return "", set()
        return (
            f"the newest full drop, {self._folder(newest)}, lacks {lost:,} of the feed's {before:,} rows "
            f"(at most {self._feed.max_lost_share:.0%} may go at once, never all)",
            gone,
        )

    def _is_read(self, drop: str) -> bool:
        return not self._read.keys().isdisjoint(self._drops[drop])

    def _folder(self, drop: str) -> str:
        return "/".join(self._drops[drop][0].split("/")[:2])

    def _state_before(self, drop: str, taken: set[str]) -> list[str]:
        """The drops that made the state a drop finds: from the last one that was taken for the whole on."""
        earlier = [other for other in self._order if other < drop]
        starts = [number for number, other in enumerate(earlier) if other in taken]
        return earlier[starts[-1] :] if starts else earlier

    def _keys(self, drops: Iterable[str], as_known: bool = False) -> set[Key]:
        """Keys of some drops: as they are now, or as the lake knows them."""
        paths = [path for drop in drops for path in self._drops[drop]]
        if wanted := [p for p in paths if p in self._known.files and p not in self._keys_known]:
            self._keys_known |= self._known.keys_of_files(wanted)
        return set().union(
            *(
                self._read[path].keys
                if path in self._read and not as_known
                else self._keys_known.get(path, set())
                for path in paths
            )
        )

    def _rows(self, drops: Iterable[str], as_known: bool = False) -> int:
        return sum(
            self._read[path].table.rows
            if path in self._read and not as_known
            else self._known.files.get(path, {}).get("rows", 0)
            for drop in drops
            for path in self._drops[drop]
        )
