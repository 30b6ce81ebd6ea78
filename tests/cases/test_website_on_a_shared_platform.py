"""A café whose website is its Facebook page, and three firms that list facebook.com: four companies."""

from tests.cases.conftest import RunCase


def test_a_platform_identifies_nobody(run_case: RunCase) -> None:
    """The inn's tickets and the hairdresser's contact are not the café's."""
    run = run_case("website-on-a-shared-platform")
    with run.marts() as marts:
        methods = marts.execute(
            "select source_system, source_id, match_method from core.bridge_customer_identity "
            "where id_type = 'account' and source_system <> 'crm' order by all"
        ).fetchall()
        assert methods == [
            ("hubspot", "701", "source_record"),
            ("hubspot", "702", "source_record"),
            ("zendesk", "1", "source_record"),
        ]
        tickets = marts.execute(
            "select customer_name, count(*) from core.fct_ticket "
            "inner join core.dim_customer using (customer_key) group by all"
        ).fetchall()
        assert tickets == [("旅館やまびこ", 2)]
        contacts = marts.execute(
            "select customer_name from core.dim_contact inner join core.dim_customer using (customer_key)"
        ).fetchall()
        assert contacts == [("美容室ルナ",)]
