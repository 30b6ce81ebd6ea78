"""The business date: where it comes from, when a day ends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.business_date import areas_to_wait_for, day_end, resolve_business_date
from runtime.errors import StateError
from runtime.tenant import Tenant

DAYS = st.dates(date(1995, 1, 1), date(2037, 12, 31))


def tenant(timezone="Asia/Tokyo", last=None):
    return Tenant(
        name="acme",
        timezone=timezone,
        first_business_date=date(2020, 1, 1),
        last_business_date=last,
        systems=["files"],
    )


def test_the_first_source_that_is_there_wins():
    given_all = {
        "param": "2026-03-01",
        "logical_date": datetime(2026, 3, 6, 2, tzinfo=UTC),
        "run_after": datetime(2026, 3, 8, 2, tzinfo=UTC),
    }
    expected = [date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 7)]
    for day in expected:
        assert resolve_business_date(tenant(), **given_all) == day
        del given_all[next(iter(given_all))]
    with pytest.raises(ValueError, match="run_after"):
        resolve_business_date(tenant())


def test_an_empty_parameter_decides_nothing():
    run_after = datetime(2026, 3, 8, 2, tzinfo=UTC)
    assert resolve_business_date(tenant(), param="", run_after=run_after) == date(2026, 3, 7)


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "01/03/2026"])
def test_a_parameter_that_is_no_date(text):
    with pytest.raises(ValueError):
        resolve_business_date(tenant(), param=text)


@pytest.mark.parametrize(
    ("last", "newest"),
    [(None, "2026-03-08"), ("2026-01-31", "2026-03-08"), ("2027-06-30", "2027-06-30")],
)
def test_a_parameter_that_is_not_over_yet_is_refused(last, newest):
    """A slip of the year would otherwise be committed, and every date before it count as covered for good."""
    company = tenant(last=last and date.fromisoformat(last))
    moment = datetime(2026, 3, 8, 15, tzinfo=UTC)  # 9 March begins in Tokyo
    day = date.fromisoformat(newest)
    assert resolve_business_date(company, param=newest, run_after=moment) == day
    later = (day + timedelta(days=1)).isoformat()
    with pytest.raises(StateError, match=f"{later} is not over yet in Asia/Tokyo"):
        resolve_business_date(company, param=later, run_after=moment)


def test_everything_but_the_parameter_is_capped_at_the_last_business_date():
    company = tenant(last=date(2026, 1, 31))
    later = datetime(2026, 3, 8, 2, tzinfo=UTC)
    cap = date(2026, 1, 31)
    assert resolve_business_date(company, logical_date=later) == cap
    assert resolve_business_date(company, run_after=later) == cap
    earlier = datetime(2026, 1, 6, 2, tzinfo=UTC)
    assert resolve_business_date(company, run_after=earlier) == date(2026, 1, 5)
    assert resolve_business_date(company, param="2026-02-05") == date(2026, 2, 5)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-01T14:59:59.999999+00:00", date(2026, 2, 28)),  # 23:59 on 1 March in Tokyo
        ("2026-03-01T15:00:00+00:00", date(2026, 3, 1)),  # 00:00 on 2 March
        ("2026-03-01T17:00:00+00:00", date(2026, 3, 1)),  # the 02:00 run
        ("2026-03-01T20:00:00+00:00", date(2026, 3, 1)),  # the 05:00 deadline closes the same day
    ],
)
def test_midnight_is_tokyos(instant, expected):
    moment = datetime.fromisoformat(instant)
    assert resolve_business_date(tenant(), logical_date=moment) == expected
    assert resolve_business_date(tenant(), run_after=moment) == expected


def test_a_day_ends_at_midnight_in_tokyo():
    assert day_end(date(2026, 3, 31), ZoneInfo("Asia/Tokyo")) == datetime(
        2026, 3, 31, 15, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Europe/London", date(2026, 3, 29), 23),
        ("Asia/Tokyo", date(2026, 3, 29), 24),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # its midnight does not exist
    ],
)
def test_days_of_a_clock_change(zone, day, hours):
    company = ZoneInfo(zone)
    assert day_end(day, company) - day_end(day - timedelta(days=1), company) == timedelta(
        hours=hours
    )


@given(zone=st.sampled_from(sorted(available_timezones())), day=DAYS)
@example(zone="America/Havana", day=date(2026, 10, 31))  # midnight comes twice
@example(zone="Pacific/Apia", day=date(2011, 12, 29))  # the next day does not exist
def test_a_day_ends_with_its_last_moment(zone, day):
    company = ZoneInfo(zone)
    end = day_end(day, company)
    assert (end - timedelta(microseconds=1)).astimezone(company).date() <= day
    assert end.astimezone(company).date() > day


@given(zone=st.sampled_from(sorted(available_timezones())), day=DAYS, hour=st.integers(0, 23))
def test_a_run_closes_a_day_that_is_over(zone, day, hour):
    """Nothing that happens after the run belongs to the date it closes."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    company = tenant(zone)
    closed = resolve_business_date(company, run_after=moment)
    assert (
        day_end(closed, company.zone)
        <= moment
        < day_end(closed, company.zone) + timedelta(hours=50)
    )


@pytest.mark.parametrize(
    ("announced", "built_up_to", "waiting"),
    [
        ({"crm": [1], "sfa": [2]}, None, []),
        ({"crm": [1], "sfa": []}, None, ["sfa"]),
        ({"crm": [1], "sfa": [2]}, 2, ["crm", "sfa"]),
        ({"crm": [3, 1], "sfa": [2]}, 2, ["sfa"]),
        ({"crm": [3, 1], "sfa": [2, 4]}, 2, []),
        ({"crm": [3, 4], "sfa": [2]}, 2, ["sfa"]),
    ],
    ids=["all", "never", "built", "one again", "all again", "one twice"],
)
def test_a_build_waits_for_every_area_since_the_last_one(announced, built_up_to, waiting):
    """Hours stand for the moments of announcements of one business date."""
    moments = {area: [_hour(n) for n in hours] for area, hours in announced.items()}
    assert areas_to_wait_for(moments, built_up_to and _hour(built_up_to)) == waiting


def _hour(number: int) -> datetime:
    return datetime(2026, 4, 1, number, tzinfo=UTC)


@given(st.lists(st.sampled_from(["crm", "sfa", "ma"]), max_size=30))
def test_each_round_of_announcements_starts_one_build(order):
    """In whatever order areas announce a date: a build starts when the last one has, and for all since the one before."""
    announced: dict[str, list[datetime]] = {"crm": [], "sfa": [], "ma": []}
    built, since = None, set()
    for minute, area in enumerate(order):
        now = datetime(2026, 4, 1, 0, minute, tzinfo=UTC)
        announced[area].append(now)
        since.add(area)
        is_due = areas_to_wait_for(announced, built) == []
        assert is_due == (since == set(announced))
        if is_due:
            built, since = now, set()
