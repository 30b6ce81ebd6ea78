"""What the DAG files share: the tenant's clock, the areas' assets, the tasks of an ingest DAG, a step's report of its failure."""

import logging
import os
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, Connection, Param, get_current_context, task
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowNotFoundException,
    AirflowSkipException,
)

from ingestion.catalogue import AREAS, CatalogueObject, find_object, objects_of
from pipeline import build
from pipeline.alerts import tell_failure
from pipeline.commit import check_and_commit
from pipeline.context import Context, load_context
from pipeline.extract import connected_objects, extract_object
from pipeline.findings import record_source
from pipeline.timetable import DailyAt, clock_name
from runtime.business_date import areas_to_wait_for, id_of_run, resolve_business_date
from runtime.damage import explained
from runtime.errors import AuthenticationError, ContractError, SourceError, WarehouseError
from runtime.progress import BUILD, STARTS_BUILD, report
from runtime.records import Connection as SourceConnection
from runtime.redaction import hide_values, redact
from runtime.settings import get_settings
from runtime.sources import SOURCES

log = logging.getLogger(__name__)

INGEST_AT, DEADLINE = time(2), time(5)
ASSETS = {area: Asset(name=area, uri=f"csw://lake/{area}") for area in AREAS}
BUILD_ASSET = Asset(name="build", uri="csw://build")
NEWEST_EVENTS = 100  # of an asset: older dates may have come again since
PARAMS = {
    "business_date": Param(
        None,
        type=["null", "string"],
        format="date",
        description="Business date; empty = the newest. 基準日",
    ),
    "force": Param(
        False, type="boolean", description="Extract again although the date is committed. 再抽出"
    ),
}


def documented(text: str) -> str:
    """A DAG's text with links to the runbook and the runs on the site, where one is served."""
    site = get_settings().site_url.rstrip("/")
    if not site:
        return text
    pages = {"Runbook 運用手引き": "documents/runbook", "Runs 実行履歴": "runs"}
    return (
        text + "\n" + " · ".join(f"[{name}]({site}/ja/{page}.html)" for name, page in pages.items())
    )


def dag_defaults(when: str, what: str, *tags: str) -> dict[str, Any]:
    """What all DAGs have in common; ``CSW_TASK_RETRIES`` says how often a failed task is tried again.

    Args:
        when: when it runs, in local time.
        what: what it does, EN / JA.
        tags: the words that the UI finds it by.
    """
    return {
        "description": f"{when} {clock_name(load_context().tenant.zone)}: {what}" if when else what,
        "tags": list(tags),
        "on_failure_callback": tell_failure,
        "catchup": False,
        "max_active_runs": 1,
        "params": PARAMS,
        "default_args": {
            "owner": "data-team",
            "retries": int(os.environ.get("CSW_TASK_RETRIES", "2")),
            # longer than any wait a vendor may ask for: a server that sends a byte now and then ends here
            "execution_timeout": timedelta(hours=8),
        },
    }


def daily_at(moment: time) -> DailyAt:
    """Every day at ``moment`` in the tenant's time zone."""
    return DailyAt(f"{moment.minute} {moment.hour} * * *", timezone=load_context().tenant.timezone)


def business_date_of_run() -> date:
    """Business date of the running DAG run (docs/adr/0004-business-date.md)."""
    context = get_current_context()
    return resolve_business_date(
        load_context().tenant,
        param=context["params"].get("business_date"),
        logical_date=context.get("logical_date"),
        run_after=context["dag_run"].run_after,
    )


def business_date_to_run(context: Context) -> str:
    """The business date of a run by hand, if it can be built.

    Raises:
        StateError: it is not over, or lies before the first landed one.
    """
    day = business_date_of_run()
    build.first_landed_date(context, day)
    return day.isoformat()


def builds_so_far() -> dict[str, int]:
    """How many runs of the build have succeeded and failed."""
    instance = get_current_context()["ti"]
    return {
        state: instance.get_dr_count(dag_id=BUILD, states=[state])
        for state in ("success", "failed")
    }


def build_has_ended(before: dict[str, int]) -> bool:
    """Whether a run of the build has ended since ``before``, and none goes on.

    Raises:
        AirflowFailException: it failed.
    """
    instance = get_current_context()["ti"]
    now = builds_so_far()
    goes_on = instance.get_dr_count(dag_id=BUILD, states=["queued", "running"])
    if goes_on or now == before:
        return False
    if now["failed"] > before["failed"]:
        raise AirflowFailException(f"{BUILD} failed: see its run")
    return True


