"""Orders beside the subscription: trials, usage fees, one-time services and their cancellations."""

from datetime import date, timedelta
from random import Random

from demo import products, times
from demo.customers import Customer, Term
from demo.orders import OrderBook
from demo.products import Product
from demo.writer import Change

SOLD_SINCE = date(2023, 6, 1)
PRICE_BOOKS = {"standard": [100], "campaign": [70, 80, 85], "negotiated": [90]}


def record_purchases(book: OrderBook, rng: Random, customer: Customer) -> None:
    """Record everything ``customer`` buys that is not a recurring line."""
    if rng.random() < 0.25:
        _trial(book, rng, customer)
    if customer.number % 12 == 0:
        _usage(book, rng, customer)
    _services(book, rng, customer)


def _trial(book: OrderBook, rng: Random, customer: Customer) -> None:
    end = customer.spells[0].start - timedelta(days=rng.randint(3, 15))
    term = Term(end - timedelta(days=29), end, end - timedelta(days=33))
    order = book.order(rng, customer, "Trial", term)
    book.line(rng, order, products.TRIAL, term, 0)


def _usage(book: OrderBook, rng: Random, customer: Customer) -> None:
    for months in range(0, 24, 3):
        start = times.add_months(times.FIRST_DAY, months)
        end = times.month_end(start)
        if customer.is_active(start) and customer.is_active(end):
            term = Term(start, end, end + timedelta(days=2))
            quantity = rng.randint(200, 6_000)
            order = book.order(rng, customer, "Usage", term)
            amount = quantity * products.USAGE.price
            book.line(rng, order, products.USAGE, term, amount, quantity, billing="term")


def _services(book: OrderBook, rng: Random, customer: Customer) -> None:
    start = customer.spells[0].start
    if start >= SOLD_SINCE and rng.random() < 0.45:
        _purchase(
            book, rng, customer, start + timedelta(days=rng.randint(0, 14)), products.SERVICES[:1]
        )
    if not customer.purchases_a_year:
        return
    favourites = rng.sample(products.SERVICES[1:], rng.randint(2, 4))
    day = max(start, SOLD_SINCE)
    while True:
        day += timedelta(days=max(1, round(rng.expovariate(customer.purchases_a_year / 365))))
        if day > times.LAST_DAY:
            return
        if customer.is_active(day) and customer.mood(day) != "idle":
            bought = rng.sample(favourites, rng.choice([1, 1, 1, 2]))
            _purchase(book, rng, customer, day, bought)


def record_purchase(book: OrderBook, rng: Random, customer: Customer, day: date) -> None:
    """Record one order of services placed on ``day``."""
    _purchase(book, rng, customer, day, rng.sample(products.SERVICES[1:], rng.choice([1, 1, 2])))


def _purchase(
    book: OrderBook, rng: Random, customer: Customer, day: date, bought: list[Product]
) -> None:
    term = Term(day, None, day)
    cancelled = day + timedelta(days=rng.randint(2, 12)) if rng.random() < 0.04 else None
    order = book.order(rng, customer, "One-time", term, cancelled=cancelled)
    for product in bought:
        price_book = rng.choices(list(PRICE_BOOKS), [70, 20, 10])[0]
        quantity = rng.choice([1, 1, 1, 2, 3])
        price = product.price * rng.choice(PRICE_BOOKS[price_book]) // 100
        returned: list[Change] = []
        if quantity > 1 and rng.random() < 0.05:
            moment = times.in_office(rng, day + timedelta(days=rng.randint(10, 40)))
            returned.append((moment, {"ReturnedQuantity__c": 1}))
        amount = price * quantity
        book.line(
            rng, order, product, term, amount, quantity, price_book=price_book, changes=returned
        )
