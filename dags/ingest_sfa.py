"""
### ingest_sfa — leads and opportunities 商談・リード

Daily 02:00 in the tenant's time zone. Reads Salesforce and dropped `sfa__*` files; writes the lake.

**When it fails** — as `ingest_crm`: the failed task names object, cause and remedy; clear it.
"""

from airflow.sdk import dag

from pipeline.tasks import INGEST_AT, dag_defaults, daily_at, documented, ingest_tasks


@dag(
    schedule=daily_at(INGEST_AT),
    doc_md=documented(__doc__),
    **dag_defaults(
        "02:00", "leads and opportunities / 毎日2:00 商談・リードの取込", "ingest", "sfa", "取込"
    ),
)
def ingest_sfa() -> None:
    ingest_tasks("sfa")


ingest_sfa()
