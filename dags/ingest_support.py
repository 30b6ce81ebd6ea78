"""
### ingest_support — tickets, ticket events, users, organisations 問い合わせ

Daily 02:00 in the tenant's time zone. Reads Zendesk, Salesforce cases and dropped `support__*`
files; writes the lake.

**When it fails** — as `ingest_crm`. Zendesk's exports allow ten calls a minute; waiting is normal.
"""

from airflow.sdk import dag

from pipeline.tasks import dag_defaults, daily_at, ingest_tasks


@dag(schedule=daily_at(2), tags=["ingest", "support"], doc_md=__doc__, **dag_defaults())
def ingest_support() -> None:
    ingest_tasks("support")


ingest_support()
