"""Salesforce's Bulk API 2.0 query jobs: their states, and their results as CSV.

After the Bulk API 2.0 guide (atlas.en-us.api_asynch) as noted in docs/domain/sources.md#salesforce.
A job that is asked for its state moves on by one: UploadComplete, InProgress, JobComplete.
"""

import csv
import io
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Version
from sandbox.timestamps import iso_millis

UPLOADED, RUNNING, COMPLETE = "UploadComplete", "InProgress", "JobComplete"
ABORTED, FAILED = "Aborted", "Failed"
DELIMITERS = {
    "COMMA": ",",
    "TAB": "\t",
    "SEMICOLON": ";",
    "PIPE": "|",
    "CARET": "^",
    "BACKQUOTE": "`",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
UNSUPPORTED_OBJECTS = frozenset(
    {"CaseStatus", "ContractStatus", "OrderStatus", "PartnerRole", "RecentlyViewed", "TaskStatus"}
)
COMPOUND_TYPES = frozenset({"address", "location", "base64", "anyType"})
DEFAULT_PAGE = 50_000
LAST_PAGE = "null"


@dataclass
class QueryJob:
    """One job and its result."""

    id: str
    operation: str
    object: str
    api_version: str
    created: int
    types: dict[str, str]
    fields: tuple[str, ...]
    versions: Sequence[Version]
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    state: str = UPLOADED
    error: str = ""
    deleted: bool = field(default=False)

    def advance(self) -> None:
        """Move on to the next state, unless it has ended."""
        self.state = {UPLOADED: RUNNING, RUNNING: COMPLETE}.get(self.state, self.state)

    def fail(self, error: str) -> None:
        """End it without a result."""
        self.state, self.error = FAILED, error

    def summary(self) -> dict[str, Any]:
        """What creating it answers."""
        moment = iso_millis(self.created).replace("Z", "+0000")
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": "005000000000001AAA",
            "createdDate": moment,
            "systemModstamp": moment,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.api_version),
            "lineEnding": self.line_ending,
            "columnDelimiter": self.delimiter,
        }

    def details(self) -> dict[str, Any]:
        """What asking for its state answers."""
        done = self.state == COMPLETE
        answer = {
            **self.summary(),
            "jobType": "V2Query",
            "numberRecordsProcessed": len(self.versions) if done else 0,
            "retries": 0,
            "totalProcessingTime": 120 if done else 0,
            "isPkChunkingSupported": True,
        }
        return answer | ({"errorMessage": self.error} if self.error else {})

    def page(self, offset: int, size: int) -> tuple[str, int, str]:
        """CSV, number of records and next locator of the results from ``offset`` on."""
        chosen = self.versions[offset : offset + size]
        sink = io.StringIO()
        writer = csv.writer(
            sink,
            delimiter=DELIMITERS[self.delimiter],
            lineterminator=LINE_ENDINGS[self.line_ending],
            quoting=csv.QUOTE_ALL,
        )
        writer.writerow(self.fields)
        writer.writerows(self._cells(version) for version in chosen)
        end = offset + len(chosen)
        return (
            sink.getvalue(),
            len(chosen),
            _locator(end) if end < len(self.versions) else LAST_PAGE,
        )

    def _cells(self, version: Version) -> Iterator[str]:
        record = version.record
        record.setdefault("IsDeleted", False)
        for name in self.fields:
            yield _cell(record.get(name), self.types[name])


def read_locator(text: str) -> int:
    """The offset a locator stands for; raises ValueError if it is none."""
    return int(urlsafe_b64decode(text).decode())


def _locator(offset: int) -> str:
    # Nine digits: Base64 of them needs no padding.
    return urlsafe_b64encode(f"{offset:09d}".encode()).decode()


def _cell(value: Any, kind: str) -> str:
    """A value as Bulk prints it, which is not always as REST does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "int" and value == 0:
        return "0.0"
    if kind == "datetime":
        return re.sub(r"\+0000$", "Z", str(value))
    return str(value)
