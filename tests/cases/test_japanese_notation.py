"""Japanese dates, amounts and circles have one meaning each and are read."""


def test_japanese_notation(run_case):
    run = run_case("japanese-notation")
    assert run.status == 0
    with run.marts() as marts:
        mrr = marts.execute(
            "select customer_key, sum(mrr) from core.fct_subscription_month where month = '2026-06-01' group by 1 order by 1"
        ).fetchall()
        complaints = marts.execute(
            "select count(*), count(*) filter (is_complaint) from core.fct_ticket"
        ).fetchone()
    assert sorted(int(amount) for _, amount in mrr) == [70_000, 90_000, 100_000]
    assert complaints == (4, 4)
