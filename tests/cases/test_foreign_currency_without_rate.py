"""Dollars without a rate are in no total of yen, and a finding has their sum."""

from decimal import Decimal


def test_dollars_are_not_added_to_yen(run_case):
    with run_case("foreign-currency-without-rate").marts() as marts:
        assert marts.execute(
            "select sum(mrr), count(distinct line_id) from core.fct_subscription_month where month = '2026-06-01'"
        ).fetchone() == (Decimal(100_000), 1)
        assert marts.execute("select order_id, net_amount from core.fct_order_line").fetchall() == [
            ("O3", None)
        ]
        assert marts.execute(
            "select population, frequency, monetary from marts.mart_rfm where frequency > 0"
        ).fetchall() == [("amount_unknown", 1, None)]
        assert marts.execute(
            "select object, currency, row_count, amount, severity from ops.finding "
            "where rule = 'amount_without_rate' order by object"
        ).fetchall() == [
            ("crm__order_line", "USD", 1, Decimal(12_000), "incomplete"),
            ("crm__subscription_line", "USD", 1, Decimal(24_000), "incomplete"),
        ]
