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


class BuildPlan(BaseModel):
    """What one build makes of which files; goes from task to task as JSON.

    Attributes:
        warehouse, marts: the DuckDB files that dbt writes.
        variables: the dbt vars of `pipeline.dbt.run_variables`.
        since_load_id, since_as_of_date: newest load and date of the build that an incremental one starts from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    build_id: int
    as_of_date: date
    mode: Mode
    warehouse: Path
    marts: Path
    variables: dict[str, Any]
    since_load_id: int | None = None
    since_as_of_date: date | None = None

    @property
    def config_hash(self) -> str:
        """Hash of everything the build depends on besides data."""
        return self.variables["config_hash"]

    def dbt_variables(self) -> dict[str, Any]:
        """All vars that dbt is given."""
        variables = self.variables | {"build_id": self.build_id}
        if self.mode is Mode.INCREMENTAL:
            variables |= {
                "since_load_id": self.since_load_id,
                "since_as_of_date": str(self.since_as_of_date),
            }
        return variables
