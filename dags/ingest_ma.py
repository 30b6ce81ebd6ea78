"""
### ingest_ma — marketing companies, contacts, e-mail events マーケティング

Daily 02:00 in the tenant's time zone. Reads the marketing systems, Salesforce campaigns and dropped
`ma__*` files; writes the lake.

**When it fails** — as `ingest_crm`. A daily quota of HubSpot is back at midnight of the portal's time zone.
"""

from airflow.sdk import dag

from pipeline.tasks import dag_defaults, daily_at, ingest_tasks


@dag(schedule=daily_at(2), tags=["ingest", "ma"], doc_md=__doc__, **dag_defaults())
def ingest_ma() -> None:
    ingest_tasks("ma")


ingest_ma()
