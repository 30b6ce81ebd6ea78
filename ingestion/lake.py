"""The raw lake: every record as the source gave it, in immutable runs, committed by a pointer.

Layout (root is an fsspec URL, local by default)::

    raw/<source>/<object>/business_date=D/run_id=R/part-00000.parquet …   zstd, every field as text
                                                  /_manifest.json          written last: the run is complete
                                                  /_blocked.json           the check refused it
    raw/<source>/<object>/_committed.json         the runs that count, replaced atomically
    originals/<aa>/<sha256>                       every dropped file's bytes, under their own hash
    quarantine/<source>/<object>/business_date=D/run_id=R/rows.parquet     whole rows + _rule, _reason
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from ingestion.catalogue import CatalogueObject, find_object, is_known
from ingestion.text_table import LONGEST_COLUMN, spelled_as_first_seen, to_text_table
from runtime.errors import SourceError, StateError
from runtime.files import write_atomically
from runtime.findings import Finding
from runtime.locks import locked
from runtime.records import Page, Window
from runtime.sources import SOURCES

PART_ROWS = 20_000
LONGEST_NAME = 200  # bytes
PART_BYTES = 128 * 2**20  # in memory; records of a megabyte are cut sooner


@dataclass
class Manifest:
    """What one extraction of one object brought; ``rows`` = rows committed + ``rows_quarantined``."""

    source: str
    object: str
    business_date: str
    run_id: str
    window_start: str | None
    window_end: str
    rows: int = 0
    tombstones: int = 0
    pages: int = 0
    rows_quarantined: int = 0
    bytes: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    api: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    started_at: str = ""
    finished_at: str = ""


_MANIFEST = TypeAdapter(Manifest)
_PART = ("name", "sha256")
_SEAL = b'{"sha256": "'


class Lake:
    """Reads and writes the lake under one fsspec URL."""

    def __init__(self, root: str) -> None:
        self.fs, self.root = fsspec.core.url_to_fs(root)

    def object_path(self, entry: CatalogueObject) -> str:
        """Folder of an object's runs."""
        return f"{self.root}/raw/{entry.source}/{entry.object}"

    def run_path(
        self, entry: CatalogueObject, business_date: str, run_id: str, zone: str = "raw"
    ) -> str:
        """Folder of one run in ``zone`` (``raw`` or ``quarantine``)."""
        return f"{self.root}/{zone}/{entry.source}/{entry.object}/business_date={business_date}/run_id={run_id}"

    def committed(self, entry: CatalogueObject, up_to: date | None = None) -> list[Manifest]:
        """Manifests of the committed runs in commit order, of business dates ≤ ``up_to`` (all if None)."""
        pointer = f"{self.object_path(entry)}/_committed.json"
        if not self.fs.exists(pointer):
            return []
        document = self._read_json(pointer)
        listed = document.get("runs") if isinstance(document, dict) else None
        if not isinstance(listed, list):
            raise StateError(
                f"{pointer} is damaged: it is no list of runs",
                "restore it from a backup of the lake",
            )
        runs = [_manifest(run, pointer) for run in listed]
        return [run for run in runs if up_to is None or run.business_date <= up_to.isoformat()]

    def unknown_entities(self) -> list[CatalogueObject]:
        """Dropped-file folders that are no entity of the catalogue and were landed all the same."""
        landed = [
            find_object(spec.name, path.rsplit("/", 1)[-1])
            for spec in SOURCES.values()
            if spec.is_file_drop
            for path in self._folders(f"{self.root}/raw/{spec.name}")
        ]
        return [entry for entry in landed if not is_known(entry)]

    def next_window(self, entry: CatalogueObject, end: datetime) -> Window:
        """From the end of the last committed window minus the look-back to ``end``."""
        ends = [datetime.fromisoformat(run.window_end) for run in self.committed(entry)]
        return Window(start=max(ends) - entry.lookback if ends else None, end=end)

    def complete_run(self, entry: CatalogueObject, business_date: str) -> Manifest | None:
        """A finished extraction of that date still waiting for its check (its run was killed), if any."""
        committed = {run.run_id for run in self.committed(entry)}
        for run in reversed(
            self._folders(f"{self.object_path(entry)}/business_date={business_date}")
        ):
            if self.fs.exists(f"{run}/_manifest.json") and not self.fs.exists(
                f"{run}/_blocked.json"
            ):
                path = f"{run}/_manifest.json"
                manifest = _manifest(self._read_json(path), path)
                if manifest.run_id not in committed:
                    return manifest
        return None

    def write_run(
        self, entry: CatalogueObject, business_date: date, window: Window, pages: Iterable[Page]
    ) -> Manifest:
        """Land every page of an extraction as one run; the manifest is written last.

        Nothing is visible to the load before `commit`. An interrupted run has no manifest and never counts.
        """
        started = datetime.now(UTC)
        run_id = f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        manifest = Manifest(
            source=entry.source,
            object=entry.object,
            business_date=business_date.isoformat(),
            run_id=run_id,
            window_start=window.start.isoformat() if window.start else None,
            window_end=window.end.isoformat(),
            started_at=started.isoformat(),
        )
        folder = self.run_path(entry, manifest.business_date, run_id)
        self.fs.makedirs(folder, exist_ok=True)
        spelling: dict[str, str] = {}
        renamed: dict[str, str] = {}
        waiting: list[pa.Table] = []
        rows = size = 0
        for page in pages:
            manifest.pages += 1
            if not page.records:
                continue
            for record in page.records:
                if not isinstance(record, dict):
                    raise SourceError(
                        entry.source,
                        entry.object,
                        f"page {manifest.pages} has a record that is no object but {type(record).__name__}",
                        "run again; if it stays so, ask the vendor",
                    )
            table = to_text_table(page, manifest.pages, manifest.rows, run_id, started)
            waiting.append(spelled_as_first_seen(entry, table, spelling, renamed))
            manifest.rows += table.num_rows
            rows, size = rows + table.num_rows, size + table.nbytes
            if rows >= PART_ROWS or size >= PART_BYTES:
                table = pa.concat_tables(waiting, promote_options="default")
                while table.num_rows >= PART_ROWS or table.nbytes >= PART_BYTES:
                    self._write_part(folder, manifest, table.slice(0, PART_ROWS))
                    table = table.slice(PART_ROWS)
                waiting = [table] if table.num_rows else []
                rows, size = table.num_rows, table.nbytes
        if waiting:
            table = pa.concat_tables(waiting, promote_options="default")
            self._write_part(folder, manifest, table)
        manifest.columns = list(spelling.values())
        manifest.findings = [asdict(_renamed(entry, *names)) for names in renamed.items()]
        manifest.finished_at = datetime.now(UTC).isoformat()
        return manifest

    def finish_run(self, entry: CatalogueObject, manifest: Manifest) -> None:
        """Declare a run complete by writing (or rewriting) its manifest."""
        path = self.run_path(entry, manifest.business_date, manifest.run_id)
        self._write_atomically(f"{path}/_manifest.json", _sealed(asdict(manifest)))

    def _write_part(self, folder: str, manifest: Manifest, table: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        payload = sink.getvalue().to_pybytes()
        name = f"part-{len(manifest.parts):05d}.parquet"
        self._write_atomically(f"{folder}/{name}", payload)
        manifest.parts.append(
            {
                "name": name,
                "rows": table.num_rows,
                "bytes": len(payload),
                "sha256": hashlib.sha256(payload).hexdigest(),
            }
        )
        manifest.bytes += len(payload)
        manifest.tombstones += pc.sum(table.column("_is_deleted")).as_py()

    def parts(self, entry: CatalogueObject, manifest: Manifest) -> list[str]:
        """A run's Parquet parts as DuckDB opens them: local paths, else URLs (see `register_lake`)."""
        folder = self.run_path(entry, manifest.business_date, manifest.run_id)
        return [self._location(f"{folder}/{part['name']}") for part in manifest.parts]

    def compare(self, entry: CatalogueObject, manifest: Manifest) -> None:
        """Read a run's parts.

        Raises:
            StateError: one is gone, or is not the one that was written.
        """
        folder = self.run_path(entry, manifest.business_date, manifest.run_id)
        for part in manifest.parts:
            path = f"{folder}/{part['name']}"
            there = self.fs.exists(path)
            if not there or hashlib.sha256(self.fs.cat_file(path)).hexdigest() != part["sha256"]:
                raise StateError(
                    f"{path} is {'damaged' if there else 'gone'}; the warehouse was not touched",
                    "restore it from a backup of the lake",
                )

    def quarantine_rows(
        self, entry: CatalogueObject, manifest: Manifest, rows: dict[int, tuple[str, str]]
    ) -> None:
        """Copy whole rows to the quarantine.

        Args:
            rows: ``_row`` → (rule, reason) of the run's rows that broke a row rule.
        """
        folder = self.run_path(entry, manifest.business_date, manifest.run_id, zone="quarantine")
        self.fs.makedirs(folder, exist_ok=True)
        tables = []
        for path in self.parts(entry, manifest):
            with self.fs.open(path) as handle:
                table = pq.read_table(handle)
            keep = [number in rows for number in table.column("_row").to_pylist()]
            tables.append(table.filter(pa.array(keep, pa.bool_())))
        bad = pa.concat_tables(tables, promote_options="default")
        reasons = [rows[number] for number in bad.column("_row").to_pylist()]
        bad = bad.append_column("_rule", pa.array([rule for rule, _ in reasons], pa.string()))
        bad = bad.append_column("_reason", pa.array([reason for _, reason in reasons], pa.string()))
        sink = pa.BufferOutputStream()
        pq.write_table(bad, sink, compression="zstd")
        self._write_atomically(f"{folder}/rows.parquet", sink.getvalue().to_pybytes())

    def quarantined_parts(self, entry: CatalogueObject, manifest: Manifest) -> list[str]:
        """The run's quarantined rows, as a list that is empty if there are none."""
        folder = self.run_path(entry, manifest.business_date, manifest.run_id, zone="quarantine")
        return [self._location(f"{folder}/rows.parquet")] if manifest.rows_quarantined else []

    def quarantine_file(
        self, entry: CatalogueObject, manifest: Manifest, name: str, content: bytes, reason: str
    ) -> None:
        """Keep an unreadable file's original bytes beside the reason, which has the name in full."""
        folder = self.run_path(entry, manifest.business_date, manifest.run_id, zone="quarantine")
        target = f"{folder}/{'/'.join(map(_fitting, name.split('/')))}"
        self.fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        self._write_atomically(target, content)
        self._write_atomically(f"{target}.reason.json", _to_json({"file": name, "reason": reason}))

    def keep_original(self, content: bytes) -> str:
        """Keep a dropped file's bytes once, whatever it is called; returns their sha256."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.original_path(digest)
        if not self.fs.exists(path):
            self.fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            self._write_atomically(path, content)
        return digest

    def original_path(self, sha256: str) -> str:
        """Where the bytes with this hash are kept."""
        return f"{self.root}/originals/{sha256[:2]}/{sha256}"

    def block(self, entry: CatalogueObject, manifest: Manifest, reasons: list[str]) -> None:
        """Mark a run as refused by the check; a rerun extracts again."""
        folder = self.run_path(entry, manifest.business_date, manifest.run_id)
        self._write_atomically(f"{folder}/_blocked.json", _to_json({"reasons": reasons}))

    def commit(self, entry: CatalogueObject, manifest: Manifest) -> None:
        """Make a checked run count: its manifest is added to the pointer file in one atomic replace."""
        pointer = f"{self.object_path(entry)}/_committed.json"
        # two dates may be committed at once: an Airflow backfill beside the daily run
        with locked(f"{pointer}.lock") if self._is_local else nullcontext():
            runs = [run for run in self.committed(entry) if run.run_id != manifest.run_id]
            document = {"runs": [asdict(run) for run in [*runs, manifest]]}
            self._write_atomically(pointer, _sealed(document))

    def _read_json(self, path: str) -> dict[str, Any]:
        content = self.fs.cat_file(path)
        first_line, _, rest = content.partition(b"\n")
        try:
            if first_line.startswith(_SEAL) and hashlib.sha256(rest).hexdigest() not in str(
                first_line
            ):
                raise ValueError("its content is not the one that was written")
            document = json.loads(content)
            if isinstance(document, dict):
                document.pop("sha256", None)
            return document
        except ValueError as error:
            raise StateError(
                f"{path} is damaged: {error}", "restore it from a backup of the lake"
            ) from error

    @property
    def _is_local(self) -> bool:
        return "file" in self.fs.protocol

    def _location(self, path: str) -> str:
        return path if self._is_local else self.fs.unstrip_protocol(path)

    def _folders(self, path: str) -> list[str]:
        if not self.fs.exists(path):
            return []
        found = self.fs.ls(path, detail=True)
        return sorted(item["name"].rstrip("/") for item in found if item["type"] == "directory")

    def _write_atomically(self, path: str, payload: bytes) -> None:
        if not self._is_local:
            self.fs.pipe_file(path, payload)  # object stores replace an object whole
            return
        write_atomically(path, payload)


def register_lake(connection: duckdb.DuckDBPyConnection, locations: Iterable[str]) -> None:
    """Let DuckDB open what `Lake.parts` names, wherever the lake is."""
    for protocol in {location.split("://")[0] for location in locations if "://" in location}:
        if not connection.filesystem_is_registered(protocol):
            connection.register_filesystem(fsspec.filesystem(protocol))


def _renamed(entry: CatalogueObject, name: str, own: str) -> Finding:
    """A column that lands under another name; of a folder without a contract its header may be a person's row."""
    shown = name if is_known(entry) else f"text of {len(own)} characters"
    return Finding(
        rule="column_renamed",
        source=entry.source,
        object=entry.object,
        message="The column's name has characters that no column may have, or is too long: it lands under a safe "
        "name. / 列名に使えない文字があるか長すぎるため、安全な列名で保存しています。",
        what_to_do=f"name it with letters, digits, spaces and _ - . / ( ), up to {LONGEST_COLUMN} characters / "
        f"列名は文字・数字・空白と _ - . / ( ) のみ、{LONGEST_COLUMN}文字以内にしてください。",
        column=shown,
        rows=0,
    )


def _fitting(name: str) -> str:
    """A file name that leaves room for what is put behind it."""
    content = name.encode()
    if len(content) <= LONGEST_NAME:
        return name
    start = content[:100].decode(errors="ignore")
    return f"{start}-{hashlib.md5(content).hexdigest()}{name[-5:]}"


def _to_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _sealed(document: dict[str, Any]) -> bytes:
    """An object as JSON whose first line holds the hash of the others: one changed byte is noticed."""
    rest = _to_json(document).partition(b"\n")[2]
    return b'%s%s",\n%s' % (_SEAL, hashlib.sha256(rest).hexdigest().encode(), rest)


def _manifest(document: Any, path: str) -> Manifest:
    try:
        manifest = _MANIFEST.validate_python(Manifest(**document).__dict__)
        date.fromisoformat(manifest.business_date)
        datetime.fromisoformat(manifest.window_end)
        if not all(isinstance(part.get(name), str) for part in manifest.parts for name in _PART):
            raise ValueError("a part without a name or sha256")
    except (TypeError, ValueError) as error:
        raise StateError(
            f"{path} is damaged: a run has another form ({str(error).splitlines()[0]})",
            "restore it from a backup of the lake",
        ) from error
    return manifest
