"""A file with decimal commas is read with them."""

from decimal import Decimal


def test_decimal_comma(run_case):
    run = run_case("decimal-comma")
    assert run.status == 0
    with run.marts() as marts:
        mrr = marts.execute(
            "select line_id, sum(mrr) from core.fct_subscription_month where month = '2026-06-01' group by 1 order by 1"
        ).fetchall()
    assert mrr == [("L1", Decimal("249.90")), ("L2", Decimal("1180.00"))]
