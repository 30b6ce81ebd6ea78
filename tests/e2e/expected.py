"""What must come of a defect, and where its numbers stand in the published marts."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Expected:
    """What a defect must lead to.

    Attributes:
        numbers: query over the published marts → its right answer.
        traces: texts of which a finding has one, in its place, keys, values or message; empty: the number
            alone will do.
    """

    kind: str
    numbers: dict[str, Any]
    traces: list[str] = field(default_factory=list)


def mrr(account: str, month: str = "2026-06-01") -> str:
    """Query: MRR of an account in a month."""
    return (
        "select coalesce(sum(mrr), 0) from core.fct_subscription_month "
        f"where month = date '{month}' and customer_key = {customer(account)}"
    )


def purchases(account: str) -> str:
    """Query: net sales of an account's orders."""
    return (
        f"select coalesce(sum(net_amount), 0) from core.fct_order_line where customer_key = {customer(account)}"
        " and order_date is not null"
    )


def customer(account: str) -> str:
    """Query: the customer of a CRM account."""
    return (
        "(select any_value(customer_key) from core.bridge_customer_identity "
        f"where source_id = '{account}' and id_type = 'account')"
    )


def tickets(account: str) -> str:
    """Query: tickets that count for an account."""
    return f"select count(*) from core.fct_ticket where customer_key = {customer(account)}"
