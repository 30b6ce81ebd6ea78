"""An area's ingestion in one go, without Airflow: for histories and tests."""

from collections.abc import Callable
from datetime import date

from ingestion.catalogue import objects_of
from pipeline.commit import check_and_commit
from pipeline.context import Context
from pipeline.extract import connected_objects, extract_object
from runtime.records import Connection


def ingest_area(
    context: Context, area: str, business_date: date, connection_of: Callable[[str], Connection]
) -> None:
    """Extract, check and commit every object of an area that the tenant's sources offer.

    Args:
        connection_of: source → its connection.

    Raises:
        WarehouseError: a source cannot be read, or what is required is missing or blocked.
    """
    runs = []
    for source in dict.fromkeys(entry.source for entry in objects_of(area)):
        if source in context.tenant.systems:
            connection = connection_of(source)
            for entry in connected_objects(context, area, source, connection, business_date):
                runs.append(extract_object(context, entry, business_date, connection))
    check_and_commit(context, area, business_date, runs)
