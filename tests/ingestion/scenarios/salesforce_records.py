"""Versions of Salesforce records for the scenarios, and what should stand of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

ACCOUNT = "salesforce.Account"
START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = [f"2026-11-{day:02}" for day in range(1, 11)]


def moment(at: datetime) -> str:
    """A datetime as Salesforce's REST API prints it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def record(number: int, at: datetime, shown_at: datetime | None = None, **fields: Any) -> dict:
    """A version of a record.

    Args:
        at: its SystemModstamp.
        shown_at: when it was committed, if later than that.
    """
    shown = {"_visible_from": shown_at.isoformat()} if shown_at else {}
    stamp = {"SystemModstamp": moment(at), "CreatedDate": moment(START), "IsDeleted": False}
    return {"Id": f"001{number:012d}AAA", **stamp, **shown, **fields}


def purged(number: int, at: datetime) -> dict:
    """A record that is gone without a trace from ``at`` on."""
    return {"Id": f"001{number:012d}AAA", "_visible_from": at.isoformat(), "_purged": True}


def names(daily: Any, name: str = ACCOUNT) -> dict[int, str | None]:
    """Number → Name of the live records."""
    return {int(key[3:15]): fields.get("Name") for key, fields in daily.state(name).items()}
