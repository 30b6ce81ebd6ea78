"""For any history and any schedule of runs the staging tables are those of one extraction at the end."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from salesforce_records import ACCOUNT, DAYS, HOUR, START, purged, record

MAX_LATENESS = timedelta(hours=60)  # below the look-back of three days
IDS = range(6)
COMPANIES, TICKETS = "hubspot.companies", "zendesk.tickets"

bounded = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

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
actions = st.sampled_from(["run", "run", "twice", "force", "fails", "backfill", "skip"])
schedules = st.lists(actions, min_size=9, max_size=9)


def account(number, at, shown_at, text, is_deleted):
    return record(number, at, shown_at, Name=text, IsDeleted=is_deleted)


def company(number, at, shown_at, text, is_deleted):
    return {
        "id": str(number),
        "properties": {"name": text},
        "createdAt": START.isoformat(),
        "updatedAt": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
        "archived": is_deleted,
        "_visible_from": shown_at.isoformat(),
    }


def erased(number, at):
    return {"id": str(number), "_visible_from": at.isoformat(), "_purged": True}


def ticket(number, at, shown_at, text, is_deleted):
    """The export shows a change at once; the time of it is the system's own."""
    return {
        "id": number,
        "external_id": text,
        "status": "deleted" if is_deleted else "open",
        "generated_timestamp": int(shown_at.timestamp()),
    }


@st.composite
def histories(draw, write, purge=None):
    """Versions of a few records; one record's commits follow each other as its stamps do."""
    events = draw(st.lists(changes, max_size=25))
    events += [
        (at, key, "write", timedelta(0)) for at, keys in draw(bursts) for key in sorted(keys)
    ]
    versions, last_shown, gone = [write(0, START, START, "first", False)], {0: START}, set()
    for number, (at, key, kind, lateness) in enumerate(sorted(events, key=lambda e: e[0])):
        # A row is locked from its stamp to its commit: nothing else changes it in between.
        if key in gone or at < last_shown.get(key, at):
            continue
        shown_at = last_shown[key] = at + lateness
        if kind == "purge" and purge:
            gone.add(key)
            versions.append(purge(key, shown_at))
        else:
            versions.append(write(key, at, shown_at, f"v{number}", kind != "write"))
    return versions


def act(daily, number, action, *names):
    day = DAYS[number]
    if action == "skip":
        return
    if action == "fails":
        daily.world.now = daily.at_end_of(day)
        for name in names:
            daily.extract(day, name)  # landed, and killed before its check and commit
        return
    daily.run(day, *names)
    if action == "twice":
        daily.run(day, *names)
    if action == "force":
        daily.run(day, *names, at=daily.at_end_of(day) + 4 * HOUR, force=True)
    if action == "backfill" and number:
        daily.run(DAYS[number - 1], *names, at=daily.at_end_of(day) + HOUR, force=True)


# A failing history is not shrunk: every try of it costs seconds of dbt.
@settings(bounded, max_examples=5, phases=[Phase.generate])
@given(
    files=st.fixed_dictionaries(
        {
            "salesforce/Account": histories(account, purged),
            "hubspot/companies": histories(company, erased),
            "zendesk/tickets": histories(ticket),
        }
    ),
    schedule=schedules,
    builds=st.dictionaries(st.integers(0, 8), st.sampled_from(["done", "killed"]), max_size=4),
    bulk_threshold=st.sampled_from([2, 50_000]),
)
def test_any_schedule_ends_as_one_extraction_at_the_end(
    play, files, schedule, builds, bulk_threshold
):
    """Scenarios 1 to 5, 13, 16, 18, 28, 29, 33 at random, dbt building on some of the days or killed at it.

    On the last day everything is compared with the vendor.
    """
    names = (ACCOUNT, COMPANIES, TICKETS)
    daily = play(files)
    daily.extra["salesforce"] = {"bulk_threshold": bulk_threshold}
    for number, action in enumerate(schedule):
        act(daily, number, action, *names)
        if number in builds and any(daily.lake.committed(daily.lake_entry(name)) for name in names):
            is_killed = builds[number] == "killed"
            daily.models.build(daily.context, DAYS[number], *names, killed=is_killed)
    daily.extra = {source: {"compare_days": 1} for source in ("salesforce", "hubspot")}
    daily.run(DAYS[9], *names)
    daily.models.build(daily.context, DAYS[9], *names)

    once = play(files)
    once.run(DAYS[9], *names)
    once.models.build(once.context, DAYS[9], *names)
    for name in names:
        assert daily.models.staged(daily.context, name) == once.models.staged(once.context, name)


@settings(bounded, max_examples=6)
@given(histories(account), schedules)
def test_without_purges_windows_alone_are_enough(play, versions, schedule):
    """Scenarios 1 to 4: commits late by less than the look-back need no comparison."""
    daily = play({"salesforce/Account": versions})
    daily.extra["salesforce"] = {"compare_days": 1000}
    for number, action in enumerate(schedule):
        act(daily, number, action, ACCOUNT)
    daily.run(DAYS[9], ACCOUNT)
    once = play({"salesforce/Account": versions})
    once.run(DAYS[9], ACCOUNT)
    assert daily.state(ACCOUNT) == once.state(ACCOUNT)
