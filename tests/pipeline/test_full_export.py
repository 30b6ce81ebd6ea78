"""Files that delete: drops of full exports, files that come again with less; kept incrementally and refused in time."""

import os
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.load import load
from ingestion.sources.files.names import drop_order
from pipeline.commit import check_and_commit
from pipeline.dbt_process import PROJECT
from pipeline.extract import extract_object
from runtime.findings import describe
from runtime.records import Connection
from runtime.tenant import FileFeed

FIRST = date(2026, 3, 1)
ORDERS, USES = (find_object("files", name) for name in ("crm__order", "product__feature_use"))
HEADERS = {
    "crm__order": "order_id,account_id,order_date",
    "product__feature_use": "account_id,use_date,feature_code,uses",
}
FURTHER_CELLS = {"crm__order": "A1,2026-03-01", "product__feature_use": "2026-03-01,f,1"}
MACROS = (PROJECT / "macros" / "staging" / "versions.sql").read_text(encoding="utf-8")
FORMS = ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%d_再送")
DROP = st.tuples(
    st.integers(0, 3),
    st.sampled_from(FORMS),
    st.sampled_from("xy"),
    st.sets(st.sampled_from("abc")),
)
STEPS = st.lists(DROP | st.integers(0, 3), max_size=10)


class Feed:
    """A feed's drop folder and lake; each run is committed unless it is refused."""

    def __init__(self, context, root, entry=ORDERS, **feed):
        tenant = context.tenant.model_copy(
            update={"systems": ["files"], "files": {entry.object: FileFeed(**feed)}}
        )
        self.context = replace(context, tenant=tenant, lake=Lake(str(root / "lake")))
        self.root, self.entry = root, entry

    def drop(self, day, keys, name="x", form=FORMS[0]):
        folder = self.root / "drop" / self.entry.object / (FIRST + timedelta(day)).strftime(form)
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{key},{FURTHER_CELLS[self.entry.object]}" for key in sorted(keys)]
        (folder / f"{name}.csv").write_text("\n".join([HEADERS[self.entry.object], *lines, ""]))
        return folder / f"{name}.csv"

    def extract(self, day, force=False):
        connection = Connection(str(self.root / "drop"))
        when = FIRST + timedelta(day)
        return extract_object(self.context, self.entry, when, connection, force)

    def run(self, day, force=False):
        """Land and commit what is new; returns why it was refused."""
        (self.root / "drop").mkdir(exist_ok=True)
        if self.extract(day, force)["run_id"] is None:
            return []
        manifest = self.context.lake.complete_run(self.entry, (FIRST + timedelta(day)).isoformat())
        if refusals := manifest.api.get("refusals", []):
            self.context.lake.block(self.entry, manifest, refusals)
        else:
            self.context.lake.commit(self.entry, manifest)
        return refusals

    def live(self, day):
        """Keys (of a feed without one: accounts) that count as of a day, as staging reads them."""
        with TemporaryDirectory() as folder:
            warehouse = Path(folder) / "w.duckdb"
            load(warehouse, self.context.lake, {})
            variables = {"as_of_date": (FIRST + timedelta(day)).isoformat()}
            sql = jinja2.Template(MACROS + "{{ newest_rows('files__entity') }}").render(
                var=variables.get,
                source=lambda schema, table: f"raw.{self.entry.table}",
                raw_table=lambda table: {
                    "key": list(self.entry.key),
                    "entity": "entity",
                    "columns": dict.fromkeys(self.entry.key, "text"),
                },
                read_text=lambda column, reads_as: column,
                is_touched=lambda key, query: "true",
            )
            with duckdb.connect(str(warehouse)) as connection:
                column = self.entry.key[0] if self.entry.key else "account_id"
                connection.execute(
                    f"alter table raw.{self.entry.table} add if not exists {column} text"
                )
                rows = connection.execute(f"select {column} from ({sql}) where not _is_deleted")
                return sorted(row[0] for row in rows.fetchall())


@pytest.fixture
def feed(context, tmp_path):
    return lambda **options: Feed(context, tmp_path, **options)


