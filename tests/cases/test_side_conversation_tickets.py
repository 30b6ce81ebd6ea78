"""Agents ask other teams in side conversations, which Zendesk makes tickets of."""

from tests.cases.conftest import RunCase


def test_one_ticket_counts_for_the_customer(run_case: RunCase) -> None:
    """The two child tickets are left out like merged ones."""
    with run_case("side-conversation-tickets").marts() as connection:
        tickets = connection.execute("select ticket_key from core.fct_ticket").fetchall()
        customers = connection.execute(
            "select tickets_90d, median_first_response_bm_90d from marts.mart_customer_360"
        ).fetchall()
    assert tickets == [("1",)]
    assert customers == [(1, 20)]
