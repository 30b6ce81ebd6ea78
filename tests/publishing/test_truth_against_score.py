"""The early-warning score against the demo's stories, which say who leaves before the product has seen anything."""

from demo import SEED
from tests.conftest import Run
from tests.warehouse.story_oracle import recall


def test_the_score_finds_who_leaves_better_than_simple_rules(demo: Run):
    """By a fifth of all churns at least; of one company: `make bench-scores` asks twenty."""
    found = recall(demo.home / "published" / "marts.duckdb", SEED, 300)
    assert found.churns >= 30
    assert found.margin >= 0.2, found
