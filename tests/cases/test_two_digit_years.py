"""Dates of two-digit years are no dates: the row is held back and said, never read as year 26."""


def test_two_digit_years(run_case):
    run = run_case("two-digit-years")
    assert run.status == 3
    assert "26/04/01" in run.output
    with run.marts() as marts:
        mrr = marts.execute(
            "select sum(mrr) from core.fct_subscription_month where month = '2026-06-01'"
        ).fetchone()[0]
        months = marts.execute("select count(distinct month) from core.fct_retention_monthly")
        assert months.fetchone()[0] < 10
    assert mrr == 50_000
