"""The process that reads dropped files for `reader`: `python -m ingestion.sources.files.worker BYTES`.

A line of JSON on its input is a file to read; the records go into a file of their own, a chunk a line, and what is
to be said of them into a line of its output.
"""

import errno
import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from ingestion.sources.files import limits
from ingestion.sources.files.csv_xlsx import Told, read_records
from ingestion.sources.files.unreadable import EXPORT_AGAIN, UnreadableFile, too_much
from runtime.records import ExpectedColumns

READY = "ready"


def read(path: Path, spool: Path, expected: ExpectedColumns, encoding: str) -> dict[str, Any]:
    """Write the records of a file into ``spool``; returns ``{rows, remarks, total_row, written}``, or of a file that cannot
    be read ``{reason, what_to_do}``; ``{failed}`` where that is not the file's fault."""
    told, rows = Told(), 0
    try:
        with spool.open("wb") as file:
            for records in read_records(path, expected, told, encoding):
                file.write(orjson.dumps(records) + b"\n")
                rows += len(records)
    except UnreadableFile as error:
        refused = error
    except MemoryError:
        megabytes = resource.getrlimit(resource.RLIMIT_AS)[0] // 1_000_000
        refused = too_much(
            path, "MB of memory when it is read", "読み込みに必要なメモリー（MB）", megabytes
        )
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return {"failed": f"{spool.parent}: {error.strerror}"}
        refused = _unread(path, error)
    except Exception as error:  # of the error only its kind is told: its text may hold values
        refused = _unread(path, error)
    else:
        return {"rows": rows, **asdict(told)}
    return {"reason": refused.reason, "what_to_do": refused.what_to_do}


def _unread(path: Path, error: Exception) -> UnreadableFile:
    kind = type(error).__name__
    return UnreadableFile(
        path, f"it cannot be read ({kind}) / 読み込めません（{kind}）", EXPORT_AGAIN
    )


def main() -> None:
    """Read what is asked for, in BYTES of memory, until nobody asks any more."""
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing that a library prints is an answer
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    print(READY, file=answers, flush=True)
    for line in sys.stdin:
        # Whoever waits for the answer counts the seconds too; this holds where nobody does.
        seconds = int(time.process_time()) + limits.SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        job = json.loads(line)
        expected = ExpectedColumns(**job["expected"])
        answer = read(Path(job["path"]), Path(job["spool"]), expected, job["encoding"])
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
