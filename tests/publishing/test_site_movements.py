"""The home page's table of movements adds up, however price rises are counted."""

import duckdb
import pytest

from publishing.site import _MOVEMENTS, _retention


@pytest.mark.parametrize("price_uplift", [0, 5])
def test_opening_and_movements_are_the_closing(price_uplift):
    amounts = dict.fromkeys(_MOVEMENTS, 0) | {
        "opening_mrr": 100,
        "upsell_mrr": 10,
        "churn_mrr": -40,
        "price_uplift_mrr": price_uplift,
        "closing_mrr": 70 + price_uplift,
    }
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        connection.execute(
            "create table core.fct_retention_monthly as select date '2026-03-01' as month, 'all' as segment_type, "
            "false as is_provisional, 0.7 as nrr, 0.6 as grr, "
            + ", ".join(f"{amount}::decimal(18, 2) as {name}" for name, amount in amounts.items())
        )
        table = _retention(connection)
    assert ("Price-rise 値上げ" in table["columns"]) == bool(price_uplift)
    (row,) = table["rows"]
    opening, *movements, closing = map(int, row[1:-2])
    assert opening + sum(movements) == closing == 70 + price_uplift
