"""What a feed's later drops make good of its findings, and that nothing held back goes unsaid."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.catalogue import find_object
from ingestion.load import load
from pipeline.build import contract_columns
from pipeline.commit import check_and_commit
from pipeline.extract import extract_object
from pipeline.held_back import check_held_back, restore_findings
from runtime.errors import SourceError
from runtime.records import Connection
from tests.plans import plan_of

DAYS = tuple(date(2026, 3, day) for day in (28, 29, 30, 31))
LINES = find_object("files", "crm__order_line")
HEADER = "order_line_id,order_id,product_id,quantity,amount_ex_tax\n"


@pytest.fixture
def files(context, tmp_path):
    """The context of a company that drops files, and the drop's connection."""
    tenant = context.tenant.model_copy(update={"systems": ["files"]})
    (tmp_path / "drop").mkdir()
    return replace(context, tenant=tenant), Connection(host=str(tmp_path / "drop"))


def day_of(files, day: date, *rows: str, name: str = "lines.csv", header: str = HEADER) -> None:
    """Drop a file and ingest the day."""
    context, connection = files
    folder = f"{connection.host}/crm__order_line/{day}"
    if rows:
        (path := Path(folder)).mkdir(parents=True, exist_ok=True)
        (path / name).write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    runs = [extract_object(context, LINES, day, connection)]
    check_and_commit(context, "crm", day, runs)


def open_findings(files) -> dict[str, str]:
    """Rule → keys or place of what is open, ``!`` where it makes the numbers incomplete."""
    return {
        row["rule"] + ("!" if row["severity"] == "incomplete" else ""): row["keys"] or row["place"]
        for row in files[0].findings.open()
    }


GOOD = [f"L{number},O1,P1,1,1000" for number in range(300)]


def test_a_row_that_comes_again_well_makes_its_finding_good(files):
    day_of(files, DAYS[0], *GOOD, "X1,O1,P1,1,12万くらい")
    assert open_findings(files) == {"amount_ex_tax_unreadable": "X1"}
    day_of(files, DAYS[1])
    assert open_findings(files) == {"amount_ex_tax_unreadable": "X1"}
    day_of(files, DAYS[2], "X1,O1,P1,1,120000", name="mended.csv")
    assert open_findings(files) == {}
    (made_good,) = files[0].findings.grouped().to_pylist()
    assert (made_good["status"], made_good["closed_on"]) == ("made_good", DAYS[2])


def test_a_file_dropped_again_well_makes_all_of_it_good(files):
    day_of(files, DAYS[0], *GOOD)
    day_of(files, DAYS[1], "nonsense", name="new.csv", header="a,b\n")
    assert open_findings(files) == {"file_rejected!": f"crm__order_line/{DAYS[1]}/new.csv"}
    files_folder = Path(files[1].host) / "crm__order_line" / str(DAYS[1])
    (files_folder / "new.csv").write_text(HEADER + "X1,O1,P1,1,1000\n")
    day_of(files, DAYS[2])
    assert open_findings(files) == {}


def test_more_than_the_share_of_rows_or_money_makes_the_numbers_incomplete(files):
    """One row of 301 is little, half of the money is not; the share is of the current state."""
    day_of(files, DAYS[0], *GOOD, ",O1,P1,1,300000")
    found = {row["rule"]: row for row in files[0].findings.open()}
    assert found["held_back_share"]["severity"] == "incomplete"
    assert found["order_line_id_missing"]["amount"] == Decimal("300000.00")
    assert "50.0%" in found["held_back_share"]["message"]
    day_of(files, DAYS[1], "L1,O1,P1,1,100000000")
    assert "held_back_share!" not in open_findings(files)


def test_a_file_of_which_nothing_was_taken_is_incomplete(files):
    day_of(files, DAYS[0], *GOOD)
    day_of(files, DAYS[1], ",O1,P1,1,5", name="empty_handed.csv")
    assert open_findings(files) == {"order_line_id_missing!": "row 0"}


def test_an_object_that_cannot_be_read_is_said_until_it_can(files):
    context, _ = files
    with pytest.raises(SourceError):
        extract_object(context, LINES, DAYS[0], Connection(host=f"{context.settings.home}/nowhere"))
    assert open_findings(files) == {"object_unread": ""}
    day_of(files, DAYS[0], *GOOD)
    assert open_findings(files) == {}


def test_what_is_held_back_is_said_or_the_build_is_blocked(files):
    """Also after the findings were lost: they are said again from the quarantine."""
    context, _ = files
    day_of(files, DAYS[0], *GOOD, "X1,O1,P1,1,many", ",O1,P1,1,5")
    load(context.settings.warehouse_file, context.lake, contract_columns())
    plan = plan_of(context.settings.warehouse_file).model_copy(update={"as_of_date": DAYS[3]})
    (result,) = check_held_back(context, plan)
    assert (result.status, result.rule) == ("passed", "held_back_is_said")
    for path in context.settings.findings_dir.glob("*.parquet"):
        path.unlink()
    (result,) = check_held_back(context, plan)
    assert (result.status, result.unexpected_count) == ("blocked", 2)
    restore_findings(context)
    (result,) = check_held_back(context, plan)
    assert result.status == "passed"
    assert sum(row["row_count"] for row in context.findings.open()) == 2


def test_an_event_feed_that_was_filled_and_is_now_empty_is_refused(files):
    """Its last good state stays; another file of it that still has rows lets one be emptied."""
    context, connection = files
    uses = find_object("files", "product__feature_use")
    folder = Path(connection.host) / "product__feature_use" / str(DAYS[0])
    folder.mkdir(parents=True)
    header, row = "account_id,use_date,feature_code,uses\n", "A1,2026-03-01,report,3\n"

    def day(day: date) -> dict[str, str]:
        runs = [extract_object(context, uses, day, connection)]
        check_and_commit(context, "success", day, runs)
        return {finding["rule"]: finding["severity"] for finding in context.findings.open()}

    (folder / "a.csv").write_text(header + row)
    (folder / "b.csv").write_text(header + row.replace("A1", "A2"))
    assert day(DAYS[0]) == {}
    (folder / "a.csv").write_text(header)
    assert day(DAYS[1]) == {"file_without_rows": "warn"}
    (folder / "b.csv").write_text(header)
    assert day(DAYS[2])["feed_blocked"] == "incomplete"
    assert [run.business_date for run in context.lake.committed(uses)] == [
        day.isoformat() for day in DAYS[:2]
    ]
