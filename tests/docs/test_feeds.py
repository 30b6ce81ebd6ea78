"""Every feed is read by a model, or docs/reading_the_marts.md says where it will be."""

import re

from ingestion.catalogue import load_catalogue
from tests.conftest import ROOT


def test_no_loaded_feed_is_forgotten():
    models = (ROOT / "dbt_project" / "models").rglob("*.sql")
    named = {
        name
        for path in [*models, ROOT / "docs" / "reading_the_marts.md"]
        for name in re.findall(r"[a-z]+__[a-z0-9_]+", path.read_text(encoding="utf-8"))
    }
    assert [e.table for e in load_catalogue() if not {e.table, e.object} & named] == []
