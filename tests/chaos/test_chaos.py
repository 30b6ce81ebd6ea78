"""A short slice of `make chaos`, and that its judges see what must not be."""

import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.answers import mutate_answers
from tests.chaos.attack import Attack, refusal, spoiled
from tests.chaos.disk import damage_files, forbid_writing
from tests.chaos.inputs import mutate_files
from tests.chaos.kills import kill_days
from tests.chaos.publications import kill_publications
from tests.conftest import Run
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> Iterator[random.Random]:
    """A seed; the environment that attacks set, and the logs that they silence, are as before in the end."""
    for name in ("CSW_HOME", "CSW_TENANT"):
        monkeypatch.setenv(name, "")
    logging.disable(logging.WARNING)
    yield random.Random(7)
    logging.disable(logging.NOTSET)


def assert_borne(attack: Attack) -> None:
    """It did something, and every end may be."""
    assert attack.counts and not attack.failures, attack.told()


def test_a_killed_day_ends_as_a_calm_one(tmp_path: Path, chance: random.Random) -> None:
    """Killed at a random moment, run again: the same marts and staging."""
    attack = kill_days(tmp_path, write_tiny_tenant(tmp_path / "tenant"), 2, 1, chance)
    assert_borne(attack)
    assert attack.counts["killed"] == 2


def test_publications_under_readers(tmp_path: Path, chance: random.Random) -> None:
    """Killed or not, none of them is seen by halves."""
    assert_borne(kill_publications(tmp_path, 4, 2, chance))


def test_mutated_inputs(tmp_path: Path, chance: random.Random) -> None:
    """Files and answers of all vendors: nothing is lost without words."""
    assert_borne(mutate_files(tmp_path / "files", 100, chance))
    assert_borne(mutate_answers(tmp_path / "answers", 80, chance))


def test_a_spoiled_state_folder(
    tmp_path: Path, chance: random.Random, tiny_at_once: Run, tiny_tenant: Path
) -> None:
    """Damaged, read-only: the run is whole, or says what to do."""
    same = (tiny_at_once.home, tiny_at_once.home, DATES[-1])
    assert_borne(damage_files(tmp_path, tiny_tenant, *same, 2, chance))
    assert_borne(forbid_writing(tmp_path, tiny_tenant, *same, ["audit"]))


@pytest.mark.parametrize(
    ("output", "is_named"),
    [
        ("\n✗ x.json is damaged\n  → restore it", True),
        ("\n✗ x.json is damaged", False),
        ("\n✗ unexpected KeyError: 1\n  → please report it", False),
        ("Killed", False),
    ],
)
def test_only_words_with_what_to_do_are_a_refusal(output: str, is_named: bool) -> None:
    """Neither silence nor "please report it"."""
    assert bool(refusal(output)) == is_named


def test_a_spoiled_file_is_another_one() -> None:
    """Whatever is done to it."""
    chance, content = random.Random(1), b'{"runs": []}' * 20
    assert all(spoiled(content, chance)[1] != content for _ in range(200))
