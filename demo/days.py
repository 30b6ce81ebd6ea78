"""What happens on the days added after the story: new events, changed, deleted and late records.

The customers' own stories (renewals, churns, open tickets, items in work) run on by themselves for
``MOST_DAYS``; the rest is drawn anew for each day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from demo import times
from demo.customers import HORIZON, Customer
from demo.marketing import Marketing
from demo.orders import OrderBook
from demo.production import Production
from demo.purchases import record_purchase
from demo.support import SYSTEM, Helpdesk
from demo.usage import record_day_of_use
from demo.writer import CHANGING, Ledger

MOST_DAYS = (HORIZON - times.LAST_DAY).days
# days between two of one customer
TICKET_EVERY, ORDER_EVERY, ITEM_EVERY = 80, 100, 60
CHANGED_EVERY, DELETED_EVERY = 100, 1_000  # one of so many records a day
DELETED = CHANGING[1:]  # accounts stay
SCATTER = 699  # neighbours are not deleted on neighbouring days; -1 modulo CHANGED_EVERY


@dataclass
class Business:
    """The parts of a block's story that go on."""

    seed: int | str
    buyers: Sequence[Customer]
    book: OrderBook
    production: Production
    helpdesk: Helpdesk
    marketing: Marketing

    def go_on(self, ledger: Ledger) -> None:
        """Record every day after the story up to the ledger's last one, and what changes then.

        Of accounts, order items and tickets one percent changes a day, and some are deleted.
        """
        self.book.moment = times.by_day
        for day in _days_after(times.LAST_DAY, ledger.days[1]):
            self._new(ledger, day)
        for name in CHANGING:
            self._change_some(ledger, name)

    def _new(self, ledger: Ledger, day: date) -> None:
        active = [customer for customer in self.buyers if customer.is_active(day)]
        rng = Random(f"{self.seed}:day:{day}")
        for customer in _some(rng, active, TICKET_EVERY):
            self.helpdesk.ask(rng, customer, day)
        for customer in _some(rng, active, ORDER_EVERY):
            record_purchase(self.book, rng, customer, day)
        for customer in _some(rng, active, ITEM_EVERY):
            self.production.start(rng, customer, day)
        record_day_of_use(ledger, rng, day, active)
        self.marketing.record_mails(rng, day)

    def _change_some(self, ledger: Ledger, name: str) -> None:
        shift = Random(f"{self.seed}:changed:{name}").randrange(DELETED_EVERY)
        for day in _days_after(ledger.days[0] or times.LAST_DAY, ledger.days[1]):
            turn = (day - times.LAST_DAY).days
            first = -(turn + shift) % CHANGED_EVERY
            for place in range(first, len(ledger.histories[name]), CHANGED_EVERY):
                end = (SCATTER * place - shift) % DELETED_EVERY or DELETED_EVERY
                if turn <= end or name not in DELETED:
                    _change(ledger, name, place, day, is_deleted=turn == end)


def _change(ledger: Ledger, name: str, place: int, day: date, is_deleted: bool) -> None:
    """Change a record, unless it does not exist yet, is gone, or changes on that day anyway."""
    record_id, history = ledger.histories[name][place]
    opening = datetime.combine(day, time())
    known = [state for moment, state in history if moment < opening]
    busy = any(moment.date() == day for moment, _ in history)
    if not known or busy:
        return
    state = known[-1]
    if state.get("IsDeleted") or state.get("status") == "deleted":
        return
    moment = opening + timedelta(hours=10, seconds=place % 28_000)
    if name == "salesforce/Account":
        change = {"NumberOfEmployees": state["NumberOfEmployees"] + day.day}
    elif name == "salesforce/OrderItem":
        change = {"IsDeleted": True} if is_deleted else _raised(state)
    else:
        change = {"status": "deleted"} if is_deleted else {"tags": [*state["tags"], "reviewed"]}
        if is_deleted:
            _delete_event(ledger, record_id, state["status"], moment)
    ledger.amend(name, place, moment, change)


def _raised(line: dict) -> dict:
    """A line's price, one percent higher; what costs nothing stays so."""
    step = line["UnitPrice"] // 100 if line["TotalPrice"] else 0
    return {
        "UnitPrice": line["UnitPrice"] + step,
        "TotalPrice": line["TotalPrice"] + step * line["Quantity"],
    }


def _delete_event(ledger: Ledger, ticket: int, status: str, moment: datetime) -> None:
    event = {
        "id": ticket * 100 + 99,
        "ticket_id": ticket,
        "event_type": "Audit",
        "updater_id": SYSTEM,
        "timestamp": times.epoch_seconds(moment),
        "created_at": times.zendesk_time(moment),
        "child_events": [
            {"event_type": "Change", "status": "deleted", "previous_value": status},
        ],
    }
    ledger.zendesk_event(moment, event)


def _days_after(last: date, until: date) -> list[date]:
    return [last + timedelta(days=number) for number in range(1, (until - last).days + 1)]


def _some(rng: Random, customers: Sequence[Customer], every: int) -> list[Customer]:
    """So many customers that each has its turn once in ``every`` days, on average."""
    if not customers:
        return []
    return rng.choices(customers, k=int(len(customers) / every + rng.random()))
