"""Salesforce master data: accounts and contacts with their edits, duplicates and deletions."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from demo import names, times
from demo.customers import Customer
from demo.staff import seller_of
from demo.writer import Change, Ledger, salesforce_id

WRONG_CHECK_DIGIT = 5
DUPLICATED = (3, 11, 29)  # customers entered twice; the second account was merged away
SUBSIDIARY_EVERY = 23


def record_accounts(ledger: Ledger, seed: int | str, accounts: Sequence[Customer]) -> None:
    """Record the accounts (customers first, then prospects) and their contacts."""
    for place, customer in enumerate(accounts):
        rng = Random(f"{seed}:crm:{customer.number}")
        history = _account_history(rng, customer)
        if customer.number % SUBSIDIARY_EVERY == 4:
            parent = accounts[place - 1]
            known = max(parent.created, customer.created) + timedelta(days=30)
            history.append((times.in_office(rng, known), {"ParentId": parent.account_id}))
        ledger.salesforce("Account", customer.account_id, history)
        if customer.number in DUPLICATED:
            _duplicate(ledger, rng, customer)
        for position in range(len(customer.contacts)):
            _contact(ledger, rng, customer, position)


def _account_history(rng: Random, customer: Customer) -> list[Change]:
    created = times.in_office(rng, customer.created)
    history = [(created, _account_fields(rng, customer))]
    joined = {"Type": "Customer", "CsmOwner__c": customer.csm}
    for spell in customer.spells:
        signed = max(spell.terms[0].signed, customer.created)
        history.append((times.in_office(rng, signed) + timedelta(hours=1), joined))
        if spell.churn:
            left = {"Type": "Former Customer"}
            history.append((times.in_office(rng, spell.churn + timedelta(days=1)), left))
    if rng.random() < 0.3:
        counted = times.random_day(rng, customer.created + timedelta(days=40), times.LAST_DAY)
        staff = round(customer.company.employees * rng.uniform(0.9, 1.3))
        history.append((times.in_office(rng, counted), {"NumberOfEmployees": staff}))
    return history


def _account_fields(rng: Random, customer: Customer) -> dict:
    company = customer.company
    number = company.corporate_number
    if number and customer.number == WRONG_CHECK_DIGIT:
        number = f"{(int(number[0]) + 1) % 10}{number[1:]}"
    return {
        "Name": company.name,
        "NameKana__c": company.kana if rng.random() > 0.06 else None,
        "Type": "Prospect",
        "ParentId": None,
        "MasterRecordId": None,
        "CorporateNumber__c": number,
        "Industry": company.industry,
        "NumberOfEmployees": company.employees,
        "AnnualRevenue": company.revenue if rng.random() > 0.1 else None,
        "Phone": _phone_style(rng, company.phone),
        "Website": f"https://www.{company.domain}/",
        "BillingCountry": "日本",
        "BillingPostalCode": company.postal_code,
        "BillingState": company.prefecture if rng.random() > 0.03 else None,
        "BillingCity": company.city,
        "BillingStreet": company.street,
        "FiscalClosingMonth__c": company.closing_month,
        "BillingClosingDay__c": company.closing_day,
        "TouchModel__c": rng.choice(["high", "low"]) if rng.random() < 0.06 else None,
        "CsmOwner__c": None,
        "AccountSource": rng.choice(["Web", "Event", "Partner", "Referral", "Outbound"]),
        "OwnerId": seller_of(customer.number),
    }


def _phone_style(rng: Random, phone: str) -> str:
    """The number as people type it: plain, in wide digits, or with the country code."""
    style = rng.random()
    if style < 0.05:
        return names.wide_latin(phone)
    return f"+81-{phone[1:]}" if style < 0.1 else phone


def _duplicate(ledger: Ledger, rng: Random, customer: Customer) -> None:
    """The same company typed in again under another spelling and merged some weeks later."""
    entered = times.random_day(rng, max(customer.created, times.FIRST_DAY), date(2026, 6, 1))
    fields = _account_fields(rng, customer) | {
        "Name": names.other_spelling(rng, customer.company),
        "CorporateNumber__c": None,
    }
    merged = {"IsDeleted": True, "MasterRecordId": customer.account_id}
    changes = [
        (times.in_office(rng, entered), fields),
        (times.in_office(rng, entered + timedelta(days=rng.randint(15, 60))), merged),
    ]
    ledger.salesforce("Account", salesforce_id("001", 80_000 + customer.number), changes)


def _contact(ledger: Ledger, rng: Random, customer: Customer, position: int) -> None:
    contact = customer.contacts[position]
    person = contact.person
    met = customer.met(contact)
    created = times.in_office(rng, met) + timedelta(minutes=20)
    fields = {
        "AccountId": customer.account_id,
        "LastName": person.last,
        "FirstName": person.first,
        "LastNameKana__c": person.last_kana if rng.random() > 0.1 else None,
        "FirstNameKana__c": person.first_kana if rng.random() > 0.1 else None,
        "Email": contact.email if rng.random() > 0.03 else None,
        "Phone": _phone_style(rng, contact.phone),
        "MobilePhone": None,
        "Department": person.department or None,
        "Title": person.title,
        "IsDecisionMaker__c": person.decides,
        "MailingState": customer.company.prefecture,
        "HasOptedOutOfEmail": False,
    }
    changes: list[Change] = [(created, fields)]
    event = rng.random()
    later = times.random_day(rng, met + timedelta(days=60), times.LAST_DAY)
    if position and event < 0.04:
        changes.append((times.in_office(rng, later), {"IsDeleted": True}))
    elif event < 0.14:
        moved = {"Department": "広報部", "Title": "広報課長"}
        changes.append((times.in_office(rng, later), moved))
    ledger.salesforce("Contact", contact.contact_id, changes)
