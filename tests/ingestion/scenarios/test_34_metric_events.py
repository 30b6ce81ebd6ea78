"""Scenario 34: a breach of the future, taken back later; ratings, survey responses and calls beside it."""

import pytest

from runtime.errors import SourceError

METRICS = "zendesk.ticket_metric_events"


def event(kind, moment, **more):
    return {"id": 1, "ticket_id": 7, "metric": "reply_time", "type": kind, "time": moment, **more}


def test_a_breach_that_is_taken_back_is_gone(play):
    breach = event("breach", "2026-11-04T12:00:00Z", _visible_from="2026-11-02T01:00:00Z")
    taken_back = breach | {"deleted": True, "_visible_from": "2026-11-03T01:00:00Z"}
    other = event("activate", "2026-11-02T01:00:00Z") | {"id": 2}
    daily = play({"zendesk/ticket_metric_events": [breach, taken_back, other]})
    daily.run("2026-11-02", METRICS)
    assert set(daily.state(METRICS)) == {"1", "2"}
    # As of its day the breach has not come: models take what lies before the end of the date.
    assert set(daily.state(METRICS, "2026-11-02")) == {"2"}
    daily.run("2026-11-03", METRICS)
    assert set(daily.state(METRICS)) == {"2"}


def test_a_breach_that_comes_stays(play):
    breach = event("breach", "2026-11-04T12:00:00Z", _visible_from="2026-11-02T01:00:00Z")
    daily = play({"zendesk/ticket_metric_events": [breach]})
    for day in ("2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"):
        daily.run(day, METRICS)
    assert set(daily.state(METRICS, "2026-11-04")) == {"1"}


def test_pages_of_events_of_one_second(play):
    """2: 250 events in one second, 100 a page."""
    events = [event("activate", "2026-11-02T01:00:00Z") | {"id": i} for i in range(250)]
    daily = play({"zendesk/ticket_metric_events": events})
    (manifest,) = daily.run("2026-11-02", METRICS)
    assert (manifest.rows, manifest.pages, len(daily.state(METRICS))) == (250, 3, 250)


def test_a_rating_changed_long_after_is_found(play):
    first = {"id": 5, "score": "offered", "ticket_id": 7, "updated_at": "2026-11-01T00:00:00Z"}
    second = first | {"score": "bad", "_visible_from": "2026-11-20T00:00:00Z"}
    daily = play({"zendesk/satisfaction_ratings": [first, second]})
    for day in ("2026-11-01", "2026-11-19", "2026-11-20"):
        daily.run(day, "zendesk.satisfaction_ratings")
    assert daily.state("zendesk.satisfaction_ratings")["5"]["score"] == "bad"


@pytest.mark.parametrize("name", ["satisfaction_ratings", "survey_responses"])
def test_an_edit_behind_the_look_back_comes_with_the_comparison(play, name):
    first = {"id": 5, "comment": "so so", "updated_at": "2026-10-01T00:00:00Z"}
    second = first | {"comment": "good", "_visible_from": "2026-11-20T00:00:00Z"}
    daily = play({f"zendesk/{name}": [first, second]})
    for day in ("2026-10-01", "2026-11-08", "2026-11-20"):
        daily.run(day, f"zendesk.{name}")
    assert daily.state(f"zendesk.{name}")["5"]["comment"] == "so so"
    daily.run("2026-12-06", f"zendesk.{name}")
    assert daily.state(f"zendesk.{name}")["5"]["comment"] == "good"


def test_an_edited_survey_response_replaces_the_first_one(play):
    answers = [{"type": "rating_scale", "rating": 2, "updated_at": "2026-11-01T00:00:00Z"}]
    first = {"id": "01H", "answers": answers, "updated_at": "2026-11-01T00:00:00Z"}
    better = first | {"answers": [answers[0] | {"rating": 5}], "updated_at": "2026-11-02T00:00:00Z"}
    daily = play({"zendesk/survey_responses": [first, better]})
    for day in ("2026-11-01", "2026-11-02"):
        daily.run(day, "zendesk.survey_responses")
    assert '"rating":5' in daily.state("zendesk.survey_responses")["01H"]["answers"]


@pytest.mark.parametrize("crowd", [999, 1_001, 2_400])
def test_calls_are_read_to_the_end(play, crowd):
    """Talk's pages of 1,000 repeat their last second and never say that they are the last."""
    calls = [
        {"id": i, "duration": 60, "updated_at": f"2026-11-01T00:{i // 40 % 60:02d}:00Z"}
        for i in range(2_300)
    ]
    calls += [
        {"id": 5_000 + i, "duration": 60, "updated_at": "2026-11-02T00:00:00Z"}
        for i in range(crowd)
    ]
    daily = play({"zendesk/calls": calls})
    (manifest,) = daily.run("2026-11-02", "zendesk.calls")
    assert len(daily.state("zendesk.calls")) == manifest.rows == 2_300 + crowd


def test_a_full_page_of_one_second_is_not_taken_for_the_last(play):
    """Whether the vendor cut it cannot be seen: better no run than a lost call."""
    calls = [{"id": i, "updated_at": f"2026-11-01T00:{i:02d}:00Z"} for i in range(50)]
    calls += [{"id": 1_000 + i, "updated_at": "2026-11-02T00:00:00Z"} for i in range(1_000)]
    daily = play({"zendesk/calls": calls})
    with pytest.raises(SourceError, match="calls: the export repeats itself"):
        daily.run("2026-11-02", "zendesk.calls")


@pytest.mark.parametrize("name", ["zendesk.calls", "zendesk.survey_responses"])
def test_what_the_plan_does_not_have_costs_one_request(play, name):
    daily = play({})
    (manifest,) = daily.run("2026-11-02", name)
    assert manifest.rows == 0
    assert [r["status"] for r in daily.requests("zendesk")][1:] == [404]
