"""Files fetched over SFTP from a real server: whose key is pinned, and which uploads are complete."""

import hashlib
import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import asyncssh
import pytest
from sftp_server import PASSWORD, USER, sftp_server

from ingestion.catalogue import find_object
from ingestion.sources.base import Known
from ingestion.sources.files.connector import FileDrop
from ingestion.sources.files.listing import DropTree
from ingestion.sources.files.sftp import SftpDrop
from runtime.errors import AuthenticationError, SourceError
from runtime.records import Connection, Window

ROW = "account_id,name\nA1,Acme\n"
NAME = "crm__account/2026-11-02/a.csv"
END = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def client_key():
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture(scope="module")
def served(tmp_path_factory, client_key):
    folder = tmp_path_factory.mktemp("served")
    with sftp_server(folder, client_key) as server:
        yield folder, server


@pytest.fixture
def remote(served, tmp_path):
    """The drop folder of one test on the server, and its connection."""
    folder, server = served
    root = folder / tmp_path.name
    root.mkdir()
    return root, server


def upload(root, content=ROW, name=NAME, at=1_793_600_000):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (at, at))
    return path


def drop(remote, password=PASSWORD, login=USER, folder=None, **extra):
    root, server = remote
    host = f"sftp://127.0.0.1:{server.port}/{folder or root.name}"
    source = SftpDrop(Connection(host, login, password, {"host_key": server.host_key, **extra}))
    source.sleep = lambda seconds: None
    return source


def listed(source):
    tree = DropTree(source.entries)
    return tree.files("crm__account", ZoneInfo("Asia/Tokyo"), END, date(2026, 11, 4)), tree.findings


def fetched(source, spool):
    try:
        source.fetch(listed(source)[0], spool)
    finally:
        source.close()
    files = (path for path in spool.rglob("*") if path.is_file())
    return {path.relative_to(spool).as_posix(): path.read_bytes() for path in files}


def read(remote, known):
    """Paths of the files that the connector reads."""
    root, server = remote
    host = f"sftp://127.0.0.1:{server.port}/{root.name}"
    extra = {"host_key": server.host_key, "settle_seconds": 0, "timezone": "Asia/Tokyo"}
    source = FileDrop(Connection(host, USER, PASSWORD, extra))
    entry, window = find_object("files", "crm__account"), Window(None, END)
    pages = list(source.update(entry, window, Known(None, False, dict, known)))
    source.close()
    return [page.source_file for page in pages]


def test_new_files_come_with_their_paths_and_times(remote, tmp_path):
    root, _ = remote
    upload(root)
    upload(root, b"\x87\x8a\x94\x92", "crm__account/2026-11-03/\u682a.csv")
    upload(root, name="sfa__lead/2026-11-02/l.csv")
    source = drop(remote)
    assert DropTree(source.entries).entities() == ["crm__account", "sfa__lead"]
    files = fetched(source, tmp_path / "spool")
    assert files == {
        NAME: ROW.encode(),
        "crm__account/2026-11-03/\u682a.csv": b"\x87\x8a\x94\x92",
    }
    assert (tmp_path / "spool" / NAME).stat().st_mtime_ns == 1_793_600_000 * 10**9


def test_known_files_stay_where_they_are_and_reuploaded_ones_come_again(remote):
    """Scenario 38: the same name uploaded again."""
    root, _ = remote
    path = upload(root)
    known = {NAME: {"size": path.stat().st_size, "mtime_ns": 1_793_600_000 * 10**9}}
    assert read(remote, known) == []
    upload(root, at=1_793_600_001)
    assert read(remote, known) == [NAME]


def test_a_partial_upload_waits_for_the_next_run(remote, tmp_path):
    """Scenario 38: it grows between the two listings."""
    root, _ = remote
    path = upload(root, ROW[:20])
    upload(root, name="crm__account/2026-11-02/b.csv")
    source = drop(remote)
    source.sleep = lambda seconds: path.write_text(ROW)
    assert list(fetched(source, tmp_path / "spool")) == ["crm__account/2026-11-02/b.csv"]
    assert source.unfinished == {NAME: "its upload goes on"}
    assert fetched(drop(remote), tmp_path / "next")[NAME] == ROW.encode()


