"""What every DAG must be: scheduled in the tenant's zone, one run at a time, documented, one writer."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli import airflow_home
from ingestion.catalogue import AREAS
from runtime.business_date import resolve_business_date
from runtime.settings import PROJECT_ROOT, Settings
from runtime.tenant import load_tenant
from tests.conftest import environment

INGEST = tuple(f"ingest_{area}" for area in AREAS)
SCHEDULED = (*INGEST, "build_warehouse", "watch_publication")
ALL = (*SCHEDULED, "daily_run")
ZONE = "America/New_York"  # not the default, and its clock changes
SITE = "http://127.0.0.1:8000"
WRITERS = {"load", "dbt_build", "audit", "publish", "site"}


@pytest.fixture(scope="module")
def tenant_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tenant")
    text = f"name: acme\ntimezone: {ZONE}\nfirst_business_date: 2026-01-01\nsystems: [files]\n"
    (folder / "tenant.yml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def bag(tmp_path_factory, tenant_folder):
    """The DAG files as the DAG processor reads them."""
    before = dict(os.environ)
    airflow_home.configure(Settings(home=tmp_path_factory.mktemp("airflow")), tenant_folder)
    os.environ["CSW_SITE_URL"] = SITE
    try:
        from airflow.dag_processing.dagbag import DagBag

        yield DagBag(PROJECT_ROOT / "dags")
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(params=SCHEDULED)
def dag(bag, request):
    return bag.dags[request.param]


@pytest.fixture(params=ALL)
def any_dag(bag, request):
    return bag.dags[request.param]


def runs_from(dag, start, count):
    """When the scheduler starts ``count`` runs after one at ``start``, in UTC."""
    from airflow.timetables.base import DataInterval, TimeRestriction
    from pendulum import instance

    anything = TimeRestriction(earliest=None, latest=None, catchup=True)
    last, moments = DataInterval.exact(instance(start)), []
    for _ in range(count):
        run = dag.timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=anything
        )
        moments.append(run.run_after.astimezone(UTC))
        last = run.data_interval
    return moments


def test_the_dags_without_import_errors(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == set(ALL)


def test_what_the_dags_share_reads_nothing_when_it_is_imported(tmp_path):
    """Neither a tenant nor the environment: only a DAG file asks for them."""
    command = [sys.executable, "-c", "import pipeline.tasks"]
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment(tmp_path), check=True)
    assert list(tmp_path.iterdir()) == []


def test_no_task_runs_without_end(any_dag):
    assert all(task.execution_timeout for task in any_dag.tasks)


def test_owner_tags_and_parameters(any_dag):
    assert {task.owner for task in any_dag.tasks} == {"data-team"}
    assert any_dag.tags & {"ingest", "build", "watch", "run"}
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", any_dag.description)
    assert set(any_dag.params) == {"business_date", "force"}
    assert any_dag.params["business_date"] is None


def test_the_documentation_says_what_to_do_when_it_fails(any_dag):
    title, failure = any_dag.doc_md.split("**When it fails**")
    assert f"### {any_dag.dag_id} — " in title
    assert len(failure.split()) >= 10
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", title), "a Japanese title"


def test_the_timetable_document_names_every_dag_and_task(bag):
    text = (PROJECT_ROOT / "dags" / "README.md").read_text(encoding="utf-8")
    for dag_id in ALL:
        assert f"`{dag_id}`" in text
    tasks = {task for dag_id in ALL for task in bag.dags[dag_id].task_ids}
    for task in {re.sub("^(connected|extract)_.*", r"\1_<source>", task) for task in tasks}:
        if task not in ("finished", "announce"):
            assert f"`{task}`" in text


def test_one_run_at_a_time_and_no_catching_up(any_dag):
    assert any_dag.max_active_runs == 1
    assert any_dag.catchup is False


def test_no_start_depends_on_the_moment_of_parsing(dag):
    """Unpausing starts nothing, and the same file is the same DAG tomorrow."""
    assert dag.start_date is None
    assert {task.start_date for task in dag.tasks} == {None}
    assert not re.search(
        r"\bnow\(|\btoday\(|days_ago", Path(dag.fileloc).read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("minutes", [0, 1, 100, 1439])
def test_a_first_run_waits_for_its_time(dag, minutes, monkeypatch):
    """Also soon after it, when Airflow would make up for the one that was not there."""
    from airflow.timetables import trigger
    from airflow.timetables.base import TimeRestriction
    from pendulum import instance

    (due,) = runs_from(dag, datetime(2026, 3, 4, 12, tzinfo=UTC), 1)
    now = datetime.fromtimestamp(due.timestamp() + 60 * minutes, UTC)
    monkeypatch.setattr(trigger, "utcnow", lambda: instance(now))
    anything = TimeRestriction(earliest=None, latest=None, catchup=False)
    first = dag.timetable.next_dagrun_info(last_automated_data_interval=None, restriction=anything)
    assert first.run_after.astimezone(UTC) >= now


def test_runs_are_named_after_their_business_date(dag, tenant_folder):
    """As the scheduler names them: with the timetable it has read back from what is serialised."""
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.utils.types import DagRunType
    from pendulum import instance

    (due,) = runs_from(dag, datetime(2026, 3, 4, 12, tzinfo=UTC), 1)
    read: SerializedDAG = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    given = {"run_after": instance(due), "data_interval": None}
    day = resolve_business_date(load_tenant(tenant_folder), run_after=due)
    name = read.timetable.generate_run_id(run_type=DagRunType.SCHEDULED, **given)
    assert name == f"scheduled__{day}__{due:%Y%m%dT%H%M%S}"
    by_hand = read.timetable.generate_run_id(run_type=DagRunType.MANUAL, **given)
    assert by_hand.startswith("manual__")


def test_the_schedule_is_said_in_the_names_of_clocks(dag):
    from pipeline.timetable import clock_name

    assert re.fullmatch(r"0[257]:00 EST/EDT", dag.timetable.summary)
    assert dag.description.startswith(dag.timetable.summary)
    assert clock_name(ZoneInfo("Asia/Tokyo")) == "JST"


def test_scheduled_at_the_tenants_clock(dag):
    """02:00, 05:00 and 07:00 there, once a day, over the change of the clock too."""
    hour = {"build_warehouse": 5, "watch_publication": 7}.get(dag.dag_id, 2)
    zone = ZoneInfo(ZONE)
    start = datetime.combine(date(2026, 3, 4), time(hour), zone)
    local = [moment.astimezone(zone) for moment in runs_from(dag, start, 7)]
    assert [moment.date() for moment in local] == [date(2026, 3, 5 + n) for n in range(7)]
    # 02:00 of 8 March does not exist
    assert {m.hour for m in local if m.date() != date(2026, 3, 8)} == {hour}
    assert {(m.minute, m.second) for m in local} == {(0, 0)}


def test_every_dag_closes_the_day_before(dag, tenant_folder):
    """The deadline of the build closes the date that the ingest runs have brought."""
    start = datetime.combine(date(2026, 3, 4), time(5), ZoneInfo(ZONE))
    for moment in runs_from(dag, start, 7):
        day = resolve_business_date(load_tenant(tenant_folder), logical_date=moment)
        assert day == moment.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=1)


def test_an_ingest_dag_announces_its_area(bag):
    for area in AREAS:
        dag = bag.dags[f"ingest_{area}"]
        announce = dag.get_task("announce")
        assert [asset.name for asset in announce.outlets] == [area]
        assert announce.trigger_rule == "all_success"
        # a source that cannot be signed in to fails the DAG, whatever it is required for
        connected = {name for name in dag.task_ids if name.startswith("connected_")}
        assert announce.upstream_task_ids == {"check_and_commit_area", *connected}
        assert dag.get_task("check_and_commit_area").trigger_rule == "all_done"


def test_an_ingest_dag_starts_the_build_that_all_areas_have_announced(bag):
    """Named after its date and the announcement that completed it: two that find it at once start one."""
    for area in AREAS:
        dag = bag.dags[f"ingest_{area}"]
        look, (last,) = dag.get_task("areas_are_in"), dag.leaves
        assert look.upstream_task_ids == {"announce"}
        assert {asset.name for asset in look.inlets} == {*AREAS, "build"}
        assert [asset.name for asset in look.outlets] == ["build"]
        assert last.upstream_task_ids == {"areas_are_in"}
        assert (last.trigger_dag_id, last.skip_when_already_exists) == ("build_warehouse", True)


def test_one_writer_of_the_warehouse(bag):
    """Every task that opens it is in the pool of one slot; no ingest task is."""
    pools = {(dag_id, task.task_id): task.pool for dag_id in ALL for task in bag.dags[dag_id].tasks}
    assert {key for key, pool in pools.items() if pool == "duckdb_writer"} == {
        ("build_warehouse", task) for task in WRITERS
    }


def test_a_failed_step_fails_the_build(bag):
    """The site is rendered after a block too, and its success does not hide the block."""
    dag = bag.dags["build_warehouse"]
    (last,) = dag.leaves
    assert last.trigger_rule == "all_success"
    assert last.upstream_task_ids == {"publish", "site"}
    assert dag.get_task("site").trigger_rule == "all_done"
    assert dag.get_task("publish").upstream_task_ids == {"audit"}


def test_dag_files_are_thin(any_dag):
    text = Path(any_dag.fileloc).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    assert not re.search(r"\b(select|insert|create table)\b.*\bfrom\b", text, re.IGNORECASE)


def test_every_dag_leads_to_the_runbook_and_the_runs(any_dag):
    for page in ("documents/runbook", "runs"):
        assert f"({SITE}/ja/{page}.html)" in any_dag.doc_md
