"""A build's plan, for tests that need one without a lake."""

from datetime import date
from pathlib import Path
from typing import Any

from pipeline.build_plan import BuildPlan, Mode


def plan_of(warehouse: Path, **changes: Any) -> BuildPlan:
    """The first, full build of ``warehouse`` for 2026-03-31, but for ``changes``."""
    plan = BuildPlan(
        build_id=1,
        as_of_date=date(2026, 3, 31),
        mode=Mode.FULL,
        warehouse=warehouse,
        marts=warehouse.with_name("marts_build.duckdb"),
        variables={"config_hash": "a"},
    )
    return plan.model_copy(update=changes)
