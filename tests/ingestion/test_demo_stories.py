"""The demo's stories: whom they let go and why, in whose words; cases and calls that are each of one system."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from demo import SEED, World, reasons, times
from demo.customers import make_population
from demo.production import Production
from demo.writer import Ledger
from pipeline.codes import folded

CUSTOMERS = 60


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """What the systems of the first customers recorded."""
    return World(customers=CUSTOMERS).play(0, CUSTOMERS, (None, times.LAST_DAY))


def of(ledger: Ledger, name: str) -> list[dict]:
    """The versions of an object, in order of time."""
    return [record for _, record in sorted(ledger.objects[name], key=lambda version: version[0])]


def test_status_of_a_case_follows_its_history(ledger: Ledger) -> None:
    told = dict.fromkeys((record["Id"] for record in of(ledger, "salesforce/Case")), "New")
    for row in of(ledger, "salesforce/CaseHistory"):
        assert not {"SystemModstamp", "LastModifiedDate"} & row.keys()
        if row["Field"] == "Status":
            assert row["OldValue"] == told[row["CaseId"]]
            told[row["CaseId"]] = row["NewValue"]
    last = {record["Id"]: record for record in of(ledger, "salesforce/Case")}
    assert told == {key: record["Status"] for key, record in last.items()}
    assert all(record["IsClosed"] == (told[key] == "Closed") for key, record in last.items())


def test_no_case_is_a_copy_of_a_zendesk_ticket(ledger: Ledger) -> None:
    """Which would count twice (docs/domain/service.md#tickets-of-salesforce)."""
    tickets = of(ledger, "zendesk/tickets")
    subjects = {record["subject"] for record in tickets}
    assert not subjects & {record["Subject"] for record in of(ledger, "salesforce/Case")}
    given = {record["external_id"] for record in tickets}
    assert not given & {record["CaseNumber"] for record in of(ledger, "salesforce/Case")}


def test_every_answered_call_is_of_a_telephone_ticket(ledger: Ledger) -> None:
    by_phone = {
        record["id"]
        for record in of(ledger, "zendesk/tickets")
        if record["via"]["channel"] == "voice"
    }
    answered = [call for call in of(ledger, "zendesk/calls") if call["talk_time"]]
    assert sorted(call["ticket_id"] for call in answered) == sorted(by_phone)
    missed = [call for call in of(ledger, "zendesk/calls") if not call["talk_time"]]
    assert missed
    assert {call["completion_status"] for call in missed} == {"abandoned_in_queue"}


def test_customers_whose_production_dries_up_leave_more_often() -> None:
    customers, _ = make_population(SEED, 300)
    ledger = Ledger()
    production = Production(ledger, SEED)
    published = {c.number: production.record(c) for c in customers}
    ends = [day for day in times.drop_days() if date(2025, 3, 1) < day < date(2026, 7, 1)]
    left: dict[bool, list[bool]] = {True: [], False: []}
    for day in ends:
        for customer in customers:
            if not customer.is_active(day):
                continue
            ages = [(day - when).days for when in published[customer.number] if when <= day]
            if not any(90 <= age < 180 for age in ages):
                continue
            later = day + timedelta(days=120)
            left[any(age < 90 for age in ages)].append(not customer.is_active(later))
    assert min(len(group) for group in left.values()) > 50
    dried_up, lively = (sum(group) / len(group) for group in (left[False], left[True]))
    assert dried_up > 3 * lively


def test_yearly_churn_is_that_of_a_plausible_business() -> None:
    customers, _ = make_population(SEED, 300)
    rates = []
    for start, end in pairwise([date(2024, 10, 31), date(2025, 10, 31), date(2026, 10, 31)]):
        base = [customer for customer in customers if customer.is_active(start)]
        rates.append(sum(not customer.is_active(end) for customer in base) / len(base))
    assert all(0.08 < rate < 0.18 for rate in rates)


def test_reasons_of_churn_are_told_in_many_words_that_fit(ledger: Ledger) -> None:
    """A code means the story's reason, or nothing to anybody; texts and codes are of one turn."""
    with Path("dbt_project/seeds/source_code.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["code_list"] == "churn_reason"]
    meaning = {row["code"]: row["meaning"] for row in rows}
    told: dict[str, set[str | None]] = defaultdict(set)
    for reason, turns in reasons.REASONS.items():
        for code in {code for codes, _ in turns for code in codes}:
            told[reason].add(meaning.get(folded(code)))
    assert told.pop("other") == {"other", "business_change", None}
    assert all(meant <= {reason, None} for reason, meant in told.items())
    buyers, _ = make_population(SEED, 300)
    left = [buyer for buyer in buyers if buyer.last_churn]
    codes = Counter(folded(reasons.told_code(buyer, "interview")) for buyer in left)
    assert len(codes) > 15
    assert 1 <= sum(code not in meaning for code in codes) <= 5
    stories = {buyer.account_id: buyer for buyer in make_population(SEED, CUSTOMERS)[0]}
    interviews = [
        row
        for (entity, _, _), rows in ledger.drops.items()
        if entity == "success__churn_interview"
        for row in rows
    ]
    assert interviews
    for row in interviews:
        story = stories[row["account_id"]]
        assert row["reason_code"] == reasons.told_code(story, "interview")
        assert row["comment"] == reasons.told_text(story, "interview")
    for contract in of(ledger, "salesforce/Contract"):
        if contract["ChurnReasonCode__c"]:
            story = stories[contract["AccountId"]]
            assert contract["ChurnReasonText__c"] == reasons.told_text(story, "contract")


def test_nobody_who_uses_it_well_leaves_for_want_of_use() -> None:
    buyers, _ = make_population(SEED, 300)
    idle = [b for b in buyers if b.last_churn and b.churn_reason == "low_usage"]
    assert idle
    assert not [b for b in idle if b.mood(b.last_churn) in ("ideal", "steady")]
