"""A short slice of `make chaos`."""

from pathlib import Path

from tests.chaos.__main__ import attack


def test_a_killed_day_ends_as_a_calm_one(tmp_path: Path) -> None:
    """Killed at a random moment, run again: the same marts and staging."""
    assert attack(tmp_path, kills=2, days=1, seed=7)
