"""
### ingest_success — surveys, product usage, process files 活用・プロダクト利用

Daily 02:00 in the tenant's time zone. Reads dropped `success__*`, `product__*`, `process__*` files
and the company's own product database; writes the lake.

**When it fails** — as `ingest_crm`. An unreadable file is in `lake/quarantine/files/` beside its reason;
drop a mended one under the same name.
"""

from airflow.sdk import dag

from pipeline.tasks import INGEST_AT, dag_defaults, daily_at, documented, ingest_tasks


@dag(
    schedule=daily_at(INGEST_AT),
    doc_md=documented(__doc__),
    **dag_defaults(
        "02:00",
        "surveys, product usage, process files / 毎日2:00 活用・プロダクト利用の取込",
        "ingest",
        "success",
        "取込",
    ),
)
def ingest_success() -> None:
    ingest_tasks("success")


ingest_success()
