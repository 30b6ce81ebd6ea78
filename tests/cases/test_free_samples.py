"""A shop books samples and replacements as orders with amount 0."""

from tests.cases.conftest import RunCase


def test_samples_are_no_purchases(run_case: RunCase) -> None:
    """The customer's last purchase is that of a year ago, the worst of the six; the lines stay."""
    with run_case("free-samples").marts() as connection:
        customers = connection.execute(
            "select customer_name, recency_days, frequency, r_score from marts.mart_rfm "
            "join core.dim_customer using (customer_key) order by recency_days desc"
        ).fetchall()
        lines = connection.execute(
            "select is_purchase, count(*) from core.fct_order_line group by all order by all"
        ).fetchall()
    assert customers[0] == ("株式会社見本1", 350, 1, 1)
    assert len(customers) == 6
    assert lines == [(False, 3), (True, 6)]
