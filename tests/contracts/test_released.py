"""Contract versions: what each change since the last release demands."""

import copy
import json

import pytest

from expectations import released
from expectations.contracts import LAYERS, all_contracts, load_contract
from tests.conftest import ROOT
from tests.contracts.test_contracts import DOCUMENT, write

OLD = {
    "version": "1.2.3",
    "key": ["a"],
    "columns": {"a": ["text", True], "n": ["decimal(18,2)", False], "i": ["integer", True]},
    "rules": {"never": "block"},
}
SECTION = "# Changelog\n\n## [Unreleased]\n\n{}\n\n## [0.1.0]\n\n| `marts.mart_a` | | breaking |\n"


def changed(version="1.2.3", key=None, rules=None, **columns):
    """The old form with other columns (None takes one out)."""
    new = copy.deepcopy(OLD) | {"version": version}
    new["key"] = key or OLD["key"]
    new["rules"] = OLD["rules"] if rules is None else rules
    new["columns"] = {n: c for n, c in (new["columns"] | columns).items() if c is not None}
    return new


def said(new, section=""):
    tables = {} if new is None else {"marts.mart_a": new}
    return list(released.problems({"marts.mart_a": OLD}, tables, SECTION.format(section)))


BREAKING = [
    (changed(n=None), "column n is gone"),
    (changed(n=None, amount=["decimal(18,2)", False]), "column n is gone"),
    (changed(i=["smallint", True]), "i was integer, is smallint"),
    (changed(n=["decimal(18,4)", False]), "n was decimal(18,2), is decimal(18,4)"),
    (changed(a=["date", True]), "a was text, is date"),
    (changed(i=["integer", False]), "i may be null"),
    (changed(key=["a", "i"]), "key was ['a'], is ['a', 'i']"),
    (changed(rules={}), "rule never is gone"),
    (changed(rules={"never": "warn"}), "rule never was block, is warn"),
]


@pytest.mark.parametrize(("new", "what"), BREAKING)
def test_what_breaks_readers_wants_a_major_version_and_a_line(new, what):
    line, version = said(new)
    assert what in line and line.endswith('a line with `marts.mart_a` and "breaking"')
    assert version.endswith("raise the version 1.2.3 to 2.0.0")
    announced = "| `mart_a` | otherwise | breaking |"
    assert said(new | {"version": "2.0.0"}, announced) == []
    assert said(new | {"version": "1.3.0"}, announced) == [version.replace("1.2.3 to", "1.3.0 to")]
    assert said(new | {"version": "2.0.0"}, "| `mart_ab` | otherwise | breaking |") == [line]


ADDED = [
    (changed(new=["text", False]), "column new is new"),
    (changed(i=["bigint", True]), "i was integer, is bigint"),
    (changed(n=["decimal(20,4)", False]), "n was decimal(18,2), is decimal(20,4)"),
    (changed(n=["decimal(18,2)", True]), "n is never null"),
]


@pytest.mark.parametrize(("new", "what"), ADDED)
def test_an_addition_wants_a_minor_version(new, what):
    (version,) = said(new)
    assert what in version and version.endswith("raise the version 1.2.3 to 1.3.0")
    for enough in ("1.3.0", "2.0.0"):
        assert said(new | {"version": enough}) == []


def test_what_readers_do_not_notice_wants_nothing():
    assert said(OLD) == said(changed(rules={"never": "block", "also": "block"})) == []
    assert said(changed("1.2.4")) == []


def test_a_version_does_not_go_back():
    (problem,) = said(changed("1.2.2"))
    assert problem.endswith("version 1.2.2 lies below the released 1.2.3")


def test_a_table_that_is_gone_wants_a_line():
    (line,) = said(None)
    assert "the table is gone" in line
    assert said(None, "| `marts.mart_a` | gone | breaking |") == []


def test_a_new_table_wants_nothing():
    assert list(released.problems({}, {"marts.mart_a": OLD}, "")) == []


def test_check_and_release(tmp_path, capsys):
    """What is released is what the next check compares with; nothing lacking is released."""
    write(tmp_path)
    snapshot, changelog = tmp_path / "released.json", tmp_path / "CHANGELOG.md"
    changelog.write_text(SECTION.format(""))
    files = (tmp_path, snapshot, changelog)
    assert released.main(["--release"], *files) == released.main(["--check"], *files) == 0

    def renamed(document):
        document["schema"][0]["properties"][0]["name"] = "month_start"

    def rewrite(change):
        write(tmp_path, change)
        load_contract.cache_clear()

    rewrite(renamed)
    before = snapshot.read_text()
    assert released.main(["--check"], *files) == released.main(["--release"], *files) == 1
    assert snapshot.read_text() == before
    assert "column month is gone" in capsys.readouterr().err
    changelog.write_text(SECTION.format("| `marts.mart_a` | `month` is `month_start` | breaking |"))
    rewrite(lambda document: (renamed(document), document.update(version="2.0.0")))
    assert released.main(["--check"], *files) == released.main(["--release"], *files) == 0
    assert json.loads(snapshot.read_text())["marts.mart_a"]["version"] == "2.0.0"


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.0-rc1"])
def test_a_version_is_semantic(tmp_path, capsys, version):
    write(tmp_path, lambda document: document.update(version=version))
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("")
    files = (tmp_path, tmp_path / "released.json", changelog)
    assert released.main(["--check"], *files) == 1
    assert "version: must be MAJOR.MINOR.PATCH" in capsys.readouterr().err
    assert DOCUMENT["version"] == "1.0.0"


def test_every_contract_is_kept():
    """Of the project: what was released once is never forgotten."""
    kept = json.loads(released.SNAPSHOT.read_text("utf-8"))
    tables = {f"{layer}.{contract.table}" for layer in LAYERS for contract in all_contracts(layer)}
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert all(table in tables or table in changelog for table in kept)
