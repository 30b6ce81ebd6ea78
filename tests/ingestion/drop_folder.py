"""A drop folder and what is read from it."""

from datetime import UTC, datetime

from ingestion.catalogue import find_object
from ingestion.sources.base import Known
from ingestion.sources.files.connector import FileDrop
from runtime.records import Connection, ExpectedColumns, Window

ENTRY = find_object("files", "crm__account")
END = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)  # 2026-11-03 ends in Tokyo
ROW = "account_id,name\nA1,Acme\n"


def drop(root, day, name, content, entity="crm__account"):
    path = root / entity / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def source(root, required=(), timezone="Asia/Tokyo"):
    extra = {"timezone": timezone, "expected_columns": lambda _: ExpectedColumns(list(required))}
    return FileDrop(Connection(str(root), extra=extra))


def extract(files, end=END, known=None):
    return list(files.update(ENTRY, Window(None, end), Known(None, False, dict, known or {})))


def names(pages):
    return [page.source_file for page in pages]
