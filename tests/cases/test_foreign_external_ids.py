"""A Zendesk organisation's external_id that is no Salesforce Id, and one of 15 characters: the right customers."""

from tests.cases.conftest import RunCase


def test_every_organisation_ticket_and_use_is_at_its_customer(run_case: RunCase) -> None:
    """A link to nothing is no link, the domain decides; 15 characters are the record's 18."""
    run = run_case("foreign-external-ids")
    with run.marts() as marts:
        names = marts.execute(
            """
            select identity.source_id, customer.customer_name, identity.match_method
            from core.bridge_customer_identity as identity
            inner join core.dim_customer as customer using (customer_key)
            where identity.source_system = 'zendesk' and identity.id_type = 'account' order by all
            """
        ).fetchall()
        assert names == [
            ("1", "みなと製作所株式会社", "domain"),
            ("2", "株式会社北のパン", "crm_link"),
            ("3", "株式会社あおば印刷", "domain"),
        ]
        tickets = marts.execute(
            "select ticket_key, customer_name from core.fct_ticket "
            "inner join core.dim_customer using (customer_key) order by all"
        ).fetchall()
        assert tickets == [
            ("1", "みなと製作所株式会社"),
            ("2", "株式会社北のパン"),
            ("3", "株式会社あおば印刷"),
        ]
        uses = marts.execute(
            "select customer_name, uses_7d from core.fct_usage_weekly "
            "inner join core.dim_customer using (customer_key) where uses_7d > 0 order by all"
        ).fetchall()
        assert uses == [("株式会社あおば印刷", 5), ("株式会社北のパン", 7)]
        said = marts.execute(
            "select keys from ops.finding where rule = 'link_to_nothing'"
        ).fetchall()
        assert said == [("zendesk:1 → tenant-4711",)]
