"""No model, check or delete compares everything with everything: DuckDB's plans have joins by equality only.

The plans are made without statistics of what the tables hold, so that no join is hidden by an empty table.
"""

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.dbt_process import due
from tests.conftest import Run
from tests.in_process_dbt import invoke, manifest
from tests.warehouse.costly_joins import ALLOWED

OPERATORS = {
    "NESTED_LOOP_JOIN": "range",
    "PIECEWISE_MERGE_JOIN": "range",
    "IE_JOIN": "range",
    "BLOCKWISE_NL_JOIN": "condition",
    "CROSS_PRODUCT": "cross",
}
DAY = {"as_of_date": "2026-06-30"}
LATER = {
    "as_of_date": "2026-07-01",
    "build_id": 2,
    "since_load_id": 1,
    "since_as_of_date": "2026-06-30",
    "loads_ahead": [1],
    "checks_all_keys": False,
}
MODES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "full": (DAY, ("--full-refresh",)),
    "later": (LATER, ()),
}
NEXT = "\n;next;\n"
INLINE = '"warehouse"."main"."inline_query"'  # what dbt calls itself in text that is no model's


@pytest.fixture(scope="module")
def warehouse(tiny_at_once: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a built warehouse."""
    folder = tmp_path_factory.mktemp("plans")
    for name in ("warehouse.duckdb", "marts_build.duckdb"):
        shutil.copyfile(tiny_at_once.home / name, folder / name)
    return folder / "warehouse.duckdb"


@cache
def compiled(warehouse: Path, mode: str) -> dict[str, str]:
    """SQL of every model and test as a build of the mode runs it; of a later one the deletes, too."""
    variables, options = MODES[mode]
    common = ("--vars", json.dumps(variables), *options)
    outcome = invoke("compile", *common, warehouse=warehouse)
    found = {
        result.node.name: result.node.compiled_code
        for result in outcome.results
        if result.node.resource_type in ("model", "test")
    }
    return found if mode == "full" else found | deletes(warehouse, common)


def deletes(warehouse: Path, options: tuple[str, ...]) -> dict[str, str]:
    """What `replace_keys` deletes, of the models that name their touched keys; other keys are compared by equality."""
    nodes = [
        node
        for node in manifest().nodes.values()
        if node.resource_type == "model" and node.config.meta.get("touched")
    ]
    texts = [
        f"delete from {node.relation_name} where "
        + " or ".join(f"{key} in ({query})" for key, query in node.config.meta["touched"].items())
        for node in nodes
    ]
    outcome = invoke("compile", "--inline", NEXT.join(texts), *options, warehouse=warehouse)
    rendered = outcome.results[0].node.compiled_code.split(NEXT.strip())
    return {
        f"delete from {node.name}": text.replace(INLINE, node.relation_name)
        for node, text in zip(nodes, rendered, strict=True)
    }


def costly(plan: dict[str, Any]) -> Iterator[str]:
    """Kinds of the joins of a plan that compare each row of one side with each of the other."""
    kind = OPERATORS.get(plan["name"].strip())
    if kind and not any(is_one_row(side) for side in plan["children"]):
        yield kind
    for child in plan["children"]:
        yield from costly(child)


def is_one_row(plan: dict[str, Any]) -> bool:
    """Whether it is by construction: an aggregate without groups, a literal, or what is made of one alone."""
    name = plan["name"].strip()
    if name in ("UNGROUPED_AGGREGATE", "DUMMY_SCAN"):
        return True
    if name in ("PROJECTION", "FILTER", "CROSS_PRODUCT"):
        return all(map(is_one_row, plan["children"]))
    return False


@pytest.mark.parametrize("mode", MODES)
def test_joins_are_by_equality(warehouse: Path, mode: str) -> None:
    """All others are listed with the reason why they are cheap, and the list has no other."""
    statements = compiled(warehouse, mode)
    assert len(statements) > 300
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        marts = warehouse.with_name("marts_build.duckdb")
        connection.execute(f"attach '{marts}' as marts_build")
        connection.execute("set disabled_optimizers = 'statistics_propagation,empty_result_pullup'")
        found: dict[tuple[str, str], None] = {}
        for name, statement in statements.items():
            explained = connection.execute(f"explain (format json) {statement}").fetchone()
            for plan in json.loads(explained[1]):
                found |= dict.fromkeys((name, kind) for kind in costly(plan))
    assert sorted(set(found) - ALLOWED.keys()) == []
    if mode == "full":
        assert sorted(ALLOWED.keys() - set(found)) == [], "these are no longer there"


def test_views_that_stay_from_build_to_build_are_the_same_in_each(warehouse: Path) -> None:
    """A build upon an earlier one does not make them again: they must not hang on its date or on what it starts from."""
    first, later = (compiled(warehouse, mode) for mode in MODES)
    run = due(manifest(), ())
    stay = {
        node.name
        for name, node in manifest().nodes.items()
        if node.config.materialized == "view" and name not in run
    }
    assert len(stay) > 50
    assert [name for name in sorted(stay) if first[name] != later[name]] == []
