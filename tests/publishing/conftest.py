"""A state folder with small marts that are ready to be published."""

import pytest
from small_marts import write_marts

from ingestion.lake import Lake
from ingestion.load import load
from pipeline.builds import Builds
from runtime.settings import get_settings


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A warehouse with one registered build, marts with one row."""
    monkeypatch.setenv("CSW_HOME", str(tmp_path / "state"))
    settings = get_settings()
    settings.home.mkdir()
    load(settings.warehouse_file, Lake(settings.lake_root), {})
    plan = {"build_id": 1, "as_of_date": "2026-03-31", "mode": "full"}
    Builds(settings.warehouse_file).start(plan | {"variables": {"config_hash": "a"}})
    write_marts(settings, 1)
    return settings
