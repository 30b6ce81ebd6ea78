"""The project's statements over raw tables in memory: made once a session, opened once a test file."""

import pytest

from tests.conftest import built
from tests.warehouse.incremental_project import Warehouse, build_empty, open_warehouse


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The project's statements; of a second process another definition begins on the third day, and
    of the one of use there are more goals than are shipped."""
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
    # goals of a company's own: over a window, of a single feature, of a field of the account
    for number, measure, threshold, subject, days in (
        (6, "uses", 2, None, 42),
        (7, "feature_weeks", 2, "f", None),
        (8, "account_field", 1, "corporate_number", None),
    ):
        warehouse.connection.execute(
            "insert into warehouse.seeds.process_stage (process_id, definition_version, stage_no, "
            "stage_code, weight, measure, threshold, measure_of, window_days) "
            "values ('product_use', 'v1', ?, ?, 1, ?, ?, ?, ?)",
            [number, measure, measure, threshold, subject, days],
        )
    return warehouse