def build_to_start(day: str, is_last: bool) -> datetime:
    """The announcement that a build of a business date is to be started for.

    Args:
        day: the business date.
        is_last: no area is to announce it any more: whatever was announced since the newest build is to be built.
            Otherwise all areas have to have announced it since.

    Returns:
        When the newest announcement was made, in UTC.

    Raises:
        AirflowSkipException: an area has not, nothing was announced since, or `make run` builds.
    """
    if os.environ.get(STARTS_BUILD) == "0":
        raise AirflowSkipException("make run builds when all areas are in")
    announced = {area: [event.timestamp for event in _newest(ASSETS[area], day)] for area in AREAS}
    built = max(map(_up_to, _newest(BUILD_ASSET, day)), default=None)
    waiting = areas_to_wait_for(announced, built)
    if waiting == list(AREAS):
        raise AirflowSkipException(f"all that was announced of {day} is built")
    if waiting and built and not is_last:
        raise AirflowSkipException(
            f"{day} is built, or a daily_run waits for {', '.join(waiting)}; the next build takes this in, too: "
            f"start {BUILD} for {day}, or leave it to {DEADLINE:%H:%M}"
        )
    if waiting and not is_last:
        raise AirflowSkipException(
            f"{day} waits for {', '.join(waiting)}; at {DEADLINE:%H:%M} the build takes what is committed"
        )
    return max(moment for moments in announced.values() for moment in moments).astimezone(UTC)


def _newest(asset: Asset, day: str) -> list[Any]:
    """The asset's events of a business date; those of builds that failed or could not be started left out."""
    context = get_current_context()
    events = context["inlet_events"][asset].ascending(False).limit(NEWEST_EVENTS)
    return [
        event
        for event in events
        if event.extra.get("business_date") == day
        and (
            "run_id" not in event.extra
            or context["ti"].get_dr_count(
                dag_id=BUILD,
                run_ids=[event.extra["run_id"]],
                states=["queued", "running", "success"],
            )
        )
    ]


def _up_to(event: Any) -> datetime:
    return datetime.fromisoformat(event.extra["up_to"])


def forget_announcements(outlet_events: Any, day: str) -> None:
    """Only what is announced from now on starts the next build of a business date; for a task with the outlet ``BUILD_ASSET``."""
    now = datetime.now(UTC).isoformat()
    outlet_events[BUILD_ASSET].extra = {"business_date": day, "up_to": now}


def start_build(is_last: bool = False) -> tuple[Any, Any]:
    """Tasks that start the build of a date that all areas have announced; two that find it at once start the same one.

    Args:
        is_last: as in :func:`build_to_start`.

    Returns:
        The first of them and the last one.
    """

    @task(inlets=[*ASSETS.values(), BUILD_ASSET], outlets=[BUILD_ASSET], multiple_outputs=False)
    def areas_are_in(outlet_events: Any = None) -> dict[str, str]:
        day = business_date_of_run()
        up_to = build_to_start(day.isoformat(), is_last)
        found = {"business_date": day.isoformat(), "run_id": id_of_run(day, up_to)}
        outlet_events[BUILD_ASSET].extra = found | {"up_to": up_to.isoformat()}
        return found

    found = "{{ ti.xcom_pull(task_ids='areas_are_in')['%s'] }}"
    first = areas_are_in()
    last = TriggerDagRunOperator(
        task_id="start_build",
        trigger_dag_id=BUILD,
        trigger_run_id=found % "run_id",
        conf={"business_date": found % "business_date"},
        skip_when_already_exists=True,
        fail_when_dag_is_paused=True,
    )
    first >> last
    return first, last


