"""Recurring revenue worked out a second time, in plain Python from docs/domain (revenue, retention).

Slow and literal on purpose: it looks at every day and every pair of lines, shares nothing with the
SQL models, and holds all money in integer minor units and all rates as fractions.
"""

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Renewal:
    """A contract that renews itself: its written end, and the first day on which notice or a successor ends it."""

    end: date
    notice: date | None = None
    next_contract_start: date | None = None


@dataclass(frozen=True)
class Line:
    """One recurring subscription line; ``amount`` in minor units, ``end`` inclusive or None.

    ``renewal`` where its contract renews itself, ``value`` (MRR, ARR) where the term no longer tells it.
    """

    line_id: str
    customer: str
    family: str
    start: date
    end: date | None
    amount: int
    period: str
    contract: str | None = None
    previous_contract: str | None = None
    renewal: "Renewal | None" = None
    value: tuple[int, int] | None = None

    def is_active(self, day: date) -> bool:
        """Whether the day lies in the line's term."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass
class Month:
    """Sums of one month over all customers, money in minor units."""

    opening: int = 0
    closing: int = 0
    retained: int = 0
    cohort: int = 0
    opening_customers: int = 0
    closing_customers: int = 0
    kept_customers: int = 0

    def __post_init__(self) -> None:
        self.amounts: dict[str, int] = defaultdict(int)
        self.customers: dict[str, set[str]] = defaultdict(set)

    def rates(self) -> dict[str, Fraction | None]:
        """GRR (customer and family level), NRR (without and with reactivation), logo retention."""
        amounts = self.amounts
        family_level = self.opening + amounts["contraction"] + amounts["churn"]
        return {
            "grr": _ratio(self.retained, self.opening),
            "grr_family_level": _ratio(family_level, self.opening),
            "nrr": _ratio(self.cohort, self.opening),
            "nrr_incl_reactivation": _ratio(self.cohort + amounts["reactivation"], self.opening),
            "logo_retention": _ratio(self.kept_customers, self.opening_customers),
        }


class YearOnYear(NamedTuple):
    """ARR of the customers of a year ago, then and now, in minor units."""

    base: int
    current: int
    retained: int
    base_customers: int
    kept_customers: int


def half_up(value: Fraction) -> int:
    """Nearest integer, halves away from zero."""
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -magnitude if value < 0 else magnitude


def term_months(start: date, end: date) -> Fraction:
    """Months from start to the inclusive end: whole ones by the calendar, else days × 12 / 365.

    k months from a day end the day before that day of the month, or on it where the end is written as
    the day the next term begins; in a month without that day, its last day stands for it.
    """
    for months in range(1, 12 * 200):
        year, month = divmod(start.month - 1 + months, 12)
        year, month = start.year + year, month + 1
        stepped = date(year, month, min(start.day, monthrange(year, month)[1]))
        if end in (stepped - DAY, stepped):
            return Fraction(months)
        if stepped > end + DAY:
            break
    return Fraction(((end - start).days + 1) * 12, 365)


def as_sold(lines: Iterable[Line]) -> list[Line]:
    """The lines that were ever valid, none overlapping one of its family that begins on its last day."""
    valid = [line for line in lines if line.end is None or line.end >= line.start]
    return [
        replace(line, end=line.end - DAY)
        if any(
            other.start == line.end > line.start
            and (other.customer, other.family) == (line.customer, line.family)
            and (other.amount >= 0 or line.amount < 0)
            for other in valid
        )
        else line
        for line in valid
    ]


def as_renewed(lines: list[Line], sold: list[Line], as_of: date, grace: int) -> list[Line]:
    """The lines as sold; those that ended with a contract that renews itself last until something ends it.

    Args:
        lines: the same lines with their written ends.
        sold: the lines as sold.
        as_of: business date.
        grace: ``renewal_grace_days``.
    """
    written = {line.line_id: line.end for line in lines}
    result = []
    for line in sold:
        end = written[line.line_id]
        if line.renewal is None or end != line.renewal.end or end >= as_of:
            result.append(line)
            continue
        ends = [
            other.start - DAY
            for other in sold
            if (other.customer, other.family) == (line.customer, line.family)
            and other.start > line.start
            and 0 <= (other.start - end).days <= grace + 1
        ]
        if line.renewal.notice:
            ends.append(line.renewal.notice)
        if line.renewal.next_contract_start:
            ends.append(line.renewal.next_contract_start - DAY)
        last = min(ends, default=None)
        if last is None or last > line.end:
            line = replace(line, end=last, value=monthly_value(line))
        result.append(line)
    return result


def monthly_value(line: Line) -> tuple[int, int]:
    """MRR and ARR of a line, each rounded by itself; a renewed line's are those of its written term."""
    if line.value:
        return line.value
    if line.period == "monthly":
        months = Fraction(1)
    elif line.period.endswith("_months"):
        months = Fraction(int(line.period.removesuffix("_months")))
    elif line.period in ("daily", "weekly"):
        months = Fraction(12 * {"daily": 1, "weekly": 7}[line.period], 365)
    elif line.period == "annual" or line.end is None:
        months = Fraction(12)
    else:
        months = term_months(line.start, line.end)
    return half_up(line.amount / months), half_up(line.amount * 12 / months)


