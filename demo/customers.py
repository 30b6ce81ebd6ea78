"""The story of each customer: when it pays, how well it uses the product, when and why it leaves.

A mood says how a customer works at a time. It drives content production, product use, tickets,
survey answers and the odds of a churn. Most churns are announced by a change to ``idle`` four to
six months ahead, so that the activation level (which looks back 90 days) falls one to four
months before the contract ends.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from demo import names, times
from demo.staff import csm_of
from demo.writer import salesforce_id

# mood: share of customers, odds of leaving at the end of a year
MOODS = {
    "ideal": (0.22, 0.03),
    "steady": (0.28, 0.09),
    "slow": (0.21, 0.17),
    "stuck": (0.14, 0.19),
    "starter": (0.09, 0.20),
    "idle": (0.06, 0.30),
}
BETTER = {
    "idle": "starter",
    "starter": "stuck",
    "stuck": "slow",
    "slow": "steady",
    "steady": "ideal",
}
WORSE = {better: mood for mood, better in BETTER.items()}
HORIZON = times.LAST_DAY + timedelta(days=150)
LATE_ACCOUNT = 8  # this customer's first order was typed in before its account
CHURN_REASONS = ["low_usage", "budget", "champion_left", "competitor", "support", "other"]


@dataclass
class Contact:
    """A person at a customer, met some days after the account was created."""

    contact_id: str
    person: names.Person
    email: str
    phone: str
    days_later: int


@dataclass
class Term:
    """One contract period; ``end`` None means it runs until cancelled."""

    start: date
    end: date | None
    signed: date


@dataclass
class Spell:
    """Time as a paying customer; ``churn`` is the first day no longer paid, None if it stays."""

    terms: list[Term]
    churn: date | None = None

    @property
    def start(self) -> date:
        """First paid day."""
        return self.terms[0].start

    @property
    def end(self) -> date:
        """Last paid day, as far as the story goes."""
        return self.churn - timedelta(days=1) if self.churn else HORIZON

    @property
    def monthly(self) -> bool:
        """Whether it is an evergreen contract paid by the month."""
        return self.terms[0].end is None


@dataclass
class Customer:
    """One company with its master data and its story; a prospect has no spells."""

    number: int
    company: names.Company
    account_id: str
    created: date
    contacts: list[Contact]
    spells: list[Spell] = field(default_factory=list)
    moods: list[tuple[date, str]] = field(default_factory=list)
    purchases_a_year: float = 0.0
    churn_reason: str = ""
    csm: str = ""

    def met(self, contact: Contact) -> date:
        """Day on which ``contact`` was entered into the CRM."""
        return self.created + timedelta(days=contact.days_later)

    def mood(self, day: date) -> str:
        """The mood on ``day``; the first one before it begins."""
        current = self.moods[0][1]
        for since, mood in self.moods:
            if since <= day:
                current = mood
        return current

    def is_active(self, day: date) -> bool:
        """Whether the company pays on ``day``."""
        return any(spell.start <= day <= spell.end for spell in self.spells)

    @property
    def last_churn(self) -> date | None:
        """Day of the latest churn that is not after the last business date."""
        days = [s.churn for s in self.spells if s.churn and s.churn <= times.LAST_DAY]
        return max(days, default=None)


def make_population(
    seed: int | str, count: int, block: int = 0
) -> tuple[list[Customer], list[Customer]]:
    """Draw ``count`` customers and a fifth as many prospects.

    Args:
        seed: seed of the block.
        count: customers of the block.
        block: which one of the tenant's blocks; names and numbers are of this block only.

    Returns:
        Customers, prospects.
    """
    rng = Random(f"{seed}:population")
    prospects = max(2, count // 5)
    companies = names.make_companies(rng, count + prospects, block)
    people = [
        _master_data(Random(f"{seed}:customer:{number}"), number, company)
        for number, company in enumerate(companies, block * names.BLOCK_NUMBERS)
    ]
    for customer in people[:count]:
        _plan(Random(f"{seed}:plan:{customer.number}"), customer)
    return people[:count], people[count:]


def _master_data(rng: Random, number: int, company: names.Company) -> Customer:
    contacts: list[Contact] = []
    for position in range(rng.choice([2, 2, 3, 3, 4, 5])):
        person = names.make_person(rng)
        mailbox = person.romaji
        if any(contact.email.startswith(f"{mailbox}@") for contact in contacts):
            mailbox = f"{mailbox}{position + 1}"
        phone = (
            company.phone
            if rng.random() < 0.6
            else f"090-{rng.randint(2000, 9999)}-{rng.randint(0, 9999):04d}"
        )
        contact_id = salesforce_id("003", 4_000 + number * 10 + position)
        days_later = position * rng.randint(0, 60)
        contacts.append(
            Contact(contact_id, person, f"{mailbox}@{company.domain}", phone, days_later)
        )
    created = times.random_day(rng, date(2024, 8, 1), times.LAST_DAY - timedelta(days=20))
    account_id = salesforce_id("001", 90_000 + number * 7)
    csm = csm_of(number)
    return Customer(number, company, account_id, created, contacts, csm=csm)


def _plan(rng: Random, customer: Customer) -> None:
    start = _first_day(rng, customer.number)
    customer.created = start - timedelta(days=rng.randint(62, 150))
    if customer.number == LATE_ACCOUNT:
        customer.created = start + timedelta(days=3)
    mood = rng.choices(list(MOODS), [share for share, _ in MOODS.values()])[0]
    customer.moods = [(start, mood)]
    _wander(rng, customer)
    spell = _spell(rng, customer, start, monthly=rng.random() < 0.13)
    customer.spells.append(spell)
    if rng.random() < 0.75:
        customer.purchases_a_year = min(14.0, rng.lognormvariate(0.75, 0.8))
    if not spell.churn:
        return
    customer.churn_reason = rng.choices(CHURN_REASONS, [35, 20, 15, 15, 8, 7])[0]
    if rng.random() < 0.9:
        decline = spell.churn - timedelta(days=rng.randint(110, 175))
        customer.moods = [change for change in customer.moods if change[0] < decline]
        customer.moods.append((max(decline, start), "idle"))
    if customer.churn_reason == "low_usage" and customer.mood(spell.churn) in ("ideal", "steady"):
        customer.churn_reason = "competitor"  # who uses it well does not leave for want of use
    if rng.random() < 0.2:
        back = spell.churn + timedelta(days=rng.randint(60, 220))
        customer.moods.append((back, "steady"))
        term_end = times.add_months(back, 12) - timedelta(days=1)
        customer.spells.append(Spell([Term(back, term_end, back - timedelta(days=12))]))


def _first_day(rng: Random, number: int) -> date:
    if number % 9 < 5:
        first, last = date(2022, 11, 1), times.FIRST_DAY - timedelta(days=5)
    else:
        first, last = times.FIRST_DAY, times.LAST_DAY - timedelta(days=12)
    day = times.random_day(rng, first, last)
    return day.replace(day=1) if rng.random() < 0.6 else day


def _wander(rng: Random, customer: Customer) -> None:
    """Let some customers get better, some worse, and some pause for a quarter."""
    start, mood = customer.moods[0]
    draw = rng.random()
    since = times.random_day(rng, max(start, times.FIRST_DAY) + timedelta(days=90), times.LAST_DAY)
    if draw < 0.2 and mood in BETTER:
        customer.moods.append((since, BETTER[mood]))
    elif draw < 0.3 and mood in WORSE:
        customer.moods.append((since, WORSE[mood]))
    elif draw < 0.38 and mood in ("ideal", "steady"):
        customer.moods.append((since, "idle"))
        customer.moods.append((since + timedelta(days=rng.randint(80, 120)), mood))


def _spell(rng: Random, customer: Customer, start: date, monthly: bool) -> Spell:
    """Renew until the odds say otherwise; nobody has left before the first day."""
    if monthly:
        return Spell(
            [Term(start, None, start - timedelta(days=8))], _monthly_churn(rng, customer, start)
        )
    terms: list[Term] = []
    signed = start - timedelta(days=rng.randint(4, 20))
    while start < HORIZON:
        months = 24 if rng.random() < 0.04 else 12
        end = times.add_months(start, months) - timedelta(days=1)
        terms.append(Term(start, end, signed))
        stays = end < times.FIRST_DAY or rng.random() > MOODS[customer.mood(end)][1]
        if not stays and end < HORIZON:
            return Spell(terms, end + timedelta(days=1))
        is_late = rng.random() < 0.06
        start = end + timedelta(days=1 + (rng.randint(5, 26) if is_late else 0))
        signed = start - timedelta(days=1 if is_late else rng.randint(12, 55))
    return Spell(terms)


def _monthly_churn(rng: Random, customer: Customer, start: date) -> date | None:
    day = times.add_months(start, 6)
    while day < HORIZON:
        if day > times.FIRST_DAY and rng.random() < MOODS[customer.mood(day)][1] / 11:
            return day
        day = times.add_months(day, 1)
    return None
