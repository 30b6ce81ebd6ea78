"""Build the warehouse for a business date: load, dbt, audit, publish, site."""

from datetime import date, timedelta
from pathlib import Path

from expectations.contracts import contract_for
from ingestion.catalogue import load_catalogue, objects_of
from ingestion.load import load, store_findings, store_salt
from pipeline import dbt, slices
from pipeline.build_findings import record_build
from pipeline.build_plan import BuildPlan, Mode, audit_run_id
from pipeline.build_register import Build, BuildRegister
from pipeline.context import Context
from pipeline.held_back import check_held_back
from pipeline.history import check_history, slice_rows
from pipeline.rebuilt_files import RebuildSettings, finish_replacing
from pipeline.spark.session import is_begun
from publishing.snapshot import current_snapshot, publish_snapshot, published_findings
from runtime.duckdb_connection import connect, create_database
from runtime.errors import BuildError, ContractError, StateError
from runtime.progress import report
from runtime.settings import Settings
from runtime.sql import identifier

ALL_KEYS_EVERY = timedelta(days=7)


def load_and_plan(context: Context, business_date: date) -> BuildPlan:
    """Load what was committed and decide what has to be built.

    Raises:
        StateError: nothing was ever committed, or the date lies before the first landed one.
    """
    if first_landed_date(context, business_date) is None:
        raise StateError("the lake holds no committed run", "let the ingest DAGs run first")
    settings = context.settings
    finish_replacing(settings)
    builds = BuildRegister(settings.warehouse_file)
    newest = builds.newest()
    _refuse_lost_files(settings, builds)
    _refuse_other_engine(settings)
    backfill = newest is not None and business_date < newest.as_of_date
    warehouse, marts = settings.warehouse_file, settings.marts_file
    if backfill:
        _refuse_unaudited(builds)
        warehouse, marts = slices.scratch_files(context, business_date)
    loaded = load(
        warehouse,
        context.lake,
        contract_columns(),
        up_to=business_date if backfill else None,
        frequencies={entry.table: contract_for(entry).frequency for entry in load_catalogue()},
        with_rows=settings.engine == "duckdb",
    )
    store_salt(warehouse, settings.home / "salt")
    store_findings(warehouse, context.findings.grouped())
    for entry, manifest in loaded:
        report(
            "loaded",
            source=entry.source,
            object=entry.object,
            rows=manifest.rows - manifest.rows_quarantined,
        )

    variables = dbt.run_variables(context, business_date)
    plan = BuildPlan(
        build_id=builds.next_id(),
        as_of_date=business_date,
        mode=Mode.BACKFILL if backfill else Mode.FULL,
        warehouse=warehouse,
        marts=marts,
        variables=variables,
    )
    if backfill or (settings.engine == "spark" and not is_begun(warehouse)):
        return plan
    since = builds.base_of(plan.config_hash)
    if since is None:
        return plan
    if not loaded and since.as_of_date == business_date and since.load_id == builds.max_load_id():
        report("unchanged", as_of_date=business_date, build_id=since.build_id)
        published = published_findings(settings)
        # what was accepted or made good since has to be seen, too
        is_published = (
            since.status == "published"
            and published is not None
            and published.to_pylist() == context.findings.grouped().to_pylist()
        )
        mode = Mode.PUBLISHED if is_published else Mode.BUILT
        return plan.model_copy(update={"mode": mode, "build_id": since.build_id})
    ahead = builds.loads_ahead(since)
    checks_all_keys = _all_keys_are_due(context, builds, business_date)
    return plan.model_copy(
        update={
            "mode": Mode.INCREMENTAL,
            "checks_all_keys": checks_all_keys,
            "since_load_id": since.load_id,
            "since_as_of_date": since.as_of_date,
            "loads_ahead": ahead,
            "changed_tables": None if checks_all_keys else _changed_tables(builds, since, ahead),
        }
    )


def _changed_tables(builds: BuildRegister, since: Build, ahead: tuple[int, ...]) -> tuple[str, ...]:
    changed = builds.objects_of_loads(since.load_id, ahead)
    return tuple(
        entry.table for entry in load_catalogue() if (entry.source, entry.object) in changed
    )


