"""Salesforce's Bulk API 2.0: one query as a job, its records as they come from CSV.

Values are brought to the form REST gives them, so that a record lands the same whichever way it
came: the empty text is null, times end in +0000 instead of Z, whole numbers have no ``.0``.
"""

import logging
from collections.abc import Iterator
from typing import Any, NoReturn

from tenacity import RetryCallState, Retrying, retry_if_result, wait_exponential

from ingestion.http import HttpError
from ingestion.sources.base import Positions
from ingestion.sources.salesforce.api import CsvPage, SalesforceApi
from runtime.errors import SourceError

logger = logging.getLogger(__name__)

PAGE_SIZE = 20_000
JOBS = 2
FIRST_POLL, LONGEST_POLL = 1.0, 30.0
PATIENCE = 3 * 3600.0


class BulkUnavailableError(Exception):
    """Bulk cannot answer the query; nothing of it has been read. The text says why."""


class BulkQuery:
    """One query.

    Args:
        api: the signed-in vendor.
        root: ``/services/data/vXX.0``; a job's results must be asked for with the version of the job.
        object_name: what is read.
        types: describe type of every field of the query.
    """

    def __init__(
        self, api: SalesforceApi, root: str, object_name: str, types: dict[str, str]
    ) -> None:
        self._api = api
        self._jobs = f"{root}/jobs/query"
        self._object = object_name
        self._moments = [name for name, kind in types.items() if kind == "datetime"]
        self._integers = [name for name, kind in types.items() if kind == "int"]

    def read(self, soql: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the records, deleted ones included, page by page.

        Raises:
            BulkUnavailableError: the vendor refuses the job, or it fails also a second time.
            SourceError: the job does not end, or its results cannot be read.
        """
        job = self._completed_job(soql)
        yield from self._results(job)
        self._delete(job)

    def _completed_job(self, soql: str) -> str:
        reason = ""
        for _ in range(JOBS):
            job = self._create(soql)
            state = self._wait(job)
            if state["state"] == "JobComplete":
                return job
            reason = f"the job ended as {state['state']}: {state.get('errorMessage', 'no reason')}"
            logger.warning("salesforce / %s: %s", self._object, reason)
            self._delete(job)
        raise BulkUnavailableError(self._api.redact(reason))

    def _create(self, soql: str) -> str:
        wanted = {
            "operation": "queryAll",
            "query": soql,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        try:
            return self._api.post(self._jobs, self._object, wanted)["id"]
        except HttpError as error:
            # Objects and fields Bulk lacks, its own daily limits, a user without the right to it.
            raise BulkUnavailableError(error.message) from error

    def _wait(self, job: str) -> dict[str, Any]:
        def give_up(last: RetryCallState) -> NoReturn:
            self._api.request(
                "PATCH", f"{self._jobs}/{job}", self._object, json={"state": "Aborted"}
            )
            raise SourceError(
                "salesforce",
                self._object,
                f"the bulk job {job} has not ended after {last.idle_for / 3600:.0f} hours",
                "look at Bulk Data Load Jobs in the org's setup, or raise bulk_threshold",
            )

        look = Retrying(
            retry=retry_if_result(lambda state: state["state"] in ("UploadComplete", "InProgress")),
            wait=wait_exponential(multiplier=FIRST_POLL, max=LONGEST_POLL),
            stop=lambda last: last.idle_for >= PATIENCE,
            sleep=self._api.sleep,
            retry_error_callback=give_up,
        )
        return look(self._api.get, f"{self._jobs}/{job}", self._object)

    def _results(self, job: str) -> Iterator[list[dict[str, Any]]]:
        path, locator = f"{self._jobs}/{job}/results", None
        positions = Positions("salesforce", self._object)
        while True:
            page = self._api.get(path, self._object, maxRecords=PAGE_SIZE, locator=locator)
            if not isinstance(page, CsvPage):
                raise SourceError(
                    "salesforce", self._object, f"the results of job {job} are no CSV", "run again"
                )
            yield [self._record(page.names, row) for row in page.rows]
            if page.locator is None:
                return
            locator = positions.go_to(page.locator)

    def _record(self, names: list[str], row: list[str]) -> dict[str, Any]:
        record: dict[str, Any] = {name: cell or None for name, cell in zip(names, row, strict=True)}
        for name in self._moments:
            if (record.get(name) or "").endswith("Z"):
                record[name] = record[name][:-1] + "+0000"
        for name in self._integers:
            if record.get(name):
                record[name] = record[name].removesuffix(".0")
        return record

    def _delete(self, job: str) -> None:
        """Free the results; those left behind the vendor deletes after seven days."""
        try:
            self._api.request("DELETE", f"{self._jobs}/{job}", self._object)
        except SourceError as error:
            logger.warning("salesforce / %s: job %s stays: %s", self._object, job, error.message)
