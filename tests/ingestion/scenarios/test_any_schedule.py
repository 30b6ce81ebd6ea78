"""For any history and any schedule of runs the current state is that of one extraction at the end."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from salesforce_records import ACCOUNT, DAYS, HOUR, START, purged, record

MAX_LATENESS = timedelta(hours=60)  # below the look-back of three days
IDS = range(6)

# When something happens: few moments, so that many records share one timestamp.
moments = st.integers(0, 40).map(lambda quarter: START + 6 * quarter * HOUR)
changes = st.tuples(
    moments,
    st.sampled_from(IDS),
    st.sampled_from(["write", "write", "write", "delete", "purge"]),
    st.sampled_from([timedelta(0), timedelta(0), HOUR, MAX_LATENESS]),
)
bursts = st.lists(st.tuples(moments, st.sets(st.sampled_from(IDS), min_size=3)), max_size=2)
# Of every day: run it, run it twice, force it again, let it fail half way, rerun an older date, or not at all.
schedules = st.lists(
    st.sampled_from(["run", "run", "twice", "force", "fails", "backfill", "skip"]),
    min_size=9,
    max_size=9,
)


@st.composite
def histories(draw):
    """Versions of a few records; one record's commits follow each other as its stamps do."""
    events = draw(st.lists(changes, max_size=25))
    events += [
        (at, key, "write", timedelta(0)) for at, keys in draw(bursts) for key in sorted(keys)
    ]
    versions, last_shown, gone = [], {}, set()
    for number, (at, key, kind, lateness) in enumerate(sorted(events, key=lambda e: e[0])):
        if key in gone:
            continue
        shown_at = max(at + lateness, last_shown.get(key, at))
        # A row is locked from its stamp to its commit: nothing else changes it in between.
        if at < last_shown.get(key, at):
            continue
        last_shown[key] = shown_at
        if kind == "purge":
            gone.add(key)
            versions.append(purged(key, shown_at))
        else:
            fields = {"Name": f"v{number}", "IsDeleted": kind == "delete"}
            versions.append(record(key, at, shown_at, **fields))
    return versions


def act(daily, number, action):
    day = DAYS[number]
    if action == "skip":
        return
    if action == "fails":
        daily.world.now = daily.at_end_of(day)
        daily.extract(day, ACCOUNT)  # landed, and killed before its check and commit
        return
    daily.run(day, ACCOUNT)
    if action == "twice":
        daily.run(day, ACCOUNT)
    if action == "force":
        daily.run(day, ACCOUNT, at=daily.at_end_of(day) + 2 * HOUR, force=True)
    if action == "backfill" and number:
        older = DAYS[number - 1]
        daily.run(older, ACCOUNT, at=daily.at_end_of(day) + HOUR, force=True)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories(), schedules, st.sampled_from([{}, {"bulk_threshold": 2}]))
def test_any_schedule_ends_as_one_extraction_at_the_end(play, versions, schedule, extra):
    """Scenarios 1 to 5, 13, 28, 29, 33 at random; the last day's run compares everything."""
    versions = versions or [record(0, START)]
    daily = play({"salesforce/Account": versions})
    daily.extra["salesforce"] = extra
    for number, action in enumerate(schedule):
        act(daily, number, action)
    daily.extra["salesforce"] = extra | {"compare_days": 1}
    daily.run(DAYS[9], ACCOUNT)
    end = daily.at_end_of(DAYS[9]) - timedelta(minutes=5)

    once = play({"salesforce/Account": versions})
    once.run(DAYS[9], ACCOUNT)
    assert daily.state(ACCOUNT, before=end) == once.state(ACCOUNT, before=end)
    assert once.state(ACCOUNT, before=end) == once.state(ACCOUNT)


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories(), schedules)
def test_without_purges_windows_alone_are_enough(play, versions, schedule):
    """Scenarios 1 to 4: commits late by less than the look-back need no comparison."""
    kept = [v for v in versions if "_purged" not in v] or [record(0, START)]
    daily = play({"salesforce/Account": kept})
    daily.extra["salesforce"] = {"compare_days": 1000}
    for number, action in enumerate(schedule):
        act(daily, number, action)
    daily.run(DAYS[9], ACCOUNT)
    once = play({"salesforce/Account": kept})
    once.run(DAYS[9], ACCOUNT)
    assert daily.state(ACCOUNT) == once.state(ACCOUNT)