def _refuse_lost_files(settings: Settings, builds: BuildRegister) -> None:
    lost = ""
    if any(built.status == "published" for built in builds.all()):
        lost = "" if settings.marts_file.exists() else f"{settings.marts_file} is gone"
    elif current_snapshot(settings) and not isinstance(settings, RebuildSettings):
        lost = f"{settings.warehouse_file} is gone, or its register of builds (ops.builds)"
    if lost:
        raise StateError(
            f"{lost}, and with it the slices of older dates; what is published stays",
            "`make rebuild` makes it again from the lake",
        )


def _refuse_other_engine(settings: Settings) -> None:
    if settings.engine == "duckdb" and is_begun(settings.warehouse_file):
        raise StateError(
            f"Spark builds the warehouse of {settings.home}, DuckDB has no raw tables of it",
            "run with ENGINE=spark, or `make rebuild`, which makes DuckDB's from the lake",
        )


def first_landed_date(context: Context, business_date: date) -> str | None:
    """The lake's first business date, None if it holds none: nothing tells how things stood before it.

    Raises:
        StateError: ``business_date`` lies before it.
    """
    dates = [
        run.business_date for entry in load_catalogue() for run in context.lake.committed(entry)
    ]
    first = min(dates, default=None)
    if first and business_date.isoformat() < first:
        raise StateError(
            f"{business_date} lies before the first landed business date {first}",
            "vendors show only the newest version of a record; choose a date from the first one on",
        )
    return first


def never_read(context: Context) -> list[str]:
    """Required objects of connected sources that have no committed run at all."""
    return [
        f"{entry.source}.{entry.object}"
        for entry in objects_of(systems=context.tenant.systems)
        if entry.required and not context.lake.committed(entry)
    ]


def run_dbt(context: Context, plan: BuildPlan) -> BuildPlan:
    """One `dbt build` of everything but unit tests; recorded as finished only when it succeeded.

    Raises:
        BuildError: dbt failed; the message names the models or tests and the reason.
        StateError: another build has been made since this one was planned.
    """
    builds = BuildRegister(context.settings.warehouse_file)
    _refuse_overtaken(builds, plan)
    create_database(plan.marts)  # which dbt attaches
    if plan.mode is Mode.BACKFILL:
        dbt.build(context, plan)
    elif plan.mode in (Mode.FULL, Mode.INCREMENTAL):
        if any(build.build_id == plan.build_id for build in builds.all()):
            # Airflow's retry of a killed task: nothing is built upon what that one left
            plan = plan.model_copy(update={"mode": Mode.FULL, "checks_all_keys": True})
        builds.start(plan)
        dbt.build(context, plan)
        builds.finish(plan.build_id, "built")
    if plan.mode is not Mode.BACKFILL:
        dbt.write_docs(context, plan)
    return plan


def audit(context: Context, plan: BuildPlan, with_history: bool = True) -> BuildPlan:
    """Validate every input model, core and mart table that dbt built against its contract.

    Args:
        with_history: whether the slices have to be all there; a rebuild looks at its end.

    Raises:
        ContractError: a blocking rule is broken; what is published stays.
        StateError: another build has been made since this one was planned.
    """
    if plan.mode is Mode.PUBLISHED:
        return plan
    _refuse_overtaken(BuildRegister(context.settings.warehouse_file), plan)
    from expectations.inputs_check import check_inputs
    from expectations.marts_check import check_marts
    from expectations.results import append_results
    from expectations.validate import failures

    touched_by = None if plan.checks_all_keys else plan.build_id
    results = check_inputs(plan.warehouse, plan.run_id, plan.as_of_date, touched_by)
    results += check_marts(plan.marts, plan.run_id, plan.as_of_date, context.settings.gx_docs_dir)
    results += check_held_back(context, plan)
    if with_history:
        results += check_history(context, plan)
    append_results(context.settings.audit_dir, results)
    bad = failures(results)
    report(
        "audited",
        passed=sum(result.status == "passed" for result in results),
        warned=sum(result.status == "warned" for result in results),
        blocked=len(bad),
    )
    if bad:
        BuildRegister(context.settings.warehouse_file).finish(plan.build_id, "blocked")
        raise ContractError(
            f"{len(bad)} contract rule(s) broken, the published marts stay as they were: {'; '.join(bad[:5])}",
            "see the site's checks page; mend the cause and run the date again",
        )
    if plan.mode is not Mode.BACKFILL:  # an older date says nothing of what is open now
        record_build(context, plan, results)
    return plan


