"""Salesforce cases: the contract desk, whose questions never pass through Zendesk.

Some customers ask it, in the CRM itself, about contracts, invoices and changes of their data. Each
case has the history of its status, as Salesforce keeps it; a few are merged or deleted.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from demo import times
from demo.customers import HORIZON, Customer
from demo.support import TEMPER, office_after
from demo.writer import Change, Ledger, salesforce_id

SERVED_EVERY = 12  # one of so many customers has the contract desk
CASES_A_MONTH = 0.5
ORIGINS = (["Phone", "Email", "Web"], [50, 40, 10])
PRIORITIES = (["Low", "Medium", "High"], [20, 65, 15])
SUBJECTS = {
    "契約": ["契約書の写しの再送依頼", "覚書の締結について", "契約期間の確認"],
    "請求": ["請求書の送付先変更", "振込期日の相談", "請求明細の確認"],
    "変更手続き": ["社名変更の届出", "管理者の変更", "利用部門の追加"],
}


def record_cases(ledger: Ledger, seed: int | str, customers: Sequence[Customer]) -> None:
    """Record the cases of the customers that the contract desk serves, month by month."""
    for customer in customers:
        if customer.number % SERVED_EVERY != SERVED_EVERY - 1:
            continue
        rng = Random(f"{seed}:cases:{customer.number}")
        month = max(customer.spells[0].start, times.FIRST_DAY).replace(day=1)
        earlier = None
        while month < HORIZON:
            day = month + timedelta(days=rng.randrange(28))
            if rng.random() < CASES_A_MONTH and customer.is_active(day):
                earlier = _case(ledger, rng, customer, day, earlier)
            month = times.add_months(month, 1)


def _case(ledger: Ledger, rng: Random, customer: Customer, day: date, earlier: str | None) -> str:
    """Record a case and what becomes of it; returns its id."""
    number = customer.number * 10_000 + int(f"{day:%y%m}")  # at most one a month
    case_id = salesforce_id("500", number)
    opened = times.in_office(rng, day)
    reason = rng.choice(list(SUBJECTS))
    is_complaint = rng.random() < TEMPER[customer.mood(day)][1]
    known = [contact for contact in customer.contacts if customer.met(contact) <= day]
    fields = {
        "CaseNumber": f"{number:08d}",
        "AccountId": customer.account_id,
        "ContactId": rng.choice(known or customer.contacts[:1]).contact_id,
        "Subject": rng.choice(SUBJECTS[reason]),
        "Type": "クレーム" if is_complaint else None,
        "Reason": reason,
        "Status": "New",
        "Priority": rng.choices(*PRIORITIES)[0],
        "Origin": rng.choices(*ORIGINS)[0],
        "IsClosed": False,
        "ClosedDate": None,
        "OwnerId": customer.csm,
        "MasterRecordId": None,
    }
    changes: list[Change] = [(opened, fields), *_steps(rng, opened)]
    fate = rng.random()
    if fate < 0.04:
        gone = {"IsDeleted": True} | ({"MasterRecordId": earlier} if fate < 0.02 else {})
        changes.append((changes[-1][0] + timedelta(days=2), gone))
    ledger.salesforce("Case", case_id, changes)
    _history(ledger, number, case_id, customer.csm, changes)
    return case_id


def _steps(rng: Random, opened: datetime) -> list[Change]:
    """From the first look to the end, which some cases see twice."""
    moment = office_after(rng, opened, rng.expovariate(1 / 90) + 5)
    steps: list[Change] = [(moment, {"Status": "Working"})]
    if rng.random() < 0.25:
        moment = office_after(rng, moment, rng.expovariate(1 / 60) + 5)
        steps.append((moment, {"Status": "Waiting on Customer"}))
    rounds = 2 if rng.random() < 0.06 else 1
    for ending in range(rounds):
        if ending:
            moment += timedelta(hours=rng.randint(20, 90))
            steps.append((moment, {"Status": "Working", "IsClosed": False, "ClosedDate": None}))
        moment = office_after(rng, moment, rng.expovariate(1 / 400) + 20)
        closed = times.salesforce_time(moment)
        steps.append((moment, {"Status": "Closed", "IsClosed": True, "ClosedDate": closed}))
    return steps


def _history(
    ledger: Ledger, number: int, case_id: str, author: str, changes: Sequence[Change]
) -> None:
    """A row when the case was made, and one for each change of its status."""
    rows: list[tuple[datetime, str, str | None, str | None]]
    rows = [(changes[0][0], "created", None, None)]
    for (_, before), (moment, after) in pairwise(changes):
        if "Status" in after:
            rows.append((moment, "Status", before["Status"], after["Status"]))
    for place, (moment, field, old, new) in enumerate(rows):
        row = {
            "CaseId": case_id,
            "Field": field,
            "DataType": "Text",
            "OldValue": old,
            "NewValue": new,
            "CreatedById": author,
        }
        history_id = salesforce_id("017", number * 10 + place)
        ledger.salesforce("CaseHistory", history_id, [(moment, row)])
