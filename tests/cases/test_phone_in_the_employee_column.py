"""What is too wide for an optional column costs that cell, said with its row, and nothing else."""


def test_phone_in_the_employee_column(run_case):
    run = run_case("phone-in-the-employee-column")
    assert run.status == 0
    assert "09012345678" in run.output
    with run.marts() as marts:
        mrr = marts.execute(
            "select sum(mrr) from core.fct_subscription_month where month = '2026-06-01'"
        ).fetchone()[0]
    assert mrr == 150_000
