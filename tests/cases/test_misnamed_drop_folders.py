"""Beside a good drop, files lie in folders named otherwise: each is read or named."""


def test_dates_in_other_forms_are_read_and_the_plural_is_told(run_case):
    run = run_case("misnamed-drop-folders")
    with run.marts() as marts:
        (mrr,) = marts.sql(
            "select sum(mrr) from core.fct_subscription_month where month = '2026-06-01'"
        ).fetchone()
        findings = marts.sql("select rule, severity, place, what_to_do from ops.finding").fetchall()
    assert mrr == 250_000
    ((rule, severity, place, what_to_do),) = findings
    assert (rule, severity, place) == ("unknown_entity", "incomplete", "crm__subscription_lines")
    assert "rename it to crm__subscription_line " in what_to_do
