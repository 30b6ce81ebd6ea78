"""Yesterday's export of all contracts has a line that today's lacks."""

import json
import shutil

import pytest

from tests.cases.conftest import case_folder
from tests.e2e.daily_run import run_day

FEED = "crm__subscription_line"


@pytest.fixture
def case(tmp_path):
    """A copy of the case, and its state folder."""
    folder = shutil.copytree(case_folder("row-gone-from-full-export"), tmp_path / "tenant")
    return folder, tmp_path / "home"


def say(folder, **feed):
    tenant = json.loads((folder / "tenant.yml").read_text())
    (folder / "tenant.yml").write_text(json.dumps(tenant | {"files": {FEED: feed}}))


def mrr(run):
    with run.marts() as marts:
        return marts.sql(
            "select sum(mrr) from core.fct_subscription_month where month = '2026-06-01'"
        ).fetchone()[0]


def findings(run):
    with run.marts() as marts:
        return marts.sql(
            "select rule, severity, place, keys, status from ops.finding order by all"
        ).fetchall()


def test_a_feed_of_full_exports_loses_the_line_but_never_all(case):
    folder, home = case
    say(folder, mode="full")
    assert mrr(run_day(home, folder, "2026-06-28")) == 150_000
    run = run_day(home, folder, "2026-06-29")
    assert (mrr(run), findings(run)) == (100_000, [])
    whole = folder / "files" / FEED / "2026-06-29" / "全契約.csv"
    empty = folder / "files" / FEED / "2026-06-30" / "全契約.csv"
    empty.parent.mkdir()
    empty.write_text(whole.read_text().splitlines()[0] + "\n")
    run = run_day(home, folder, "2026-06-30")
    assert mrr(run) == 100_000
    assert ("feed_blocked", "incomplete") in [row[:2] for row in findings(run)]


def test_unless_it_is_said_the_line_counts_and_is_reported_until_it_is_said(case):
    folder, home = case
    run_day(home, folder, "2026-06-28")
    run = run_day(home, folder, "2026-06-30")
    place = f"{FEED}/2026-06-29/全契約.csv"
    assert mrr(run) == 150_000
    assert findings(run) == [("keys_gone_from_file", "warn", place, "L2", "open")]
    say(folder, mode="full")
    run = run_day(home, folder, "2026-06-30")
    assert mrr(run) == 100_000
    assert findings(run) == [("keys_gone_from_file", "warn", place, "L2", "made_good")]


def test_a_file_that_comes_again_without_the_line_takes_it_back(case):
    folder, home = case
    shutil.rmtree(folder / "files" / FEED / "2026-06-29")
    assert mrr(run_day(home, folder, "2026-06-29")) == 150_000
    path = folder / "files" / FEED / "2026-06-28" / "全契約.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:2]) + "\n")
    assert mrr(run_day(home, folder, "2026-06-29")) == 100_000
    path.write_text("\n".join(lines) + "\n")
    assert mrr(run_day(home, folder, "2026-06-30")) == 150_000
