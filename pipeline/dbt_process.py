"""dbt as a process of its own (``python -m pipeline.dbt_process build …``), the project parsed once a version.

dbt parses anew whenever a var or a path in the environment changes, 5 s of each run. Nothing of this
project is parsed differently for another value of one (tests/pipeline/test_dbt_process.py), so what was
parsed is kept for as long as the project's files stay as they are.
"""

import gc
import hashlib
import importlib.metadata
import re
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from runtime.errors import BuildError
from runtime.files import write_atomically
from runtime.settings import PROJECT_ROOT, get_settings

PROJECT = PROJECT_ROOT / "dbt_project"
LOCATION = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
# dbt formats each debug line before it drops it: what is to be seen is printed here instead
SILENT = (
    *("--log-level", "none", "--log-level-file", "none"),
    *("--no-use-colors", "--no-send-anonymous-usage-stats"),
)
# nodes are named by the file's stem as DuckDB's databases are: a warehouse is called so wherever it is
WAREHOUSE_FILE = "warehouse.duckdb"
RUN_VARIABLES = (
    *("as_of_date", "build_id", "since_load_id", "since_as_of_date"),
    *("config_hash", "checks_all_keys", "loads_ahead", "changed_tables"),
)
# new objects before Python looks for garbage, in a manifest of a million objects that all stay, too
GARBAGE_AFTER = 50_000
# tag of what a build after a few changes has to make again
DUE = "due"


def project_hash() -> str:
    """Hash of the project's models, macros, tests, seeds and configuration."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml", ".csv") and "target" not in path.parts:
            digest.update(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def parsed_project(changed_tables: Collection[str] | None = None) -> Any:
    """dbt's manifest of the project as it is now.

    It is kept beside the project as Python keeps compiled modules beside theirs; where that cannot be
    written or read, the project is parsed.

    Args:
        changed_tables: if given, what is ``due`` after news in these raw tables has the tag.

    Raises:
        BuildError: the project cannot be parsed.
    """
    manifest = _read_project()
    for name in () if changed_tables is None else due(manifest, changed_tables):
        manifest.nodes[name].tags.append(DUE)
    manifest.build_flat_graph()  # what macros see of it, tags too
    return manifest


def _read_project() -> Any:
    from dbt.contracts.graph.manifest import Manifest

    kept = PROJECT / "target" / f"parsed_{_version()}.msgpack"
    # not there, damaged, or not to be read in the way that dbt reads its own
    with suppress(Exception):
        from dbt.parser.manifest import extended_mashumuro_decoder

        return Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
    with TemporaryDirectory(prefix="dbt_") as folder:
        manifest = parse(folder)
        with suppress(OSError):
            kept.parent.mkdir(exist_ok=True)
            for older in kept.parent.glob(f"parsed_{get_settings().engine}_*.msgpack"):
                older.unlink()
            write_atomically(kept, (Path(folder) / "partial_parse.msgpack").read_bytes())
    return manifest


def parse(folder: str, *options: str) -> Any:
    """Parse the project; dbt's artifacts are in ``folder``, the one it reads again among them.

    Raises:
        BuildError: the project cannot be parsed.
    """
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner().invoke(
        [
            *(*SILENT, "parse", *LOCATION),
            *("--target-path", folder, "--log-path", folder, *options),
        ]
    )
    if not outcome.success:
        raise BuildError(
            f"the dbt project cannot be parsed: {outcome.exception}", "mend what is named"
        )
    return outcome.result


def due(manifest: Any, changed_tables: Collection[str]) -> set[str]:
    """Nodes that a build upon an earlier one of the same configuration has to run.

    That is everything but seeds, views whose SQL is the same in every run, and what is kept of raw
    tables in which nothing is new, with the tests of that alone.

    Args:
        manifest: dbt's manifest of the project.
        changed_tables: raw tables with something new.

    Returns:
        dbt's unique ids.
    """
    of_the_run = _names_of_the_run(manifest)
    has_views = get_settings().engine != "spark"  # dbt_project/macros/spark/materializations.sql
    same, kept = set(), set()
    for name, node in manifest.nodes.items():
        kind = node.config.materialized
        is_view = kind == "view" and has_views
        if kind == "seed" or (is_view and not of_the_run.search(node.raw_code)):
            same.add(name)
        elif kind == "incremental":
            raw = [manifest.sources.get(parent) for parent in node.depends_on_nodes]
            if raw and all(raw) and not any(table.name in changed_tables for table in raw):
                kept.add(name)
    tests = {
        name
        for name, node in manifest.nodes.items()
        if node.resource_type == "test" and kept.issuperset(node.depends_on_nodes or {name})
    }
    return manifest.nodes.keys() - same - kept - tests


def _names_of_the_run(manifest: Any) -> re.Pattern[str]:
    """Finds in SQL what differs between runs: their vars, and macros that ask for one."""
    macros = {
        macro.name: macro.macro_sql
        for macro in manifest.macros.values()
        if macro.package_name == manifest.metadata.project_name
    }
    names = {rf"\bvar\(.({name})\b" for name in RUN_VARIABLES}
    while True:
        pattern = re.compile("|".join(sorted(names)))
        found = {rf"\b{name}\(" for name, sql in macros.items() if pattern.search(sql)}
        if found <= names:
            return pattern
        names |= found


def _version() -> str:
    """Names what the parsed project depends on: its files, and who reads them."""
    engine = get_settings().engine
    packages = ("dbt-core", "dbt-adapters", f"dbt-{engine}")
    return f"{engine}_{project_hash()[:16]}_{'_'.join(map(importlib.metadata.version, packages))}"


def main(arguments: list[str]) -> int:
    """Run a dbt command and print what it says; returns its exit status."""
    from dbt.cli.main import dbtRunner

    gc.set_threshold(GARBAGE_AFTER)
    _drop_debug_events()
    given = arguments[arguments.index("--vars") + 1] if "--vars" in arguments else "{}"
    variables = yaml.safe_load(given)
    manifest = parsed_project(variables.get("changed_tables"))

    def run() -> bool:
        outcome = dbtRunner(manifest=manifest, callbacks=[_print]).invoke([*SILENT, *arguments])
        if outcome.exception:
            print(outcome.exception)
        return outcome.success

    if get_settings().engine == "spark":
        from pipeline.spark.process import on_spark

        builds = arguments[0] == "build"
        # with the weekly look at every key
        tidies = bool(variables.get("checks_all_keys")) and "--full-refresh" not in arguments
        return int(not on_spark(run, builds, builds and tidies))
    return int(not run())


def _drop_debug_events() -> None:
    """Let dbt make no message of a debug event, which nobody reads: a tenth of a build."""
    from dbt_common.events.base_types import BaseEvent, DebugLevel, EventLevel
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    class FromInfoOn(EventManager):
        def fire_event(self, e: Any, level: Any = None, *others: Any, **named: Any) -> None:
            if (level or e.level_tag()) != EventLevel.DEBUG:
                super().fire_event(e, level, *others, **named)

    def remember(event: Any, *positional: Any, **named: Any) -> None:
        event.__dict__["told"] = positional, named

    def make(event: Any, name: str) -> Any:
        if "pb_msg" not in event.__dict__:
            positional, named = event.__dict__["told"]
            BaseEvent.__init__(event, *positional, **named)
        return event.pb_msg if name == "pb_msg" else getattr(event.pb_msg, name)

    ctx_set_event_manager(FromInfoOn())
    # fired at a higher level, it is made when it is asked for
    DebugLevel.__init__, DebugLevel.__getattr__ = remember, make


def _print(event: Any) -> None:
    print(event.info.msg, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