@pytest.mark.parametrize("mode", ["full", "changes"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_is_dropped_and_run_when_what_counts_is_what_lies_there(context, mode, steps):
    """`full`: the newest drop; else of each file what it says now. An older date's run adds to it and spoils nothing."""
    with TemporaryDirectory() as folder:
        one = Feed(context, Path(folder), mode=mode, max_lost_share=0.99)
        files = {}
        for step in [*steps, 3]:
            if not isinstance(step, int):
                day, form, name, keys = step
                path = one.drop(day, keys | {"z"}, name, form)
                files[path.relative_to(one.root / "drop").as_posix()] = day, keys | {"z"}
                continue
            assert one.run(step) == []
        drops = {}
        for path, (_, keys) in files.items():
            drops.setdefault(drop_order(path.split("/")[1]), set()).update(keys)
        expected = set().union(*drops.values())
        if mode == "full":
            expected = drops.get(max(drops, default=""), set())
        assert one.live(3) == sorted(expected)


def test_a_loss_above_the_share_is_refused_and_the_last_good_state_stays(feed):
    one = feed(mode="full")
    one.drop(0, "abcd")
    assert one.run(0) == []
    one.drop(1, "ab")
    assert one.run(1) == []  # half may go
    one.drop(2, "")
    assert one.run(2) == [
        "the newest full drop, crm__order/2026-03-03, lacks 2 of the feed's 2 rows "
        "(at most 50% may go at once, never all): a, b"
    ]
    assert one.live(2) == ["a", "b"]
    one.drop(2, "b")
    assert one.run(2) == [] and one.live(2) == ["b"]
    assert (one.live(0), one.live(1)) == (list("abcd"), ["a", "b"])


def test_several_files_of_one_drop_are_the_whole_together(feed):
    one = feed(mode="full", max_lost_share=0.3)
    one.drop(0, "ab", "east")
    one.drop(0, "cd", "west")
    one.run(0)
    one.drop(1, "ab", "east")
    assert one.run(1)  # half is missing: its other part has not come yet
    one.drop(1, "ce", "west")
    assert one.run(1) == [] and one.live(1) == list("abce")


def test_a_drop_with_an_unreadable_file_is_not_the_whole(feed):
    one = feed(mode="full")
    one.drop(0, "ab")
    one.run(0)
    one.drop(1, "a")
    (one.drop(1, "", "y")).write_text("nonsense")
    assert one.run(1) == [] and one.live(1) == ["a", "b"]
    one.drop(1, "c", "y")
    assert one.run(1) == [] and one.live(1) == ["a", "c"]


def test_a_feed_that_becomes_one_of_full_exports_loses_what_its_newest_drop_lacks(feed):
    before = feed(mode="changes")
    for day, keys in enumerate(["ab", "bc", "cde"]):
        before.drop(day, keys)
    before.run(2)
    after = feed(mode="full")
    assert after.run(2) == [] and after.live(2) == list("cde")
    assert after.extract(2)["state"] == "committed"
    assert after.run(2, force=True) == [] and after.live(2) == list("cde")


def test_an_older_drop_that_comes_late_changes_nothing_today(feed):
    one = feed(mode="full")
    one.drop(1, "ab")
    one.run(1)
    one.drop(0, "abc")
    one.run(1)
    assert (one.live(0), one.live(1)) == (list("abc"), ["a", "b"])


@pytest.mark.parametrize("at_once", [True, False])
def test_events_of_a_full_export_are_those_of_its_newest_drop(feed, at_once):
    one = feed(entry=USES, mode="full")
    one.drop(0, "aab")
    if not at_once:
        one.run(0)
        assert one.live(0) == ["a", "a", "b"]
    one.drop(1, "bc", "other")
    assert one.run(1) == [] and one.live(1) == ["b", "c"]
    one.drop(0, "abcdef", "late")
    assert one.run(1) == [] and one.live(1) == ["b", "c"]
    one.drop(2, "")
    assert one.run(2)


def test_keys_that_the_file_of_the_same_name_had_are_reported(feed):
    one = feed()
    one.drop(0, "abc")
    one.drop(1, "ab")
    one.drop(2, "xyz")  # what changed, not everything
    one.run(2)
    (run,) = one.context.lake.committed(ORDERS)
    found = [(f["rule"], f["severity"], f["place"], f["key"]) for f in run.findings]
    assert found == [("keys_gone_from_file", "warn", "crm__order/2026-03-02/x.csv", "c")]
    assert one.live(2) == list("abcxyz")


def test_a_refused_drop_counts_once_its_finding_is_accepted(feed):
    one = feed(mode="full")
    one.drop(0, "abcd")
    one.run(0)
    one.drop(1, "a")

    def run():
        day = FIRST + timedelta(1)
        check_and_commit(one.context, "crm", day, [one.extract(1)])
        return one.context.findings.open()

    (blocked,) = run()
    assert (blocked["rule"], blocked["severity"]) == ("feed_blocked", "incomplete")
    assert "lacks 3 of the feed's 4 rows" in describe(blocked)
    assert "at once, never all): b, c, d" in describe(blocked)
    assert one.live(1) == list("abcd")
    one.context.findings.accept([blocked["finding_id"]])
    assert run() == []
    assert one.live(1) == ["a"]


def test_a_file_without_rows_takes_back_its_own(feed):
    one = feed()
    one.drop(0, "ab")
    one.drop(0, "c", "other")
    one.run(0)
    one.drop(0, "")
    check_and_commit(one.context, "crm", FIRST, [one.extract(0)])
    assert one.live(0) == ["c"]


@pytest.mark.parametrize("mode", [None, "full"])
def test_a_feed_may_become_empty_once_that_is_accepted(feed, mode):
    one = feed(mode=mode)
    one.drop(0, "ab")
    one.run(0)
    one.drop(0, "")

    def run():
        check_and_commit(one.context, "crm", FIRST, [one.extract(0)])
        return [row for row in one.context.findings.open() if row["severity"] == "incomplete"]

    (blocked,) = run()
    assert "All 2 records were deleted or emptied" in blocked["message"]
    assert one.live(0) == ["a", "b"]
    one.context.findings.accept([blocked["finding_id"]])
    assert run() == []
    assert one.live(0) == []


@pytest.mark.parametrize("mode", [None, "full"])
def test_a_file_mended_after_it_was_unreadable_takes_back_what_it_said_before(feed, mode):
    one = feed(mode=mode)
    path = one.drop(0, "abc")
    one.run(0)
    path.write_text("nonsense")
    one.run(0)
    assert one.live(0) == ["a", "b", "c"]
    one.drop(0, "ab")
    assert one.run(0) == [] and one.live(0) == ["a", "b"]


def test_a_held_back_row_keeps_its_good_version_until_the_file_lacks_it(feed):
    one = feed()
    path = one.drop(0, "ab")
    one.run(0)

    def run_with(*rows):
        path.write_text("\n".join([HEADERS["crm__order"], *rows, ""]))
        check_and_commit(one.context, "crm", FIRST, [one.extract(0)])
        return one.live(0)

    good = "a,A1,2026-03-01"
    assert run_with(good, "b,A2,2026-03-01", "b,A3,2026-03-01") == ["a", "b"]
    assert [row["rule"] for row in one.context.findings.open()][-1] == "one_content_a_key"
    assert run_with(good) == ["a"]
    assert one.context.findings.open() == []


def test_two_files_of_one_drop_that_contradict_each_other_are_held_back_by_key(feed):
    """Their names are no order; the file that is dropped again is the later one."""
    one = feed()
    path = one.drop(0, "ab", "x")
    one.drop(0, "bc", "y").write_text(
        "\n".join([HEADERS["crm__order"], "c,A1,2026-03-01", "b,A9,2026-03-01", ""])
    )
    check_and_commit(one.context, "crm", FIRST, [one.extract(0)])
    assert one.live(0) == ["a", "c"]
    found = {
        (row["rule"], row["place"], row["keys"], row["found_values"])
        for row in one.context.findings.open()
        if row["place"]
    }
    assert found == {
        (
            "one_content_a_key",
            f"crm__order/2026-03-01/{name}.csv",
            "b",
            "x.csv row 3 and y.csv row 3",
        )
        for name in "xy"
    }
    path.write_text(path.read_text() + "\n")
    check_and_commit(one.context, "crm", FIRST, [one.extract(0)])
    assert one.live(0) == ["a", "b", "c"] and one.context.findings.open() == []


def test_a_rejected_file_of_a_long_name_is_kept_in_quarantine(feed):
    one = feed()
    name = "長" * 80
    one.drop(0, "", name).write_text("nonsense")
    one.run(0)
    (run,) = one.context.lake.committed(ORDERS)
    kept = [name for _, _, names in os.walk(one.root / "lake" / "quarantine") for name in names]
    assert len(kept) == 2 and all(len(name.encode()) < 256 for name in kept)
    shutil.rmtree(one.root / "drop")
    assert list(run.files) == [f"crm__order/2026-03-01/{name}.csv"]
