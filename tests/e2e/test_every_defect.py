"""Nothing misread, nothing silent: of every defect there is a finding, or the right number."""

import random
from pathlib import Path

from tests.e2e.daily_run import run_day
from tests.e2e.defect_company import DAY
from tests.e2e.defects import write_company


def test_a_finding_or_the_right_number(tmp_path: Path) -> None:
    """A company that is new each time and has every defect twice."""
    seed = random.SystemRandom().randrange(10**6)
    expected = write_company(tmp_path / "tenant", seed)
    run = run_day(tmp_path / "state", tmp_path / "tenant", DAY, site=False)
    assert run.status in (0, 3), run.output
    silent = []
    with run.marts() as marts:
        found = marts.execute(
            "select concat_ws(' ', object, place, keys, found_values, message) from ops.finding"
        ).fetchall()
        for defect in expected:
            told = [text for (text,) in found if any(trace in text for trace in defect.traces)]
            numbers = {
                query: (marts.execute(query).fetchone() or (None,))[0] for query in defect.numbers
            }
            if numbers != defect.numbers and not told:
                silent.append((defect, list(numbers.values())))
    assert not silent, f"seed {seed}: {silent}"
