"""Marketo's bulk extract: create a job, enqueue it, wait for it, fetch its CSV file, verify it.

Two jobs run at a time, ten wait; one a warehouse object keeps within that.
"""

import csv
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_fixed

from ingestion.http import HttpError
from ingestion.sources.marketo.api import MarketoApi
from runtime.errors import SourceError

# The vendor refreshes a job's status once a minute.
POLL_SECONDS = 60.0
MAX_POLLS = 240
# The vendor spells the last one both ways.
ENDS = ("Completed", "Failed", "Cancelled", "Canceled")
CHUNK_BYTES = 8_000_000
DOWNLOADS = 2
NULL = "null"

csv.field_size_limit(sys.maxsize)


class BulkExtract:
    """Runs the export jobs of one kind of record.

    Args:
        api: a signed-in session.
        kind: ``leads`` or ``activities``, as the paths spell it.
        poll_seconds: pause between two looks at a job.
    """

    def __init__(self, api: MarketoApi, kind: str, poll_seconds: float = POLL_SECONDS) -> None:
        self._api, self._kind, self._poll_seconds = api, kind, poll_seconds
        self._root = f"/bulk/v1/{kind}/export"

    def rows(
        self, filters: dict[str, Any], fields: list[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Export what ``filters`` select; nothing is given before the whole file is verified.

        Args:
            filters: the job's filter, of at most 31 days.
            fields: REST names of the fields wanted; None for those every record of the kind has.

        Raises:
            HttpError: a quota is used up, or the filter is refused.
            SourceError: the job failed, or its file is not what the job says it is.
        """
        order = {"format": "CSV", "filter": filters} | ({"fields": fields} if fields else {})
        (job,) = self._ask("POST", "create", json=order)
        export = job["exportId"]
        self._enqueue(export)
        status = self._await(export)
        if not status["numberOfRecords"]:
            return
        with self._download(export, status) as file:
            count = 0
            for row in self._parse(file):
                count += 1
                yield row
        if count != status["numberOfRecords"]:
            raise self._error(f"{count} records in a file of {status['numberOfRecords']}")

    def _ask(self, method: str, step: str, **options: Any) -> list[dict[str, Any]]:
        body = self._api.result(method, f"{self._root}/{step}.json", self._kind, **options)
        return body["result"]

    def _enqueue(self, export: str) -> None:
        try:
            self._ask("POST", f"{export}/enqueue")
        except HttpError:
            # A repeated request whose first answer was lost is refused; the job is in the queue.
            if self._ask("GET", f"{export}/status")[0]["status"] == "Created":
                raise

    def _await(self, export: str) -> dict[str, Any]:
        look = Retrying(
            retry=retry_if_result(lambda answer: answer[0]["status"] not in ENDS),
            wait=wait_fixed(self._poll_seconds),
            stop=stop_after_attempt(MAX_POLLS),
            sleep=self._api.sleep,
            retry_error_callback=lambda last: last.outcome.result(),
        )
        (status,) = look(self._ask, "GET", f"{export}/status")
        if status["status"] == "Completed":
            return status
        if status["status"] in ENDS:
            reason = self._api.redact(str(status.get("errorMsg", "no reason given")))
            raise self._error(f"export job {export}: {status['status']} ({reason})")
        raise self._error(
            f"export job {export} is still {status['status']} after {MAX_POLLS} looks"
        )

    def _download(self, export: str, status: dict[str, Any]) -> IO[bytes]:
        """The verified file, on disk: it may be as large as the daily quota."""
        size = int(status["fileSize"])
        expected = str(status.get("fileChecksum", "")).removeprefix("sha256:")
        for _ in range(DOWNLOADS):
            file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
            digest = hashlib.sha256()
            while part := self._part(export, file.tell(), size):
                file.write(part)
                digest.update(part)
            if file.tell() == size and expected in ("", digest.hexdigest()):
                file.seek(0)
                return file
            found = f"{file.tell():,} bytes, sha256 {digest.hexdigest()}"
            file.close()
        raise self._error(
            f"the file of export job {export} is damaged: {found} instead of {size:,}, {expected}"
        )

    def _part(self, export: str, first: int, size: int) -> bytes:
        if first >= size:
            return b""
        last = min(first + CHUNK_BYTES, size) - 1
        response = self._api.request(
            "GET",
            f"{self._root}/{export}/file.json",
            self._kind,
            headers={"Range": f"bytes={first}-{last}", "Accept": "text/csv"},
        )
        # Without 206 the range was not honoured and the whole file came.
        return response.content if response.status_code == 206 else response.content[first:]

    def _parse(self, file: IO[bytes]) -> Iterator[dict[str, Any]]:
        text = (line.decode("utf-8").replace("\0", "") for line in file)
        try:
            reader = csv.reader(text, strict=True)
            header = next(reader)
            for cells in reader:
                yield {
                    name: None if cell == NULL else cell
                    for name, cell in zip(header, cells, strict=True)
                }
        except (csv.Error, ValueError) as error:
            raise self._error(f"line {reader.line_num} of the exported file: {error}") from error

    def _error(self, message: str) -> SourceError:
        return SourceError("marketo", self._kind, message, "run the date again")
