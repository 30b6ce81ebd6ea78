"""Yesterday's export of all contracts has a line that today's lacks."""

import json
import shutil

from tests.cases.conftest import case_folder
from tests.e2e.daily_run import run_day

FEED = "crm__subscription_line"


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


def test_the_line_counts_until_the_feed_is_said_to_be_full(tmp_path):
    """Four builds of one state, each upon the one before; a file that comes again is in test_full_export."""
    folder = shutil.copytree(case_folder("row-gone-from-full-export"), tmp_path / "tenant")

    def run(day):
        return run_day(tmp_path / "home", folder, day, site=False)

    second, third = (
        folder / "files" / FEED / day / "全契約.csv" for day in ("2026-06-29", "2026-06-30")
    )
    assert mrr(run("2026-06-28")) == 150_000

    # another file that lacks it: it counts, and is reported
    again = run("2026-06-29")
    gone = ("keys_gone_from_file", "warn", f"{FEED}/2026-06-29/全契約.csv", "L2")
    assert (mrr(again), findings(again)) == (150_000, [(*gone, "open")])

    # until the feed is said to be of full exports
    tenant = json.loads((folder / "tenant.yml").read_text())
    (folder / "tenant.yml").write_text(json.dumps(tenant | {"files": {FEED: {"mode": "full"}}}))
    full = run("2026-06-29")
    assert (mrr(full), findings(full)) == (100_000, [(*gone, "made_good")])

    # which loses lines, but never all
    third.parent.mkdir()
    third.write_text(second.read_text().splitlines()[0] + "\n")
    empty = run("2026-06-30")
    assert mrr(empty) == 100_000
    assert ("feed_blocked", "incomplete") in [row[:2] for row in findings(empty)]
