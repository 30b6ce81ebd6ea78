"""The scenarios' idea of the current state is dbt's: same live keys as the staging tables of a real run."""

from datetime import date

import duckdb
import pytest

from ingestion.business_date import day_end
from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.tenant import load_tenant
from tests.conftest import Run
from tests.ingestion.scenarios.current_state import current_state

STAGED = [
    ("salesforce", "Account", "account_id"),
    ("salesforce", "Contact", "contact_id"),
    ("salesforce", "OrderItem", "order_item_id"),
    ("salesforce", "Opportunity", "opportunity_id"),
    ("hubspot", "companies", "company_id"),
    ("files", "success__nps_response", "response_id"),
]


@pytest.mark.parametrize(("source", "name", "key"), STAGED)
def test_staging_is_the_current_state(demo: Run, source: str, name: str, key: str) -> None:
    """Deleted, late and changed records of the demo's two years included."""
    entry = find_object(source, name)
    tenant = load_tenant(demo.home / "demo_tenant")
    end = day_end(date(2026, 10, 31), tenant.zone) if entry.cursor else None
    expected = set(current_state(Lake(str(demo.home / "lake")), entry, before=end))
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as connection:
        staged = connection.execute(f"select {key} from staging.stg_{entry.table}").fetchall()
    assert {row[0] for row in staged} == expected
    assert len(staged) == len(expected) > 0
