"""A state folder with small marts that are ready to be published."""

import pytest
from small_marts import write_marts

from ingestion.lake import Lake
from ingestion.load import load
from pipeline.build_register import BuildRegister
from runtime.settings import get_settings
from tests.plans import plan_of


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A warehouse with one registered build, marts with one row."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path / "state"))
    settings = get_settings()
    settings.home.mkdir()
    load(settings.warehouse_file, Lake(settings.lake_root), {})
    BuildRegister(settings.warehouse_file).start(plan_of(settings.warehouse_file))
    write_marts(settings, 1)
    return settings
