"""The subscription of one customer: terms, renewals, upgrades, options, cancellation."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo import products, reasons, times
from demo.customers import Customer, Spell, Term
from demo.orders import Deal, OrderBook
from demo.products import Product
from demo.writer import Change

# chance a year, by mood: larger plan, further option, smaller plan, dropped option
CHANGES = {
    "ideal": (0.50, 0.48, 0.01, 0.03),
    "steady": (0.32, 0.34, 0.02, 0.06),
    "slow": (0.14, 0.16, 0.06, 0.12),
    "stuck": (0.03, 0.05, 0.10, 0.20),
    "starter": (0.02, 0.04, 0.10, 0.20),
    "idle": (0.00, 0.01, 0.15, 0.30),
}
RAISED_FROM = date(2026, 4, 1)


@dataclass
class _Line:
    order: str
    product: Product
    price: int  # yen a year
    term: Term


class Subscription:
    """Plays one spell of a customer into the order book."""

    def __init__(self, book: OrderBook, rng: Random, customer: Customer, spell: Spell) -> None:
        self.book = book
        self.rng = rng
        self.customer = customer
        self.spell = spell
        self.plan = rng.choices([0, 1, 2], [52, 36, 12])[0]
        self.rate = rng.choice([1.0, 1.0, 0.95, 0.9, 0.873])
        self.options = [option for option in products.OPTIONS if rng.random() < 0.12]
        self.contract: str | None = None

    def play(self) -> None:
        """Record every term, the changes within it, and a failed renewal at the end."""
        for position, term in enumerate(self.spell.terms):
            if position:
                self._renew(term)
            self.contract = self._sign(term)
            kind = "Renewal" if position else "New"
            order = self.book.order(self.rng, self.customer, kind, term, self.contract)
            bought = [products.PLANS[self.plan], *self.options]
            lines = [_Line(order, product, self._price(product), term) for product in bought]
            self._won(kind, lines, term.signed)
            for line in self._changed(term, lines):
                self._write(line)
        if self.spell.churn:
            self._lose()

    def _renew(self, term: Term) -> None:
        larger, further, smaller, dropped = CHANGES[self.customer.mood(term.start)]
        draw = self.rng.random()
        if draw < larger * 0.5:
            self.plan = min(2, self.plan + 1)
        elif draw > 1 - smaller:
            self.plan = max(0, self.plan - 1)
        self.options = [option for option in self.options if self.rng.random() > dropped]
        missing = [option for option in products.OPTIONS if option not in self.options]
        if missing and self.rng.random() < further * 0.4:
            self.options.append(self.rng.choice(missing))
        if term.start >= RAISED_FROM > term.start - timedelta(days=365):
            self.rate *= products.PRICE_FACTOR

    def _sign(self, term: Term) -> str:
        cadence = self.rng.choice([30, 30, 45, 60] if self.plan == 0 else [30, 30, 30, 45])
        fields = {
            "AccountId": self.customer.account_id,
            "StartDate": term.start.isoformat(),
            "EndDate": term.end and term.end.isoformat(),
            "TargetCadenceDays__c": cadence if self.rng.random() > 0.08 else None,
            "AutoRenew__c": term.end is None,
            "PreviousContractId__c": self.contract,
            "CancelNoticeDate__c": None,
            "ChurnReasonCode__c": None,
            "ChurnReasonText__c": None,
        }
        changes: list[Change] = []
        if self.spell.churn and term is self.spell.terms[-1]:
            notice = self._notice_day()
            told = {
                "CancelNoticeDate__c": notice.isoformat(),
                "ChurnReasonCode__c": reasons.told_code(self.customer, "contract"),
                "ChurnReasonText__c": reasons.told_text(self.customer, "contract"),
                "EndDate": self.spell.end.isoformat(),
            }
            changes.append((times.in_office(self.rng, notice), told))
            changes.append((times.in_office(self.rng, self.spell.churn), {"Status": "Expired"}))
        return self.book.contract(self.rng, fields, term.signed, changes)

    def _changed(self, term: Term, lines: list[_Line]) -> list[_Line]:
        """The lines of a term after upgrades, whose old line is cut and written, and options."""
        years = 1 if term.end else 4
        for year in range(years):
            day = times.add_months(term.start, year * 12 + self.rng.randint(3, 9))
            if day > self.spell.end - timedelta(days=40) or (term.end and day > term.end):
                break
            larger, further, *_ = CHANGES[self.customer.mood(day)]
            rest = Term(day, term.end, day - timedelta(days=self.rng.randint(2, 12)))
            missing = [option for option in products.OPTIONS if option not in self.options]
            if self.plan < 2 and self.rng.random() < larger:
                self.plan += 1
                self._write(lines[0], cut=(day - timedelta(days=1), rest.signed))
                lines[0] = self._add(products.PLANS[self.plan], rest, "Upsell")
            elif missing and self.rng.random() < further:
                self.options.append(missing[0])
                lines.append(self._add(missing[0], rest, "Cross-sell"))
        return lines

    def _add(self, product: Product, rest: Term, kind: str) -> _Line:
        order = self.book.order(self.rng, self.customer, kind, rest, self.contract)
        line = _Line(order, product, self._price(product), rest)
        self._won(kind, [line], rest.signed)
        return line

    def _write(self, line: _Line, cut: tuple[date, date] | None = None) -> None:
        """Record a line; ``cut`` is its new last day and the day that was agreed."""
        monthly = line.term.end is None
        if monthly and self.spell.churn and not cut:
            cut = (self.spell.end, self._notice_day())
        amount = (
            _half_up(line.price, 12)
            if monthly
            else _pro_rata(line.price, line.term.start, line.term.end)
        )
        changes: list[Change] = []
        typed = amount
        if self.rng.random() < 0.02:
            typed = amount + 12_000
            late = line.term.signed + timedelta(days=self.rng.randint(20, 45))
            changes.append((times.in_office(self.rng, late), {"TotalPrice": amount}))
        if cut:
            change = {"EndDate": cut[0].isoformat()}
            if not monthly:
                change["TotalPrice"] = _pro_rata(line.price, line.term.start, cut[0])
            changes.append((times.in_office(self.rng, cut[1]), change))
        self.book.line(
            self.rng,
            line.order,
            line.product,
            line.term,
            typed,
            price_book="standard" if line.price >= line.product.price else "negotiated",
            billing="monthly" if monthly else "term",
            changes=changes,
        )

    def _lose(self) -> None:
        """The renewal that failed; a few had an order, whose line then ends before it starts."""
        churn = self.spell.churn
        closed = churn - timedelta(days=self.rng.randint(5, 25))
        plan = products.PLANS[self.plan]
        price = self._price(plan)
        self.book.deals.append(Deal(self.customer, "Renewal", price, closed, False))
        if self.spell.monthly or self.rng.random() > 0.15:
            return
        end = times.add_months(churn, 12) - timedelta(days=1)
        term = Term(churn, end, closed - timedelta(days=10))
        order = self.book.order(self.rng, self.customer, "Renewal", term, cancelled=closed)
        withdrawn = {"EndDate": (churn - timedelta(days=1)).isoformat(), "TotalPrice": 0}
        changes = [(times.in_office(self.rng, closed), withdrawn)]
        self.book.line(self.rng, order, plan, term, price, billing="term", changes=changes)

    def _won(self, kind: str, lines: list[_Line], signed: date) -> None:
        amount = sum(line.price for line in lines)
        deal = Deal(self.customer, kind, amount, signed, True, self.contract)
        self.book.deals.append(deal)

    def _notice_day(self) -> date:
        days = 30 if self.spell.monthly else 32 + self.customer.number % 28
        return max(self.spell.start, self.spell.churn - timedelta(days=days))

    def _price(self, product: Product) -> int:
        return round(product.price * self.rate)


def _pro_rata(price: int, start: date, end: date) -> int:
    """Price of the whole months from ``start`` to ``end``, in yen, at ``price`` a year."""
    following = end + timedelta(days=1)
    months = (following.year - start.year) * 12 + following.month - start.month
    return _half_up(price * months, 12)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
