"""Thirteen nines typed where there is no corporate number: three companies, one leaves, one comes."""

from datetime import date
from decimal import Decimal

from tests.cases.conftest import RunCase


def test_a_placeholder_joins_nobody(run_case: RunCase) -> None:
    """Churn and new business of June do not cancel each other out, and the number is said."""
    run = run_case("dummy-corporate-number")
    with run.marts() as marts:
        customers = marts.execute(
            "select count(*), count(*) filter (where is_corporate_number_valid) from core.dim_customer "
            "where customer_key <> 'unknown'"
        ).fetchone()
        assert customers == (3, 0)
        june = marts.execute(
            "select movement_type, sum(amount) from core.fct_mrr_movement where month = ? group by all order by all",
            [date(2026, 6, 1)],
        ).fetchall()
        assert june == [("churn", Decimal(-100_000)), ("new", Decimal(100_000))]
        closing = marts.execute(
            "select closing_mrr from core.fct_retention_monthly where month = ? and segment_type = 'all'",
            [date(2026, 6, 1)],
        ).fetchone()
        assert closing == (Decimal(200_000),)
        said = marts.execute(
            "select row_count from ops.finding where rule = 'invalid_corporate_number'"
        ).fetchall()
        assert said == [(3,)]
