"""The demo's stories, which say who leaves and who works well before the product has seen anything, beside the marts."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from demo import SEED
from demo.customers import make_population
from demo.times import LAST_DAY
from tests.conftest import Run
from tests.warehouse.activation_oracle import Definition, Item, StageEvent, level
from tests.warehouse.story_oracle import recall

GRACE = timedelta(days=30)  # renewal_grace_days: a later renewal is still looked for
ORDERED = timedelta(days=365)  # active_order_days
LEVEL = (
    *("activation_score", "activation_level", "goals_achieved", "publications_6m"),
    *("target_cadence_days", "is_regular"),
)


def test_the_score_finds_who_leaves_better_than_simple_rules(demo: Run) -> None:
    """By a fifth of all churns at least; of one company: `make bench-scores` asks twenty."""
    found = recall(demo.home / "published" / "marts.duckdb", SEED, 300)
    assert found.churns >= 30
    assert found.margin >= 0.2, found


def test_customers_leave_on_the_day_of_their_story(demo: Run) -> None:
    """Each date of churn; who may still renew, or ordered something of late, has not left yet."""
    told = {
        buyer.account_id: None if buyer.is_active(LAST_DAY) else buyer.last_churn
        for buyer in make_population(SEED, 300)[0]
    }
    with demo.marts() as marts:
        shown = {
            account: (left, ordered)
            for account, left, ordered in marts.execute(
                "select source_id, churn_date, last_order_date from core.bridge_customer_identity "
                "join marts.mart_customer_360 using (customer_key) where id_type = 'account'"
            ).fetchall()
        }
    stays = {
        account
        for account, left in told.items()
        if left
        and (left + GRACE > LAST_DAY or (shown[account][1] or date.min) > LAST_DAY - ORDERED)
    }
    assert len(stays) < 10 < sum(left is not None for left in told.values())
    assert {account: shown[account][0] for account in told} == told | dict.fromkeys(stays)


def test_levels_are_those_of_the_production(demo: Run) -> None:
    """Each customer's level, worked out from the rows that landed and the cadence of its contract."""
    events = defaultdict(list)
    for row in _rows(demo.home, "process__stage_event"):
        at, reverted = datetime.fromisoformat(row["achieved_at"]), row["event"] == "reverted"
        events[row["item_id"]].append(StageEvent(row["stage_code"], at, reverted))
    newest = {row["item_id"]: row for row in _rows(demo.home, "process__content_item")}
    with demo.marts() as marts:
        key_of = dict(
            marts.execute(
                "select source_id, customer_key from core.bridge_customer_identity where id_type = 'account'"
            ).fetchall()
        )
        shown = {
            key: dict(zip(LEVEL, values, strict=True))
            for key, *values in marts.execute(
                f"select customer_key, cast(activation_score * 1000000 as integer), {', '.join(LEVEL[1:])} "
                "from marts.mart_activation_level where as_of_date = ?",
                [LAST_DAY],
            ).fetchall()
        }
    items = defaultdict(list)
    for item_id, row in newest.items():
        at = [
            row[name] and datetime.fromisoformat(row[name])
            for name in ("created_at", "cancelled_at")
        ]
        key = key_of[row["account_id"]]
        planned, interview = bool(row["planned_publish_date"]), bool(row["interview_date"])
        items[key].append(Item(key, at[0], planned, interview, at[1] or None, events[item_id]))
    told = {
        key: level(items[key], row["target_cadence_days"], LAST_DAY, LAST_DAY, Definition())
        for key, row in shown.items()
    }
    assert len(shown) > 250
    assert shown == {key: {name: row[name] for name in LEVEL} for key, row in told.items()}


def _rows(home: Path, name: str) -> list[dict[str, str | None]]:
    """What its files said, the oldest first."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        rows = warehouse.execute(f"from raw.files__{name} order by _load_id, _source_file, _row")
        columns = [column[0] for column in rows.description]
        return [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
