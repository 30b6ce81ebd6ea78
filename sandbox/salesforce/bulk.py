"""The addresses of Salesforce's Bulk API 2.0 query jobs, and how it refuses them."""

from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.salesforce import jobs
from sandbox.salesforce.errors import error, not_found
from sandbox.salesforce.jobs import QueryJob
from sandbox.salesforce.soql_select import Found
from sandbox.vendor import JSON, Refusal, Vendor, twist_of

DAILY_JOBS = 10_000
FAILURE = "InternalServerError: Retried more than fifteen times"


class BulkQueries:
    """Every query job of the organisation.

    Args:
        org: the organisation, for its clock.
        find: answers a query (text, deleted records too?); raises Refusal.
    """

    def __init__(self, org: Vendor, find: Callable[[str, bool], Found]) -> None:
        self._org, self._find = org, find
        self._jobs: dict[str, QueryJob] = {}

    def allowance(self) -> dict[str, int]:
        """What is left of the day's jobs."""
        return {"Max": DAILY_JOBS, "Remaining": DAILY_JOBS - len(self._jobs)}

    def object_of(self, job_id: str) -> str | None:
        """The object a job reads."""
        job = self._jobs.get(job_id)
        return job.object if job else None

    async def create(self, request: Request) -> Response:
        """Start a job."""
        wanted = _wanted(await request.body())
        found = self._find(wanted["query"], wanted["operation"] == "queryAll")
        request.state.object = found.object
        if found.object in jobs.UNSUPPORTED_OBJECTS:
            message = f"Entity '{found.object}' is not supported by the Bulk API."
            raise Refusal(error(400, "INVALIDENTITY", message))
        if not found.fields:
            message = "Aggregate Relationships not supported in Bulk Query"
            raise Refusal(error(400, "FEATURENOTENABLED", message))
        if any(found.types[name] in jobs.COMPOUND_TYPES for name in found.fields):
            message = "Selecting compound data not supported in Bulk Query"
            raise Refusal(error(400, "FEATURENOTENABLED", message))
        job = QueryJob(
            id=f"750{len(self._jobs) + 1:012d}AAA",
            operation=wanted["operation"],
            object=found.object,
            api_version=request.path_params["version"],
            created=self._org.micros,
            types=found.types,
            fields=found.fields,
            versions=found.versions,
            delimiter=wanted["columnDelimiter"],
            line_ending=wanted["lineEnding"],
        )
        self._jobs[job.id] = job
        return JSON(job.summary())

    async def list(self, request: Request) -> Response:
        """All jobs, newest last."""
        records = [job.summary() for job in self._jobs.values() if not job.deleted]
        return JSON({"done": True, "records": records, "nextRecordsUrl": None})

    async def show(self, request: Request) -> Response:
        """A job's state; asking moves it on."""
        job = self._job(request)
        if twist_of(request) == "job_failed":
            job.fail(FAILURE)
        job.advance()
        return JSON(job.details())

    async def abort(self, request: Request) -> Response:
        """Stop a job that has not ended."""
        job, body = self._job(request), _object(await request.body())
        if body.get("state") != jobs.ABORTED:
            raise Refusal(error(400, "INVALIDJOBSTATE", "state can only be set to Aborted"))
        if job.state not in (jobs.UPLOADED, jobs.RUNNING):
            message = f"Aborting already {job.state} Job not allowed"
            raise Refusal(error(400, "INVALIDJOBSTATE", message))
        job.state = jobs.ABORTED
        return JSON(job.summary())

    async def delete(self, request: Request) -> Response:
        """Remove a job that has ended, and its results."""
        job = self._job(request)
        if job.state in (jobs.UPLOADED, jobs.RUNNING):
            raise Refusal(error(400, "INVALIDJOBSTATE", "The job has not ended"))
        job.deleted, job.versions = True, []
        return Response(status_code=204)

    async def results(self, request: Request) -> Response:
        """One page of a completed job's records."""
        job = self._job(request)
        if request.path_params["version"] != job.api_version:
            message = "The API version of the request is not that of the job"
            raise Refusal(error(409, "API_ERROR", message))
        if job.state != jobs.COMPLETE:
            raise Refusal(error(400, "INVALIDJOBSTATE", f"The job is {job.state}"))
        query = request.query_params
        try:
            size = int(query.get("maxRecords", jobs.DEFAULT_PAGE))
            offset = jobs.read_locator(query["locator"]) if "locator" in query else 0
            if size < 1 or not 0 <= offset <= len(job.versions):
                raise ValueError("out of range")
        except ValueError as problem:
            message = f"Invalid locator or maxRecords: {problem}"
            raise Refusal(error(400, "INVALID_LOCATOR", message)) from problem
        text, count, locator = job.page(offset, size)
        headers = {"Sforce-NumberOfRecords": str(count), "Sforce-Locator": locator}
        return Response(text, headers=headers, media_type="text/csv")

    def _job(self, request: Request) -> QueryJob:
        job = self._jobs.get(request.path_params["job"])
        if job is None or job.deleted:
            raise Refusal(not_found())
        return job


def _wanted(body: bytes) -> dict[str, str]:
    """What a new job is to do; raises Refusal."""
    settings = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
    wanted = settings | _object(body)
    allowed = {
        "operation": ("query", "queryAll"),
        "contentType": ("CSV",),
        "columnDelimiter": tuple(jobs.DELIMITERS),
        "lineEnding": tuple(jobs.LINE_ENDINGS),
    }
    for name, values in allowed.items():
        if wanted.get(name) not in values:
            message = f"{name} must be one of {', '.join(values)}"
            raise Refusal(error(400, "INVALIDJOB", message))
    if not isinstance(wanted.get("query"), str):
        raise Refusal(error(400, "INVALIDJOB", "query is missing"))
    return wanted


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise Refusal(error(400, "JSON_PARSER_ERROR", str(problem))) from problem
    return read if isinstance(read, dict) else {}
