"""A source is one folder and one registration: where its name may stand, and what the registry holds."""

import ast
import inspect

import pytest

from ingestion.sources.base import Source
from runtime.sources import SOURCES
from sandbox.vendor import Vendor
from sandbox.vendors import vendor_classes
from tests.test_house_rules import having, text

# Places beside the registry and the source's folders that ask for a source by its name, and why.
NAMED_ELSEWHERE = {
    "demo/": "the demo company has these systems",
    "expectations/": "text in a file is held to its contract otherwise than a column of a database",
}
# CONTRIBUTING.md "Add a vendor", then "Add an object" and "Add a model".
PLACES = (
    ("runtime/sources.py",),
    ("ingestion/sources/marketo/",),
    ("sandbox/marketo/",),
)
OF_ITS_OBJECTS = (
    "ingestion/objects.yml",
    "expectations/contracts/",
    "dbt_project/macros/",
    "dbt_project/models/",
    "tests/",
)


def folders(source: str) -> tuple[str, ...]:
    """The source's own code."""
    return f"ingestion/sources/{source}/", f"sandbox/{source}/"


def test_a_source_is_named_in_its_folders_and_the_registry_only():
    """No second list of sources, no `if source == …`: what a source is like, the registry and its class say."""
    found = []
    for name in having(".py"):
        if name.startswith(("tests/", "runtime/sources.py", *NAMED_ELSEWHERE)):
            continue
        found += [
            f"{name}:{node.lineno}: {node.value}"
            for node in ast.walk(ast.parse(text(name)))
            if isinstance(node, ast.Constant)
            and node.value in SOURCES
            and not name.startswith(folders(node.value))
        ]
    assert found == []


def test_a_vendor_is_three_places():
    """Every Python and YAML file that names an existing vendor is one of them, or of its objects."""
    naming = {name for name in having(".py", ".yml", ".yaml") if "marketo" in text(name).lower()}
    # the default of dbt's var `systems`, which no build uses
    naming.discard("dbt_project/dbt_project.yml")
    for place in PLACES:
        assert any(name.startswith(place) for name in naming)
        naming = {name for name in naming if not name.startswith(place)}
    assert sorted(name for name in naming if not name.startswith(OF_ITS_OBJECTS)) == []


@pytest.mark.parametrize("spec", SOURCES.values(), ids=SOURCES)
def test_the_registry_names_what_exists(spec):
    connector = spec.connector_class()
    assert issubclass(connector, Source)
    assert connector.__module__.startswith(f"ingestion.sources.{spec.name}.")
    assert list(inspect.signature(connector).parameters) == ["connection"]
    assert spec.concurrency > 0
    assert spec.connection_id.endswith("_default")


@pytest.mark.parametrize(("name", "vendor"), vendor_classes().items(), ids=vendor_classes())
def test_a_sandbox_is_the_vendor_of_its_source(name, vendor):
    assert issubclass(vendor, Vendor)
    assert vendor.name == name
    assert len(vendor.sign_in_as) == 2
    assert vendor.twists <= {*vendor.own_faults}


def test_no_connector_is_guessed_at():
    """What a source can do is in its base class."""
    guesses = [
        f"{name}:{node.lineno}"
        for name in having(".py")
        if name.startswith(("ingestion/", "pipeline/", "cli/"))
        for node in ast.walk(ast.parse(text(name)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "hasattr"
    ]
    assert guesses == []
