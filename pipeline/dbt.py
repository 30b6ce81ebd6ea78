"""dbt as a subprocess: variables, one build a run, what failed and why."""

import hashlib
import json
import math
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipeline import codes, definitions
from pipeline.build_plan import BuildPlan, Mode
from pipeline.context import Context
from pipeline.dbt_process import DUE, LOCATION, project_hash
from pipeline.rows_behind import rows_behind
from publishing.lineage import write_lineage
from runtime.damage import explained_text
from runtime.definitions import given_variables, values
from runtime.errors import BuildError
from runtime.files import write_atomically
from runtime.process import start
from runtime.progress import report
from runtime.redaction import hide_values
from runtime.rights import SHARED_FILE
from runtime.settings import PROJECT_ROOT

READS_SLICES = "reads_slices"  # tag of models that read slices of older dates
# a node each of dbt's: the hook on-run-end looks at all keys in one (macros/operations/keys.sql)
WITHOUT_KEY_TESTS = ("--exclude", "test_name:unique_key")
MARTS_ALIAS = "marts_build"  # in profiles.yml: what models of core and marts are called by
# dbt's page is one file of inline script that evaluates its templates: it may do that, and connect to nothing.
DOCS_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'none'"
)
_STEP = re.compile(r"(\d+) of (\d+) (?:OK|PASS|WARN|ERROR|FAIL|SKIP)")


def run_variables(context: Context, business_date: date) -> dict[str, Any]:
    """The dbt vars of a run: the tenant's facts, its overrides, the run's overrides, a hash of all of it.

    Raises:
        TenantError: a var or a code list is unknown, one that only the run may set, or has a value that it cannot have.
    """
    tenant, given = context.tenant, given_variables(context.settings)
    definitions.check("tenant.yml", {}, tenant.vars)
    definitions.check("VARS", tenant.vars, given)
    codes.check(tenant.codes)
    facts = {
        "timezone": tenant.timezone,
        "reporting_currency": tenant.reporting_currency,
        "first_business_date": tenant.first_business_date.isoformat(),
        "systems": sorted(tenant.systems),
        "codes": tenant.codes,
        "file_frequency": {
            name: feed.frequency for name, feed in sorted(tenant.files.items()) if feed.frequency
        },
    }
    configuration = {**facts, **tenant.vars, **given}
    digest = hashlib.sha256(json.dumps(configuration, sort_keys=True, default=str).encode())
    digest.update(project_hash().encode() + context.settings.engine.encode())
    return configuration | {
        "as_of_date": business_date.isoformat(),
        "config_hash": digest.hexdigest()[:16],
    }


def definition(context: Context, name: str) -> Any:
    """A var's value in this run: VARS, else tenant.yml, else its default."""
    return values(context.settings, context.tenant.vars)[name]


def build(context: Context, plan: BuildPlan) -> None:
    """`dbt build` without unit tests on the plan's files; progress is reported as it goes.

    Raises:
        BuildError: models or tests failed.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test", *WITHOUT_KEY_TESTS]
    if plan.mode is not Mode.INCREMENTAL:
        arguments.append("--full-refresh")
    elif plan.changed_tables is not None:
        arguments += ["--select", f"tag:{DUE}", "--indirect-selection", "empty"]
    run(context, plan, arguments)


def build_upon_slices(context: Context, plan: BuildPlan) -> None:
    """Build again what reads older slices: a rebuild makes those after the newest date.

    Raises:
        BuildError: models or tests failed.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test", *WITHOUT_KEY_TESTS]
    run(context, plan, [*arguments, "--select", f"tag:{READS_SLICES}+"], folder="slices")


def write_docs(context: Context, plan: BuildPlan) -> None:
    """dbt's documentation as one static page on the site, if models or configuration changed since the last one."""
    page = context.settings.site_dir / "dbt" / "index.html"
    written_for = page.with_name("config_hash.txt")
    if written_for.exists() and written_for.read_text(errors="replace") == plan.config_hash:
        return
    # of the files that are published, whatever has built them
    target = run(context, plan, ["docs", "generate"], folder="docs", engine="duckdb")
    page.parent.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    for node in manifest["nodes"].values():
        node.pop("compiled_code", None)  # half of the page; it lies in dbt_target/compiled
    write_lineage(page.with_name("lineage.json"), manifest, SHARED_FILE)
    written = (target / "index.html").read_text(encoding="utf-8")
    for mark, document in (
        ("MANIFEST.JSON INLINE DATA", json.dumps(manifest, ensure_ascii=False)),
        ("CATALOG.JSON INLINE DATA", (target / "catalog.json").read_text(encoding="utf-8")),
    ):
        # as dbt's own --static does, but for `<`: a description must not end the script it stands in
        written = written.replace(f'"{mark}"', document.replace("<", "\\u003c"))
    policy = f'<head><meta http-equiv="Content-Security-Policy" content="{DOCS_POLICY}">'
    write_atomically(page, written.replace("<head>", policy, 1), SHARED_FILE)
    write_atomically(written_for, plan.config_hash)


