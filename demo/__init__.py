"""The demo tenant: 語り部株式会社 (Kataribe), whose customers publish content with its help.

``generate`` plays 24 months of some 300 customers into a tenant folder (docs/tenant.md):
Salesforce, HubSpot, Zendesk and dropped files. Equal seeds give equal bytes.

On purpose in the data: two companies of one name in different prefectures; a corporate number with
a wrong check digit; three accounts entered twice and merged; one order older than its account;
order lines that end the day before they start; withdrawn renewals; prices corrected weeks later;
renewals signed late; one drop in CP932, one with a byte order mark, one as XLSX; and three rows
that break a rule: an NPS answer of 11, a survey answer of 6 of 5, a feature use of -3.
"""

from pathlib import Path
from random import Random

from demo.crm import record_accounts
from demo.customers import make_population
from demo.marketing import Marketing
from demo.orders import OrderBook
from demo.production import Production
from demo.products import write_products
from demo.purchases import record_purchases
from demo.sales import record_leads, record_opportunities
from demo.subscriptions import Subscription
from demo.support import Helpdesk
from demo.surveys import record_surveys
from demo.usage import record_usage
from demo.writer import Ledger

SEED = 20261031


def generate(folder: Path, seed: int = SEED, customers: int = 300) -> None:
    """Write the demo tenant.

    Args:
        folder: target; must be empty or not exist. It appears complete or not at all.
        seed: equal seeds give equal files.
        customers: number of customers; a fifth as many prospects are added.

    Raises:
        FileExistsError: ``folder`` is not empty.
        ValueError: fewer than 10 or more than 800 customers.
    """
    if not 10 <= customers <= 800:
        raise ValueError(f"customers must be 10 to 800, not {customers}")
    buyers, prospects = make_population(seed, customers)
    accounts = [*buyers, *prospects]
    ledger = Ledger()
    write_products(ledger)
    record_accounts(ledger, seed, accounts)
    book = OrderBook(ledger)
    production = Production(ledger, seed)
    for customer in buyers:
        rng = Random(f"{seed}:revenue:{customer.number}")
        for spell in customer.spells:
            Subscription(book, rng, customer, spell).play()
        record_purchases(book, rng, customer)
        production.record(customer)
    opportunities = record_opportunities(ledger, seed, book.deals, prospects)
    record_leads(ledger, seed, accounts, opportunities)
    Helpdesk(ledger, seed).record(buyers)
    Marketing(ledger, seed).record(accounts)
    record_usage(ledger, seed, buyers)
    record_surveys(ledger, seed, buyers)
    ledger.write(folder)
