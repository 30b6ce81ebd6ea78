"""Files of the service desk: calls, chats and views of help articles.

Who gets along with the product asks less and finds more by itself; in busy hours more callers give up.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from demo import times
from demo.customers import HORIZON, Customer
from demo.support import AGENTS
from demo.writer import Ledger

# mood: calls, chats and article views a month; odds that an article helps
ASKS = {
    "ideal": (0.15, 0.15, 0.9, 0.82),
    "steady": (0.25, 0.2, 0.9, 0.74),
    "slow": (0.35, 0.3, 1.1, 0.64),
    "stuck": (0.5, 0.35, 1.3, 0.52),
    "starter": (0.4, 0.35, 1.4, 0.55),
    "idle": (0.15, 0.1, 0.3, 0.45),
}
BUSY_HOURS = (10, 11, 16)
QUEUES = ["操作", "契約", "障害"]
ARTICLES = [f"FAQ-{number:03d}" for number in range(1, 41)]


def record_service_desk(ledger: Ledger, seed: int | str, customers: Sequence[Customer]) -> None:
    """Record every paying customer's calls, chats and article views, month by month."""
    for customer in customers:
        rng = Random(f"{seed}:desk:{customer.number}")
        month = max(customer.spells[0].start, times.FIRST_DAY).replace(day=1)
        while month < HORIZON:
            calls, chats, views, helps = ASKS[customer.mood(month)]
            for number, day in enumerate(_days(rng, customer, month, calls), 1):
                _call(ledger, rng, customer, times.in_office(rng, day), f"{month:%y%m}{number}")
            for number, day in enumerate(_days(rng, customer, month, chats), 1):
                _chat(ledger, rng, customer, times.by_day(rng, day), f"{month:%y%m}{number}")
            for day in _days(rng, customer, month, views):
                _view(ledger, rng, customer, times.by_day(rng, day), helps)
            month = times.add_months(month, 1)


def _days(rng: Random, customer: Customer, month: date, rate: float) -> list[date]:
    """Some days of a month on which the customer pays; ``rate`` of them on the average."""
    number = int(rng.expovariate(1 / rate) + 0.5)
    days = [month + timedelta(days=rng.randrange(28)) for _ in range(number)]
    return [day for day in days if customer.is_active(day)]


def _call(ledger: Ledger, rng: Random, customer: Customer, rang: datetime, place: str) -> None:
    waits = timedelta(
        seconds=round(rng.expovariate(1 / (70 if rang.hour in BUSY_HOURS else 25))) + 4
    )
    is_outbound = rng.random() < 0.2
    gives_up = waits > timedelta(seconds=rng.uniform(60, 300))
    answered = None if gives_up else rang + waits
    ended = rang + waits if gives_up else rang + waits + timedelta(seconds=rng.randint(60, 1_500))
    row = {
        "call_id": f"CL-{customer.number:05d}-{place}",
        "direction": "発信" if is_outbound else "着信",
        "account_id": customer.account_id if rng.random() > 0.05 else None,
        "contact_id": rng.choice(customer.contacts).contact_id,
        "ticket_id": None,
        "ring_at": times.file_time(rang),
        "answered_at": times.file_time(answered) if answered else None,
        "ended_at": times.file_time(ended),
        "queue": rng.choice(QUEUES),
        "result": "応答" if answered else "放棄",
        "agent_id": rng.choice(AGENTS) if answered else None,
    }
    ledger.drop("support__call_log", times.month_end(rang.date()), row)


def _chat(ledger: Ledger, rng: Random, customer: Customer, began: datetime, place: str) -> None:
    helps = ASKS[customer.mood(began.date())][3]
    is_bot = rng.random() < 0.8
    is_resolved = rng.random() < (helps if is_bot else 0.9)
    handed = began + timedelta(minutes=rng.randint(1, 8)) if is_bot and not is_resolved else None
    ended = (handed or began) + timedelta(minutes=rng.randint(2, 25))
    row = {
        "session_id": f"CH-{customer.number:05d}-{place}",
        "account_id": customer.account_id,
        "contact_id": rng.choice(customer.contacts).contact_id if rng.random() < 0.7 else None,
        "is_bot": is_bot,
        "handed_to_human_at": times.file_time(handed) if handed else None,
        "started_at": times.file_time(began),
        "ended_at": times.file_time(ended),
        "is_resolved": is_resolved or (handed is not None and rng.random() < 0.85),
    }
    ledger.drop("support__chat_session", times.month_end(began.date()), row)


def _view(ledger: Ledger, rng: Random, customer: Customer, seen: datetime, helps: float) -> None:
    answer = rng.random() < helps if rng.random() < 0.35 else None
    row = {
        "faq_id": rng.choice(ARTICLES),
        "account_id": customer.account_id,
        "user_id": None,
        "is_solved": answer,
        "occurred_at": times.file_time(seen),
    }
    ledger.drop("support__faq_view", times.month_end(seen.date()), row)
