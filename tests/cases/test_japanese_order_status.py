"""Orders whose status is written in Japanese: キャンセル and 取消済 are cancelled, 返品 is returned."""

from decimal import Decimal


def test_cancelled_and_returned_orders_are_no_purchases(run_case):
    with run_case("japanese-order-status").marts() as marts:
        kept = marts.execute(
            "select order_id, net_amount from core.fct_order_line where net_amount <> 0"
        ).fetchall()
        assert kept == [("O1", Decimal(100_000))]
        assert marts.execute(
            "select frequency, monetary from marts.mart_rfm where population <> 'no_purchase'"
        ).fetchall() == [(1, Decimal(100_000))]
        assert marts.execute("select ltv_to_date from marts.mart_customer_360").fetchall() == [
            (Decimal(100_000),)
        ]
        assert not marts.execute("select * from ops.finding where rule like 'unmapped%'").fetchall()
