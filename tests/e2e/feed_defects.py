"""Feeds that are late, and cells of a vendor that are none of their type."""

from tests.e2e.defect_company import Company
from tests.e2e.expected import Expected, tickets


def odd_vendor_cell(company: Company) -> Expected:
    """A ticket with a cell that is none of its type: the ticket counts, the cell is said."""
    account = company.account()
    column, cell = company.random.choice(
        [
            ("due_at", "soon"),
            ("has_incidents", "0x1F"),
            ("custom_fields", "[1,"),
            ("satisfaction_rating", 10**30),
            ("followup_ids", {"a": None}),
        ]
    )
    company.ticket(account, [])
    company.zendesk["tickets"][-1][column] = cell
    said = f"select count(*) > 0 from ops.finding where rule = '{column}_unreadable'"
    return Expected("odd vendor cell", {tickets(account): 1, said: True})


def late_feed(company: Company) -> Expected:
    """A weekly file that has not come for more than two weeks."""
    company.feeds["product__login_event"] = {"frequency": "weekly"}
    login = {"account_id": company.account(), "user_id": "u", "occurred_at": "2026-06-10 10:00"}
    company.row("product__login_event", "2026-06-10/logins.csv", **login)
    red = (
        "select frequency || last_success_as_of || is_stale || is_overdue from marts.mart_freshness "
        "where mart_name = 'files.product__login_event'"
    )
    said = "select keys from ops.finding where rule = 'feed_late'"
    return Expected(
        "late feed",
        {red: "weekly2026-06-10truetrue", said: "weekly, last dropped 2026-06-10"},
    )
