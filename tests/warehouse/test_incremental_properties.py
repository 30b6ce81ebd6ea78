"""Whatever is loaded and built when: the incremental facts end as one full build would have made them."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.incremental_project import Warehouse
from tests.warehouse.incremental_records import FIRST, days, land
from tests.warehouse.incremental_world import WORLD


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(days=st.lists(days, min_size=4, max_size=4))
def test_any_builds_end_as_one_full_build(warehouse: Warehouse, days: list[Any]) -> None:
    """Inserts, edits, deletions, other parents, merged accounts, late and future-dated records."""
    warehouse.empty()
    for one in WORLD:
        land(warehouse, one, FIRST)
    warehouse.build(FIRST - timedelta(days=1))
    day = FIRST
    for landed, pause, is_compared in [*days[:-1], (*days[-1][:2], True)]:
        for one in landed:
            land(warehouse, one, day)
        warehouse.build(day)
        if is_compared:
            built = warehouse.facts()
            warehouse.build(day, full=True)
            for name, rows in warehouse.facts().items():
                assert built[name] == rows, f"{name} on {day}"
        day += timedelta(days=pause)
