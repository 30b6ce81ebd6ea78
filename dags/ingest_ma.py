"""
### ingest_ma — marketing companies, contacts, e-mail events マーケティング

Daily 02:00 in the tenant's time zone. Reads the marketing systems, Salesforce campaigns and dropped
`ma__*` files; writes the lake.

**When it fails** — as `ingest_crm`. A daily quota of HubSpot is back at midnight of the portal's time zone.
"""

from airflow.sdk import dag

from pipeline.tasks import INGEST_AT, dag_defaults, daily_at, documented, ingest_tasks


@dag(
    schedule=daily_at(INGEST_AT),
    doc_md=documented(__doc__),
    **dag_defaults(
        "02:00",
        "marketing companies, contacts, e-mail events / 毎日2:00 マーケティングの取込",
        "ingest",
        "ma",
        "取込",
    ),
)
def ingest_ma() -> None:
    ingest_tasks("ma")


ingest_ma()
