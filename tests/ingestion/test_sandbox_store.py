"""What stands at a moment: of every id the latest version, of equal cursors the later line."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_client import write_tenant

from runtime.errors import TenantError
from sandbox.store import Collection, Store, Versions, key_order
from sandbox.tenant_lines import VersionRule
from sandbox.timestamps import SECOND, parse_moment, to_micros
from sandbox.zendesk.api import CURSOR_EXPORTS

Line = dict[str, Any]
RULE = VersionRule(key=("Id",), cursor="SystemModstamp", deleted="IsDeleted")
stamps = st.integers(0, 9).map(lambda second: f"1970-01-01T00:00:0{second}Z")
lines = st.fixed_dictionaries(
    {
        "Id": st.sampled_from(["2", "10", "300"]),
        "SystemModstamp": stamps,
        "IsDeleted": st.booleans(),
        "Text": st.text(max_size=4),
    },
    optional={"_visible_from": stamps, "_purged": st.booleans()},
)
histories = st.lists(lines, max_size=40)
seconds = st.integers(-1, 10)


def _leads(history: list[Line]) -> Collection:
    with TemporaryDirectory() as folder:
        tenant = write_tenant(Path(folder), salesforce__Lead=history)
        return Store(tenant).collection("salesforce", "Lead", RULE)


def _cursor(line: Line) -> int:
    field = "_visible_from" if line.get("_purged") and "_visible_from" in line else RULE.cursor
    return to_micros(parse_moment(line[field]))


def _standing(history: list[Line], moment: int) -> list[Line]:
    """The lines that stand at a moment, as simply as can be."""
    latest: dict[str, tuple[int, Line]] = {}
    for line in history:
        shown_at = to_micros(parse_moment(line.get("_visible_from", line["SystemModstamp"])))
        if shown_at <= moment and shown_at >= latest.get(line["Id"], (shown_at, line))[0]:
            latest[line["Id"]] = shown_at, line
    standing = [line for _, line in latest.values() if not line.get("_purged")]
    return sorted(standing, key=lambda line: (_cursor(line), key_order(line["Id"])))


def _records(standing: list[Line]) -> list[Line]:
    return [{k: v for k, v in line.items() if not k.startswith("_")} for line in standing]


def _shown(versions: Versions) -> list[Line]:
    return [version.record for version in versions]


@given(histories, st.lists(seconds, min_size=1, max_size=4))
def test_every_record_shows_its_latest_version_also_when_the_clock_goes_back(
    history: list[Line], moments: list[int]
) -> None:
    leads = _leads(history)
    for moment in moments:
        snapshot, standing = leads.at(moment * SECOND), _standing(history, moment * SECOND)
        alive = [line for line in standing if not line["IsDeleted"]]
        gone = [line for line in standing if line["IsDeleted"]]
        by_key = sorted(standing, key=lambda line: key_order(line["Id"]))
        assert _shown(snapshot.versions) == _records(standing)
        assert _shown(snapshot.alive.versions) == _records(alive)
        assert _shown(snapshot.deleted.versions) == _records(gone)
        assert _shown(snapshot.in_key_order) == _records(by_key)
        assert _shown(snapshot.with_keys(["300", "2", "2", "7"])) == _records(
            [line for line in standing if line["Id"] != "10"]
        )
        assert snapshot.with_key("7") is None


@given(histories, st.sampled_from(["=", "<", "<=", ">", ">="]), seconds)
def test_bounds_on_the_cursor(history: list[Line], sign: str, bound: int) -> None:
    compare = {
        "=": int.__eq__,
        "<": int.__lt__,
        "<=": int.__le__,
        ">": int.__gt__,
        ">=": int.__ge__,
    }[sign]
    standing = _standing(history, 10 * SECOND)
    found = _leads(history).at(10 * SECOND).between([(sign, bound * SECOND)])
    assert _shown(found) == _records(
        [line for line in standing if compare(_cursor(line), bound * SECOND)]
    )


def _many(count: int) -> list[Line]:
    stamp = "1970-01-01T00:00:01Z"
    return [
        {"Id": str(number), "SystemModstamp": stamp, "Odd": number % 2} for number in range(count)
    ]


@pytest.mark.parametrize(
    "choose",
    [
        lambda some: some[5:2_345],
        lambda some: some[1_990:][7:],
        lambda some: some[-3:],
        lambda some: some[9_999:],
        lambda some: some[3:2],
        lambda some: [some[0], some[-1], some[1_000]],
        lambda some: list(reversed(some[7:])),
    ],
)
def test_a_part_of_the_versions_is_that_of_a_list(
    choose: Callable[[Any], Any],
) -> None:
    leads = _leads(_many(2_500)).at(SECOND)
    assert [v.key for v in choose(leads.versions)] == choose([str(n) for n in range(2_500)])
    assert len(leads.versions[5:2_345]) == 2_340


def test_versions_that_pass_a_test_and_versions_in_groups() -> None:
    versions = _leads(_many(2_500)).at(SECOND).versions[500:]
    odd = versions.filtered(lambda version: version.record["Odd"] == 1)
    assert [version.key for version in odd] == [str(number) for number in range(501, 2_500, 2)]
    groups = versions.grouped(lambda version: version.key[-1])
    assert [version.key for version in groups["7"]] == [str(n) for n in range(507, 2_500, 10)]


def test_numeric_ids_order_as_numbers() -> None:
    stamp = "1970-01-01T00:00:05Z"
    history = [{"Id": key, "SystemModstamp": stamp} for key in ("100", "9", "20")]
    assert [v.key for v in _leads(history).at(5 * SECOND).versions] == ["9", "20", "100"]


def test_numbers_are_read_in_the_unit_of_the_vendor(tmp_path: Path) -> None:
    tenant = write_tenant(tmp_path, zendesk__tickets=[{"id": 7, "generated_timestamp": 1690416000}])
    tickets = Store(tenant).collection("zendesk", "tickets", CURSOR_EXPORTS["tickets"])
    assert not tickets.at(1690416000 * SECOND - 1).versions
    assert tickets.at(1690416000 * SECOND).with_key("7").record["id"] == 7


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"Id": "b", "SystemModstamp": ', "is no JSON"),
        ('["b"]', "is no JSON object"),
        ('{"SystemModstamp": "2026-01-01T00:00:00Z"}', "has no Id"),
        ('{"Id": "b", "SystemModstamp": null}', "has no SystemModstamp"),
        ('{"Id": "b", "SystemModstamp": "2026-01-01T00:00:00"}', "no UTC offset"),
        ('{"Id": "b", "SystemModstamp": "yesterday"}', "yesterday"),
        ('{"Id": "b", "SystemModstamp": 99999999999999}', "out of range"),
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
    assert len(first) == 0
    day = 86_400 * SECOND
    start = to_micros(parse_moment("2026-01-01T00:00:00Z"))
    seen = [[v.record for v in leads.at(start + days * day).versions] for days in range(5)]
    stamp = {"Id": "1", "SystemModstamp": "2026-01-01T00:00:00Z"}
    old, new = stamp | {"Score": 1}, stamp | {"Score": 2}
    assert seen == [[old], [old], [new], [new], []]
    assert "_visible_from" not in leads.samples


def test_no_room_for_the_index_is_said(tmp_path: Path) -> None:
    tenant = write_tenant(tmp_path, salesforce__Lead=_many(2_500))
    store = Store(tenant)
    store.index.execute("PRAGMA max_page_count = 8")
    with pytest.raises(TenantError, match="disk is full → make room in the folder that TMPDIR"):
        store.collection("salesforce", "Lead", RULE)
