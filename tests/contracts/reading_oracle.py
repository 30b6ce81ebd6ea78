"""What a text is read as, in plain Python: the oracle of tests/contracts/test_reading.py."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

BLANK = " 　\t\n\r\u00a0"
PLAIN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+(\.\d*)?|\d+(\.\d*)?|\.\d+)", re.ASCII)
SCIENTIFIC = re.compile(r"[+-]?\d(\.\d{1,17})?[eE][+-]?\d{1,2}", re.ASCII)
DAY = r"(?P<year>[1-9]\d{3})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
TIME = r"[ T](?P<hour>\d{1,2}):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d{1,9}))?)?"
OFFSET = r"( ?(?P<utc>Z|UTC|GMT)| ?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?)"
INSTANT = re.compile(f"{DAY}({TIME}{OFFSET}?)?", re.ASCII)
TRUE = {"true", "1", "1.0", "t", "y", "yes", "はい", "有", "○"}
FALSE = {"false", "0", "0.0", "f", "n", "no", "いいえ", "無", "×"}
END_OF_INSTANTS = datetime(9999, 1, 1, tzinfo=UTC)


def read(text: str | None, reads_as: str, zone: str, decimals: int) -> Any:
    """The value of a text, None if there is none or it cannot be read.

    Args:
        reads_as: name of a reading.
        zone: the company's time zone.
        decimals: of the company's currency.
    """
    bare = (text or "").strip(BLANK)
    if not bare:
        return None
    match reads_as:
        case "integer":
            value = _number(bare, 0)
            return int(value) if value is not None and -(2**31) <= value < 2**31 else None
        case "number":
            return _fitting(_number(bare, 4), 14)
        case "exchange_rate":
            return _fitting(_number(bare, 8), 10)
        case "rate":
            return _fitting(_number(bare, 6), 3)
        case "percent":
            value = _fitting(_number(bare, 4), 5)
            return None if value is None else value / 100
        case "money":
            return _money(bare, decimals)
        case "amount":
            return _money(bare, 2)
        case "date":
            moment = _moment(bare)
            return moment and moment[0].date()
        case "instant":
            return _instant(bare, zone)
        case "epoch_seconds":
            return _epoch(bare, 1_000_000)
        case "epoch_milliseconds":
            return _epoch(bare, 1_000)
        case "boolean":
            return {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}.get(bare.lower())
        case "object" | "array":
            return text if isinstance(_json(text), dict if reads_as == "object" else list) else None


def _wide(bare: str) -> Decimal | None:
    """Eighteen decimals, twenty digits before them."""
    if not (PLAIN.fullmatch(bare) or SCIENTIFIC.fullmatch(bare)):
        return None
    with localcontext(prec=500):
        value = Decimal(bare.replace(",", "")).quantize(Decimal(1).scaleb(-18), ROUND_HALF_UP)
    return value if abs(value) < 10**20 else None


def _rounded(value: Decimal, decimals: int) -> Decimal:
    with localcontext(prec=500):
        return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _number(bare: str, decimals: int) -> Decimal | None:
    value = _wide(bare)
    return None if value is None else _rounded(value, decimals)


def _fitting(value: Decimal | None, digits: int) -> Decimal | None:
    return value if value is not None and abs(value) < 10**digits else None


def _money(bare: str, decimals: int) -> Decimal | None:
    value = _wide(bare)
    return _rounded(value, decimals) if value is not None and abs(value) <= 10**16 - 1 else None


def _moment(bare: str) -> tuple[datetime, re.Match] | None:
    """The written date and time, without its offset."""
    found = INSTANT.fullmatch(bare)
    if not found or (found["hours"] and int(found["hours"]) > 14):
        return None
    if found["minutes"] and int(found["minutes"]) > 59:
        return None
    part = {name: int(found[name] or 0) for name in ("hour", "minute", "second")}
    micros = int(((found["fraction"] or "") + "000000")[:6])
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
        return datetime(day.year, day.month, day.day, **part, microsecond=micros), found
    except ValueError:
        return None


def _instant(bare: str, zone: str) -> datetime | None:
    moment = _moment(bare)
    if moment is None or not 1900 <= moment[0].year < 9999:
        return None
    written, found = moment
    if found["utc"]:
        return written.replace(tzinfo=UTC)
    if not found["sign"]:
        return written.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return written.replace(tzinfo=UTC) + (-offset if found["sign"] == "+" else offset)


def _epoch(bare: str, microseconds: int) -> datetime | None:
    if not re.fullmatch(r"\d{1,18}(\.\d*)?", bare, re.ASCII):
        return None
    count = int(_rounded(_wide(bare) * microseconds, 0))
    if count >= (END_OF_INSTANTS - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
