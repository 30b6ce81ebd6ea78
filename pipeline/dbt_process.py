"""dbt as a process of its own (``python -m pipeline.dbt_process build …``), the project parsed once a version.

dbt parses anew whenever a var or a path in the environment changes, 5 s of each run. Nothing of this
project is parsed differently for another value of one (tests/pipeline/test_dbt_process.py), so what was
parsed is kept for as long as the project's files stay as they are.
"""

import hashlib
import importlib.metadata
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runtime.errors import BuildError
from runtime.files import write_atomically
from runtime.settings import PROJECT_ROOT

PROJECT = PROJECT_ROOT / "dbt_project"
LOCATION = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
# dbt formats each debug line before it drops it: what is to be seen is printed here instead
SILENT = (
    *("--log-level", "none", "--log-level-file", "none"),
    *("--no-use-colors", "--no-send-anonymous-usage-stats"),
)
# nodes are named by the file's stem as DuckDB's databases are: a warehouse is called so wherever it is
WAREHOUSE_FILE = "warehouse.duckdb"


def project_hash() -> str:
    """Hash of the project's models, macros, tests, seeds and configuration."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml", ".csv") and "target" not in path.parts:
            digest.update(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def parsed_project() -> Any:
    """dbt's manifest of the project as it is now.

    It is kept beside the project as Python keeps compiled modules beside theirs; where that cannot be
    written or read, the project is parsed.

    Raises:
        BuildError: the project cannot be parsed.
    """
    from dbt.contracts.graph.manifest import Manifest

    kept = PROJECT / "target" / f"parsed_{_version()}.msgpack"
    # not there, damaged, or not to be read in the way that dbt reads its own
    with suppress(Exception):
        from dbt.parser.manifest import extended_mashumuro_decoder

        manifest = Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return manifest
    with TemporaryDirectory(prefix="dbt_") as folder:
        manifest = parse(folder)
        with suppress(OSError):
            kept.parent.mkdir(exist_ok=True)
            for older in kept.parent.glob("parsed_*.msgpack"):
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


def _version() -> str:
    """Names what the parsed project depends on: its files, and who reads them."""
    packages = ("dbt-core", "dbt-adapters", "dbt-duckdb")
    return f"{project_hash()[:16]}_{'_'.join(map(importlib.metadata.version, packages))}"


def main(arguments: list[str]) -> int:
    """Run a dbt command and print what it says; returns its exit status."""
    from dbt.cli.main import dbtRunner

    runner = dbtRunner(manifest=parsed_project(), callbacks=[_print])
    outcome = runner.invoke([*SILENT, *arguments])
    if outcome.exception:
        print(outcome.exception)
    return 0 if outcome.success else 1


def _print(event: Any) -> None:
    if event.info.level != "debug":
        print(event.info.msg, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
