"""The rules of the house that a machine can check (CONTRIBUTING.md#house-rules)."""

import ast
import re
import statistics
import subprocess
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml

from expectations.contracts import all_contracts
from ingestion.catalogue import load_catalogue
from pipeline.dbt_process import RUN_VARIABLES
from runtime.definitions import load_definitions
from runtime.settings import Settings
from tests.conftest import ROOT

DBT = ROOT / "dbt_project"
DOCUMENTS = ("README.md", "README.ja.md", "CONTRIBUTING.md", "AGENTS.md")
# What a checkout somewhere else does not have. Interpreters (#!/usr/bin/env), /proc and /dev/null are everywhere.
ABSOLUTE = re.compile(
    r"""(?<![\w./:}>)-])/(?:home|root|work|tmp|opt|mnt|Users|var|srv|usr/(?!bin/env))[/\w.-]*"""
)
REGISTRY = re.compile(
    r"(index[-_]url|find[-_]links|trusted[-_]host|/simple/?[\s\"']|artifactory|nexus\.|devpi|\.internal\b|0\.0\.0\.0)"
)


@cache
def files() -> tuple[str, ...]:
    """Paths that are, or are about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def text(name: str) -> str:
    """A file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def having(*suffixes: str) -> list[str]:
    """Files with one of these endings."""
    return [name for name in files() if name.endswith(suffixes)]


def models() -> dict[str, Path]:
    """dbt model → its file."""
    return {path.stem: path for path in DBT.glob("models/**/*.sql")}


def longer(names: list[str], limit: int) -> dict[str, int]:
    """Files of ``limit`` lines or more."""
    lengths = {name: len(text(name).splitlines()) for name in names}
    return {name: length for name, length in lengths.items() if length >= limit}


def offenders(pattern: re.Pattern, names: list[str]) -> list[str]:
    """Lines that match, as ``file:line: match``."""
    return [
        f"{name}:{number}: {match[0]}"
        for name in names
        for number, line in enumerate(text(name).splitlines(), 1)
        if (match := pattern.search(line))
    ]


def source_files() -> list[str]:
    """Everything that people write: no lock, no data."""
    return [
        name
        for name in having(
            ".py", ".sql", ".yml", ".yaml", ".toml", ".md", ".j2", "Makefile", ".example"
        )
        + [name for name in files() if name.startswith(("scripts/", ".ci/"))]
        if name != "tests/test_house_rules.py"
    ]


def test_python_modules_are_short():
    assert longer(having(".py"), 400) == {}


def test_models_are_short():
    assert longer([name for name in having(".sql") if "/models/" in name], 100) == {}
    assert statistics.median(len(path.read_text().splitlines()) for path in models().values()) <= 45


def test_public_python_functions_are_documented():
    """Of the code, not of the tests; a task inside a DAG is described by the DAG."""
    missing = []
    for name in having(".py"):
        if name.startswith("tests/"):
            continue
        tree = ast.parse(text(name))
        definitions = [
            tree,
            *(node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)),
        ]
        for node in definitions:
            public = isinstance(node, ast.Module) or not node.name.startswith("_")
            is_dag = name == f"dags/{getattr(node, 'name', '')}.py"
            if public and not is_dag and not ast.get_docstring(node):
                missing.append(f"{name}: {getattr(node, 'name', 'module')}")
    assert missing == []


def test_no_absolute_paths():
    assert ABSOLUTE.search('open("/home/me/drop")')
    debian = "/usr/lib/postgresql"  # where Debian puts the server, off the PATH
    assert [found for found in offenders(ABSOLUTE, source_files()) if debian not in found] == []


def test_no_registry_hosts_and_no_open_servers():
    assert REGISTRY.search('index-url = "https://mirror.example/pypi/simple/"')
    assert offenders(REGISTRY, source_files()) == []


def test_nothing_is_left_to_do():
    assert offenders(re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), source_files()) == []


def test_no_error_is_swallowed():
    silent = []
    for name in having(".py"):
        for node in ast.walk(ast.parse(text(name))):
            if isinstance(node, ast.ExceptHandler):
                nothing = all(isinstance(step, ast.Pass) for step in node.body)
                everything = node.type is None
                if (nothing and not name.startswith("tests/")) or everything:
                    silent.append(f"{name}:{node.lineno}")
    assert silent == []


def test_models_have_no_clock():
    """A rerun of a date gives the same rows."""
    clock = re.compile(
        r"\b(now\(|current_date|current_timestamp|getdate|today\(|localtimestamp|run_started_at)"
    )
    assert (
        offenders(clock, [name for name in having(".sql") if name.startswith("dbt_project/")]) == []
    )


# From left to right (CONTRIBUTING.md#house-rules); the simulator and the demo company stand apart.
PACKAGES = ("runtime", "ingestion", "expectations", "publishing", "pipeline", "dags", "cli")
SIMULATED = {"sandbox", "demo"}


@cache
def imports() -> frozenset[tuple[str, str]]:
    """(module, imported module of ours) of everything but the tests, type-checking imports included."""
    modules = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name
        for name in having(".py")
        if name.split("/")[0] in {*PACKAGES, *SIMULATED}
    }
    found = set()
    for module, name in modules.items():
        for node in ast.walk(ast.parse(text(name))):
            named: list[str] = []
            if isinstance(node, ast.ImportFrom):
                named = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            for target in named:
                while target and target not in modules:
                    target = target.rpartition(".")[0]
                if target and target != module:
                    found.add((module, target))
    return frozenset(found)


