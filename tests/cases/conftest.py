"""Troubles that real companies reported, each a small tenant: run as they came, through `pipeline`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.e2e.daily_run import run_day

CASES = ROOT.parent / "shared" / "cases"
RunCase = Callable[..., Run]


def case_folder(name: str) -> Path:
    """The tenant folder of a case; the test that asks is skipped where the cases are not beside the checkout."""
    folder: Path = CASES / name
    if not folder.is_dir():
        pytest.skip(f"the case {name} is not on this machine (it lies beside the checkout)")
    return folder


@pytest.fixture(scope="session")
def run_case(tmp_path_factory: pytest.TempPathFactory) -> RunCase:
    """``run_case(name, *days)``: the finished run of the last of the days (2026-06-30 if none is given).

    It is skipped where the cases are not beside the checkout.
    """

    def run(name: str, *days: str) -> Run:
        folder = case_folder(name)
        home = tmp_path_factory.mktemp(name)
        for day in days or ("2026-06-30",):
            outcome = run_day(home, folder, day, site=False)
        return outcome

    return run
