"""200 malformed files (malformed/generate.py): each ends in a clear rejection or in correct rows.

malformed/outcomes.json holds what becomes of each, read through by a person; after a change that is meant,
`CSW_WRITE_OUTCOMES=1 pytest tests/ingestion/test_malformed.py` writes it anew.
"""

import json
import os
import random
import re
import shutil
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from malformed import generate

from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.sources.files.connector import FileDrop
from ingestion.sources.salesforce.connector import Salesforce
from runtime.errors import SourceError, WarehouseError
from runtime.records import Connection, ExpectedColumns, Window

FOLDER = Path(__file__).parent / "malformed"
OUTCOMES = FOLDER / "outcomes.json"
END = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
SECRET = "t0p-Secret"
TOKEN = "t0ken-Secret"


def check_outcomes(kind, found):
    """Compare with what a person has read through, or write it anew if asked to."""
    known = json.loads(OUTCOMES.read_text()) if OUTCOMES.exists() else {}
    if os.environ.get("CSW_WRITE_OUTCOMES"):
        text = json.dumps(known | {kind: found}, ensure_ascii=False, indent=1, sort_keys=True)
        OUTCOMES.write_text(text + "\n")
    else:
        assert found == known[kind]


@pytest.mark.parametrize(
    ("folder", "make"), [("drops", generate.drops), ("answers", generate.answers)]
)
def test_the_corpus_is_what_the_generator_writes(folder, make):
    committed = {path.name: path.read_bytes() for path in (FOLDER / folder).iterdir()}
    assert committed == make(random.Random(20261122))


# Dropped files


def test_every_dropped_file_is_read_or_rejected_with_a_reason(tmp_path):
    shutil.copytree(FOLDER / "drops", tmp_path / "crm__account" / "2026-11-02")
    expected = ExpectedColumns(required=["account_id", "name"])
    extra = {"timezone": "Asia/Tokyo", "expected_columns": lambda _: expected}
    files = FileDrop(Connection(str(tmp_path), extra=extra))
    landed: dict[str, list] = {}
    for page in files.extract(find_object("files", "crm__account"), Window(None, END)):
        landed.setdefault(page.source_file.rsplit("/", 1)[-1], []).extend(page.records)

    found = {}
    for path, told in files.accepted.items():
        name = path.rsplit("/", 1)[-1]
        assert told["rows"] == len(landed.get(name, []))
        total = f", total row {told['total_row']}" if "total_row" in told else ""
        found[name] = f"{told['rows']} rows{total}"
    for rejected in files.rejected:
        found[rejected.path.rsplit("/", 1)[-1]] = rejected.reason
        assert len(rejected.reason) > 10
    assert found.keys() == {path.name for path in (FOLDER / "drops").iterdir()}
    check_outcomes("drops", found)
    check_cells(landed)


def check_cells(landed):
    """No cell of a CSV that was read is anything but text of the file, in one of its encodings."""
    for name, records in landed.items():
        if not name.endswith(".csv"):
            continue
        content = (FOLDER / "drops" / name).read_bytes()
        texts = []
        for encoding in ("utf-8-sig", "cp932", "utf-16"):
            try:
                texts.append(content.decode(encoding).replace('"', ""))
            except UnicodeError:
                continue
        cells = [cell for record in records for cell in record.values() if cell]
        assert any(all(cell.replace('"', "") in text for cell in cells) for text in texts), name


# HTTP answers


@contextmanager
def org(spoilt, step):
    """A Salesforce org whose ``step``-th answer is ``spoilt``, byte by byte, the first time."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    names = ("Id", "SystemModstamp", "Name")
    described = [{"name": name, "type": "string", "filterable": True} for name in names]
    bodies = {
        "/services/oauth2/token": {"access_token": TOKEN, "instance_url": url},
        "/services/data/v63.0/sobjects/": {"sobjects": [{"name": "Lead"}]},
        "/services/data/v63.0/sobjects/Lead/describe": {"fields": described},
        "count": {"totalSize": 3, "done": True, "records": []},
        "/services/data/v63.0/queryAll": generate.PAGE,
    }
    left = [step]

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += connection.recv(65536)
                head, _, body = request.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                while length and len(body) < int(length[1]):
                    body += connection.recv(65536)
                path, _, query = head.split(b" ")[1].decode().partition("?")
                path = "count" if "COUNT" in query.upper() else path
                if left and list(bodies)[left[0]] == path:
                    left.clear()
                    connection.sendall(spoilt)
                    continue
                good = generate.answer(orjson.dumps(bodies[path]), Connection="close")
                connection.sendall(good)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield url
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def outcome(spoilt, step, lake):
    """What an extraction with one spoilt answer came to."""
    entry, waits = find_object("salesforce", "Lead"), []
    with org(spoilt, step) as url:
        source = Salesforce(Connection(url, "client", SECRET))
        source.api.sleep = waits.append
        window = Window(None, END)
        try:
            pages = source.read(entry, window)
            manifest = lake.write_run(entry, date(2026, 11, 2), window, pages)
        except WarehouseError as error:
            assert isinstance(error, SourceError)
            assert SECRET not in str(error) and TOKEN not in str(error)
            # neither the server's port nor the line of our code is what the answer comes to
            return re.sub(r"(\.py):\d+", r"\1", re.sub(r":\d{5}\b", ":PORT", error.message))
    assert all(wait <= 120 for wait in waits)
    ids = [row["Id"] for p in lake.parts(entry, manifest) for row in pq.read_table(p).to_pylist()]
    assert manifest.rows == len(ids)
    again = " after asking again" if waits else ""
    whole = ids == [record["Id"] for record in generate.RECORDS]
    return ("the records" if whole else f"{len(ids)} rows: {ids}") + again


ANSWERS = sorted((FOLDER / "answers").iterdir())


def test_every_answer_of_a_query_ends_in_its_rows_or_in_words(tmp_path):
    lake = Lake(str(tmp_path))
    found = {path.name: outcome(path.read_bytes(), 4, lake) for path in ANSWERS}
    check_outcomes("answers", found)


@pytest.mark.parametrize("step", range(4))
def test_no_answer_at_any_step_ends_without_a_message(tmp_path, step):
    """Sign-in, list of objects, describe and count: an answer that is not the one asked for."""
    lake = Lake(str(tmp_path))
    for path in ANSWERS:
        assert len(outcome(path.read_bytes(), step, lake)) > 10
