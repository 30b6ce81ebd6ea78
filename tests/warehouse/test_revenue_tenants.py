"""Revenue of the two real tenants, month by month against a recomputation in plain Python."""

from datetime import date
from pathlib import Path

import duckdb
import yaml

from tests.conftest import Run, shared_tenant
from tests.warehouse.retention_rows import (
    actual_months,
    actual_years,
    expected_months,
    expected_years,
)
from tests.warehouse.revenue_oracle import read_lines


def test_every_month_of_ravenstack(ravenstack: Run) -> None:
    """About nine concurrent subscriptions an account, trials, two versions with one cursor."""
    with ravenstack.marts() as connection:
        assert_matches(connection, shared_tenant("ravenstack"), grace_days=0)


def test_every_month_of_mrr_playbook(mrr_playbook: Run) -> None:
    """Churn and reactivation after gaps of one and more months."""
    with mrr_playbook.marts() as connection:
        assert_matches(connection, shared_tenant("mrr_playbook"), grace_days=0)


def assert_matches(con: duckdb.DuckDBPyConnection, tenant_folder: Path, grace_days: int) -> None:
    """Compare every month of the retention facts (segment `all`) with the oracle.

    Args:
        con: connection in which ``core`` holds the tenant's facts at its last business date.
        tenant_folder: the tenant's files.
        grace_days: the ``renewal_grace_days`` they were built with.
    """
    tenant = yaml.safe_load((tenant_folder / "tenant.yml").read_text(encoding="utf-8"))
    as_of: date = tenant["last_business_date"]
    lines = read_lines(tenant_folder, as_of, tenant["timezone"])
    months = expected_months(lines, as_of, grace_days)
    assert months
    assert actual_months(con) == months
    assert actual_years(con) == expected_years(lines, as_of, grace_days)
