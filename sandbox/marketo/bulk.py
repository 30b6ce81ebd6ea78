"""Marketo's bulk extract: jobs, their queue and quota, and the CSV files they write.

The clock stands still, so a job that runs is done when it is next looked at, unless a fault script
holds it (``job_pending``).
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.marketo.answers import Answers
from sandbox.marketo.records import (
    ACTIVITY_COLUMNS,
    ACTIVITY_RULE,
    DELETE_LEAD,
    LEAD_RULE,
    lead_names,
)
from sandbox.store import Snapshot
from sandbox.timestamps import parse_moment, to_micros
from sandbox.vendor import Refusal, Vendor, twist_of

QUEUE_LIMIT = 10
RUNNING_LIMIT = 2
LONGEST_FILTER = timedelta(days=31)
FILE_KEPT = timedelta(days=7)
DAILY_EXPORT_BYTES = 500 * 1024 * 1024
QUOTA_ZONE = ZoneInfo("America/Chicago")
DATE_FILTERS = {"leads": ("createdAt", "updatedAt"), "activities": ("createdAt",)}


@dataclass
class ExportJob:
    """One export job; ``status`` is the vendor's word for it."""

    id: str
    kind: str
    fields: list[str]
    filters: dict[str, Any]
    created: datetime
    status: str = "Created"
    queued: datetime | None = None
    finished: datetime | None = None
    records: int = 0
    file: bytes = b""

    def shown(self) -> dict[str, Any]:
        """The job as the endpoints give it."""
        body: dict[str, Any] = {
            "exportId": self.id,
            "format": "CSV",
            "status": self.status,
            "createdAt": _text(self.created),
        }
        if self.queued:
            body["queuedAt"] = _text(self.queued)
        if self.finished:
            body |= {"startedAt": _text(self.finished), "finishedAt": _text(self.finished)}
        if self.status == "Failed":
            body["errorMsg"] = "The export job failed"
        if self.status == "Completed":
            checksum = f"sha256:{sha256(self.file).hexdigest()}"
            size = len(self.file)
            body |= {"numberOfRecords": self.records, "fileSize": size, "fileChecksum": checksum}
        return body


@dataclass
class ExportQueue:
    """What all kinds of record share.

    Attributes:
        jobs: every job, by id, in the order of creation.
        written: bytes of the files written, by day in US Central.
    """

    jobs: dict[str, ExportJob] = field(default_factory=dict)
    written: Counter[date] = field(default_factory=Counter)


