"""
### ingest_support — tickets, ticket events, users, organisations 問い合わせ

Daily 02:00 in the tenant's time zone. Reads Zendesk, Salesforce cases and dropped `support__*`
files; writes the lake.

**When it fails** — as `ingest_crm`. Zendesk's exports allow ten calls a minute; waiting is normal.
"""

from airflow.sdk import dag

from pipeline.tasks import INGEST_AT, dag_defaults, daily_at, documented, ingest_tasks


@dag(
    schedule=daily_at(INGEST_AT),
    doc_md=documented(__doc__),
    **dag_defaults(
        "02:00",
        "tickets, ticket events, users, organisations / 毎日2:00 問い合わせの取込",
        "ingest",
        "support",
        "取込",
    ),
)
def ingest_support() -> None:
    ingest_tasks("support")


ingest_support()