def ingest_tasks(area: str) -> None:
    """Tasks of an ingest DAG: extract each object, check and commit them together, announce the area, start the build."""

    sources = list(dict.fromkeys(entry.source for entry in objects_of(area)))

    @task
    def connected(source: str) -> list[dict[str, str]]:
        entries = run_and_report(objects_to_extract, area, source)
        return [{"source": source, "object_name": entry.object} for entry in entries]

    @task(map_index_template="{{ object_name }}", multiple_outputs=False)
    def extract(source: str, object_name: str) -> dict[str, Any]:
        context = get_current_context()
        context["source"], context["object_name"] = source, object_name
        force = bool(context["params"].get("force"))
        return run_and_report(extract_from_source, source, object_name, force)

    @task(trigger_rule="all_done")
    def check_and_commit_area(groups: Any) -> None:
        runs = [run for group in groups if group for run in group if run]
        run_and_report(check_and_commit, area, business_date_of_run(), runs)

    @task(outlets=[ASSETS[area]])
    def announce(outlet_events: Any = None) -> None:
        day = business_date_of_run().isoformat()
        outlet_events[ASSETS[area]].extra = {"business_date": day}
        report("announced", dag=f"ingest_{area}", business_date=day)

    signed_in = {
        source: connected.override(task_id=f"connected_{source}")(source) for source in sources
    }
    runs = [
        extract.override(task_id=f"extract_{source}", pool=SOURCES[source].pool).expand_kwargs(
            entries
        )
        for source, entries in signed_in.items()
    ]
    # a source that cannot be read at all fails the area, if none of its objects is required too
    [check_and_commit_area(runs), *signed_in.values()] >> announce() >> start_build()[0]


def objects_to_extract(context: Context, area: str, source: str) -> list[CatalogueObject]:
    """Those of the area that a source offers; none if the tenant has not connected it."""
    if source not in context.tenant.systems:
        return []
    day = business_date_of_run()
    build.first_landed_date(context, day)  # what the build would refuse is not read
    try:
        entries = connected_objects(context, area, source, connection_of(source), day)
    except Exception as error:
        record_source(context, area, source, day, hide_values(redact(str(error))))
        raise
    record_source(context, area, source, day, "")
    return entries


def extract_from_source(
    context: Context, source: str, object_name: str, force: bool
) -> dict[str, Any]:
    """Land one object, through its source's Airflow connection."""
    entry = find_object(source, object_name)
    return extract_object(context, entry, business_date_of_run(), connection_of(source), force)


def run_and_report(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Run one step of the pipeline and report its failure; only an unreadable source is worth a retry."""
    try:
        return function(load_context(), *arguments, **options)
    except WarehouseError as error:
        told, message = traceback.format_exc(), str(error)
        may_pass = isinstance(error, SourceError) and not isinstance(error, AuthenticationError)
        failure = error if may_pass else AirflowFailException(message)
        cause = error.__cause__ if may_pass else error
    except Exception as error:
        told, text = traceback.format_exc(), str(error)
        known = explained(error, get_settings().home)
        message = (
            str(known)
            if known
            else redact(f"unexpected {type(error).__name__} in {function.__name__}: {text}")
        )
        failure = error if hide_values(text) == text else RuntimeError(hide_values(message))
        if known:
            failure = AirflowFailException(message)
        cause = error.__cause__
    blocked = isinstance(cause, ContractError)
    report("failed", **_running(), message=hide_values(message), is_blocked=blocked)
    if hide_values(told) != told:  # the log would show a value that the engine could not take
        log.error(hide_values(told))
        cause = None
    raise failure from cause


def _running() -> dict[str, str]:
    """The running DAG and, in an extraction, its object."""
    context = get_current_context()
    running = {"dag": context["dag"].dag_id}
    if "object_name" in context:
        running |= {"source": context["source"], "object": context["object_name"]}
    return running


def connection_of(source: str) -> SourceConnection:
    """The source's Airflow connection; a file drop may go without (its folder in the tenant folder is read)."""
    spec = SOURCES[source]
    try:
        connection = Connection.get(spec.connection_id)
    except AirflowNotFoundException as error:
        if spec.is_file_drop:
            return SourceConnection(host="")
        hint = f"set {spec.connection_variable} (see .env.example) or add it in the Airflow UI"
        if spec.sandbox:
            hint += f"; or put its objects into {source}/ of the tenant folder, for the sandbox"
        raise SourceError(
            source, spec.connection_id, "there is no such Airflow connection", hint
        ) from error
    host = connection.host or ""
    if connection.port:
        host = f"{host}:{connection.port}"
    return SourceConnection(
        host, connection.login or "", connection.password or "", connection.extra_dejson
    )
