"""Questions to the published marts through MetricFlow, which writes their SQL from ``semantic/``."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from publishing.semantic import PROJECT
from runtime.errors import StateError


def metric_sql(metrics: Sequence[str], group_by: Sequence[str] = ()) -> str:
    """SQL over a published file that answers with these metrics.

    Args:
        metrics: names of ``metrics/``.
        group_by: MetricFlow's names of dimensions: ``metric_time__month``, ``customer__touch_model`` …

    Raises:
        StateError: MetricFlow is not installed, or knows no such metric or dimension.
    """
    engine = _engine()
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
    from metricflow_semantics.errors.error_classes import InvalidQueryException

    request = MetricFlowQueryRequest.create(
        metric_names=metrics, group_by_names=group_by, order_by_names=group_by
    )
    try:
        return engine.explain(request).sql_statement.without_descriptions.sql
    except InvalidQueryException as error:
        raise StateError(f"MetricFlow cannot answer: {error}", "correct the names") from error


@cache
def _engine() -> Any:
    try:
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
        from metricflow_semantics.model.dbt_manifest_parser import (
            parse_manifest_from_dbt_generated_manifest,
        )
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
    except ImportError as error:
        raise StateError("MetricFlow is not installed", "make metricflow-install") from error

    class Dialect:
        """All that MetricFlow wants of a client to write SQL."""

        sql_engine_type = SqlEngine.DUCKDB
        sql_plan_renderer = DuckDbSqlPlanRenderer()

    manifest = parse_manifest_from_dbt_generated_manifest(_semantic_manifest())
    return MetricFlowEngine(SemanticManifestLookup(manifest), Dialect())


def _semantic_manifest() -> str:
    """dbt's semantic manifest of ``semantic/``, as JSON."""
    from dbt.cli.main import dbtRunner

    with TemporaryDirectory(prefix="dbt_") as folder:
        silent = [
            "--log-level",
            "none",
            "--log-level-file",
            "none",
            "--no-send-anonymous-usage-stats",
        ]
        where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        outcome = dbtRunner().invoke(
            [*silent, "parse", *where, "--target-path", folder, "--log-path", folder]
        )
        if not outcome.success:
            raise StateError(
                f"semantic/ cannot be parsed: {outcome.exception}", "make contracts writes it anew"
            )
        return (Path(folder) / "semantic_manifest.json").read_text(encoding="utf-8")
