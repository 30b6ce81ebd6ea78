"""What the attacks of `make chaos` share: their report, and how a day that was disturbed may end."""

import random
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tests.e2e.marts import assert_same, staged, tables
from tests.e2e.tiny_tenant import DATES

LAST = date.fromisoformat(DATES[-1])
NOT_NAMED = ("please report it", "Traceback (most recent call last)")


@dataclass
class Attack:
    """What came of one attack.

    Attributes:
        counts: how often each end was seen.
        failures: what must not be.
    """

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def see(self, end: str, failure: str = "") -> None:
        """Count an end; ``failure`` says why it must not be."""
        self.counts[end] += 1
        if failure:
            self.failures.append(failure)

    def told(self) -> str:
        """Its counts, and its failures, if there are any."""
        lines = [
            f"{self.name}: " + "; ".join(f"{end} {n}" for end, n in sorted(self.counts.items()))
        ]
        return "\n".join([*lines, *(f"  FAILED {failure}" for failure in self.failures)])


def last_dates(days: int) -> list[str]:
    """The tiny tenant's last business dates, ascending."""
    return [(LAST - timedelta(days=back)).isoformat() for back in reversed(range(days))]


def differences(calm: Path, disturbed: Path) -> str:
    """How the end states of two state folders differ, in marts and staging; empty if they do not."""
    for name, rows in (("published/marts.duckdb", tables), ("warehouse.duckdb", staged)):
        try:
            assert_same(rows(disturbed / name), rows(calm / name))
        except AssertionError as error:
            return f"{name}: {str(error).splitlines()[0]}"
    return ""


def copy_of(home: Path, target: Path) -> Path:
    """A state folder to spoil."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(home, target, symlinks=True)
    (target / "printed.txt").unlink(missing_ok=True)
    return target


def refusal(output: str) -> str:
    """The named refusal a run ended with; empty if it was none: no words, or words without what to do."""
    said = output[output.rfind("✗ ") :] if "✗ " in output else ""
    is_named = "→ " in said and not any(words in output for words in NOT_NAMED)
    return said.splitlines()[0] if is_named else ""


def spoiled(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """A file's content, damaged: how, and what is left."""
    kind = chance.choice(("cut", "empty", "garbage", "flipped", "other form"))
    at = chance.randrange(len(content) or 1)
    match kind:
        case "cut":
            return kind, content[:at]
        case "empty":
            return kind, b""
        case "garbage":
            return kind, chance.randbytes(max(len(content), 16))
        case "other form":
            return kind, chance.choice((b"[]", b"{}", b'{"runs": {}}', b"1", b"null", b'"text"'))
    data = bytearray(content or b"\0")
    for _ in range(chance.randint(1, 3)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return kind, bytes(data)


def weight(paths: Iterable[Path]) -> float:
    """Megabytes of files and of what is in folders, links left out."""
    total = 0
    for path in paths:
        files = [path] if path.is_file() else [*path.rglob("*")]
        total += sum(f.lstat().st_size for f in files if f.is_file() and not f.is_symlink())
    return total / 1e6