def run(
    context: Context, plan: BuildPlan, arguments: list[str], folder: str = "", engine: str = ""
) -> Path:
    """Run dbt with the plan's variables and files.

    Args:
        folder: in dbt's target folder, where the artifacts of another command than the build go.
        engine: what it runs on; empty = what builds the warehouse.

    Returns:
        The folder with dbt's artifacts.

    Raises:
        BuildError: dbt ended with an error.
    """
    settings = context.settings
    target = settings.home / "dbt_target" / folder
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    log_path = settings.logs_dir / "dbt.log"
    command = [
        *(sys.executable, "-m", "pipeline.dbt_process"),
        *arguments,
        *LOCATION,
        *("--target-path", str(target), "--log-path", str(settings.logs_dir)),
        *("--vars", vars_argument(plan.dbt_variables())),
    ]
    environment = {
        **os.environ,
        "CSW_WAREHOUSE_FILE": str(plan.warehouse),
        "CSW_MARTS_FILE": str(plan.marts),
        "CSW_DUCKDB_THREADS": str(settings.duckdb_threads),
        "CSW_DUCKDB_MEMORY": settings.duckdb_memory,
        "CSW_ENGINE": engine or settings.engine,
        "PYTHONWARNINGS": "ignore",
    }
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    output = {"stdout": -1, "stderr": -2, "text": True, "errors": "replace"}
    process = start(command, env=environment, cwd=PROJECT_ROOT, **output)
    try:
        with log_path.open("a", encoding="utf-8") as log:
            for line in process.stdout:
                log.write(hide_values(line))
                step = _STEP.search(line)
                if step and int(step[1]) % 20 == 0:
                    report("dbt", done=int(step[1]), total=int(step[2]))
    except BaseException:
        # no room for the log …: dbt must not go on in files that the next try opens
        process.kill()
        process.wait()
        raise
    if process.wait() != 0:
        said = _failures(results, log_path)
        known = explained_text(said, settings.home)
        raise BuildError(
            f"dbt {arguments[0]} failed: {said}{rows_behind(plan.warehouse, results)}",
            known.hint if known else f"details are in {log_path}",
        )
    return target


def vars_argument(variables: dict[str, Any]) -> str:
    """Vars as dbt reads them, which is YAML: there JSON's 1e-06 is a text."""
    return yaml.safe_dump(variables, default_flow_style=True, allow_unicode=True, width=math.inf)


def _failures(results: Path, log_path: Path) -> str:
    if not results.exists():
        return _last_lines(log_path)
    sources = _sources(results.with_name("manifest.json"))
    failed = [
        f"{node['unique_id'].split('.')[2]}{sources.get(node['unique_id'], '')}: {' '.join(hide_values(node['message'] or '').split())}"
        for node in json.loads(results.read_text(encoding="utf-8"))["results"]
        if node["status"] in ("error", "fail", "runtime error")
    ]
    if not failed:
        return _last_lines(log_path)
    return "; ".join(failed[:5]) + (f"; and {len(failed) - 5} more" if len(failed) > 5 else "")


def _last_lines(log_path: Path) -> str:
    return " ".join(log_path.read_text(encoding="utf-8").splitlines()[-3:]).strip()


def _sources(manifest: Path) -> dict[str, str]:
    """Of each model that reads landed rows: which, in words for a message."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    read = {
        name: [
            parent.split(".")[-1]
            for parent in node["depends_on"]["nodes"]
            if parent.startswith("source.")
        ]
        for name, node in nodes.items()
        if node["resource_type"] == "model"
    }
    return {name: f" (reads {', '.join(tables)})" for name, tables in read.items() if tables}
