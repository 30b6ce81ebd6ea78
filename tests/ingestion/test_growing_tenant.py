"""A tenant of any size, in blocks of customers, and the days added to it."""

import json
from datetime import date
from pathlib import Path

import pytest

from demo import World, add_days, generate
from demo.__main__ import main
from demo.tenant import STATE
from demo.writer import Ledger
from runtime.tenant import load_tenant

WORLD = World(seed=7, customers=30, block=15)
DAYS = 10
KEYS = {"salesforce": "Id", "hubspot": "id", "zendesk": "id"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tenant at the end of its story, and the same with days added."""
    root = tmp_path_factory.mktemp("growing")
    for name in ("before", "after"):
        generate(root / name, WORLD, growing=True)
    add_days(root / "after", DAYS)
    return root / "before", root / "after"


@pytest.fixture(scope="module")
def known(folders: tuple[Path, Path]) -> dict[str, set]:
    """Ids at the end of the story, by ``system/object``."""
    return {
        f"{path.parent.name}/{path.stem}": {_id(path, record) for record in _records(path)}
        for path in folders[0].glob("*/*.jsonl")
    }


@pytest.fixture(scope="module")
def added(folders: tuple[Path, Path]) -> dict[str, list[dict]]:
    """What the days added, by ``system/object``; what was there stays as it is."""
    before, after = folders
    lines = {}
    for path in after.glob("*/*.jsonl"):
        old, new = _records(before / path.relative_to(after)), _records(path)
        assert new[: len(old)] == old
        lines[f"{path.parent.name}/{path.stem}"] = new[len(old) :]
    return lines


def test_blocks_share_no_id_no_name_and_no_number() -> None:
    ledgers = [WORLD.play(number, 40, (None, date(2026, 11, 3))) for number in (0, 1, 2)]
    marks = [_marks(ledger) for ledger in ledgers]
    assert min(map(len, marks)) > 5_000
    assert len(set().union(*marks)) == sum(map(len, marks))


def test_what_exists_once_is_in_the_first_block() -> None:
    first, second = (WORLD.play(number, 10, (None, date(2026, 10, 31))) for number in (0, 1))
    assert "salesforce/Product2" in first.objects
    assert "salesforce/Product2" not in second.objects
    agents = [user["role"] == "agent" for _, user in second.objects["zendesk/users"]]
    assert agents
    assert not any(agents)


def test_equal_seeds_and_steps_give_equal_bytes(folders: tuple[Path, Path], tmp_path: Path) -> None:
    generate(tmp_path / "again", WORLD, growing=True)
    add_days(tmp_path / "again", DAYS)
    assert _content(tmp_path / "again") == _content(folders[1])


def test_a_day_is_the_same_alone_or_with_others(tmp_path: Path) -> None:
    world = World(seed=3, customers=12)
    for name, steps in (("together", [3]), ("alone", [1, 1, 1])):
        generate(tmp_path / name, world, growing=True)
        for days in steps:
            add_days(tmp_path / name, days)
    together, alone = (_content(tmp_path / name) for name in ("together", "alone"))
    lines = [
        {path: sorted(content.splitlines()) for path, content in contents.items()}
        for contents in (together, alone)
    ]
    assert lines[0] == lines[1]


def test_every_feed_of_events_goes_on(added: dict, folders: tuple[Path, Path]) -> None:
    for name in ("hubspot/email_events", "zendesk/tickets", "zendesk/ticket_events"):
        assert len(added[name]) > DAYS, name
    assert added["salesforce/Order"]
    assert added["salesforce/OrderItem"]
    days = {path.parent.name for path in (folders[1] / "files/product__feature_use").glob("*/*")}
    assert {f"2026-11-{day:02d}" for day in range(1, DAYS + 1)} <= days


@pytest.mark.parametrize("name", ["salesforce/Account", "salesforce/OrderItem", "zendesk/tickets"])
def test_one_percent_changes_a_day(known: dict, added: dict, name: str) -> None:
    key = KEYS[name.split("/")[0]]
    changed = {record[key] for record in added[name]} & known[name]
    assert 0.08 < len(changed) / len(known[name]) < 0.16  # with what changes by itself


def test_some_are_deleted_and_some_come_late(added: dict, folders: tuple[Path, Path]) -> None:
    lines = added["salesforce/OrderItem"]
    assert 0 < sum(line["IsDeleted"] for line in lines) < len(lines) / 4
    assert any(ticket["status"] == "deleted" for ticket in added["zendesk/tickets"])
    late = [event for event in added["hubspot/email_events"] if "_visible_from" in event]
    assert 0 < len(late) < len(added["hubspot/email_events"]) / 4
    files = list((folders[1] / "files/product__feature_use").glob("*/*_late_*.csv"))
    assert files
    assert all(path.parent.name.replace("-", "") < path.stem[-8:] for path in files)


def test_references_of_added_records_resolve(known: dict, added: dict) -> None:
    for name, field, target in (
        ("salesforce/OrderItem", "OrderId", "salesforce/Order"),
        ("salesforce/Order", "AccountId", "salesforce/Account"),
        ("zendesk/tickets", "requester_id", "zendesk/users"),
        ("zendesk/ticket_events", "ticket_id", "zendesk/tickets"),
    ):
        key = KEYS[target.split("/")[0]]
        existing = known[target] | {record[key] for record in added[target]}
        assert {record[field] for record in added[name]} <= existing


def test_the_folder_is_a_tenant_and_its_last_date_moves(folders: tuple[Path, Path]) -> None:
    before, after = map(load_tenant, folders)
    assert (before.name, before.last_business_date) == ("demo-30", date(2026, 10, 31))
    assert (after.name, after.last_business_date) == ("demo-30", date(2026, 11, DAYS))


def test_days_that_were_cut_short_are_taken_back(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tenant"
    generate(folder, WORLD, growing=True)
    append = Ledger.append_to

    def breaks_off(ledger: Ledger, target: Path) -> None:
        append(ledger, target)
        if ledger.offset:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append_to", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            add_days(folder, DAYS)
    assert load_tenant(folder).last_business_date == date(2026, 10, 31)
    add_days(folder, DAYS)
    assert _content(folder) == _content(folders[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--days", "0"], "DAYS= adds days"),
        (["--days", "-1"], "-1 days cannot be added"),
        (["--days", "151"], "goes on for 140 after 2026-11-10"),
        (["--days", "1", "--seed", "8"], "another seed"),
        (["--days", "1", "--seed", "8", "--customers", "31"], "another seed and customers"),
    ],
)
def test_what_cannot_be_added_is_refused(
    folders: tuple[Path, Path],
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    before = _content(folders[1])
    monkeypatch.setattr("sys.argv", ["demo", str(folders[1]), *arguments])
    with pytest.raises(SystemExit):
        main()
    assert message in capsys.readouterr().err
    assert _content(folders[1]) == before


def test_days_are_added_to_growing_folders_only(tmp_path: Path) -> None:
    generate(tmp_path / "demo", World(customers=10))
    with pytest.raises(ValueError, match=STATE):
        add_days(tmp_path / "demo", 1)


def _marks(ledger: Ledger) -> set[tuple]:
    """Everything that tells one record, company or person from another."""
    marks = set()
    for name, versions in ledger.objects.items():
        for _, record in versions:
            marks.add((name, record[KEYS[name.split("/")[0]]]))
            for field in ("Name", "CorporateNumber__c", "Website", "Email"):
                if name in ("salesforce/Account", "salesforce/Contact") and record.get(field):
                    marks.add((field, record[field]))
            for domain in record.get("domain_names", []):
                marks.add(("domain", domain))
            if number := record.get("ContractNumber") or record.get("OrderNumber"):
                marks.add((name, number))
    for (entity, *_), rows in ledger.drops.items():
        for row in rows:
            for field in ("use_id", "response_id", "interview_id", "item_id"):
                if field in row:
                    marks.add((entity, row[field]))
    return marks - {("zendesk/users", number) for number in range(9_000, 9_007)}


def _id(path: Path, record: dict) -> str | int:
    return record[KEYS[path.parent.name]]


def _records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _content(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
