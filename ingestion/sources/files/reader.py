"""Reads dropped files in a process of their own, whose memory and time have limits: one odd file ends alone."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from ingestion.sources.files import limits
from ingestion.sources.files.csv_xlsx import Record
from ingestion.sources.files.unreadable import EXPORT_AGAIN, Remark, UnreadableFile, too_much
from ingestion.sources.files.worker import READY
from runtime import process
from runtime.errors import SourceError
from runtime.records import ExpectedColumns
from runtime.settings import PROJECT_ROOT

WORKER = [sys.executable, "-m", "ingestion.sources.files.worker"]


@dataclass(frozen=True)
class FileTable:
    """The records of a dropped file that is a clean table.

    Attributes:
        rows: how many.
        total_row: cells of the total row that was left out; empty = there was none.
        written: column → its header, where that is another name.
        remarks: what of the file was read otherwise than it stands there.
        spool: where they are until their `FileReader` is closed.
    """

    rows: int
    total_row: list[str]
    written: dict[str, str]
    remarks: list[Remark]
    spool: Path

    def chunks(self) -> Iterator[list[Record]]:
        """The records, a chunk at a time."""
        with self.spool.open("rb") as file:
            yield from map(orjson.loads, file)


class FileReader:
    """Reads files one after the other; a context manager, whose end takes their records away.

    Args:
        seconds: how long one file may take.
        memory_bytes: how much memory its reading may take.
    """

    def __init__(
        self, seconds: float = limits.SECONDS, memory_bytes: int = limits.MEMORY_BYTES
    ) -> None:
        self._seconds, self._memory_bytes = seconds, memory_bytes
        self._folder = TemporaryDirectory()
        self._worker: subprocess.Popen[str] | None = None
        self._files = 0

    def __enter__(self) -> "FileReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._folder.cleanup()

    def read(self, path: Path, expected: ExpectedColumns, encoding: str = "") -> FileTable:
        """Read a file to its end.

        Args:
            path: a text file or an Excel workbook.
            expected: what the contract says of the columns.
            encoding: the encoding named for the feed's text files, empty if none is.

        Raises:
            UnreadableFile: it is no clean table, or too large a one.
            SourceError: the process does not start, or the machine has no room for the records.
        """
        self._files += 1
        spool = Path(self._folder.name) / str(self._files)
        job = {"path": str(path.absolute()), "spool": str(spool), "encoding": encoding}
        answer = self._ask(path, job | {"expected": asdict(expected)})
        if "failed" in answer:
            raise SourceError(
                "files",
                path.name,
                f"it cannot be read now: {answer['failed']}",
                "make room there (TMPDIR names the folder) and run again",
            )
        if "reason" in answer:
            spool.unlink(missing_ok=True)
            raise UnreadableFile(path, answer["reason"], answer["what_to_do"])
        remarks = [Remark(**remark) for remark in answer["remarks"]]
        return FileTable(answer["rows"], answer["total_row"], answer["written"], remarks, spool)

    def _ask(self, path: Path, job: dict[str, Any]) -> dict[str, Any]:
        if self._worker and self._worker.poll() is not None:
            self._end()
        worker = self._worker = self._worker or _started(self._memory_bytes)
        worker.stdin.write(json.dumps(job) + "\n")
        worker.stdin.flush()
        if not select.select([worker.stdout], [], [], self._seconds)[0]:
            self._end()
            raise too_much(path, "seconds of reading", "読み込みの秒数", int(self._seconds))
        answer = worker.stdout.readline()
        if not answer:
            self._end()
            raise UnreadableFile(
                path,
                "it ends whatever reads it: it is damaged, or needs too much memory / "
                "壊れているか、メモリーが足りないため読み込めません",
                EXPORT_AGAIN,
            )
        return json.loads(answer)

    def _end(self) -> None:
        """End the process; the next file gets a new one."""
        worker, self._worker = self._worker, None
        if worker:
            worker.kill()
            worker.communicate()


def _started(memory_bytes: int) -> "subprocess.Popen[str]":
    command = [*WORKER, str(memory_bytes)]
    worker = process.start(
        command,
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback may hold values
        text=True,
    )
    if worker.stdout.readline().strip() != READY:
        worker.communicate()
        raise SourceError(
            "files",
            "reading",
            f"the process that reads files ended at its start ({worker.returncode})",
            f"run `{' '.join(command)}` to see why",
        )
    return worker