def publish(context: Context, plan: BuildPlan) -> None:
    """Let the audited marts out: a new read-only snapshot and the link swap."""
    if plan.mode is Mode.PUBLISHED:
        return
    builds = BuildRegister(context.settings.warehouse_file)
    _refuse_overtaken(builds, plan)
    scratch = plan.marts
    # gone: a try that was killed after it had published
    if plan.mode is Mode.BACKFILL and scratch.exists():
        slices.copy(scratch, context.settings.marts_file, plan.as_of_date)
    newest = builds.newest()
    if newest is None:
        raise BuildError("there is no finished build to publish", "run the build again")
    snapshot = publish_snapshot(context.settings, newest.as_of_date, plan.build_id)
    builds.keep_slices(slice_rows(context.settings.marts_file))
    if plan.mode is Mode.BACKFILL:
        slices.discard(scratch)
    else:
        builds.finish(plan.build_id, "published")
    report("published", as_of_date=newest.as_of_date, file=snapshot.name)


def render_site(context: Context) -> None:
    """Render the site from what is published, the audit results and dbt's artifacts; also after a block."""
    from publishing.site import render

    render(context.settings, context.tenant)
    report("site", file=str(context.settings.site_dir / "index.html"))


def contract_columns() -> dict[str, list[str]]:
    """Raw table → columns its contract declares (those no file supplies left out)."""
    return {
        entry.table: [
            column.name for column in contract_for(entry).columns if not column.is_derived
        ]
        for entry in load_catalogue()
    }


def _all_keys_are_due(context: Context, builds: BuildRegister, business_date: date) -> bool:
    """Once a week, and after a build that was not published: it may have left a key twice."""
    from expectations.inputs_check import ALL_KEYS, LAYER
    from expectations.results import last_checked, read_results

    registered = builds.all()
    if registered[-1].status != "published":
        return True
    # a backfill looks into a warehouse of its own and is not registered
    run_ids = {audit_run_id(build.as_of_date, build.build_id) for build in registered}
    results = read_results(context.settings.audit_dir)
    last = last_checked(results, LAYER, ALL_KEYS, run_ids)
    return last is None or business_date - last >= ALL_KEYS_EVERY


def _refuse_unaudited(builds: BuildRegister) -> None:
    """A backfill publishes the marts as they stand: they have to be an audited build's."""
    last = builds.all()[-1]
    if last.status != "published":
        raise StateError(
            f"the last build ({last.build_id}, for {last.as_of_date}) was not published: it is {last.status}",
            f"run {last.as_of_date} to its end, then the older date",
        )


def _refuse_overtaken(builds: BuildRegister, plan: BuildPlan) -> None:
    """A task of an old DAG run that is cleared alone must not act on what a later build has left."""
    planned = plan.build_id
    # a backfill is not registered: the build with its number is another one
    later = [
        build
        for build in builds.all()
        if build.build_id > planned or (plan.mode is Mode.BACKFILL and build.build_id == planned)
    ]
    if later:
        raise StateError(
            f"build {planned} for {plan.as_of_date} was overtaken by build {later[-1].build_id} "
            f"for {later[-1].as_of_date}",
            "clear the run's `load` too: it is planned anew",
        )


def warehouse_tables(path: Path) -> list[tuple[str, str, int]]:
    """(schema, table, rows) of a DuckDB file's core and marts tables, in name order."""
    with connect(path, read_only=True) as connection:
        names = connection.execute(
            """
            select schema_name, table_name from duckdb_tables()
            where schema_name in ('core', 'marts') order by all
            """
        ).fetchall()
        return [
            (
                schema,
                table,
                connection.execute(
                    f"select count(*) from {identifier(schema)}.{identifier(table)}"
                ).fetchone()[0],
            )
            for schema, table in names
        ]
