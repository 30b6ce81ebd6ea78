"""A subscription file has one line twice, with two amounts: that line is held back, not the feed."""


def test_only_the_conflicting_line_is_held_back(run_case):
    run = run_case("one-row-twice")
    with run.marts() as marts:
        (mrr,) = marts.sql(
            "select sum(mrr) from core.fct_subscription_month where month = '2026-06-01'"
        ).fetchone()
        findings = marts.sql(
            "select rule, place, keys, row_count, found_values from ops.finding order by rule desc"
        ).fetchall()
    assert mrr == 160_000
    place = "crm__subscription_line/2026-06-28/crm__subscription_line.csv"
    assert findings == [
        ("one_content_a_key", place, "L3", 2, "rows 4 and 5"),
        ("held_back_share", "", "", 2, ""),
    ]
