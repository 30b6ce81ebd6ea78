"""DATE=…: which business date a run is for."""

from datetime import date, datetime, timedelta

import pytest

from cli.run import find_date
from runtime.errors import StateError
from runtime.tenant import Tenant

FACTS = {"name": "acme", "first_business_date": date(2026, 1, 1), "systems": ["files"]}
LIVE = Tenant(**FACTS | {"first_business_date": date(2020, 1, 1)})
PLAYED = Tenant(**FACTS, last_business_date=date(2999, 6, 30))


def test_the_default_is_the_last_date_or_yesterday_there():
    assert find_date(PLAYED, "") == date(2999, 6, 30)
    assert find_date(LIVE, "") == datetime.now(LIVE.zone).date() - timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    [
        "2026/06/29",
        "29-06-2026",
        "2026-6-29",
        "2026-02-30",
        "yesterday",
        "2026-06-29T00:00",
        "２０２６-06-29",
    ],
)
def test_what_is_no_date(text):
    with pytest.raises(StateError, match=f"DATE={text} is no date") as caught:
        find_date(PLAYED, text)
    assert "YYYY-MM-DD" in caught.value.hint


def test_dates_outside_of_what_there_is():
    with pytest.raises(StateError, match="before the tenant's first business date 2026-01-01"):
        find_date(PLAYED, "2025-12-31")
    with pytest.raises(StateError, match="2999-07-01 is not over yet") as caught:
        find_date(PLAYED, "2999-07-01")
    assert "2999-06-30" in caught.value.hint
    with pytest.raises(StateError, match="2999-01-01 is not over yet"):
        find_date(LIVE, "2999-01-01")
