"""The two real companies: everything arrives, and the identities hold."""

from tests.conftest import TENANTS, Run


def test_ravenstack_loses_no_usage_row(ravenstack: Run) -> None:
    """21 use ids are reused by different rows: 25,000 rows stay 25,000."""
    with ravenstack.marts() as connection:
        rows, uses = connection.execute(
            "select sum(feature_use_rows_7d), sum(uses_7d) from core.fct_usage_weekly"
        ).fetchone()
        landed = connection.execute(
            "select sum(rows_in) from ops._runs where object = 'product__feature_use'"
        ).fetchone()[0]
    assert landed == 25_000
    assert rows <= 25_000
    assert uses > 0


def test_ravenstack_keeps_every_customer(ravenstack: Run) -> None:
    """500 accounts are 500 customers, and the explicit unknown one."""
    with ravenstack.marts() as connection:
        customers = connection.execute(
            "select count(*) from core.dim_customer where customer_key <> 'unknown'"
        ).fetchone()[0]
    assert customers == 500


def test_ravenstack_has_the_levels_of_its_use(ravenstack: Run) -> None:
    """Of 28 days and of the week to 29 December 2024, counted from the files as they were dropped."""
    files = TENANTS / "ravenstack/files/product__feature_use/*/*.csv"
    with ravenstack.marts() as connection:
        found = connection.sql(
            """
            select source_id, activation_level from marts.mart_activation_level
            join core.bridge_customer_identity using (customer_key)
            where source_system = 'crm' and id_type = 'account' and process_id = 'product_use'
            order by all
            """
        ).fetchall()
        expected = connection.sql(
            f"""
            select account_id, cast(goals > 0 as integer) + cast(goals > 1 as integer) + 2 * cast(goals > 2 as integer) as level
            from (
                select account_id,
                    cast(coalesce(sum(uses) filter (where use_date > '2024-12-01'), 0) >= 1 as integer)
                    + cast(count(distinct feature_code) filter (where use_date > '2024-12-01') >= 3 as integer)
                    + cast(coalesce(sum(uses) filter (where use_date > '2024-12-22'), 0) >= 1 as integer) as goals
                from read_csv('{files}') where use_date <= '2024-12-29' group by account_id
            )
            order by all
            """
        ).fetchall()
    assert len(found) == 500
    assert found == expected


def test_every_real_customer_closes(ravenstack: Run, mrr_playbook: Run) -> None:
    """Opening + movements = closing, exactly, in total and every month."""
    for run in (ravenstack, mrr_playbook):
        with run.marts() as connection:
            months, broken = connection.execute(
                """
                select count(*), count(*) filter (
                    where opening_mrr + new_mrr + reactivation_mrr + upsell_mrr + cross_sell_mrr
                        + contraction_mrr + churn_mrr <> closing_mrr
                )
                from core.fct_retention_monthly where segment_type = 'all'
                """
            ).fetchone()
        assert months >= 24
        assert broken == 0


def test_a_company_without_ma_builds_empty_not_failed(ravenstack: Run) -> None:
    """No MA system, no opportunities in its CRM: their columns are null, never zero."""
    with ravenstack.marts() as connection:
        known = connection.execute(
            "select count(email_clicks_90d), count(open_opportunity), count(tickets_90d)"
            " from marts.mart_customer_360"
        ).fetchone()
    assert known == (0, 0, 500)
