"""The project's statements over raw tables in memory: made once a session, opened once a test file."""

import pytest

from tests.conftest import built
from tests.warehouse.incremental_project import Warehouse, build_empty, open_warehouse


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The project's statements; of a second process another definition begins on the third day."""
    warehouse = open_warehouse(built(tmp_path_factory, "incremental", build_empty).home)
    for version, begin, end in (("v1", "2000-01-01", "2026-03-06"), ("v2", "2026-03-07", None)):
        warehouse.connection.execute(
            "insert into warehouse.seeds.activation_definition (process_id, version, valid_from, valid_to) "
            "values ('training', ?, ?, ?)",
            [version, begin, end],
        )
        warehouse.connection.execute(
            "insert into warehouse.seeds.process_stage "
            "(process_id, definition_version, stage_no, stage_code, target_days) "
            "values ('training', ?, 1, 'planning', 5)",
            [version],
        )
    return warehouse
