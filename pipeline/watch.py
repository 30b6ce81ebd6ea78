"""The deadline: whether a business date is published by the time it has to be."""

from datetime import date

from ingestion.catalogue import AREAS, objects_of
from pipeline.context import Context
from publishing.snapshot import current_snapshot
from runtime.errors import StateError


def refuse_late_publication(context: Context, business_date: date) -> None:
    """Fail if readers do not see ``business_date`` or a later one.

    Raises:
        StateError: they do not; names what they see and which areas have not committed the date.
    """
    snapshot = current_snapshot(context.settings)
    if snapshot and snapshot.as_of_date >= business_date:
        return
    seen = f"readers see {snapshot.as_of_date}" if snapshot else "nothing is published"
    absent = [area for area in AREAS if not _is_committed(context, area, business_date)]
    waiting = f"; not read: {', '.join(absent)}" if absent else ""
    raise StateError(
        f"{business_date} is not published by {context.settings.publish_by:%H:%M}: {seen}{waiting} / "
        f"{business_date} は期限までに公開されていません",
        "mend the ingest DAGs of these areas, or build_warehouse, and clear what failed there",
    )


def _is_committed(context: Context, area: str, business_date: date) -> bool:
    """Whether something of an area is committed for the date; an area without connected objects has nothing to wait for."""
    entries = objects_of(area, context.tenant.systems)
    return not entries or any(
        run.business_date >= business_date.isoformat()
        for entry in entries
        for run in context.lake.committed(entry)
    )
