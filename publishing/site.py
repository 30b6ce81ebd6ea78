"""The site: a home page, the checks, dbt docs and GX data docs; static files that open without a network."""

import os
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from jinja2 import Environment, FileSystemLoader

from expectations.data_docs import build_data_docs
from expectations.results import newest_by_table, read_results
from ingestion.load import connect
from ingestion.progress import open_problems
from ingestion.settings import Settings
from ingestion.tenant import Tenant
from publishing.headline import headline_numbers
from publishing.snapshot import current_snapshot

LEVEL_NAMES = {
    0: "未着手 not started",
    1: "企画 planning",
    2: "制作中 in production",
    3: "入稿間近 near submission",
    4: "公開 published",
    5: "定期公開 publishing regularly",
}
MONTHS = 13
_MOVEMENTS = "opening_mrr new_mrr reactivation_mrr upsell_mrr cross_sell_mrr contraction_mrr churn_mrr closing_mrr"


def render(settings: Settings, tenant: Tenant) -> Path:
    """Write the site from the published snapshot and the check results.

    Rendered after a blocked build too: it then says what is blocked and shows the last good numbers.

    Returns:
        Path of index.html.
    """
    settings.site_dir.mkdir(parents=True, exist_ok=True)
    snapshot = current_snapshot(settings)
    common = {
        "tenant": tenant.name,
        "currency": tenant.reporting_currency,
        "has_models": (settings.site_dir / "dbt" / "index.html").is_file(),
    }
    results = read_results(settings.audit_dir, days=90)
    pages: dict[str, dict[str, Any]] = {
        "index.html": {"title": "Home", "problems": open_problems(settings)},
        "checks.html": {"title": "Checks", **_checks(results), "loads": _loads(settings)},
    }
    if snapshot:
        with connect(snapshot.path, read_only=True) as connection:
            pages["index.html"] |= {
                "as_of": snapshot.as_of_date,
                "numbers": headline_numbers(connection, snapshot.as_of_date),
                "retention": _retention(connection),
                "levels": _levels(connection),
                "freshness": _freshness(connection),
            }
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        trim_blocks=True,
    )
    for name, values in pages.items():
        _write(
            settings.site_dir / name,
            environment.get_template(f"{name}.j2").render(**common, **values),
        )
    build_data_docs(settings.gx_docs_dir, results)
    return settings.site_dir / "index.html"


def _retention(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    columns = _MOVEMENTS.split()
    rows = connection.execute(
        f"""
        select strftime(month, '%Y-%m') || case when is_provisional then ' *' else '' end, {", ".join(columns)},
            nrr, grr
        from core.fct_retention_monthly where segment_type = 'all' order by month desc limit {MONTHS}
        """
    ).fetchall()
    shown = [
        [
            row[0],
            *(f"{value:,.0f}" for value in row[1 : 1 + len(columns)]),
            *map(_rate, row[1 + len(columns) :]),
        ]
        for row in rows
    ]
    labels = [
        "Month 月",
        *(name.removesuffix("_mrr").replace("_", " ") for name in columns),
        "NRR",
        "GRR",
    ]
    return {"columns": labels, "rows": shown}


def _levels(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    counts = dict(
        connection.execute(
            """
            select activation_level, count(*) from marts.mart_activation_level
            where as_of_date = (select max(as_of_date) from marts.mart_activation_level) group by 1
            """
        ).fetchall()
    )
    most = max(counts.values(), default=0)
    return [
        {
            "no": level,
            "name": name,
            "customers": counts.get(level, 0),
            "percent": 100 * counts.get(level, 0) / most,
        }
        for level, name in LEVEL_NAMES.items()
        if most
    ]


def _freshness(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = connection.execute(
        "select mart_name, last_success_as_of, is_stale from marts.mart_freshness order by is_stale desc, 1"
    ).fetchall()
    return [{"name": name, "as_of": as_of, "is_stale": is_stale} for name, as_of, is_stale in rows]


def _checks(table: pa.Table) -> dict[str, Any]:
    if not table.num_rows:
        return {"counts": {}, "findings": []}
    newest = newest_by_table(table)
    findings = newest[newest["status"] != "passed"].sort_values(["status", "table_name", "rule"])
    return {
        "counts": newest["status"].value_counts().to_dict(),
        "findings": findings.astype(object).where(findings.notna(), None).to_dict("records"),
    }


def _loads(settings: Settings) -> list[tuple]:
    if not settings.warehouse_file.exists():
        return []
    with connect(settings.warehouse_file, read_only=True) as connection:
        if not connection.execute(
            "from duckdb_tables() where schema_name = 'ops' and table_name = 'loads'"
        ).fetchall():
            return []  # a first load that failed
        return connection.execute(
            """
            select source, object, business_date, rows_in, rows_quarantined from ops.loads
            where rows_in > 0 order by load_id desc limit 60
            """
        ).fetchall()


def _rate(value: Any) -> str:
    return "–" if value is None else f"{float(value):.1%}"


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
