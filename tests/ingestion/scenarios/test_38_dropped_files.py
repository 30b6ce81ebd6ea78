"""Scenario 38: files dropped on an SFTP server or in a folder, day after day, to committed runs on the lake."""

import hashlib
import os
from datetime import date

import openpyxl
import pyarrow.parquet as pq
import pytest
from sftp_server import PASSWORD, USER, sftp_server
from tenant_folder import write_tenant

from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.sources.files import sftp
from pipeline.context import Context
from pipeline.extract import connected_objects, extract_object
from runtime.records import Connection
from runtime.settings import Settings
from runtime.tenant import load_tenant

ACCOUNT = find_object("files", "crm__account")
FOLDER = "crm__account/2026-11-02"
# ㈱ and ① are NEC's own characters, 髙 and 﨑 IBM's: cp932 has them, plain Shift_JIS has not.
JAPANESE = "account_id,name\nA1,㈱髙﨑①～\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with sftp_server(folder) as server:
        yield folder, server


@pytest.fixture(params=["sftp", "folder"])
def days(request, served, tmp_path, monkeypatch):
    """Daily runs over a drop folder, on the server or local; both must come to the same."""
    folder, server = served
    monkeypatch.setenv("CSW_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sftp, "SETTLE_SECONDS", 0.0)
    tenant = write_tenant(tmp_path / "tenant", {})
    settings = Settings(home=tmp_path / "home", tenant=tenant)
    context = Context(settings, load_tenant(tenant), Lake(settings.lake_root))
    root = folder / f"{request.param}-{tmp_path.name}"
    root.mkdir()
    if request.param == "folder":
        return Days(context, root, Connection(str(root)))
    host = f"sftp://127.0.0.1:{server.port}/{root.name}"
    return Days(context, root, Connection(host, USER, PASSWORD, {"host_key": server.host_key}))


class Days:
    """A drop folder and the runs over it."""

    def __init__(self, context, root, connection):
        self.context, self.root, self.connection = context, root, connection
        self.uploads = 0

    def drop(self, content, name="a.csv", folder=FOLDER):
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.uploads += 1
        os.utime(path, (1_793_600_000 + self.uploads,) * 2)
        return path

    def run(self, day):
        """The committed manifest of a day's run, and its rows."""
        extract_object(self.context, ACCOUNT, date.fromisoformat(day), self.connection)
        lake = self.context.lake
        manifest = lake.complete_run(ACCOUNT, day)
        lake.commit(ACCOUNT, manifest)
        rows = [row for p in lake.parts(ACCOUNT, manifest) for row in pq.read_table(p).to_pylist()]
        assert manifest.rows == len(rows) == sum(f.get("rows", 0) for f in manifest.files.values())
        return manifest, rows

    def original(self, manifest, name="a.csv", folder=FOLDER):
        """The bytes the lake keeps of a file."""
        digest = manifest.files[f"{folder}/{name}"]["sha256"]
        with open(self.context.lake.original_path(digest), "rb") as file:
            content = file.read()
        assert hashlib.sha256(content).hexdigest() == digest
        return content


def test_cp932_with_nec_characters_lands_right_and_its_bytes_are_kept(days):
    days.drop(JAPANESE.encode("cp932"))
    manifest, rows = days.run("2026-11-02")
    assert [row["name"] for row in rows] == ["㈱髙﨑①～"]
    assert days.original(manifest) == JAPANESE.encode("cp932")


def test_the_entities_of_the_drop_are_found(days):
    days.drop(JAPANESE)
    days.drop(JAPANESE, folder="crm__weather/2026-11-02")
    found = connected_objects(days.context, "crm", "files", days.connection, date(2026, 11, 2))
    assert [e.object for e in found if e.source == "files"] == ["crm__account", "crm__weather"]


def test_the_same_name_uploaded_again_is_read_again_and_both_contents_are_kept(days):
    days.drop("account_id,name\nA1,Acme\n")
    first, _ = days.run("2026-11-02")
    days.drop("account_id,name\nA1,Acme\nA2,Bolt\n")
    second, rows = days.run("2026-11-03")
    assert [row["account_id"] for row in rows] == ["A1", "A2"]
    assert days.original(first).endswith(b"Acme\n")
    assert days.original(second).endswith(b"Bolt\n")
    _, unchanged = days.run("2026-11-04")
    assert unchanged == []


def test_a_renamed_header_is_quarantined_with_what_it_has_instead(days):
    days.drop("account_id,会社名\nA1,青山\n")
    days.drop("account_id,name\nA2,石川\n", "b.csv")
    manifest, rows = days.run("2026-11-02")
    assert [row["account_id"] for row in rows] == ["A2"]
    reason = manifest.files[f"{FOLDER}/a.csv"]["reason"]
    assert "required columns are missing: name (取引先名) (row 1 has account_id, 会社名)" in reason
    assert days.original(manifest).decode() == "account_id,会社名\nA1,青山\n"


def test_duplicate_headers_are_quarantined_once_until_they_are_mended(days):
    days.drop("account_id,name,Name\nA1,青山,石川\n")
    manifest, rows = days.run("2026-11-02")
    assert rows == []
    reason = manifest.files[f"{FOLDER}/a.csv"]["reason"]
    assert reason.startswith("columns of the same name: Name, name / ")
    again, _ = days.run("2026-11-03")
    assert again.files == {}
    days.drop("account_id,name\nA1,青山\n")
    _, rows = days.run("2026-11-04")
    assert [row["name"] for row in rows] == ["青山"]


def test_a_total_row_at_the_end_is_left_out_and_told(days):
    days.drop("account_id,name,employees\nA1,青山,10\nA2,石川,20\n合計,,30\n")
    manifest, rows = days.run("2026-11-02")
    assert [row["account_id"] for row in rows] == ["A1", "A2"]
    assert manifest.files[f"{FOLDER}/a.csv"]["total_row"] == ["合計", "", "30"]


def test_a_workbook_lands_like_the_same_csv(days, tmp_path):
    book = openpyxl.Workbook()
    for row in (["account_id", "name"], ["00123", "㈱髙﨑"]):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    days.drop((tmp_path / "book.xlsx").read_bytes(), "a.xlsx")
    _, rows = days.run("2026-11-02")
    assert [(row["account_id"], row["name"]) for row in rows] == [("00123", "㈱髙﨑")]


def test_an_upload_in_progress_waits_and_is_lost_by_nobody(days):
    """It goes on under its upload name, or grows between two listings, until it is renamed or still."""
    days.drop(JAPANESE[:10], "a.csv.part")
    _, rows = days.run("2026-11-02")
    assert rows == []
    days.drop(JAPANESE, "a.csv.part").rename(days.root / FOLDER / "a.csv")
    _, rows = days.run("2026-11-03")
    assert [row["account_id"] for row in rows] == ["A1"]
