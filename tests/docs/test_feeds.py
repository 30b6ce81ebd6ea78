"""Every feed is read by a model, or the catalogue and docs/reading_the_marts.md say why not."""

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


def test_an_object_has_a_staging_model_or_a_reason():
    staging = (ROOT / "dbt_project" / "models" / "staging").rglob("*.sql")
    read = {
        name
        for path in staging
        for name in re.findall(r"[a-z]+__[a-z0-9_]+", path.read_text(encoding="utf-8"))
    }
    reasons = {e.table: e.not_read for e in load_catalogue() if e.not_read}
    assert {e.table for e in load_catalogue()} - read == reasons.keys()
    assert all(re.search(r"[^/]\. / .*[ぁ-んァ-ン一-鿿]", reason) for reason in reasons.values())
