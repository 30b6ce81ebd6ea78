"""Dropped files: which are read, what their cells become, and what is turned away."""

import pytest
from drop_folder import END, ENTRY, ROW, drop, extract, names, source

from ingestion.catalogue import find_object
from ingestion.sources.base import Known
from ingestion.sources.files.connector import FileDrop
from runtime.errors import SourceError
from runtime.records import Connection, Window
from runtime.tenant import FileFeed

# Which files


def test_files_come_by_date_then_name_once_their_day_has_ended(tmp_path):
    for day, name in [("2026-11-04", "a"), ("2026-11-03", "a"), ("2026-11-02", "b")]:
        drop(tmp_path, day, f"{name}.csv", ROW)
    drop(tmp_path, "2026-11-02", "a.CSV", ROW)
    expected = ["2026-11-02/a.CSV", "2026-11-02/b.csv", "2026-11-03/a.csv"]
    pages = extract(source(tmp_path))
    assert names(pages) == [f"crm__account/{name}" for name in expected]
    assert pages[0].records == [{"account_id": "A1", "name": "Acme"}]


def test_a_day_ends_in_the_tenants_time_zone(tmp_path):
    drop(tmp_path, "2026-11-03", "a.csv", ROW)
    assert extract(source(tmp_path, timezone="UTC")) == []
    assert extract(source(tmp_path), END.replace(hour=14, minute=59)) == []
    assert len(extract(source(tmp_path))) == 1


def test_known_files_are_left_out_and_changed_ones_read_again(tmp_path):
    path = drop(tmp_path, "2026-11-02", "a.csv", ROW)
    files = source(tmp_path)
    extract(files)
    known = files.accepted
    assert known["crm__account/2026-11-02/a.csv"]["rows"] == 1
    assert extract(source(tmp_path), known=known) == []
    path.touch()
    assert extract(source(tmp_path), known=known) == []
    path.write_text(ROW + "A2,Bolt\n")
    (page,) = extract(source(tmp_path), known=known)
    assert [record["account_id"] for record in page.records] == ["A1", "A2"]


def test_a_file_without_rows_is_read_but_gives_no_page(tmp_path):
    drop(tmp_path, "2026-11-02", "a.csv", "account_id,name\n")
    files = source(tmp_path)
    assert extract(files) == []
    taken = files.accepted["crm__account/2026-11-02/a.csv"]
    assert (taken["rows"], taken["drop"]) == (0, "2026-11-02")


@pytest.mark.parametrize("required", [["account_id", "uses"], []])
def test_an_event_file_without_rows_says_so_in_a_deleted_row(tmp_path, required):
    """The rows of an earlier content of it would stay for good otherwise."""
    feed = find_object("files", "product__feature_use")
    drop(tmp_path, "2026-11-02", "a.csv", "account_id,uses,note\n", entity=feed.object)
    files = source(tmp_path, required=required)
    (page,) = files.extract(feed, Window(None, END))
    assert page.records == [dict.fromkeys(required) | {"_is_deleted": True}]
    assert page.source_file == "product__feature_use/2026-11-02/a.csv"
    assert files.accepted[page.source_file]["rows"] == 0


def test_a_bad_file_is_rejected_whole_and_the_others_are_read(tmp_path):
    drop(tmp_path, "2026-11-01", "bad.csv", ROW + "A2,Bolt\nA3,Core\nA4,Dora,extra\n")
    drop(tmp_path, "2026-11-02", "good.csv", ROW + "A2,Bolt\nA3,Core\n")
    files = source(tmp_path)
    pages = extract(files)
    assert names(pages) == ["crm__account/2026-11-02/good.csv"]
    assert [len(page.records) for page in pages] == [3]
    (rejected,) = files.rejected
    assert rejected.path == "crm__account/2026-11-01/bad.csv"
    assert rejected.reason.startswith("row 5 has 3 columns, the header 2; ")
    assert len(rejected.sha256) == 64
    assert list(files.accepted) == ["crm__account/2026-11-02/good.csv"]


def test_required_columns_are_handed_in(tmp_path):
    drop(tmp_path, "2026-11-02", "a.csv", "account_id\nA1\n")
    files = source(tmp_path, required=["account_id", "name"])
    assert extract(files) == []
    (rejected,) = files.rejected
    said = "required columns are missing: name (row 1 has account_id) / "
    assert rejected.reason.startswith(said)
    assert rejected.what_to_do.startswith("rename the columns that hold them")


