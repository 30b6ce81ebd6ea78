"""Zendesk: organisations, users, tickets with their events and calls; answers to their survey as files.

Ticket fields a reader of the tickets needs: ``tags`` hold the category code and ``complaint``,
``spam``, ``closed_by_merge``; custom field 36000001 is the category, ``merged_into`` the ticket
that a merged one went into. The bot is the agent with ``user_fields.is_bot``; updates by Zendesk
itself have ``updater_id`` -1. Talk makes a ticket of every call that is answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from demo import names, times
from demo import vocabulary as words
from demo.customers import Customer
from demo.writer import Change, Ledger

AGENTS = range(9_001, 9_007)
BOT = 9_000
SYSTEM = -1
CATEGORY_FIELD = 36_000_001
CHANNELS = {"email": 40, "web": 30, "chat": 14, "voice": 11, "line": 5}
# mood: tickets a month, odds of a complaint, mean answer to the survey
TEMPER = {
    "ideal": (0.55, 0.02, 4.6),
    "steady": (0.50, 0.03, 4.3),
    "slow": (0.50, 0.08, 3.9),
    "stuck": (0.55, 0.14, 3.5),
    "starter": (0.40, 0.12, 3.5),
    "idle": (0.30, 0.30, 2.7),
}
SCORE_SIX = 40  # this answer is 6 of 5, to be quarantined


@dataclass
class _Step:
    """One update of a ticket: when, by whom, the new status, and a comment (public or not)."""

    moment: datetime
    actor: int
    status: str | None = None
    public: bool | None = None
    fields: dict | None = None


class Helpdesk:
    """Records the support side of a population."""

    def __init__(self, ledger: Ledger, seed: int | str) -> None:
        self.ledger = ledger
        self.seed = seed
        self.requesters: dict[int, list[int]] = {}
        self._latest: dict[int, int] = {}
        self._tickets = ledger.offset
        self._answers = ledger.offset

    def record(self, customers: Sequence[Customer]) -> None:
        """Record staff, organisations, users, tickets and survey answers of all customers."""
        if not self.ledger.offset:
            self._staff()
        for customer in customers:
            self._organization(Random(f"{self.seed}:zendesk:{customer.number}"), customer)
        calls = []
        for customer in customers:
            rng = Random(f"{self.seed}:tickets:{customer.number}")
            calls += [(_asked(rng, day), customer, rng) for day in _ticket_days(rng, customer)]
        for asked, customer, rng in sorted(calls, key=lambda call: (call[0], call[1].number)):
            if asked <= times.LAST_MOMENT:
                self._ticket(rng, customer, asked)

    def ask(self, rng: Random, customer: Customer, day: date) -> None:
        """Record one more ticket, asked on ``day``, and what becomes of it."""
        self._ticket(rng, customer, _asked(rng, day))

    def _staff(self) -> None:
        joined = datetime(2022, 9, 5, 10, 0)
        people = [(BOT, "サポートボット", True)]
        people += [(agent, f"サポート担当{agent - BOT}", False) for agent in AGENTS]
        for number, name, is_bot in people:
            fields = {
                "name": name,
                "email": f"support{number}@kataribe.example",
                "role": "agent",
                "active": True,
                "external_id": None,
                "organization_id": None,
                "phone": None,
                "tags": ["bot"] if is_bot else [],
                "user_fields": {"is_bot": is_bot},
            }
            self.ledger.zendesk("users", number, [(joined, fields)])

    def _organization(self, rng: Random, customer: Customer) -> None:
        begins = max(customer.spells[0].start - timedelta(days=3), customer.created)
        created = times.in_office(rng, begins) + timedelta(hours=2)
        number = 7_000_000 + customer.number * 31
        fields = {
            "name": customer.company.name
            if rng.random() < 0.6
            else names.other_spelling(rng, customer.company),
            "external_id": customer.account_id if rng.random() > 0.04 else None,
            "domain_names": [customer.company.domain],
            "tags": [],
        }
        changes: list[Change] = [(created, fields)]
        if customer.last_churn:
            ended = times.in_office(rng, customer.last_churn + timedelta(days=3))
            changes.append((ended, {"tags": ["former_customer"]}))
        self.ledger.zendesk("organizations", number, changes)
        self.requesters[customer.number] = []
        known = [contact for contact in customer.contacts if customer.met(contact) <= begins]
        for position, contact in enumerate(known[: rng.choice([1, 2, 2, 3])]):
            user = 400_000_000 + customer.number * 10 + position
            fields = {
                "name": f"{contact.person.last} {contact.person.first}",
                "email": contact.email,
                "role": "end-user",
                "active": True,
                "external_id": contact.contact_id if rng.random() > 0.2 else None,
                "organization_id": number,
                "phone": contact.phone,
                "tags": [],
                "user_fields": {"is_bot": False},
            }
            changes = [(created + timedelta(minutes=3 + position), fields)]
            if position and rng.random() < 0.06:
                left = times.random_day(rng, begins + timedelta(days=60), times.LAST_DAY)
                changes.append((times.in_office(rng, left), {"active": False}))
            self.ledger.zendesk("users", user, changes)
            self.requesters[customer.number].append(user)

    def _ticket(self, rng: Random, customer: Customer, asked: datetime) -> None:
        self._tickets += 1
        number = 10_000 + self._tickets
        earlier = self._latest.get(customer.number)
        self._latest[customer.number] = number
        mood = customer.mood(asked.date())
        requester = rng.choice(self.requesters[customer.number])
        channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        agent = rng.choice(AGENTS)
        category = rng.choice(list(words.TICKET_SUBJECTS))
        tags = [category] + (["complaint"] if rng.random() < TEMPER[mood][1] else [])
        fate = rng.choices(["normal", "spam", "merged", "deleted"], [95, 2, 2, 1])[0]
        if fate == "merged" and not earlier:
            fate = "normal"
        opener = agent if channel == "voice" else requester
        fields = {
            "external_id": f"T-{number:06d}",
            "subject": rng.choice(words.TICKET_SUBJECTS[category]),
            "type": "problem" if category == "bug" else "question",
            "priority": rng.choices(["low", "normal", "high", "urgent"], [20, 55, 20, 5])[0],
            "via": {"channel": channel},
            "organization_id": 7_000_000 + customer.number * 31,
            "requester_id": requester,
            "submitter_id": opener,
            "assignee_id": None,
            "tags": tags + (["spam"] if fate == "spam" else []),
            "custom_fields": [{"id": CATEGORY_FIELD, "value": category}],
            "merged_into": None,
            "status": "new",
        }
        steps = [_Step(asked, opener, "new")]
        if fate == "normal":
            steps += self._conversation(rng, customer, channel, requester, agent, asked, number)
        else:
            steps += _removal(rng, fate, agent, asked, fields, earlier)
        self._write(number, fields, steps)
        if channel == "voice":
            self._call(number, customer, requester, agent, asked)

    def _call(
        self, ticket: int, customer: Customer, requester: int, agent: int, asked: datetime
    ) -> None:
        """The call that a ticket was made of; of some the caller rang again and gave up."""
        rng = Random(f"{self.seed}:talk:{ticket}")
        waits, talks = round(rng.expovariate(1 / 30)) + 3, rng.randint(90, 1_500)
        call = {
            "ticket_id": ticket,
            "agent_id": agent,
            "customer_id": requester,
            "direction": "inbound",
            "completion_status": "completed",
            "duration": waits + talks,
            "talk_time": talks,
            "wait_time": waits,
            "phone_number": customer.company.phone,
        }
        self.ledger.zendesk("calls", ticket * 10, [(asked, call)])
        if rng.random() < 0.25:
            waits = rng.randint(20, 300)
            missed = {
                "ticket_id": None, "agent_id": None, "completion_status": "abandoned_in_queue",
                "duration": waits, "talk_time": 0, "wait_time": waits,
            }  # fmt: skip
            again = office_after(rng, asked, rng.uniform(30, 400))
            self.ledger.zendesk("calls", ticket * 10 + 1, [(again, call | missed)])

    def _conversation(
        self, rng: Random, customer: Customer, channel: str, requester: int, agent: int,
        asked: datetime, number: int,
    ) -> list[_Step]:  # fmt: skip
        steps = []
        if channel in ("chat", "line") and rng.random() < 0.7:
            steps.append(_Step(asked + timedelta(seconds=rng.randint(5, 40)), BOT, public=True))
        moment = office_after(rng, asked, rng.expovariate(1 / 150) + 6)
        assigned = {"assignee_id": agent}
        steps.append(_Step(moment, agent, "open", True, assigned))
        for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
            moment = office_after(rng, moment, rng.expovariate(1 / 60) + 3)
            steps.append(_Step(moment, agent, "pending", True))
            moment += timedelta(minutes=rng.randint(20, 900))
            steps.append(_Step(moment, requester, "open", True))
        moment = office_after(rng, moment, rng.expovariate(1 / 300) + 10)
        steps.append(_Step(moment, agent, "solved", True if rng.random() < 0.5 else None))
        if rng.random() < 0.08:
            moment += timedelta(minutes=rng.randint(60, 3_000))
            steps.append(_Step(moment, requester, "open", True))
            moment = office_after(rng, moment, rng.expovariate(1 / 400) + 30)
            steps.append(_Step(moment, agent, "solved"))
        if rng.random() < 0.3:
            self._answer(rng, customer, number, asked, moment)
        steps.append(_Step(moment + timedelta(hours=96), SYSTEM, "closed"))
        return steps

    def _answer(
        self, rng: Random, customer: Customer, number: int, asked: datetime, solved: datetime
    ) -> None:
        answered = solved + timedelta(minutes=rng.randint(15, 4_000))
        if asked <= times.LAST_MOMENT < answered:
            return
        self._answers += 1
        mean = TEMPER[customer.mood(solved.date())][2]
        score = min(5, max(1, round(rng.gauss(mean, 0.8))))
        by_number = rng.random() < 0.3
        row = {
            "response_id": f"CS-{self._answers:05d}",
            "ticket_id": number if by_number else None,
            "ticket_external_id": None if by_number else f"T-{number:06d}",
            "contact_id": None,
            "question_code": "ticket",
            "score": 6 if self._answers == SCORE_SIX else score,
            "scale_max": 5,
            "comment": rng.choice(words.PRAISE) if score == 5 and rng.random() < 0.3 else None,
            "responded_at": times.file_time(answered),
        }
        self.ledger.drop("support__csat_response", times.month_end(answered.date()), row)

    def _write(self, number: int, fields: dict, steps: list[_Step]) -> None:
        changes: list[Change] = []
        status = None
        for position, step in enumerate(steps):
            children: list[dict] = []
            if step.public is not None:
                children.append(
                    {"event_type": "Comment", "public": step.public, "author_id": step.actor}
                )
            if step.status and step.status != status:
                kind = "Change" if position else "Create"
                children.append(
                    {"event_type": kind, "status": step.status, "previous_value": status}
                )
            change = dict(step.fields or {})
            if step.status:
                change["status"] = status = step.status
            changes.append((step.moment, fields | change if not position else change))
            event = {
                "id": number * 100 + position,
                "ticket_id": number,
                "event_type": "Audit",
                "updater_id": step.actor,
                "timestamp": times.epoch_seconds(step.moment),
                "created_at": times.zendesk_time(step.moment),
                "child_events": children,
            }
            self.ledger.zendesk_event(step.moment, event)
        self.ledger.zendesk("tickets", number, changes)


def _removal(
    rng: Random, fate: str, agent: int, asked: datetime, fields: dict, earlier: int | None
) -> list[_Step]:
    """The end of a ticket that is no real one."""
    moment = office_after(rng, asked, rng.uniform(10, 200))
    if fate == "merged":
        change = {
            "tags": [*fields["tags"], "closed_by_merge"],
            "merged_into": earlier,
        }
        return [_Step(moment, agent, "closed", False, change)]
    steps = [_Step(moment, agent, "closed")]
    if fate == "deleted":
        steps[0].status = "open"
        steps.append(_Step(moment + timedelta(days=2, minutes=7), agent, "deleted"))
    return steps


def _ticket_days(rng: Random, customer: Customer) -> list[date]:
    days = []
    month = times.FIRST_DAY
    while month <= times.LAST_DAY:
        rate = TEMPER[customer.mood(month)][0]
        day = times.random_day(rng, month, times.month_end(month))
        if customer.is_active(day):
            recent = any(0 <= (day - spell.start).days < 75 for spell in customer.spells)
            number = int(rng.expovariate(1 / (rate * (2 if recent else 1))) + 0.5)
            last = times.month_end(month)
            extra = [times.random_day(rng, day, last) for _ in range(number)]
            days += [other for other in extra if customer.is_active(other)]
        month = times.add_months(month, 1)
    return days


def _asked(rng: Random, day: date) -> datetime:
    """Mostly office hours; one in seven by night or at the week-end."""
    if rng.random() < 0.86:
        return times.in_office(rng, day)
    night = timedelta(hours=rng.choice([0, 7, 8, 20, 21, 22]), minutes=rng.randint(0, 59))
    return datetime.combine(day, datetime.min.time()) + night


def office_after(rng: Random, moment: datetime, minutes: float) -> datetime:
    """The moment so many office minutes (Mon-Fri 9-18) later, to the second."""
    start = moment
    while minutes > 0:
        opening = start.replace(hour=9, minute=0, second=0)
        closing = start.replace(hour=18, minute=0, second=0)
        begin = max(start, opening)
        if start.weekday() < 5 and begin < closing:
            room = (closing - begin).total_seconds() / 60
            if minutes <= room:
                return begin.replace(microsecond=0) + timedelta(seconds=int(minutes * 60))
            minutes -= room
        start = opening + timedelta(days=1)
    return start