def test_cross_db_holds_what_differs_by_engine_and_nothing_else():
    """A macro there dispatches; one that says the same to both engines has another folder."""
    defined = {
        name
        for path in (DBT / "macros/cross_db").glob("*.sql")
        for name in re.findall(r"\{%-? *macro +(\w+)", path.read_text())
    }
    ours = {name for name in defined if not name.startswith(("duckdb__", "spark__"))}
    assert ours
    assert {
        f"{engine}__{name}" for name in ours for engine in ("duckdb", "spark")
    } | ours == defined


def test_staging_reads_raw_tables_only():
    """What reads staging is intermediate or input."""
    reads = re.compile(r"ref\(['\"](stg|int|crm|sfa|ma|support|success)_\w+")
    staging = [name for name in having(".sql") if "/models/staging/" in name]
    assert staging and offenders(reads, staging) == []


def test_data_flows_one_way():
    """No module imports from a package to its right."""
    order = {package: number for number, package in enumerate(PACKAGES)}
    wrong = [
        f"{module} imports {target}"
        for module, target in imports()
        if {module.split(".")[0], target.split(".")[0]} <= order.keys()
        and order[target.split(".")[0]] > order[module.split(".")[0]]
    ]
    assert wrong == []


def test_only_the_command_line_knows_the_simulator():
    """What runs for real imports neither sandbox nor demo; they stand on runtime alone."""
    wrong = []
    for module, target in imports():
        package, of = module.split(".")[0], target.split(".")[0]
        if of in SIMULATED and package not in {*SIMULATED, "cli"}:
            wrong.append(f"{module} imports {target}")
        if package in SIMULATED and of not in {*SIMULATED, "runtime"}:
            wrong.append(f"{module} imports {target}")
    assert wrong == []


def test_no_module_imports_itself_in_the_end():
    """The import graph has no cycle."""
    graph: dict[str, set[str]] = {}
    for module, target in imports():
        graph.setdefault(module, set()).add(target)
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


# Contracts


@pytest.mark.parametrize("layer", ["input", "core", "marts"])
def test_every_model_has_a_contract_and_every_contract_a_model(layer):
    of_layer = {name for name, path in models().items() if f"/models/{layer}/" in path.as_posix()}
    assert of_layer == {contract.table for contract in all_contracts(layer)}


def test_every_raw_object_has_a_contract_and_is_a_source():
    """objects.yml, dbt's sources and the contracts name the same tables."""
    catalogue = {entry.table for entry in load_catalogue()}
    (source,) = [
        entry
        for entry in yaml.safe_load((DBT / "models/staging/_sources.yml").read_text())["sources"]
        if entry["name"] == "raw"
    ]
    assert {table["name"] for table in source["tables"]} == catalogue
    entities = {contract.table for contract in all_contracts("input")}
    dropped = {entry.object for entry in load_catalogue() if entry.source == "files"}
    assert dropped == entities
    raw = {contract.table for contract in all_contracts("raw")}
    own = {entry.table for entry in load_catalogue() if entry.source not in ("files", "database")}
    assert raw == own


def test_every_variable_is_used_and_every_one_used_is_decided():
    """What companies disagree on is an entry in definitions/, the rest is the tenant's facts and the run's own."""
    facts = {"timezone", "reporting_currency", "first_business_date", "systems", "codes"}
    facts |= {"file_frequency", *RUN_VARIABLES}
    definitions = {definition.name for definition in load_definitions()}
    known = yaml.safe_load((DBT / "dbt_project.yml").read_text())["vars"]
    assert set(known) == facts | definitions
    in_sql = {
        name
        for path in [*DBT.glob("models/**/*"), *DBT.glob("macros/**/*"), *DBT.glob("tests/*")]
        if path.suffix in (".sql", ".yml")
        for name in re.findall(r"\bvar\([\"'](\w+)", path.read_text(encoding="utf-8"))
    }
    in_python = {
        name
        for path in having(".py")
        if not path.startswith("tests/")
        for name in re.findall(r"\bdefinition(?:\(\w+, |\[)\"(\w+)\"", text(path))
    }
    assert in_sql <= set(known)
    assert definitions - in_sql - in_python == set()


# Make


def targets() -> dict[str, str]:
    """Target → its help text ("" if it has none), as the Makefile has it."""
    found = re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", text("Makefile"), re.MULTILINE)
    return {name: rest.partition("## ")[2] for name, rest in found}


def test_make_targets_are_documented_and_phony():
    assert [name for name, help_text in targets().items() if not help_text] == []
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)[1].split()
    assert set(phony) == set(targets())


def test_what_documents_tell_to_make_exists():
    named = {
        (name, target)
        for name in [
            *DOCUMENTS,
            *having(".py"),
            *(n for n in files() if n.startswith(("docs/", "dags/"))),
        ]
        if name.endswith((".md", ".py"))
        for target in re.findall(r"`make ([a-z-]+)", text(name))
    }
    assert {pair for pair in named if pair[1] not in targets()} == set()
    assert {target for _, target in named} >= {"run", "up", "down", "status", "rollback", "rebuild"}


def test_every_environment_variable_is_documented():
    """Those that one process sets for the next, and VARS of one run, are nobody's to set."""
    internal = {"CSW_DBT_VARS", "CSW_WAREHOUSE_FILE", "CSW_MARTS_FILE"}
    read = {f"CSW_{name.upper()}" for name in Settings.model_fields}
    for name in having(".py", "profiles.yml", "Makefile"):
        if not name.startswith("tests/"):
            read |= set(re.findall(r"CSW_[A-Z_]+[A-Z]", text(name)))
    documented = set(re.findall(r"^#(CSW_[A-Z_]+)=", text(".env.example"), re.MULTILINE))
    assert documented == read - internal
