"""Any subscription lines: the compiled revenue models agree with the plain Python recomputation."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.warehouse.retention_rows import (
    actual_months,
    actual_years,
    expected_months,
    expected_years,
)
from tests.warehouse.revenue_oracle import Line

AS_OF = date(2026, 7, 15)
GRACE = 40
MODELS = (
    "int_recurring_line",
    "int_subscription_bridge",
    "int_subscription_line",
    "int_revenue_month",
    "fct_subscription_month",
    "int_mrr_change",
    "fct_mrr_movement",
    "int_retention_customer",
    "int_retention_group",
    "int_retention_segment_month",
    "fct_retention_monthly",
    "int_retention_year_ago",
    "fct_retention_t12m",
)
INPUTS = {
    "crm__subscription_line": """
        select null::text as line_id, null::text as account_id, null::text as contract_id,
            null::text as product_id, null::decimal(18, 4) as quantity,
            null::decimal(18, 2) as amount_total_ex_tax, null::date as start_date,
            null::date as end_date, 'recurring' as charge_type, null::text as billing_period,
            null::decimal(18, 8) as fx_rate_fixed, null::timestamptz as created_at
    """,
    "crm__contract": """
        select 'k' || n as contract_id, case when n > 0 then 'k' || (n - 1) end as previous_contract_id
        from range(16) as contract (n)
    """,
    "crm__product": "select * from (values ('p', 'p', 'Pro'), ('q', 'q', 'Basic')) as "
    "product (product_id, product_family_id, plan_tier)",
    "int_customer_identity": "select 'a' || n as account_id, 'a' || n as customer_key "
    "from range(3) as account (n)",
    "dim_customer": "select 'a0' as customer_key, 'I' as industry_code, '3' as region_code, "
    "'small' as employee_band, 'tech' as touch_model, false as is_touch_model_override",
    "dim_date": "select date '2026-04-01' as date_day, 2026 as fiscal_year",
}

customers = st.sampled_from(["a0", "a1", "unknown"])
families = st.sampled_from(["p", "p", "q"])
days = st.dates(date(2024, 11, 25), AS_OF + timedelta(days=60))


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """A few customers' lines, with gaps around the grace period more often than chance has it."""
    drawn: list[Line] = []
    for number in range(draw(st.integers(2, 8))):
        previous = draw(st.sampled_from([None, *[line for line in drawn if line.end][-2:]]))
        start = draw(days)
        if previous:
            start = previous.end + timedelta(
                days=draw(st.sampled_from([1, 2, GRACE + 1, GRACE + 2]))
            )
        length = draw(st.sampled_from([-1, 0, 10, 29, 30, 59, 90, 364, 365]))
        # contract k<n> names k<n-1> as its predecessor
        contract = draw(st.sampled_from([0, 4]))
        if previous:
            contract = int(previous.contract[1:]) + draw(st.sampled_from([0, 1, 1]))
        drawn.append(
            Line(
                line_id=f"l{number}",
                customer=draw(customers) if previous is None else previous.customer,
                family=draw(families),
                start=start,
                end=draw(st.sampled_from([start + timedelta(days=length)] * 4 + [None])),
                amount=draw(st.sampled_from([100_000, 33_333, 7, 0, -20_000])),
                period=draw(st.sampled_from(["term", "term", "monthly", "annual"])),
                contract=f"k{contract}",
                previous_contract=f"k{contract - 1}" if contract else None,
            )
        )
    return drawn


@pytest.fixture(scope="module")
def revenue(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[duckdb.DuckDBPyConnection, list[str]]:
    """A database with the models' inputs, and the statements that build the models in it."""
    nodes = _compiled(tmp_path_factory.mktemp("revenue"))
    con = duckdb.connect(config={"threads": 1})
    con.execute("set TimeZone = 'UTC'")
    for database in ("warehouse", "marts_build"):
        con.execute(f"attach ':memory:' as {database}")
        for schema in ("input", "intermediate", "core"):
            con.execute(f"create schema {database}.{schema}")
    for name, query in INPUTS.items():
        con.execute(f"create table {nodes[name]['relation_name']} as {query}")
    con.execute("use marts_build")
    statements = [
        f"create or replace table {nodes[name]['relation_name']} as {nodes[name]['compiled_code']}"
        for name in MODELS
    ]
    return con, statements


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=lines())
def test_models_agree_with_the_oracle(
    revenue: tuple[duckdb.DuckDBPyConnection, list[str]], lines: list[Line]
) -> None:
    """Grace, rounding, movements, rates and the twelve-month comparison, for any lines."""
    con, statements = revenue
    con.execute("delete from warehouse.input.crm__subscription_line")
    con.executemany(
        "insert into warehouse.input.crm__subscription_line "
        "values (?, ?, ?, ?, 1, ? / 100::decimal(18, 2), ?, ?, 'recurring', ?, null, null)",
        [
            (
                line.line_id,
                None if line.customer == "unknown" else line.customer,
                line.contract,
                line.family,
                line.amount,
                line.start,
                line.end,
                line.period,
            )
            for line in lines
        ],
    )
    for statement in statements:
        con.execute(statement)
    assert actual_months(con) == expected_months(lines, AS_OF, GRACE)
    assert actual_years(con) == expected_years(lines, AS_OF, GRACE)


def _compiled(folder: Path) -> dict[str, dict[str, str]]:
    variables = {
        "as_of_date": AS_OF.isoformat(),
        "reporting_currency": "USD",
        "renewal_grace_days": GRACE,
    }
    subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", "compile", "--full-refresh"),
            *("--profiles-dir", ".", "--target-path", str(folder), "--log-path", str(folder)),
            *("--vars", json.dumps(variables), "--select", *MODELS),
        ],
        cwd=ROOT / "dbt_project",
        env=os.environ
        | {
            "CSW_WAREHOUSE_FILE": str(folder / "warehouse.duckdb"),
            "CSW_MARTS_FILE": str(folder / "marts_build.duckdb"),
        },
        stdout=subprocess.DEVNULL,
        check=True,
    )
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {node["name"]: node for node in manifest["nodes"].values()}
