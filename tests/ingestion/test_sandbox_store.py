"""What stands at a moment: of every id the latest version, of equal cursors the later line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import TenantError
from sandbox.store import Collection, Store, Version, VersionRule
from sandbox.timestamps import SECOND
from sandbox.zendesk.api import CURSOR_EXPORTS

versions = st.lists(
    st.builds(
        Version,
        cursor=st.integers(0, 9),
        key=st.sampled_from(["2", "10", "300"]),
        deleted=st.booleans(),
        line=st.binary(max_size=4),
        visible_from=st.none() | st.integers(0, 9),
    ),
    max_size=40,
)
RULE = VersionRule(key=("Id",), cursor="SystemModstamp", deleted="IsDeleted")


@given(versions, st.integers(-1, 10))
def test_every_record_shows_its_latest_version(history: list[Version], moment: int) -> None:
    shown = Collection(history, {}).at(moment).by_key
    for key in {version.key for version in history}:
        past = [v for v in history if v.key == key and v.shown_at <= moment]
        newest = max((v.shown_at for v in past), default=None)
        expected = [v for v in past if v.shown_at == newest]
        assert shown.get(key) == (expected[-1] if expected and not expected[-1].purged else None)


@given(versions, st.lists(st.integers(0, 10), min_size=1, max_size=5))
def test_the_clock_can_go_back_and_forth(history: list[Version], moments: list[int]) -> None:
    collection = Collection(history, {})
    for moment in moments:
        assert collection.at(moment).versions == Collection(history, {}).at(moment).versions


@given(versions, st.sampled_from(["=", "<", "<=", ">", ">="]), st.integers(-1, 10))
def test_bounds_on_the_cursor(history: list[Version], sign: str, bound: int) -> None:
    snapshot = Collection(history, {}).at(10)
    compare = {
        "=": int.__eq__,
        "<": int.__lt__,
        "<=": int.__le__,
        ">": int.__gt__,
        ">=": int.__ge__,
    }[sign]
    expected = [v for v in snapshot.versions if compare(v.cursor, bound)]
    assert snapshot.between([(sign, bound)]) == expected


def test_numeric_ids_order_as_numbers() -> None:
    history = [Version(5, key, False, b"") for key in ("100", "9", "20")]
    assert [v.key for v in Collection(history, {}).at(5).versions] == ["9", "20", "100"]


def test_numbers_are_read_in_the_unit_of_the_vendor(tmp_path: Path) -> None:
    file = tmp_path / "zendesk" / "tickets.jsonl"
    file.parent.mkdir()
    file.write_text('{"id": 7, "generated_timestamp": 1690416000}\n')
    tickets = Store(tmp_path).collection("zendesk", "tickets", CURSOR_EXPORTS["tickets"])
    assert not tickets.at(1690416000 * SECOND - 1).versions
    assert tickets.at(1690416000 * SECOND).by_key["7"].record["id"] == 7


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"Id": "b", "SystemModstamp": ', "is no JSON"),
        ('["b"]', "is no JSON object"),
        ('{"SystemModstamp": "2026-01-01T00:00:00Z"}', "has no Id"),
        ('{"Id": "b", "SystemModstamp": null}', "has no SystemModstamp"),
        ('{"Id": "b", "SystemModstamp": "2026-01-01T00:00:00"}', "no UTC offset"),
        ('{"Id": "b", "SystemModstamp": "yesterday"}', "yesterday"),
        ('{"Id": "b", "SystemModstamp": "0001-01-01T00:00:00+09:00"}', "out of range"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "salesforce" / "Account.jsonl"
    file.parent.mkdir()
    file.write_text(f'{{"Id": "a", "SystemModstamp": "2026-01-01T00:00:00Z"}}\n\n{line}\n')
    with pytest.raises(TenantError, match=rf"salesforce/Account.jsonl line 3: .*{problem}"):
        Store(tmp_path).collection("salesforce", "Account", RULE)


def test_versions_that_show_later_than_their_cursor(tmp_path: Path) -> None:
    lines = (
        '{"Id": "1", "SystemModstamp": "2026-01-01T00:00:00Z", "Score": 1}',
        '{"Id": "1", "SystemModstamp": "2026-01-01T00:00:00Z", "Score": 2,'
        ' "_visible_from": "2026-01-03T00:00:00Z"}',
        '{"Id": "1", "_visible_from": "2026-01-05T00:00:00Z", "_purged": true}',
    )
    (tmp_path / "salesforce").mkdir()
    (tmp_path / "salesforce" / "Lead.jsonl").write_text("\n".join(lines))
    leads = Store(tmp_path).collection("salesforce", "Lead", RULE)
    first = leads.at(1).versions
    assert first == []
    day = 86_400 * SECOND
    start = leads._versions[0].cursor
    seen = [[v.record for v in leads.at(start + days * day).versions] for days in range(5)]
    stamp = {"Id": "1", "SystemModstamp": "2026-01-01T00:00:00Z"}
    old, new = stamp | {"Score": 1}, stamp | {"Score": 2}
    assert seen == [[old], [old], [new], [new], []]
    assert "_visible_from" not in leads.samples
