"""
### ingest_crm — accounts, contacts, products, contracts, orders 顧客・契約・受注

Daily 02:00 in the tenant's time zone. Reads Salesforce and dropped `crm__*` files; writes the lake.

**When it fails** — the failed extract task names object, cause and remedy; clear it and the rest is kept.
A blocked object is named by `check_and_commit_area` with the broken rule; mend the source, clear the extract task.
Rerunning a date is always safe: what is committed is not pulled again (set `force` to do so).
"""

from airflow.sdk import dag

from pipeline.tasks import INGEST_AT, dag_defaults, daily_at, documented, ingest_tasks


@dag(
    schedule=daily_at(INGEST_AT),
    doc_md=documented(__doc__),
    **dag_defaults(
        "02:00",
        "accounts, contacts, products, contracts, orders / 毎日2:00 顧客・契約・受注の取込",
        "ingest",
        "crm",
        "取込",
    ),
)
def ingest_crm() -> None:
    ingest_tasks("crm")


ingest_crm()