def bridged_until(line: Line, lines: list[Line], grace: int) -> date | None:
    """Last day over which the line's MRR is carried to a successor, None without one."""
    if line.end is None:
        return None
    followers = [
        other
        for other in lines
        if line.contract
        and other.previous_contract == line.contract
        and other.family == line.family
    ]
    own = [other for other in lines if other.customer == line.customer]
    family = [other for other in own if other.family == line.family]
    for successors in (followers, family, own):
        for gap in range(grace + 1):
            day = line.end + (gap + 1) * DAY
            if any(other.is_active(day) for other in successors):
                if gap:
                    return day - DAY
                break
    return None


def months_until(first: date, as_of: date) -> Iterator[tuple[date, date]]:
    """First day of each month and the day at whose close it is valued (the last one: as_of)."""
    month = first.replace(day=1)
    while month <= as_of:
        last_day = month.replace(day=monthrange(month.year, month.month)[1])
        yield month, min(last_day, as_of)
        month = last_day + DAY


def month_values(
    lines: Iterable[Line], as_of: date, grace: int, measure: int = 0
) -> dict[date, dict[tuple[str, str], int]]:
    """Per month the value of each (customer, family), never below 0.

    Args:
        lines: recurring lines, those that end before they start included.
        as_of: business date; no later month is returned.
        grace: ``renewal_grace_days``.
        measure: 0 for MRR, 1 for ARR.
    """
    lines = list(lines)
    valid = as_renewed(lines, as_sold(lines), as_of, grace)
    if not valid:
        return {}
    bridges = {line.line_id: bridged_until(line, valid, grace) for line in valid}
    result: dict[date, dict[tuple[str, str], int]] = {}
    for month, day in months_until(min(line.start for line in valid), as_of):
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for line in valid:
            bridge = bridges[line.line_id]
            if line.is_active(day) or (bridge and line.end < day <= bridge):
                sums[line.customer, line.family] += monthly_value(line)[measure]
        result[month] = {key: value for key, value in sums.items() if value > 0}
    return result


def retention(values: dict[date, dict[tuple[str, str], int]]) -> dict[date, Month]:
    """Movements and the parts of the rates, from the first month with MRR on."""
    result: dict[date, Month] = {}
    before: dict[tuple[str, str], int] = {}
    ever: set[str] = set()
    for month, now in sorted(values.items()):
        if not (now or result):
            continue
        total = result[month] = Month()
        for customer in {key[0] for key in (*before, *now)}:
            _add_customer(total, customer, before, now, ever)
        ever |= {customer for customer, _ in now}
        before = now
    return result


