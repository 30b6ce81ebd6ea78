"""The seed that dbt judges freshness by names the objects that are pulled."""

import csv

from ingestion.catalogue import load_catalogue
from ingestion.settings import PROJECT_ROOT

SEED = PROJECT_ROOT / "dbt_project" / "seeds" / "source_object.csv"


def test_seed_is_the_catalogue() -> None:
    """Same objects, areas and requiredness as ingestion/objects.yml."""
    with SEED.open(encoding="utf-8", newline="") as file:
        seeded = [tuple(row.values()) for row in csv.DictReader(file)]
    catalogue = [
        (entry.source, entry.object, entry.area, str(entry.required).lower())
        for entry in load_catalogue()
    ]
    assert sorted(seeded) == sorted(catalogue)
