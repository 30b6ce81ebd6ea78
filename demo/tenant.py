"""The tenant folder: written block by block, so that memory does not grow with its customers.

A folder that grows holds ``.growing.json``: seed and customers, and while days are being added
the sizes of the files before, to which the next call goes back if that one was killed.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import yaml

from demo import times
from demo.cases import record_cases
from demo.community import record_community
from demo.crm import record_accounts
from demo.customers import make_population
from demo.days import MOST_DAYS, Business
from demo.licences import record_counts, record_licences
from demo.marketing import Marketing
from demo.orders import OrderBook
from demo.production import Production
from demo.products import write_products
from demo.purchases import record_purchases
from demo.sales import record_leads, record_opportunities
from demo.service_desk import record_service_desk
from demo.staff import write_users
from demo.subscriptions import Subscription
from demo.success import record_success
from demo.support import Helpdesk
from demo.surveys import record_surveys
from demo.usage import record_usage
from demo.writer import Ledger
from runtime.files import write_atomically

SEED = 20261031
BLOCK = 300  # customers that are played together; a block's names allow for 800
BLOCK_IDS = 1_000_000  # numbers kept for what is counted within a block
MOST_CUSTOMERS = 1_000_000
STATE = ".growing.json"
TENANT = {
    "name": "demo",
    "timezone": "Asia/Tokyo",
    "reporting_currency": "JPY",
    "first_business_date": times.FIRST_DAY,
    "last_business_date": times.LAST_DAY,
    "systems": ["salesforce", "hubspot", "zendesk", "files"],
    "files": {
        name: {"mode": "changes"}
        for name in (
            "success__onboarding_task",
            "success__playbook_action",
            "success__success_plan",
            "success__success_plan_step",
            "success__training_enrolment",
        )
    },
    "vars": {
        "zendesk_category_field": 36000001,
        "first_response_target_minutes": 120,
        "resolution_target_minutes": 1080,
        "ews_records_per_licence": 20,
        "ews_feature_codes": {
            "collaboration": ["draft_review", "member_invite"],
            "report_view": ["report_view"],
            "platform_use": ["editor", "distribution", "media_library"],
        },
    },
}
_LAST_DATE = re.compile(r"(?m)^last_business_date:.*$")


@dataclass(frozen=True)
class World:
    """All customers of a tenant: equal seeds and sizes play equal stories."""

    seed: int = SEED
    customers: int = 300
    block: int = BLOCK

    def append_to(self, folder: Path, days: tuple[date | None, date]) -> None:
        """Add what was recorded within ``days`` (see ``Ledger``), block by block, with progress."""
        began = told = time.monotonic()
        for number, first in enumerate(range(0, self.customers, self.block)):
            count = min(self.block, self.customers - first)
            self.play(number, count, days).append_to(folder)
            now = time.monotonic()
            if self.customers > self.block and (now - told > 5 or first + count == self.customers):
                told = now
                print(
                    f"{first + count:,} of {self.customers:,} customers, {now - began:.0f} s",
                    file=sys.stderr,
                )

    def play(self, number: int, count: int, days: tuple[date | None, date]) -> Ledger:
        """What one block of ``count`` customers recorded within ``days``."""
        seed = f"{self.seed}/{number}" if number else self.seed
        ledger = Ledger(number * BLOCK_IDS, days)
        buyers, prospects = make_population(seed, count, number)
        accounts = [*buyers, *prospects]
        if not number:
            write_products(ledger)
            write_users(ledger)
        record_accounts(ledger, seed, accounts)
        book = OrderBook(ledger)
        production = Production(ledger, seed)
        for customer in buyers:
            rng = Random(f"{seed}:revenue:{customer.number}")
            for spell in customer.spells:
                Subscription(book, rng, customer, spell).play()
            record_purchases(book, rng, customer)
            production.record(customer)
        opportunities = record_opportunities(ledger, seed, book.deals, prospects)
        record_leads(ledger, seed, number, accounts, opportunities)
        helpdesk = Helpdesk(ledger, seed)
        helpdesk.record(buyers)
        record_cases(ledger, seed, buyers)
        marketing = Marketing(ledger, seed)
        marketing.record(accounts)
        record_usage(ledger, seed, buyers)
        record_licences(ledger, seed, buyers)
        record_counts(ledger, seed, buyers)
        record_surveys(ledger, seed, buyers)
        record_success(ledger, seed, buyers)
        record_community(ledger, seed, buyers)
        record_service_desk(ledger, seed, buyers)
        Business(seed, buyers, book, production, helpdesk, marketing).go_on(ledger)
        marketing.record_contacts()
        return ledger


def generate(folder: Path, world: World, growing: bool = False) -> None:
    """Write a tenant folder up to the end of the story.

    Args:
        folder: target; must be empty or not exist. It appears complete or not at all.
        world: the company's customers.
        growing: days are to be added: the folder remembers how it was made, and the tenant is
            named after its size.

    Raises:
        FileExistsError: ``folder`` is not empty.
        ValueError: too few or too many customers.
    """
    if not 10 <= world.customers <= MOST_CUSTOMERS:
        raise ValueError(f"customers must be 10 to {MOST_CUSTOMERS:,}, not {world.customers:,}")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    settings = TENANT | ({"name": f"demo-{world.customers}"} if growing else {})
    try:
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        (building / "tenant.yml").write_text(text, encoding="utf-8")
        if growing:
            write_atomically(building / STATE, json.dumps(asdict(world)))
        world.append_to(building, (None, times.LAST_DAY))
        building.chmod(0o755)
        building.replace(folder)
    except BaseException:
        shutil.rmtree(building)
        raise


def add_days(folder: Path, days: int) -> None:
    """Add business dates to a folder that ``generate`` made to grow: all of them or none.

    Raises:
        ValueError: the folder was not made so, ``days`` is below 1, or the story ends before.
    """
    world = remembered_world(folder)
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    if "before" in state:
        _go_back(folder, state["before"])
    tenant = (folder / "tenant.yml").read_text(encoding="utf-8")
    last = yaml.safe_load(tenant)["last_business_date"]
    room = MOST_DAYS - (last - times.LAST_DAY).days
    if not 1 <= days <= room:
        raise ValueError(f"{days} days cannot be added: the story goes on for {room} after {last}")
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in _data_files(folder)}
    before = {"last_business_date": last.isoformat(), "sizes": sizes}
    write_atomically(folder / STATE, json.dumps(asdict(world) | {"before": before}))
    until = last + timedelta(days=days)
    world.append_to(folder, (last, until))
    _set_last_date(folder, until.isoformat())
    write_atomically(folder / STATE, json.dumps(asdict(world)))


def remembered_world(folder: Path) -> World:
    """The customers that a folder was made of.

    Raises:
        ValueError: it was not made to grow.
    """
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError(
            f"{folder} is not empty and has no {STATE}: `make tenant` adds days only to what it "
            "made → give OUT= a new folder"
        ) from error
    return World(state["seed"], state["customers"], state["block"])


def _go_back(folder: Path, before: dict) -> None:
    """Undo days that were not added to the end."""
    for path in _data_files(folder):
        size = before["sizes"].get(str(path.relative_to(folder)))
        if size is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            os.truncate(path, size)
    _set_last_date(folder, before["last_business_date"])


def _data_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*/**/*")) if path.is_file()]


def _set_last_date(folder: Path, day: str) -> None:
    text = (folder / "tenant.yml").read_text(encoding="utf-8")
    write_atomically(
        folder / "tenant.yml", _LAST_DATE.sub(f"last_business_date: {day}", text, count=1)
    )