def year_on_year(arr: dict[date, dict[tuple[str, str], int]]) -> dict[date, YearOnYear]:
    """What the customers of a year ago are worth, for each month that has a month a year before.

    Args:
        arr: ARR per month, customer and family (``month_values`` with measure 1).
    """
    result = {}
    for month, now in arr.items():
        before = arr.get(month.replace(year=month.year - 1))
        if before is None:
            continue
        base, today = _by_customer(before), _by_customer(now)
        result[month] = YearOnYear(
            base=sum(base.values()),
            current=sum(today.get(customer, 0) for customer in base),
            retained=sum(min(value, today.get(customer, 0)) for customer, value in base.items()),
            base_customers=len(base),
            kept_customers=len(base.keys() & today.keys()),
        )
    return result


def read_lines(folder: Path, as_of: date, timezone: str, minor_units: int = 100) -> list[Line]:
    """Recurring lines of a tenant folder's Salesforce as known at the end of ``as_of``.

    Args:
        folder: tenant folder; its jsonl files hold one version of a record a line.
        timezone: the tenant's; business dates are days in it.
        minor_units: minor units of one unit of the currency.
    """
    orders = _latest(folder / "salesforce/Order.jsonl", as_of, timezone)
    products = _latest(folder / "salesforce/Product2.jsonl", as_of, timezone)
    accounts = _latest(folder / "salesforce/Account.jsonl", as_of, timezone)
    lines = []
    for item in _latest(folder / "salesforce/OrderItem.jsonl", as_of, timezone).values():
        if item["ChargeType__c"] != "recurring":
            continue
        account = orders[item["OrderId"]]["AccountId"]
        product = item["Product2Id"]
        lines.append(
            Line(
                line_id=item["Id"],
                customer=account if account in accounts else "unknown",
                family=products.get(product, {}).get("Family") or product,
                start=date.fromisoformat(item["ServiceDate"]),
                end=date.fromisoformat(item["EndDate"]) if item["EndDate"] else None,
                amount=half_up(Fraction(item["TotalPrice"]) * minor_units),
                period=item["BillingPeriod__c"],
            )
        )
    return lines


def _add_customer(
    total: Month,
    customer: str,
    before: dict[tuple[str, str], int],
    now: dict[tuple[str, str], int],
    ever: set[str],
) -> None:
    opening = sum(value for key, value in before.items() if key[0] == customer)
    closing = sum(value for key, value in now.items() if key[0] == customer)
    total.opening += opening
    total.closing += closing
    total.closing_customers += closing > 0
    if opening:
        total.opening_customers += 1
        total.retained += min(opening, closing)
        total.cohort += closing
        total.kept_customers += closing > 0
    for family in {key[1] for key in (*before, *now) if key[0] == customer}:
        was, has = before.get((customer, family), 0), now.get((customer, family), 0)
        if was == has:
            continue
        if not opening:
            kind = "reactivation" if customer in ever else "new"
        elif not closing:
            kind = "churn"
        elif has < was:
            kind = "contraction"
        else:
            kind = "upsell" if was else "cross_sell"
        total.amounts[kind] += has - was
        total.customers[kind].add(customer)


def _by_customer(values: dict[tuple[str, str], int]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for (customer, _), value in values.items():
        sums[customer] += value
    return sums


def _latest(path: Path, as_of: date, timezone: str) -> dict[str, dict]:
    end = datetime.combine(as_of + DAY, datetime.min.time(), ZoneInfo(timezone))
    versions: dict[str, tuple[datetime, dict]] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(text, parse_float=Decimal)
        cursor = datetime.fromisoformat(record["SystemModstamp"])
        if cursor < end and cursor >= versions.get(record["Id"], (cursor,))[0]:
            versions[record["Id"]] = cursor, record
    return {key: record for key, (_, record) in versions.items() if not record["IsDeleted"]}


def _ratio(numerator: int, denominator: int) -> Fraction | None:
    return Fraction(numerator, denominator) if denominator else None
