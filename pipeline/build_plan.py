"""The plan of a build: what `load` decides and the steps after it follow."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict


class Mode(StrEnum):
    """How much has to be built."""

    FULL = "full"
    INCREMENTAL = "incremental"
    BACKFILL = "backfill"  # an older date, in a scratch warehouse
    BUILT = "built"  # dbt has nothing to do, audit and publication have
    PUBLISHED = "published"  # nothing to do


def audit_run_id(as_of_date: date, build_id: int) -> str:
    """What a build is called in the audit results."""
    return f"{as_of_date}-build-{build_id}"


class BuildPlan(BaseModel):
    """What one build makes of which files; goes from task to task as JSON.

    Attributes:
        warehouse, marts: the DuckDB files that dbt writes.
        variables: the dbt vars of `pipeline.dbt.run_variables`.
        checks_all_keys: whether every key is looked at, or only those that the build touches.
        since_load_id, since_as_of_date: newest load and date of the build that an incremental one starts from.
        loads_ahead: loads up to that one of which it left something out, as of a later date.
        changed_tables: raw tables with something that it has not seen; None = everything is looked at.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    build_id: int
    as_of_date: date
    mode: Mode
    warehouse: Path
    marts: Path
    variables: dict[str, Any]
    checks_all_keys: bool = True
    since_load_id: int | None = None
    since_as_of_date: date | None = None
    loads_ahead: tuple[int, ...] = ()
    changed_tables: tuple[str, ...] | None = None

    @property
    def run_id(self) -> str:
        """Names the build in the audit results."""
        return audit_run_id(self.as_of_date, self.build_id)

    @property
    def config_hash(self) -> str:
        """Hash of everything the build depends on besides data."""
        return self.variables["config_hash"]

    def dbt_variables(self) -> dict[str, Any]:
        """All vars that dbt is given."""
        variables = self.variables | {
            "build_id": self.build_id,
            "checks_all_keys": self.checks_all_keys,
        }
        if self.mode is Mode.INCREMENTAL:
            variables |= {
                "since_load_id": self.since_load_id,
                "since_as_of_date": str(self.since_as_of_date),
                "loads_ahead": list(self.loads_ahead),
            }
            if self.changed_tables is not None:
                variables["changed_tables"] = list(self.changed_tables)
        return variables
