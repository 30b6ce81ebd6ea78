"""Salesforce leads and opportunities: how customers and prospects came, and what was lost."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from demo import names, products, reasons, times
from demo.customers import Customer
from demo.orders import Deal
from demo.staff import seller_of
from demo.writer import Change, Ledger, salesforce_id

STAGES = {
    "Prospecting": 10,
    "Qualification": 25,
    "Proposal/Price Quote": 60,
    "Negotiation/Review": 80,
}
SALES_DAYS = {"New": (25, 75), "Renewal": (30, 70), "Upsell": (10, 30), "Cross-sell": (10, 40)}
LOST_REASONS = ["price", "timing", "competitor", "no_budget"]
SOURCES = ["Web", "Event", "Partner", "Referral", "Outbound", "Webinar"]


def record_opportunities(
    ledger: Ledger, seed: int | str, deals: Sequence[Deal], prospects: Sequence[Customer]
) -> dict[str, str]:
    """Record an opportunity a deal and up to two a prospect.

    Returns:
        Id of the first opportunity by account id.
    """
    first: dict[str, str] = {}
    rng = Random(f"{seed}:opportunities")
    wooed = [deal for prospect in prospects for deal in _prospect_deals(rng, prospect)]
    for number, deal in enumerate([*deals, *wooed]):
        opportunity_id = salesforce_id("006", ledger.offset + 2_000 + number)
        changes = _stages(rng, deal)
        if changes[0][0] <= times.LAST_MOMENT:
            first.setdefault(deal.customer.account_id, opportunity_id)
        ledger.salesforce("Opportunity", opportunity_id, changes)
        for place, (moment, fields) in enumerate(changes):
            history_id = salesforce_id("008", 8 * (ledger.offset + 2_000 + number) + place)
            ledger.salesforce(
                "OpportunityHistory", history_id, [(moment, _history(opportunity_id, deal, fields))]
            )
    return first


def record_leads(
    ledger: Ledger,
    seed: int | str,
    block: int,
    accounts: Sequence[Customer],
    opportunities: dict[str, str],
) -> None:
    """Record the leads behind the accounts of the period, and as many that led nowhere."""
    rng = Random(f"{seed}:leads")
    known = [account for account in accounts if account.created >= times.FIRST_DAY]
    for number, account in enumerate(known):
        changes = _converted(rng, account, opportunities.get(account.account_id))
        ledger.salesforce("Lead", salesforce_id("00Q", ledger.offset + 3_000 + number), changes)
    strangers = names.make_companies(rng, len(accounts), block)[2:]
    for number, company in enumerate(strangers):
        lead_id = salesforce_id("00Q", ledger.offset + 8_000 + number)
        ledger.salesforce("Lead", lead_id, _unconverted(rng, company, is_deleted=number % 80 == 7))


def _prospect_deals(rng: Random, prospect: Customer) -> list[Deal]:
    deals = []
    for number in range(rng.choice([0, 1, 1, 2])):
        closed = prospect.created + timedelta(days=rng.randint(40, 120) + 150 * number)
        price = rng.choice(products.PLANS).price
        deals.append(Deal(prospect, "New", price, closed, False))
    return deals


def _stages(rng: Random, deal: Deal) -> list[Change]:
    """One version a stage, evenly spread from creation to closing."""
    days = rng.randint(*SALES_DAYS[deal.kind])
    opened = max(deal.closed - timedelta(days=days), deal.customer.created)
    stages = list(STAGES)[1 if deal.kind == "Renewal" else rng.choice([0, 0, 1]) :]
    step = max(1, (deal.closed - opened).days) / len(stages)
    fields = {
        "AccountId": deal.customer.account_id,
        "Name": f"{deal.customer.company.core} {deal.kind}",
        "Type": deal.kind,
        "Amount": deal.amount,
        "CurrencyIsoCode": "JPY",
        "CloseDate": deal.closed.isoformat(),
        "IsClosed": False,
        "IsWon": False,
        "ContractId": None,
        "LostReason__c": None,
        "OwnerId": seller_of(deal.customer.number),
        "LeadSource": rng.choice(SOURCES) if deal.kind == "New" else None,
    }
    changes: list[Change] = []
    for position, stage in enumerate(stages):
        reached = {"StageName": stage, "Probability": STAGES[stage]}
        day = opened + timedelta(days=round(step * position))
        moment = times.in_office(rng, day)
        if changes:
            moment = max(moment, changes[-1][0] + timedelta(minutes=5))
        changes.append((moment, {**(fields if not changes else {}), **reached}))
    closing = max(times.in_office(rng, deal.closed), changes[-1][0] + timedelta(minutes=5))
    return [*changes, (closing, _closing(rng, deal))]


def _history(opportunity_id: str, deal: Deal, fields: dict) -> dict:
    return {
        "OpportunityId": opportunity_id,
        "StageName": fields["StageName"],
        "Amount": deal.amount,
        "Probability": fields["Probability"],
        "CloseDate": deal.closed.isoformat(),
        "CurrencyIsoCode": "JPY",
        "CreatedById": seller_of(deal.customer.number),
    }


def _closing(rng: Random, deal: Deal) -> dict:
    if deal.is_won:
        return {
            "StageName": "Closed Won", "Probability": 100, "IsClosed": True, "IsWon": True,
            "ContractId": deal.contract_id,
        }  # fmt: skip
    return {
        "StageName": "Closed Lost", "Probability": 0, "IsClosed": True,
        "LostReason__c": _lost_reason(rng, deal.customer),
    }  # fmt: skip


def _lost_reason(rng: Random, customer: Customer) -> str:
    if not customer.churn_reason:
        return rng.choice(LOST_REASONS)
    return reasons.told_code(customer, "deal")


def _lead_fields(rng: Random, company: names.Company, person: names.Person, email: str) -> dict:
    return {
        "Company": names.other_spelling(rng, company) if rng.random() < 0.3 else company.name,
        "CorporateNumber__c": None,
        "LastName": person.last,
        "FirstName": person.first,
        "Email": email,
        "Phone": company.phone,
        "State": company.prefecture,
        "LeadSource": rng.choice(SOURCES),
        "Status": "Open",
        "Score__c": rng.randint(0, 30),
        "MqlAt__c": None,
        "SqlAt__c": None,
        "RejectionReason__c": None,
        "IsConverted": False,
        "ConvertedDate": None,
        "ConvertedAccountId": None,
        "ConvertedContactId": None,
        "ConvertedOpportunityId": None,
    }


def _converted(rng: Random, account: Customer, opportunity: str | None) -> list[Change]:
    contact = account.contacts[0]
    came = times.in_office(rng, account.created - timedelta(days=rng.randint(12, 70)))
    marketing, sales = (
        _qualified(came, account.created, 0.4),
        _qualified(came, account.created, 0.8),
    )
    converted = {
        "Status": "Converted",
        "IsConverted": True,
        "ConvertedDate": account.created.isoformat(),
        "ConvertedAccountId": account.account_id,
        "ConvertedContactId": contact.contact_id,
        "ConvertedOpportunityId": opportunity,
    }
    return [
        (came, _lead_fields(rng, account.company, contact.person, contact.email)),
        (marketing, _mql(rng, marketing)),
        (sales, _sql(sales)),
        (times.in_office(rng, account.created) + timedelta(minutes=25), converted),
    ]


def _unconverted(rng: Random, company: names.Company, is_deleted: bool) -> list[Change]:
    person = names.make_person(rng)
    came = times.in_office(rng, times.random_day(rng, times.FIRST_DAY, times.LAST_DAY))
    lost_after = came.date() + timedelta(days=rng.randint(10, 90))
    email = f"{person.romaji}@lead-{company.domain}"
    changes: list[Change] = [(came, _lead_fields(rng, company, person, email))]
    if rng.random() < 0.3:
        moment = _qualified(came, lost_after, 0.5)
        changes.append((moment, _mql(rng, moment)))
        if rng.random() < 0.3:
            moment = _qualified(came, lost_after, 0.9)
            changes.append((moment, _sql(moment)))
    if rng.random() < 0.7:
        reason = rng.choice(["no_budget", "not_target", "no_response", "student"])
        lost = {"Status": "Unqualified", "RejectionReason__c": reason}
        changes.append((times.in_office(rng, lost_after), lost))
    if is_deleted:
        changes.append((times.in_office(rng, lost_after + timedelta(days=5)), {"IsDeleted": True}))
    return changes


def _qualified(came: datetime, until: date, share: float) -> datetime:
    """A moment at ``share`` of the way from ``came`` to the day ``until``."""
    days = max(0, (until - came.date()).days - 1)
    return came + timedelta(days=int(days * share), minutes=30 + int(share * 60))


def _mql(rng: Random, moment: datetime) -> dict:
    stamp = times.salesforce_time(moment)
    return {"Status": "Working", "MqlAt__c": stamp, "Score__c": rng.randint(50, 95)}


def _sql(moment: datetime) -> dict:
    return {"Status": "Qualified", "SqlAt__c": times.salesforce_time(moment)}