def test_an_entity_nobody_dropped_is_empty_but_a_missing_root_is_an_error(tmp_path):
    assert extract(source(tmp_path)) == []
    with pytest.raises(SourceError, match=r"does not exist .*`file_drop_default`"):
        extract(source(tmp_path / "nowhere"))


def test_a_file_that_grows_while_it_is_read_ends_the_run(tmp_path):
    path = drop(tmp_path, "2026-11-02", "a.csv", ROW)
    pages = source(tmp_path).extract(ENTRY, Window(None, END))
    next(pages)
    path.write_text(ROW + "A2,Bolt\n")
    with pytest.raises(SourceError, match="changed while it was read"):
        next(pages)


# Total rows


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("合計,,300", 2),
        ("合 計:,,300", 2),
        ("Grand Total,,300", 2),
        (",合計,300", 2),
        ("合計,300", 2),
        ("合計商事,,300", 3),
        ("計,A9,300", 3),
    ],
)
def test_a_total_row_at_the_end_is_no_record(tmp_path, last, kept):
    """Scenario 38: it says so and lacks a required cell or has no id; a company called 計 is a company."""
    content = f"name,account_id,amount\n青山,A1,100\n計,A2,200\n{last}\n"
    drop(tmp_path, "2026-11-02", "a.csv", content)
    files = source(tmp_path, required=["account_id"])
    (page,) = extract(files)
    assert len(page.records) == kept
    (entry,) = files.accepted.values()
    assert entry["rows"] == kept
    assert entry.get("total_row") == (last.split(",") if kept == 2 else None)
    told = [(finding.rule, finding.key) for finding in files.findings]
    assert told == ([("total_row_left_out", *files.accepted)] if kept == 2 else [])


def test_a_total_row_in_the_middle_stays_for_the_contract_to_judge(tmp_path):
    content = "name,account_id\n青山,A1\n合計,\n石川,A2\n"
    drop(tmp_path, "2026-11-02", "a.csv", content)
    (page,) = extract(source(tmp_path, required=["account_id"]))
    assert [record["name"] for record in page.records] == ["青山", "合計", "石川"]


# What the company says, and what is said to it


def test_the_encoding_of_the_feed_is_believed(tmp_path):
    drop(tmp_path, "2026-11-02", "a.csv", "account_id,name\nA1,Bäckerei\n".encode("cp1252"))
    files = source(tmp_path)
    assert extract(files) == []
    (rejected,) = files.rejected
    assert "neither UTF-8 nor Shift_JIS" in rejected.reason
    notes = next(files.originals()).notes
    assert (notes["reason"], notes["what_to_do"]) == (rejected.reason, rejected.what_to_do)
    feeds = {"crm__account": FileFeed(encoding="cp1252")}
    files = FileDrop(Connection(str(tmp_path), extra={"timezone": "Asia/Tokyo", "feeds": feeds}))
    (page,) = extract(files)
    assert page.records == [{"account_id": "A1", "name": "Bäckerei"}]


def test_what_is_read_otherwise_than_it_stands_there_is_a_finding(tmp_path):
    drop(tmp_path, "2026-11-02", "a.csv", f"取引先一覧\n{ROW}A2,外字\ue000\n")
    files = source(tmp_path, required=["account_id", "name"])
    (page,) = extract(files)
    assert [record["account_id"] for record in page.records] == ["A1", "A2"]
    path = "crm__account/2026-11-02/a.csv"
    found = [(finding.rule, finding.place, finding.key) for finding in files.findings]
    assert found == [("title_left_out", "", path), ("odd_characters", path, "")]
    assert all(finding.severity == "warn" for finding in files.findings)


def test_an_event_file_that_comes_again_under_another_name_is_told(tmp_path):
    uses = find_object("files", "product__feature_use")
    content = "account_id,use_date,feature_code,uses\nA1,2026-11-01,f,3\n"
    drop(tmp_path, "2026-11-01", "u.csv", content, uses.object)
    drop(tmp_path, "2026-11-02", "u (1).csv", content, uses.object)
    drop(tmp_path, "2026-11-02", "empty.csv", content[:38], uses.object)
    files = source(tmp_path)
    list(files.update(uses, Window(None, END), Known(None, False, dict, {})))
    again = "product__feature_use/2026-11-02/u (1).csv"
    assert [(f.place, f.rows) for f in files.findings if f.rule == "file_came_twice"] == [
        (again, 1)
    ]
    drop(tmp_path, "2026-11-03", "v.csv", content, uses.object)
    known = dict(files.accepted)
    list(files.update(uses, Window(None, END), Known(None, False, dict, known)))
    assert [f.place for f in files.findings] == ["product__feature_use/2026-11-03/v.csv"]
