"""Scenario 23, and 24: repeats at page boundaries, a crowded second, system updates, no clock of ours."""

from datetime import UTC, datetime

DAY = "2026-11-02"
START = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


def event(number, second):
    return {"id": number, "ticket_id": 1, "timestamp": START + second, "child_events": []}


def test_a_page_boundary_repeats_records_and_they_land_once(play):
    daily = play({"zendesk/ticket_events": [event(i, i // 3) for i in range(2_500)]})
    (manifest,) = daily.run(DAY, "zendesk.ticket_events")
    shown = sum(r["status"] == 200 for r in daily.requests("zendesk")) - 1
    assert shown == manifest.pages == 3
    assert manifest.rows == len(daily.state("zendesk.ticket_events")) == 2_500


def test_more_than_a_page_in_one_second_ends(play):
    crowd = [event(i, 100) for i in range(2_100)]
    daily = play({"zendesk/ticket_events": [event(9_000, 0), *crowd, event(9_001, 200)]})
    daily.run(DAY, "zendesk.ticket_events")
    assert len(daily.state("zendesk.ticket_events")) == 2_102


def test_a_system_update_does_not_move_updated_at(play):
    """Both the export and the current state go by generated_timestamp."""
    first = {"id": 1, "status": "open", "updated_at": "2026-11-01T00:00:00Z"}
    first["generated_timestamp"] = START
    later = first | {"status": "closed", "generated_timestamp": START + 9 * 86_400}
    daily = play({"zendesk/tickets": [first, later]})
    for day in ("2026-11-01", "2026-11-05", "2026-11-10"):
        daily.run(day, "zendesk.tickets")
    assert daily.state("zendesk.tickets")["1"]["status"] == "closed"


def test_the_start_is_the_watermark_and_never_now(play):
    """24: a first run reads from the beginning; a run after an outage from where the last one ended."""
    tickets = [
        {"id": i, "status": "open", "generated_timestamp": START + i * 86_400} for i in range(20)
    ]
    daily = play({"zendesk/tickets": tickets})
    daily.run("2026-11-01", "zendesk.tickets")
    daily.run("2026-11-20", "zendesk.tickets")
    assert len(daily.state("zendesk.tickets")) == 20
    starts = [r["query"] for r in daily.requests("zendesk") if "start_time=" in r["query"]]
    assert "start_time=0" in starts[0]
    assert f"start_time={START + 15 * 3_600 - 3 * 86_400}" in starts[1]


def test_the_withheld_minute_comes_with_the_next_run(play):
    late = START + 2 * 86_400 + 15 * 3_600 + 5 * 60 - 30  # half a minute before the run
    daily = play({"zendesk/tickets": [{"id": 1, "status": "open", "generated_timestamp": late}]})
    daily.run(DAY, "zendesk.tickets")
    daily.run("2026-11-03", "zendesk.tickets")
    daily.run("2026-11-04", "zendesk.tickets")
    assert set(daily.state("zendesk.tickets")) == {"1"}
