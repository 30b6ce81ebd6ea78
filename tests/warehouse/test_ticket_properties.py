"""Any tickets: times, reopening, one-touch and what waits each day agree with the plain Python recomputation."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.compiled import Chain
from tests.warehouse.ticket_oracle import BusinessHours, Event, Ticket, all_measures, backlog

AS_OF = date(2026, 12, 31)  # after everything that is drawn
STATUSES = ["new", "open", "pending", "hold", "solved", "solved", "closed"]
# Golden Week, the Marine Day weekend, the end of daylight saving time in the US, any other time.
starts = st.sampled_from(
    [
        datetime(2026, 5, 1, 8, 59, 30, tzinfo=UTC),  # Friday 17:59:30 in Tokyo
        datetime(2026, 5, 6, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 7, 17, 8, 30, tzinfo=UTC),
        datetime(2025, 10, 31, 21, 0, tzinfo=UTC),
    ]
) | st.datetimes(datetime(2026, 4, 1), datetime(2026, 7, 20), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
waits = st.sampled_from([0, 1, 29, 30, 31, 89, 90, 3600, 86_400, 4 * 86_400]) | st.integers(
    0, 12 * 86_400
)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """A ticket whose status changes follow each other; comments by all sorts of people between them."""
    at = created = draw(starts)
    opened_by = draw(st.sampled_from(["end_user", "end_user", "agent"]))
    events: list[Event] = []
    if draw(st.booleans()):  # the opening text is a comment too
        events.append(Event(created, True, opened_by))
    status = "new"
    for _ in range(draw(st.integers(0, 6))):
        at += timedelta(seconds=1 + draw(waits))
        if draw(st.booleans()):
            actor = draw(st.sampled_from(["agent", "agent", "end_user", "bot"]))
            events.append(Event(at, True, actor, draw(st.sampled_from([True, True, False]))))
        else:
            after = draw(st.sampled_from([name for name in STATUSES if name != status]))
            events.append(Event(at, False, "agent", before=status, after=after))
            status = after
    return Ticket(
        created,
        opened_by,
        is_spam=draw(st.sampled_from([False] * 9 + [True])),
        merged_into=draw(st.sampled_from([None] * 9 + ["t9"])),
        channel=draw(st.sampled_from(["email"] * 9 + ["side_conversation"])),
        events=draw(st.permutations(events)),
    )


HOURS = [
    ("09:00", "18:00", (1, 2, 3, 4, 5), "Asia/Tokyo"),
    ("08:30", "21:15", (2, 3, 6, 7), "Asia/Tokyo"),
    ("03:00", "12:00", (1, 2, 3, 4, 5, 6, 7), "America/New_York"),  # the clocks change at 2
]


@pytest.fixture(scope="module", params=HOURS, ids=str)
def chain(request: pytest.FixtureRequest) -> tuple[Chain, BusinessHours]:
    """The models with one schedule of support."""
    start, end, weekdays, zone = request.param
    variables = {
        "as_of_date": AS_OF.isoformat(),
        "timezone": zone,
        "first_business_date": "2025-01-01",
        "business_hours": {"start": start, "end": end, "days": list(weekdays)},
    }
    built = Chain(
        ("fct_ticket", "fct_ticket_backlog_daily"),
        ("support__ticket", "support__ticket_event"),
        {},
        variables,
    )
    clock = [time.fromisoformat(text) for text in (start, end)]
    return built, BusinessHours(*clock, weekdays, ZoneInfo(zone))


def entities(worlds: list[Ticket]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the input entities; tickets are numbered t0, t1 …"""
    rows, events = [], []
    for number, ticket in enumerate(worlds):
        key = f"t{number}"
        last = max((e for e in ticket.events if not e.is_comment), key=lambda e: e.at, default=None)
        rows.append(
            {
                "ticket_id": key,
                "channel": ticket.channel,
                "created_at": ticket.created_at,
                "status": last.after if last else "new",
                "is_complaint": False,
                "created_by_role": ticket.opened_by,
                "merged_into": ticket.merged_into,
                "is_spam": ticket.is_spam,
                "updated_at": ticket.created_at,
                "_build_id": 1,
            }
        )
        events += [
            {
                "event_id": f"{key}-{position}",
                "ticket_id": key,
                "type": "comment" if event.is_comment else "status_change",
                "from_status": event.before,
                "to_status": event.after,
                "is_public": event.is_public if event.is_comment else None,
                "actor_role": event.actor,
                "occurred_at": event.at,
                "_build_id": 1,
            }
            for position, event in enumerate(ticket.events)
        ]
    return {"support__ticket": rows, "support__ticket_event": events}


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(worlds=st.lists(tickets(), min_size=1, max_size=6))
def test_tickets_agree_with_the_oracle(
    chain: tuple[Chain, BusinessHours], worlds: list[Ticket]
) -> None:
    """Calendar and business minutes, reopenings, replies, one-touch; spam, merged and child tickets are out."""
    models, hours = chain
    models.run(**entities(worlds))
    expected = all_measures(((f"t{n}", ticket) for n, ticket in enumerate(worlds)), hours)
    found = {row["ticket_key"]: row for row in models.rows("fct_ticket")}
    assert found.keys() == expected.keys()
    assert [
        (key, name, found[key][name], value)
        for key, values in expected.items()
        for name, value in values.items()
        if found[key][name] != value
    ] == []
    days: dict[date, list[int]] = {}
    for row in models.rows("fct_ticket_backlog_daily"):
        ages = [row[name] for name in ("age_0_1", "age_2_3", "age_4_7", "age_8_plus")]
        days[row["date_day"]] = [
            a + b for a, b in zip(days.get(row["date_day"], [0] * 4), ages, strict=True)
        ]
    if expected:
        assert days == backlog(worlds, min(days), AS_OF, hours.zone)