class ExportJobs:
    """The export endpoints of one kind of record.

    Args:
        vendor: the subscription, for its records and its clock.
        answers: the envelopes of its answers.
        queue: jobs and quota of all kinds.
        kind: ``leads`` or ``activities``.
    """

    def __init__(self, vendor: Vendor, answers: Answers, queue: ExportQueue, kind: str) -> None:
        self._vendor, self._answers, self._kind = vendor, answers, kind
        self._jobs, self._written = queue.jobs, queue.written

    async def create(self, request: Request) -> Response:
        """A new job; refuses filters it would not run."""
        try:
            order = orjson.loads(await request.body())
            filters, fields = order["filter"], order.get("fields") or []
        except (orjson.JSONDecodeError, KeyError, TypeError) as problem:
            raise self._refusal("609", "Invalid JSON") from problem
        self._check_quota()
        self._check_filters(filters)
        self._check_fields(fields)
        job = ExportJob(str(uuid4()), self._kind, fields, filters, self._vendor.world.now)
        self._jobs[job.id] = job
        return self._answers.success([job.shown()])

    async def enqueue(self, request: Request) -> Response:
        """Put a job in the queue of ten."""
        job = self._job(request)
        if job.status != "Created":
            # After Adobe's page of error codes, which gives 1029 three meanings.
            raise self._refusal("1029", "Job already queued")
        self._check_quota()
        waiting = [j for j in self._jobs.values() if j.status in ("Queued", "Processing")]
        if len(waiting) >= QUEUE_LIMIT:
            raise self._refusal("1029")
        job.status, job.queued = "Queued", self._vendor.world.now
        return self._answers.success([job.shown()])

    async def cancel(self, request: Request) -> Response:
        """End a job that is not done."""
        job = self._job(request)
        if job.status != "Completed":
            job.status = "Cancelled"
        return self._answers.success([job.shown()])

    async def status(self, request: Request) -> Response:
        """Where a job stands; of the queue the two oldest run."""
        job = self._job(request)
        # What ran before this look is done by now, also a job that nobody waits for any more.
        for other in [j for j in self._jobs.values() if j.status == "Processing" and j is not job]:
            self._finish(other)
        running = [j for j in self._jobs.values() if j.status in ("Queued", "Processing")]
        for other in running[:RUNNING_LIMIT]:
            other.status = "Processing"
        twist = twist_of(request)
        if twist == "job_failed":
            job.status = "Failed"
        elif job.status == "Processing" and twist != "job_pending":
            self._finish(job)
        return self._answers.success([job.shown()])

    async def file(self, request: Request) -> Response:
        """The CSV file, or the range of it that is asked for."""
        job = self._job(request)
        if job.status != "Completed" or self._vendor.world.now > job.finished + FILE_KEPT:
            raise Refusal(Response("File not found", 404, media_type="text/plain"))
        content = job.file[:-1] + b"#" if twist_of(request) == "file_damaged" else job.file
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if wanted is None:
            return Response(content, media_type="text/csv")
        first, last = int(wanted[1]), int(wanted[2] or len(content) - 1)
        part = content[first : last + 1]
        shown = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        headers = {"accept-ranges": "bytes", "content-range": shown}
        return Response(part, 206, headers, media_type="text/csv")

    async def listed(self, request: Request) -> Response:
        """The jobs of the last seven days."""
        since = self._vendor.world.now - FILE_KEPT
        jobs = [j for j in self._jobs.values() if j.kind == self._kind and j.created >= since]
        return self._answers.success([job.shown() for job in jobs])

    def _job(self, request: Request) -> ExportJob:
        job = self._jobs.get(request.path_params["export"])
        if job is None or job.kind != self._kind:
            raise self._refusal("1013", "Export job not found")
        return job

    def _finish(self, job: ExportJob) -> None:
        header, rows = self._rows(job)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        job.records = 0
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            job.records += 1
        job.file = text.getvalue().encode()
        job.status, job.finished = "Completed", self._vendor.world.now
        self._written[self._day] += len(job.file)

    def _rows(self, job: ExportJob) -> tuple[list[str], Iterator[list[Any]]]:
        ((name, span),) = [(k, v) for k, v in job.filters.items() if isinstance(v, dict)]
        low, high = (to_micros(parse_moment(span[end])) for end in ("startAt", "endAt"))
        if job.kind == "leads":
            leads = self._snapshot(job.kind).alive
            is_cursor = name == LEAD_RULE.cursor
            listed = leads.between([(">=", low), ("<=", high)] if is_cursor else [])
            records = (version.record for version in listed)
            kept = (r for r in records if low <= to_micros(parse_moment(r[name])) <= high)
            return job.fields, ([r.get(field) for field in job.fields] for r in kept)
        types = set(job.filters.get("activityTypeIds") or [])
        columns = job.fields or list(ACTIVITY_COLUMNS)
        # createdAt is when the activity was written down, which may be after it happened.
        log = self._snapshot(job.kind).shown_between(low, high)
        records = (version.record for version in log.versions)
        kept = (r for r in records if r["activityTypeId"] in types or not types)
        exportable = (r for r in kept if r["activityTypeId"] != DELETE_LEAD)
        return columns, ([r.get(column) for column in columns] for r in exportable)

    def _snapshot(self, kind: str) -> Snapshot:
        rule = LEAD_RULE if kind == "leads" else ACTIVITY_RULE
        return self._vendor.collection(kind, rule).at(self._vendor.micros)

    def _check_quota(self) -> None:
        if self._written[self._day] >= DAILY_EXPORT_BYTES:
            raise self._refusal("1029b")

    def _check_filters(self, filters: Any) -> None:
        names = [name for name in DATE_FILTERS[self._kind] if name in filters]
        if len(names) != 1:
            wanted = " or ".join(DATE_FILTERS[self._kind])
            raise self._refusal("1003", f"Exactly one filter {wanted} is needed")
        try:
            span = [parse_moment(filters[names[0]][end]) for end in ("startAt", "endAt")]
        except (ValueError, KeyError, TypeError) as problem:
            raise self._refusal("1003", f"Invalid filter {names[0]}: {problem}") from problem
        if not timedelta() <= span[1] - span[0] <= LONGEST_FILTER:
            raise self._refusal("1003", f"Invalid date range of {names[0]}: at most 31 days")

    def _check_fields(self, fields: list[str]) -> None:
        if self._kind == "leads" and not fields:
            raise self._refusal("1003", "fields must not be empty")
        samples = self._vendor.collection("leads", LEAD_RULE).samples
        known = lead_names(samples) if self._kind == "leads" else ACTIVITY_COLUMNS
        for name in fields:
            if name not in known:
                raise self._refusal("1006", f"Field '{name}' not found")

    def _refusal(self, code: str, message: str | None = None) -> Refusal:
        return Refusal(self._answers.error(code, message))

    @property
    def _day(self) -> date:
        return self._vendor.world.now.astimezone(QUOTA_ZONE).date()


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
