"""The site: a home page, the checks, dbt docs and GX data docs; static files that open without a network."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from jinja2 import Environment, FileSystemLoader

from expectations.contracts import load_contract
from expectations.data_docs import build_data_docs
from expectations.results import newest_by_table, read_results
from publishing.headline import Number, activation_levels, headline_numbers
from publishing.snapshot import Snapshot, current_snapshot
from runtime import rights
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.files import write_atomically
from runtime.findings import FindingStore
from runtime.progress import open_problems
from runtime.settings import Settings
from runtime.tenant import Tenant

LEVEL_NAMES = {
    0: "未着手 not started",
    1: "企画 planning",
    2: "制作中 in production",
    3: "入稿間近 near submission",
    4: "公開 published",
    5: "定期公開 publishing regularly",
}
STATUS_NAMES = {
    "passed": "passed 合格",
    "warned": "warned 警告",
    "quarantined": "quarantined 隔離",
    "blocked": "blocked 停止",
    "error": "could not be checked 検査不能",
}
AREA_NAMES = {
    "ingest_crm": "CRM 顧客・契約",
    "ingest_sfa": "SFA 商談",
    "ingest_ma": "MA マーケティング",
    "ingest_support": "Support 問合せ",
    "ingest_success": "Customer success 活用・アンケート",
}
FREQUENCY_NAMES = {
    "daily": "daily 日次",
    "weekly": "weekly 週次",
    "monthly": "monthly 月次",
    "quarterly": "quarterly 四半期",
}
FINDING_STATUS_NAMES = {
    "open": "open 未解決",
    "accepted": "accepted 承認済",
    "made_good": "made good 解消",
}
TEMPLATES = Path(__file__).with_name("templates")
ASSETS = ("site.css", "age.js")  # the pages allow nothing inline
MONTHS = 13
_MOVEMENTS = {
    "opening_mrr": "Opening 期首",
    "new_mrr": "New 新規",
    "reactivation_mrr": "Reactivation 復活",
    "upsell_mrr": "Upsell アップセル",
    "cross_sell_mrr": "Cross-sell クロスセル",
    "price_uplift_mrr": "Price-rise 値上げ",
    "contraction_mrr": "Contraction 縮小",
    "churn_mrr": "Churn 解約",
    "closing_mrr": "Closing 期末",
}


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
        "status_names": STATUS_NAMES,
        "has_models": (settings.site_dir / "dbt" / "index.html").is_file(),
    }
    results = read_results(settings.audit_dir, days=90)
    checks = _checks(results)
    found = FindingStore(settings.findings_dir).grouped().to_pylist()
    is_open = [finding for finding in found if finding["status"] == "open"]
    common["is_incomplete"] = any(finding["severity"] == "incomplete" for finding in is_open)
    pages: dict[str, dict[str, Any]] = {
        "index.html": {
            "title": "Home",
            "problems": open_problems(settings, tenant.zone),
            "findings": is_open,
            "counts": checks["counts"],
        },
        "checks.html": {
            "title": "Checks",
            **checks,
            "findings": found,
            "finding_status_names": FINDING_STATUS_NAMES,
            "loads": _loads(settings),
        },
    }
    if snapshot:
        try:
            pages["index.html"] |= _published(snapshot)
        except (duckdb.BinderException, duckdb.CatalogException):
            pages["index.html"]["older"] = snapshot.as_of_date
    for name in ASSETS:
        write_atomically(
            settings.site_dir / name, (TEMPLATES / name).read_bytes(), rights.SHARED_FILE
        )
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
    )
    for name, values in pages.items():
        write_atomically(
            settings.site_dir / name,
            environment.get_template(f"{name}.j2").render(**common, **values),
            rights.SHARED_FILE,
        )
    build_data_docs(settings.gx_docs_dir, results)
    rights.share(settings, settings.site_dir)
    return settings.site_dir / "index.html"


def _published(snapshot: Snapshot) -> dict[str, Any]:
    """What the home page shows of a publication.

    Raises:
        duckdb.BinderException, duckdb.CatalogException: an older version of this project made it, without a table or
            column that is shown.
    """
    with connect(snapshot.path, read_only=True) as connection:
        return {
            "as_of": snapshot.as_of_date,
            "numbers": [
                {"number": number, **definition_of(number)}
                for number in headline_numbers(connection)
            ],
            "retention": _retention(connection),
            "levels": _levels(connection),
            "freshness": _freshness(connection),
        }


def definition_of(number: Number) -> dict[str, str]:
    """What a headline number means, from the contract of its column, and where dbt docs show it."""
    layer, table, column = number.metric.column.split(".")
    described = {c.name: c.description for c in load_contract(layer, table).columns}
    english, _, japanese = described[column].partition(" / ")
    return {
        "english": english,
        "japanese": japanese,
        "page": f"dbt/index.html#!/model/model.customer_success_warehouse.{table}",
    }


def _retention(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    columns = list(_MOVEMENTS)
    # only a company that counts price rises apart has any
    uplifts = "select count(*) from core.fct_retention_monthly where price_uplift_mrr <> 0"
    if not connection.execute(uplifts).fetchone()[0]:
        columns.remove("price_uplift_mrr")
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
    labels = ["Month 月", *(_MOVEMENTS[name] for name in columns), "NRR", "GRR"]
    return {"columns": labels, "rows": shown}


def _levels(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    counts = activation_levels(connection)
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
    """Each area; the feeds that are late or do not come every day; of the tables, which are all of one build, how
    many there are and how old the oldest is."""
    found = connection.execute(
        "select kind, mart_name, frequency, last_success_as_of as as_of, is_stale, is_overdue "
        "from marts.mart_freshness order by mart_name"
    )
    names = [column[0] for column in found.description]
    by_kind: dict[str, list[dict[str, Any]]] = {"area": [], "feed": [], "mart": []}
    for row in found.fetchall():
        line = dict(zip(names, row, strict=True))
        by_kind[line["kind"]].append(line)
    areas = {line["mart_name"]: line for line in by_kind["area"]}
    lines = [areas[name] | {"name": label} for name, label in AREA_NAMES.items() if name in areas]
    lines += (
        feed | {"name": f"{feed['mart_name']} ({FREQUENCY_NAMES[feed['frequency']]})"}
        for feed in by_kind["feed"]
        if feed["is_stale"] or feed["frequency"] != "daily"
    )
    if tables := by_kind["mart"]:
        oldest = min(tables, key=lambda table: table["as_of"])
        name = f"Tables of core and marts テーブル ({len(tables)})"
        lines.append(oldest | {"name": name})
    return lines


def _checks(table: pa.Table) -> dict[str, Any]:
    if not table.num_rows:
        return {"counts": {}, "rules": []}
    newest = newest_by_table(table)
    rules = newest[newest["status"] != "passed"].sort_values(["status", "table_name", "rule"])
    return {
        "counts": newest["status"].value_counts().to_dict(),
        "rules": rules.astype(object).where(rules.notna(), None).to_dict("records"),
    }


def _loads(settings: Settings) -> list[tuple]:
    if not settings.warehouse_file.exists():
        return []
    try:
        warehouse = connect(settings.warehouse_file, read_only=True)
    except StateError:
        return []  # damaged: the page says so under what is blocked
    with warehouse as connection:
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
