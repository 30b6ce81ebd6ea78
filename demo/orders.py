"""The order book: Contract, Order and OrderItem records, and the deals behind them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo import times
from demo.customers import Customer, Term
from demo.products import Product
from demo.writer import Change, Ledger, salesforce_id


@dataclass
class Deal:
    """A sale the sales team worked on; becomes an opportunity."""

    customer: Customer
    kind: str
    amount: int
    closed: date
    is_won: bool
    contract_id: str | None = None


class OrderBook:
    """Writes contracts, orders and lines into the ledger and hands out their ids."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.deals: list[Deal] = []
        self.moment = times.in_office  # when what is signed on a day is entered
        self._counts: Counter[str] = Counter()

    def contract(self, rng: Random, fields: dict, signed: date, changes: list[Change]) -> str:
        """Record a contract drafted before and activated on ``signed``; returns its id."""
        contract_id, number = self._next("800")
        first = fields | {"ContractNumber": f"{number:08d}", "Status": "Draft"}
        drafted = times.in_office(rng, signed - timedelta(days=9))
        activated = (times.in_office(rng, signed), {"Status": "Activated"})
        self.ledger.salesforce("Contract", contract_id, [(drafted, first), activated, *changes])
        return contract_id

    def order(
        self,
        rng: Random,
        customer: Customer,
        kind: str,
        term: Term,
        contract: str | None = None,
        cancelled: date | None = None,
    ) -> str:
        """Record an order placed on ``term.signed``, activated within the hour; returns its id."""
        order_id, number = self._next("801")
        created = self.moment(rng, term.signed)
        fields = {
            "AccountId": customer.account_id,
            "ContractId": contract,
            "OrderNumber": f"{number:08d}",
            "EffectiveDate": term.start.isoformat(),
            "EndDate": term.end and term.end.isoformat(),
            "Status": "Draft",
            "Type": kind,
            "SalesChannel__c": rng.choice(["direct", "direct", "partner", "web"]),
            "BillToContactId": customer.contacts[0].contact_id,
            "CurrencyIsoCode": "JPY",
        }
        activated = (created + timedelta(minutes=rng.randint(8, 60)), {"Status": "Activated"})
        changes = [(created, fields), activated]
        if cancelled:
            changes.append((times.in_office(rng, cancelled), {"Status": "Cancelled"}))
        self.ledger.salesforce("Order", order_id, changes)
        return order_id

    def line(
        self,
        rng: Random,
        order: str,
        product: Product,
        term: Term,
        amount: int,
        quantity: int = 1,
        price_book: str = "standard",
        billing: str | None = None,
        changes: Sequence[Change] = (),
    ) -> None:
        """Record one line of ``order``; ``amount`` is its total in yen without tax."""
        line_id, _ = self._next("802")
        fields = {
            "OrderId": order,
            "Product2Id": product.product_id,
            "Quantity": quantity,
            "UnitPrice": amount // quantity,
            "ListPrice": product.price,
            "TotalPrice": amount,
            "ServiceDate": term.start.isoformat(),
            "EndDate": term.end and term.end.isoformat(),
            "ChargeType__c": product.charge_type,
            "BillingPeriod__c": billing,
            "AutoRenew__c": rng.random() < 0.4 if product.is_recurring else None,
            "PriceBookKind__c": price_book,
            "TaxRate__c": 0.1,
            "ReturnedQuantity__c": None,
        }
        created = (self.moment(rng, term.signed), fields)
        self.ledger.salesforce("OrderItem", line_id, [created, *changes])

    def _next(self, prefix: str) -> tuple[str, int]:
        self._counts[prefix] += 1
        number = self.ledger.offset + 1_000 + self._counts[prefix]
        return salesforce_id(prefix, number), number
