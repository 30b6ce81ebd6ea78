"""Records that name no parent: each counts all the same, for the customer unknown."""

from datetime import date, timedelta

from tests.e2e.defect_company import Company
from tests.e2e.expected import Expected


def _on_unknown(fact: str, key: str, record: str, amount: str, value: int) -> str:
    """Query: 1 where a record counts, with its money, for the customer unknown."""
    return (
        f"select count(*) from core.{fact} where {key} = '{record}' and customer_key = 'unknown' "
        f"and {amount} = {value}"
    )


def order_without_account(company: Company) -> Expected:
    """An order that names no account: its money counts all the same."""
    line = company.order(company.random.choice(["", "-"]), 30_000, "2026-06-01")
    kept = _on_unknown("fct_order_line", "order_line_key", line, "net_amount", 30_000)
    return Expected("order without account", {f"{kept} and order_date = date '2026-06-01'": 1})


def line_without_order(company: Company) -> Expected:
    """An order line that names no order: like one whose order never came."""
    line = company.order_line("", 7_000)
    kept = _on_unknown("fct_order_line", "order_line_key", line, "net_amount", 7_000)
    return Expected("line without order", {f"{kept} and order_date is null": 1})


def subscription_without_account(company: Company) -> Expected:
    """A subscription line that names neither account nor contract, or no product."""
    line = company.line("", product_id=company.random.choice(["P1", ""]))
    kept = _on_unknown("fct_subscription_month", "line_id", line, "mrr", 100_000)
    return Expected("subscription without account", {f"{kept} and month = date '2026-06-01'": 1})


def use_without_account(company: Company) -> Expected:
    """A use of the product that names no account, in a week of its own."""
    sunday = date(2026, 6, 28) - timedelta(weeks=len(company.all("product__feature_use")))
    company.row(
        "product__feature_use",
        "uses.csv",
        account_id="",
        use_date=sunday.isoformat(),
        feature_code="report",
        uses=3,
    )
    used = (
        "select coalesce(sum(uses_7d), 0) from core.fct_usage_weekly "
        f"where week_end = date '{sunday}' and customer_key = 'unknown'"
    )
    return Expected("use without account", {used: 3})
