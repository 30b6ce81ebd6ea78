"""A context of its own for each test: state folder, tenant, lake."""

from datetime import date

import pytest

from ingestion.lake import Lake
from pipeline.context import Context
from runtime.settings import get_settings
from runtime.tenant import Tenant


@pytest.fixture
def context(tmp_path, monkeypatch):
    """A tenant without overrides; state and events are below tmp_path."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("CSW_DBT_VARS", "{}")
    settings = get_settings()
    settings.home.mkdir()
    tenant = Tenant(name="acme", first_business_date=date(2026, 1, 1), systems=["salesforce"])
    return Context(settings, tenant, Lake(settings.lake_root))
