"""Every contract has an owner, and CODEOWNERS names the same team."""

from fnmatch import fnmatch

import pytest
import yaml

from tests.conftest import ROOT

CONTRACTS = sorted((ROOT / "expectations/contracts").rglob("*.odcs.yaml"))


def teams(path: str) -> set[str]:
    """The teams of CODEOWNERS for a file: the last line that fits decides."""
    found: set[str] = set()
    for line in (ROOT / "CODEOWNERS").read_text(encoding="utf-8").splitlines():
        pattern, *owners = line.split() or ["#"]
        inside = pattern.lstrip("/") + ("*" if pattern.endswith("/") else "")
        if not pattern.startswith("#") and fnmatch(path, inside):
            found = {owner.removeprefix("@") for owner in owners}
    return found


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_a_contract_has_an_owner_who_is_asked_about_it(path):
    properties = {
        entry["property"]: entry["value"]
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["customProperties"]
    }
    assert {"owner", "method"} <= properties.keys()
    assert properties["owner"] in teams(path.relative_to(ROOT).as_posix())


def test_the_last_line_that_fits_decides():
    assert teams("expectations/contracts/raw/salesforce__account.odcs.yaml") == {"data-team"}
    assert teams("expectations/contracts/core/fct_ticket.odcs.yaml") == {"support"}
    assert teams("docs/domain/revenue.md") == {"customer-success", "data-team"}
