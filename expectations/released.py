"""Contract versions: the contracts against those of the last release, ``python -m expectations.released``.

A change that can break a reader wants a new major version and a line in CHANGELOG.md that names the table and says
"breaking"; an addition wants a new minor one.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expectations.contracts import CONTRACTS_FOLDER, LAYERS, Contract, all_contracts
from runtime.errors import ContractError

SNAPSHOT = CONTRACTS_FOLDER / "released.json"
CHANGELOG = Path(__file__).resolve().parents[1] / "CHANGELOG.md"
WHOLE_NUMBERS = ("smallint", "integer", "bigint")
SEVERITY_ORDER = ("warn", "quarantine", "block")
BREAKING, ADDED = "breaking", "added"


def released_form(contract: Contract) -> dict[str, Any]:
    """What a release keeps of a contract: version, key, columns with type and required, rules with severity.

    A raw column is text in the warehouse; its type is what it can be read as.
    """
    is_raw = contract.layer == "raw"
    return {
        "version": contract.version,
        "key": list(contract.key),
        "columns": {
            c.name: [c.logical_type if is_raw else c.data_type, c.required]
            for c in contract.columns
        },
        "rules": {rule.name: rule.severity for rule in contract.rules},
    }


def changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(``breaking`` or ``added``, what it is) of every difference that a reader can notice."""
    if old["key"] != new["key"]:
        yield BREAKING, f"key was {old['key']}, is {new['key']}"
    for name, (data_type, required) in old["columns"].items():
        if name not in new["columns"]:
            yield BREAKING, f"column {name} is gone"
            continue
        now_type, now_required = new["columns"][name]
        if now_type != data_type:
            kind = ADDED if _is_wider(data_type, now_type) else BREAKING
            yield kind, f"{name} was {data_type}, is {now_type}"
        if required and not now_required:
            yield BREAKING, f"{name} may be null"
        if now_required and not required:
            yield ADDED, f"{name} is never null"
    for name in new["columns"].keys() - old["columns"].keys():
        yield ADDED, f"column {name} is new"
    for name, severity in old["rules"].items():
        now = new["rules"].get(name)
        if now is None:
            yield BREAKING, f"rule {name} is gone"
        elif SEVERITY_ORDER.index(now) < SEVERITY_ORDER.index(severity):
            yield BREAKING, f"rule {name} was {severity}, is {now}"


def problems(
    released: dict[str, dict[str, Any]], current: dict[str, dict[str, Any]], changelog: str
) -> Iterator[str]:
    """What the present contracts lack to follow the released ones, a line a table and demand.

    Args:
        released, current: `released_form` by ``layer.table``.
        changelog: the text of CHANGELOG.md; its first section counts.
    """
    section = changelog.split("\n## ")[1] if "\n## " in changelog else ""
    for table, old in released.items():
        new = current.get(table)
        found = [(BREAKING, "the table is gone")] if new is None else list(changes(old, new))
        breaking = [what for kind, what in found if kind == BREAKING]
        if breaking and not _announced(table, section):
            yield f'{table}: {"; ".join(breaking)}: CHANGELOG.md wants a line with `{table}` and "breaking"'
        if new is None:
            continue
        before, now = _version(old["version"]), _version(new["version"])
        if breaking and now[0] <= before[0]:
            yield f"{table}: {'; '.join(breaking)}: raise the version {new['version']} to {before[0] + 1}.0.0"
        elif found and now[:2] <= before[:2]:
            wanted = f"{before[0]}.{before[1] + 1}.0"
            yield f"{table}: {found[0][1]}: raise the version {new['version']} to {wanted}"
        elif now < before:
            yield f"{table}: version {new['version']} lies below the released {old['version']}"


def main(
    arguments: list[str] | None = None,
    contracts: Path = CONTRACTS_FOLDER,
    snapshot: Path = SNAPSHOT,
    changelog: Path = CHANGELOG,
) -> int:
    """Compare with the last release, or with ``--release`` write down what is released now.

    Returns:
        0; 1 if a version or a line in the changelog is lacking.
    """
    parser = argparse.ArgumentParser(
        prog="python -m expectations.released", description=main.__doc__
    )
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="exit 1 if something is lacking")
    action.add_argument("--release", action="store_true", help="write the snapshot")
    release = parser.parse_args(arguments).release
    try:
        current = {
            f"{layer}.{contract.table}": released_form(contract)
            for layer in LAYERS
            for contract in all_contracts(layer, contracts)
        }
        released = json.loads(snapshot.read_text("utf-8")) if snapshot.exists() else {}
        lacking = list(problems(released, current, changelog.read_text("utf-8")))
    except ContractError as error:
        lacking = [str(error)]
    for problem in lacking:
        print(problem, file=sys.stderr)
    if release and not lacking:
        lines = (f'"{table}": {json.dumps(form)}' for table, form in current.items())
        snapshot.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return 1 if lacking else 0


def _announced(table: str, section: str) -> bool:
    """Whether one line names the table and says "breaking"; the layer may be left out."""
    name = re.compile(rf"`({re.escape(table)}|{re.escape(table.split('.')[1])})`")
    return any(
        name.search(line) and re.search(r"\bbreaking\b", line) for line in section.splitlines()
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _is_wider(before: str, now: str) -> bool:
    """Whether every value of the old type is one of the new."""
    if before in WHOLE_NUMBERS and now in WHOLE_NUMBERS:
        return WHOLE_NUMBERS.index(now) > WHOLE_NUMBERS.index(before)
    old, new = (re.fullmatch(r"decimal\((\d+), ?(\d+)\)", kind) for kind in (before, now))
    if not old or not new:
        return False
    whole = [int(kind[1]) - int(kind[2]) for kind in (old, new)]
    return whole[1] >= whole[0] and int(new[2]) >= int(old[2])


if __name__ == "__main__":
    sys.exit(main())
