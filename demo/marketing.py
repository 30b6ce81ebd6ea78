"""HubSpot: companies and contacts beside Salesforce's, a monthly newsletter, onboarding mails."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from demo import names, times
from demo.customers import Contact, Customer
from demo.writer import Change, Ledger

PORTAL, APP = 24_681_012, 113
NEWSLETTER, ONBOARDING = 500_100, 600_100
DIGEST, DIGEST_SHARE = 700_100, 1 / 35  # mailings of added days, and the share of readers
LATE = 0.1  # share of an added day's mails that are told a day late
ONBOARDING_DAYS = (3, 10, 24)
# mood: odds that a mail is opened, that an opened one is clicked
INTEREST = {
    "ideal": (0.48, 0.30),
    "steady": (0.40, 0.22),
    "slow": (0.28, 0.14),
    "stuck": (0.24, 0.10),
    "starter": (0.22, 0.10),
    "idle": (0.12, 0.05),
}
AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0",
    "Mozilla/5.0 (iPhone) Safari/605.1",
]
MACHINE = "Mozilla/5.0"
LINKS = ["cases", "webinar", "release-notes", "guide"]


@dataclass
class _Subscriber:
    customer: Customer
    contact: Contact
    hubspot_id: str
    since: date
    reads_news: bool
    changes: list[Change] = field(default_factory=list)
    left: datetime | None = None


class Marketing:
    """Records the marketing side of a population."""

    def __init__(self, ledger: Ledger, seed: int | str) -> None:
        self.ledger = ledger
        self.seed = seed
        self._events = Random(f"{seed}:event-ids")
        self._subscribers: list[_Subscriber] = []
        self._delay = timedelta()

    def record(self, accounts: Sequence[Customer]) -> None:
        """Record companies, contacts only HubSpot knows, and every e-mail event."""
        subscribers = self._subscribers
        for customer in accounts:
            rng = Random(f"{self.seed}:hubspot:{customer.number}")
            company = self._company(rng, customer)
            for position, contact in enumerate(customer.contacts):
                if position == 0 or rng.random() < 0.55:
                    subscribers.append(_subscribe(rng, customer, contact, position, company))
            if rng.random() < 0.35:
                self._stranger(rng, customer, company)
        rng = Random(f"{self.seed}:mails")
        for number, day in enumerate(_newsletter_days()):
            for subscriber in subscribers:
                if subscriber.reads_news and subscriber.since < day:
                    self._mail(rng, subscriber, NEWSLETTER + number, day)
        for subscriber in subscribers:
            self._onboard(rng, subscriber)

    def record_mails(self, rng: Random, day: date) -> None:
        """Record one more mailing to some readers, and some of the day before, told a day late."""
        self._events = Random(rng.getrandbits(128))
        for subscriber in self._subscribers:
            if subscriber.reads_news and rng.random() < DIGEST_SHARE:
                self._delay = timedelta(days=1 if rng.random() < LATE else 0)
                sent = day - self._delay
                if subscriber.since < sent:
                    campaign = DIGEST + (sent - times.LAST_DAY).days
                    self._mail(rng, subscriber, campaign, sent)

    def record_contacts(self) -> None:
        """Record the contacts, once all that changes them has been recorded."""
        for subscriber in self._subscribers:
            self.ledger.hubspot("contacts", subscriber.hubspot_id, subscriber.changes)

    def _company(self, rng: Random, customer: Customer) -> str:
        company = customer.company
        company_id = str(31_000_000_000 + customer.number * 17)
        linked = customer.account_id if rng.random() > 0.12 else None
        same_name = rng.random() < 0.55
        fields = {
            "name": company.name if same_name else names.other_spelling(rng, company),
            "domain": company.domain if rng.random() > 0.05 else None,
            "phone": company.phone,
            "state": company.prefecture,
            "industry": company.industry,
            "numberofemployees": str(company.employees),
            "lifecyclestage": "customer" if customer.spells else "opportunity",
            "salesforceaccountid": linked,
            "hs_salesforceaccountid": linked,
        }
        created = times.in_office(rng, customer.created + timedelta(days=1))
        self.ledger.hubspot("companies", company_id, [(created, fields)])
        return company_id

    def _stranger(self, rng: Random, customer: Customer, company: str) -> None:
        """A person only HubSpot knows; a few are archived later."""
        person = names.make_person(rng)
        email = f"{person.romaji}.web@{customer.company.domain}"
        met = times.random_day(rng, max(customer.created, times.FIRST_DAY), times.LAST_DAY)
        changes = [
            (times.in_office(rng, met), _properties(person, email, None) | {"company_id": company})
        ]
        if rng.random() < 0.12:
            gone = times.in_office(rng, met + timedelta(days=rng.randint(20, 200)))
            changes.append((gone, {"archived": True}))
        self.ledger.hubspot("contacts", str(52_000_000_000 + customer.number * 13), changes)

    def _onboard(self, rng: Random, subscriber: _Subscriber) -> None:
        for step, days in enumerate(ONBOARDING_DAYS):
            for spell in subscriber.customer.spells[:1]:
                day = spell.start + timedelta(days=days)
                if times.FIRST_DAY <= day <= times.LAST_DAY and subscriber.since < day:
                    self._mail(rng, subscriber, ONBOARDING + step, day)

    def _mail(self, rng: Random, subscriber: _Subscriber, campaign: int, day: date) -> None:
        """One delivery and what became of it."""
        sent = datetime.combine(day, datetime.min.time()) + timedelta(
            hours=10, seconds=rng.randint(0, 900)
        )
        if subscriber.left and subscriber.left < sent:
            return
        first = self._event(subscriber, campaign, "SENT", sent, None)
        then = sent + timedelta(seconds=rng.randint(2, 90))
        if rng.random() < 0.008:
            self._event(
                subscriber, campaign, "BOUNCE", then, first, category="UNKNOWN_USER", status="5.1.1"
            )
            subscriber.left = then
            subscriber.changes.append(
                (then + timedelta(minutes=1), {"hs_email_hard_bounce_reason_enum": "UNKNOWN_USER"})
            )
            return
        self._event(subscriber, campaign, "DELIVERED", then, first)
        opens, clicks = INTEREST[
            subscriber.customer.mood(day) if subscriber.customer.moods else "slow"
        ]
        if rng.random() < 0.06:
            machine = then + timedelta(seconds=rng.randint(3, 40))
            self._event(
                subscriber, campaign, "OPEN", machine, first, userAgent=MACHINE, filteredEvent=True
            )
        if rng.random() > opens:
            return
        opened = then + timedelta(seconds=int(rng.expovariate(1 / 30_000)) + 20)
        agent = {"userAgent": rng.choice(AGENTS), "filteredEvent": False}
        self._event(subscriber, campaign, "OPEN", opened, first, **agent)
        if rng.random() < clicks:
            url = f"https://www.kataribe.example/{rng.choice(LINKS)}"
            clicked = opened + timedelta(seconds=rng.randint(5, 400))
            self._event(subscriber, campaign, "CLICK", clicked, first, url=url, **agent)
        elif rng.random() < 0.012:
            self._unsubscribe(subscriber, campaign, opened + timedelta(seconds=50), first)

    def _unsubscribe(
        self, subscriber: _Subscriber, campaign: int, moment: datetime, first: dict
    ) -> None:
        choice = {"source": "SOURCE_RECIPIENT", "portalSubscriptionStatus": "UNSUBSCRIBED"}
        self._event(subscriber, campaign, "STATUSCHANGE", moment, first, **choice)
        subscriber.left = moment
        subscriber.changes.append((moment + timedelta(seconds=20), {"hs_email_optout": "true"}))

    def _event(
        self, subscriber: _Subscriber, campaign: int, kind: str, moment: datetime,
        first: dict | None, **details: object,
    ) -> dict:  # fmt: skip
        event = {
            "id": str(uuid.UUID(int=self._events.getrandbits(128), version=4)),
            "created": times.epoch_seconds(moment) * 1000,
            "type": kind,
            "recipient": subscriber.contact.email,
            "portalId": PORTAL,
            "appId": APP,
            "emailCampaignId": campaign,
            **details,
        }
        if first:
            event["sentBy"] = {"id": first["id"], "created": first["created"]}
        self.ledger.hubspot_event(moment, event, seen=moment + self._delay)
        return event


def _subscribe(
    rng: Random, customer: Customer, contact: Contact, position: int, company: str
) -> _Subscriber:
    since = customer.met(contact) + timedelta(days=2)
    hubspot_id = str(51_000_000_000 + customer.number * 130 + position * 7)
    fields = _properties(
        contact.person, contact.email, contact.contact_id if rng.random() > 0.1 else None
    )
    fields |= {"company_id": company, "phone": contact.phone}
    subscriber = _Subscriber(customer, contact, hubspot_id, since, rng.random() < 0.55)
    subscriber.changes.append((times.in_office(rng, since), fields))
    if rng.random() < 0.3:
        scored = times.random_day(rng, since + timedelta(days=30), times.LAST_DAY)
        subscriber.changes.append(
            (times.in_office(rng, scored), {"hubspotscore": str(rng.randint(5, 90))})
        )
    return subscriber


def _properties(person: names.Person, email: str, salesforce: str | None) -> dict:
    return {
        "email": email,
        "lastname": person.last,
        "firstname": person.first,
        "jobtitle": person.title,
        "phone": None,
        "lifecyclestage": "customer" if salesforce else "subscriber",
        "salesforcecontactid": salesforce,
        "hs_email_optout": "false",
        "hs_email_hard_bounce_reason_enum": None,
        "hubspotscore": None,
    }


def _newsletter_days() -> list[date]:
    """Third Tuesday of every month."""
    days = []
    for months in range(24):
        first = times.add_months(times.FIRST_DAY, months)
        days.append(first + timedelta(days=(1 - first.weekday()) % 7 + 14))
    return days
