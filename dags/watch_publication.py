"""
### watch_publication — is the day before published in time? 公開期限の確認

Daily at `CSW_PUBLISH_BY` (default 07:00) in the tenant's time zone. Reads what is published; writes nothing.

**When it fails** — the day before is not published: the message says what readers see instead. Look at the ingest
DAGs and at `build_warehouse`; mend what failed there and clear it. The next publication makes this good.
"""

from airflow.sdk import dag, task

from pipeline.tasks import business_date_of_run, dag_defaults, daily_at, documented, run_and_report
from pipeline.watch import refuse_late_publication
from runtime.settings import get_settings

BY = get_settings().publish_by


@dag(
    schedule=daily_at(BY),
    doc_md=documented(__doc__),
    **dag_defaults(f"{BY:%H:%M}", "is the day before published? / 公開期限の確認", "watch", "監視"),
)
def watch_publication() -> None:
    @task
    def published_in_time() -> None:
        run_and_report(refuse_late_publication, business_date_of_run())

    published_in_time()


watch_publication()
