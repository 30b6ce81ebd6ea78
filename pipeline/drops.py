"""Dropped files: what is new in the drop folder or on the SFTP server, landed with its original bytes."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from expectations.contracts import contract_for
from ingestion.catalogue import CatalogueObject, is_known
from ingestion.lake import Lake, Manifest
from ingestion.sources.files.connector import FileDrop
from ingestion.sources.files.sftp import SftpDrop, is_remote
from pipeline.context import Context
from runtime.errors import SourceError
from runtime.progress import report
from runtime.records import Connection, Window


def drop_folders(context: Context, connection: Connection) -> list[str]:
    """Names of the entities' folders, in the drop folder or on the SFTP server.

    Raises:
        SourceError: there is no such folder, or the server cannot be read.
    """
    if is_remote(connection):
        return SftpDrop(connection).folders()
    root = _drop_root(context, connection)
    if not root.is_dir():
        raise SourceError(
            "files",
            "drop folder",
            f"{root} does not exist",
            "create it, name it in the connection `file_drop_default`, or take files out of systems in tenant.yml",
        )
    folders = (path.name for path in root.iterdir() if path.is_dir())
    return sorted(name for name in folders if not name.startswith("."))


def land_files(
    context: Context,
    entry: CatalogueObject,
    business_date: date,
    window: Window,
    connection: Connection,
    force: bool = False,
) -> Manifest:
    """Land an entity's new dropped files; their original bytes stay on the lake as well.

    Args:
        force: read files again that were read, or rejected, before.

    Raises:
        SourceError: the drop cannot be read, or a file changes while it is.
    """
    lake = context.lake
    with tempfile.TemporaryDirectory() as spool:
        known = {} if force else _known_files(lake, entry)
        source = FileDrop(file_connection(context, entry, connection, known, Path(spool)))
        manifest = lake.write_run(entry, business_date, window, source.extract(entry, window))
        manifest.files = dict(source.read)
        for file in source.rejected:
            manifest.files[file.path] = {
                "sha256": file.sha256,
                **file.stamp,
                "reason": file.reason,
            }
        for name, file in manifest.files.items():
            content = (source.root / name).read_bytes()
            if lake.keep_original(content) != file["sha256"]:
                raise SourceError(
                    "files", entry.object, f"{name} changed while it was read", "run again"
                )
            if "reason" in file:
                lake.quarantine_file(entry, manifest, name, content, file["reason"])
                report("warning", message=f"files / {name} is quarantined: {file['reason']}")
        lake.finish_run(entry, manifest)
    return manifest


def _known_files(lake: Lake, entry: CatalogueObject) -> dict[str, dict[str, Any]]:
    known = {}
    for run in lake.committed(entry):
        known |= run.files
    return known


def file_connection(
    context: Context,
    entry: CatalogueObject,
    connection: Connection,
    known: dict[str, dict[str, Any]],
    spool: Path,
) -> Connection:
    """The folder to read: the local drop folder, or ``spool`` with what is new on the SFTP server."""
    root = spool if is_remote(connection) else _drop_root(context, connection)
    if is_remote(connection):
        drop = SftpDrop(connection)
        drop.fetch(entry.object, known, spool)
        for path, reason in drop.unfinished.items():
            report("warning", message=f"files / {path} is left for the next run: {reason}")
    contract = contract_for(entry) if is_known(entry) else None
    columns = contract.columns if contract else ()
    extra = {
        **connection.extra,
        "timezone": context.tenant.timezone,
        "known_files": known,
        "required_columns": list(contract.required_columns) if contract else [],
        "date_columns": [c.name for c in columns if c.logical_type in ("date", "timestamp")],
    }
    return Connection(str(root), extra=extra)


def _drop_root(context: Context, connection: Connection) -> Path:
    return Path(connection.host) if connection.host else context.settings.tenant / "files"
