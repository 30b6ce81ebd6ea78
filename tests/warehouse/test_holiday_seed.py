"""The holiday seed against the jpholiday library: every national holiday, nothing else but the company's."""

import csv
from datetime import date, timedelta

import jpholiday

from runtime.settings import PROJECT_ROOT


def test_seed_names_every_national_holiday() -> None:
    """2000–2035; other rows are the year-end days 12-29 to 01-03 (docs/domain/japan.md#calendar)."""
    with (PROJECT_ROOT / "dbt_project/seeds/holiday.csv").open(encoding="utf-8") as handle:
        seed = {
            date.fromisoformat(row["holiday_date"]): row["holiday_name"]
            for row in csv.DictReader(handle)
        }
    day, expected = date(2000, 1, 1), {}
    while day < date(2036, 1, 1):
        if jpholiday.is_holiday(day):
            expected[day] = jpholiday.is_holiday_name(day)
        day += timedelta(days=1)
    assert {day: seed.get(day) for day in expected} == expected
    others = {(day.month, day.day) for day in seed if day not in expected}
    assert others <= {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3), (1, 1)}