def test_a_marker_says_complete_without_waiting(remote, tmp_path):
    root, _ = remote
    for number, marker in enumerate(["a.csv.done", "b.done"]):
        upload(root, name=f"crm__account/2026-11-02/{'ab'[number]}.csv")
        upload(root, "", name=f"crm__account/2026-11-02/{marker}")
    source = drop(remote)
    source.sleep = lambda seconds: pytest.fail("it waited")
    assert len(fetched(source, tmp_path / "spool")) == 2


def test_a_checksum_is_verified(remote, tmp_path):
    root, _ = remote
    upload(root)
    upload(root, f"{'0' * 64}  a.csv\n", f"{NAME}.sha256")
    source = drop(remote)
    assert NAME not in fetched(source, tmp_path / "spool")
    assert source.unfinished == {NAME: "it does not match a.csv.sha256"}
    upload(root, f"{hashlib.sha256(ROW.encode()).hexdigest()}  a.csv\n", f"{NAME}.sha256")
    assert NAME in fetched(drop(remote), tmp_path / "next")


def test_upload_names_and_hidden_files_are_passed_over(remote, tmp_path):
    root, _ = remote
    for name in ("a.csv.part", "b.csv.filepart", "c.tmp", ".hidden.csv", "~$a.xlsx"):
        upload(root, name=f"crm__account/2026-11-02/{name}")
    assert fetched(drop(remote), tmp_path / "spool") == {}
    os.rename(root / f"{NAME}.part", root / NAME)
    assert list(fetched(drop(remote), tmp_path / "spool")) == [NAME]


def test_the_tree_is_read_and_found_as_on_this_machine(remote, tmp_path):
    root, _ = remote
    good = [
        f"crm__account/{name}/a.csv" for name in ("20261102", "2026-11-02_再送", "2026-11-03/下/x")
    ]
    for name in good:
        upload(root, name=name)
    upload(root, name="crm__account/6月/b.csv")
    upload(root, name="crm__account/c.csv")
    upload(root, name="crm__account/9999-12-31/d.csv")
    (root / "crm__account" / "2026-11-02").mkdir()
    os.symlink("/etc/passwd", root / "crm__account" / "2026-11-02" / "link.csv")
    with open(os.fsencode(root / "crm__account" / "20261102") + b"/\x96{.csv", "w") as file:
        file.write(ROW)
    source = drop(remote)
    assert sorted(fetched(source, tmp_path / "spool")) == sorted(good)
    _, findings = listed(source)
    source.close()
    assert {(finding.rule, finding.place, finding.key) for finding in findings} == {
        ("file_misplaced", "crm__account/6月", "b.csv"),
        ("file_misplaced", "crm__account/c.csv", ""),
        ("file_misplaced", "crm__account/9999-12-31", "d.csv"),
        ("link_passed_over", "crm__account/2026-11-02/link.csv", ""),
        ("name_unreadable", "crm__account/20261102/\\x96{.csv", ""),
    }


def test_a_private_key_signs_in(remote, tmp_path, client_key):
    upload(remote[0])
    text = client_key.export_private_key().decode()
    assert NAME in fetched(drop(remote, password="", private_key=text), tmp_path / "spool")


def test_another_host_key_is_refused_before_anything_is_sent(remote, tmp_path):
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(SourceError, match="another host key than the pinned one"):
        fetched(drop(remote, host_key=other), tmp_path / "spool")


@pytest.mark.parametrize("key", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "nonsense !"])
def test_without_a_usable_pinned_key_there_is_no_connection(remote, tmp_path, key):
    with pytest.raises(SourceError, match="no usable pinned host key"):
        fetched(drop(remote, host_key=key), tmp_path / "spool")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"password": "wrong-Secret"}, AuthenticationError, "refuses the account"),
        ({"login": "nobody"}, AuthenticationError, "refuses the account"),
        ({"private_key": "no key"}, AuthenticationError, "private key cannot be read"),
        ({"folder": "nowhere"}, SourceError, "has no folder /nowhere"),
    ],
)
def test_refusals_are_clear_and_hold_no_secret(remote, tmp_path, changes, error, message):
    with pytest.raises(error, match=message) as caught:
        fetched(drop(remote, **changes), tmp_path / "spool")
    assert "Secret" not in str(caught.value)
    assert "`file_drop_default`" in str(caught.value)


def test_a_server_that_is_not_there(tmp_path):
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    source = SftpDrop(Connection("sftp://127.0.0.1:1/x", extra={"host_key": key}))
    with pytest.raises(SourceError, match=r"127.0.0.1:1 gave no complete answer"):
        fetched(source, tmp_path / "spool")
