"""An agent leaves, and Zendesk makes an end user of it."""

from tests.cases.conftest import RunCase


def test_nothing_changes_when_an_agent_leaves(run_case: RunCase) -> None:
    """What it answered while it was an agent stays answered."""
    with run_case("agent-left-the-company", "2026-06-28", "2026-06-30").marts() as connection:
        tickets = connection.execute(
            "select ticket_key, first_response_min, agent_replies, is_one_touch "
            "from core.fct_ticket order by all"
        ).fetchall()
    assert tickets == [("1", 30, 2, False), ("2", 60, 1, True)]
