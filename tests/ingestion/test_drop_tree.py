"""What lies below a drop root: read where it has the form, else a finding that names the place expected."""

import logging
import os

import pytest
from drop_folder import END, ROW, drop, extract, names, source

from runtime.records import Window


@pytest.mark.parametrize(
    ("folder", "is_read"),
    [
        ("2026-11-02", True),
        ("20261102", True),
        ("2026_11_02", True),
        ("2026.11.02", True),
        ("2026-11-02_再送", True),
        ("2026-11-02再送", True),
        ("20261102 (2)", True),
        ("2026-11-02/11月分", True),
        ("2026-11-02/a/b", True),
        ("2026-1102", False),
        ("2026-11-021", False),
        ("2026-13-02", False),
        ("２０２６-11-02", False),
        ("2026年11月2日", False),
        ("再送_2026-11-02", False),
        ("9999-12-31", False),
        ("2099-11-02", False),
        (".", False),
    ],
)
def test_a_folder_that_begins_with_a_date_is_a_drop_and_any_other_a_finding(
    tmp_path, folder, is_read
):
    drop(tmp_path, folder, "a.csv", ROW)
    files = source(tmp_path)
    pages = extract(files)
    assert names(pages) == ([f"crm__account/{folder}/a.csv"] if is_read else [])
    found = [(finding.rule, finding.severity) for finding in files.passed_over]
    assert found == ([] if is_read else [("file_misplaced", "incomplete")])
    if "年" in folder:
        assert "crm__account/2026-11-02/<file>" in files.passed_over[0].message


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("crm__account.csv", "crm__account/YYYY-MM-DD/crm__account.csv"),
        ("crm__account/2026-11-02.csv", "crm__account/2026-11-02/2026-11-02.csv"),
        ("crm__account/26年11月/a.csv", "crm__account/YYYY-MM-DD/<file>"),
        ("crm__account/2026-11-2/a.csv", "crm__account/2026-11-02/<file>"),
        ("2026-11-02/crm__account/a.csv", "crm__account/2026-11-02/<file>"),
        ("orders/a.csv", "<entity>/YYYY-MM-DD/a.csv"),
    ],
)
def test_a_finding_names_the_place_where_the_file_belongs(tmp_path, path, expected):
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(ROW)
    files = source(tmp_path)
    found = []
    for entry in files.offered([]):
        list(files.extract(entry, Window(None, END)))
        found += files.passed_over
    files.offered([])
    found += files.passed_over
    (misplaced,) = [finding for finding in found if finding.rule == "file_misplaced"]
    assert f"expected is {expected} /" in misplaced.message


def test_the_day_after_tomorrow_only_waits(tmp_path):
    drop(tmp_path, "2026-11-05", "a.csv", ROW)
    files = source(tmp_path)
    assert extract(files) == [] and files.passed_over == []


def test_what_no_file_can_be_read_from_is_a_finding_and_the_rest_is_read(tmp_path, caplog):
    outside = tmp_path / "outside.csv"
    outside.write_text(ROW)
    root = tmp_path / "drop"
    good = drop(root, "2026-11-02", "good.csv", ROW)
    drop(root, "2026-11-02", ".hidden.csv", ROW)
    drop(root, "2026-11-02", "~$a.xlsx", b"lock")
    drop(root, "2026-11-02", "Thumbs.db", b"x")
    drop(root, "6月", "a.txt", ROW)
    drop(root, ".", "見本.pdf", ROW)
    (good.parent / "link.csv").symlink_to(outside)
    (root / "crm__account" / "2026-11-01").symlink_to(tmp_path)
    os.mkfifo(good.parent / "pipe.csv")
    (good.parent / "new\nline.csv").write_text(ROW)
    with open(os.fsencode(good.parent) + b"/\x96{\x93X.csv", "w") as file:
        file.write(ROW)
    files = source(root)
    with caplog.at_level(logging.WARNING):
        assert names(extract(files)) == ["crm__account/2026-11-02/good.csv"]
    found = {(finding.rule, finding.place, finding.severity) for finding in files.passed_over}
    assert found == {
        ("file_misplaced", "crm__account/6月", "incomplete"),
        ("file_misplaced", "crm__account/見本.pdf", "warn"),
        ("link_passed_over", "crm__account/2026-11-02/link.csv", "incomplete"),
        ("link_passed_over", "crm__account/2026-11-01", "incomplete"),
        ("special_file", "crm__account/2026-11-02/pipe.csv", "incomplete"),
        ("name_unreadable", r"crm__account/2026-11-02/new\x0aline.csv", "incomplete"),
        ("name_unreadable", r"crm__account/2026-11-02/\x96{\x93X.csv", "incomplete"),
    }
    assert "link.csv" in caplog.text


def test_a_name_of_any_length_is_read(tmp_path):
    name = "長" * 83 + "い.csv"  # 256 bytes less two
    path = drop(tmp_path, "2026-11-02", name[2:], ROW)
    assert len(path.name.encode()) > 234
    assert len(extract(source(tmp_path))) == 1
