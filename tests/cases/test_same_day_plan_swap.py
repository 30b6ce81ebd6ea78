"""A contract system writes the end of a line as the day on which the next one begins."""

from datetime import date

from tests.cases.conftest import RunCase


def test_the_first_line_counts_to_the_day_before(run_case: RunCase) -> None:
    """The swap is an upsell of 50,000 in April, the renewal at the same price no movement at all."""
    with run_case("same-day-plan-swap").marts() as connection:
        moved = connection.execute(
            "select month, movement_type, amount from core.fct_mrr_movement where month >= '2026-04-01'"
        ).fetchall()
        months = connection.execute(
            "select closing_mrr, grr from core.fct_retention_monthly "
            "where segment_type = 'all' and month >= '2026-04-01' order by month"
        ).fetchall()
    assert moved == [(date(2026, 4, 1), "upsell", 50_000)]
    assert months == [(300_000, 1)] * 3
