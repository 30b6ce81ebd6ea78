"""The site before, between and after publications: it is rendered whatever happened, and says what did."""

from datetime import date

import duckdb
import pytest
from site_pages import Page

from ingestion.progress import open_problems, report
from ingestion.tenant import Tenant
from publishing.site import render

TENANT = Tenant(name="青空 & <Sons>", first_business_date=date(2026, 1, 1), systems=["files"])


def text_of(page):
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["index.html", "checks.html", "gx/index.html"])
def test_before_anything_was_published(settings, page):
    """Every page is there and leads nowhere that is not."""
    index = render(settings, TENANT)
    assert "Nothing is published yet" in text_of(index)
    assert Page(index.parent / page).broken_links() == []


def test_a_first_load_that_failed(settings):
    """The warehouse is there, its tables are not."""
    settings.warehouse_file.unlink()
    duckdb.connect(str(settings.warehouse_file)).close()
    assert "Checks" in text_of(render(settings, TENANT).with_name("checks.html"))


def test_dbt_docs_are_linked_once_they_are_written(settings):
    assert "dbt/index.html" not in text_of(render(settings, TENANT))
    (settings.site_dir / "dbt").mkdir()
    (settings.site_dir / "dbt" / "index.html").write_text("<html></html>")
    assert "dbt/index.html" in text_of(render(settings, TENANT))


def test_names_and_messages_are_text_not_markup(settings):
    report("failed", message='salesforce / Account: <script>alert("x")</script>')
    text = text_of(render(settings, TENANT))
    assert "<script>alert" not in text
    assert "<Sons>" not in text
    assert "青空 &amp; &lt;Sons&gt;" in text


def test_what_is_blocked_is_said_until_the_next_publication(settings):
    report("failed", message="ingest_crm: Account: Name_missing")
    report("failed", message="ingest_crm: Account: Name_missing")
    report("extracted", source="salesforce")
    assert len(open_problems(settings)) == 1
    assert "Name_missing" in text_of(render(settings, TENANT))
    report("published", as_of_date="2026-03-31")
    assert open_problems(settings) == []
    assert "Name_missing" not in text_of(render(settings, TENANT))


def announced(area, run_began_at):
    report("announced", dag=f"ingest_{area}", run_began_at=run_began_at)


def test_what_an_ingest_dag_left_open_outlives_a_publication(settings):
    """The build goes on without it; only a later run of the same area, or a commit of the object, makes it good."""
    lead, account = ({"source": "salesforce", "object": name} for name in ("Lead", "Account"))
    report("failed", dag="ingest_crm", message="salesforce / Account: 503", **account)
    report("committed", **account)  # the retry
    report("failed", dag="ingest_crm", message="database / connection: refused")
    report("failed", dag="build_warehouse", message="dbt failed")
    report("blocked", **lead, reasons=["columns_exist: Missing: Id."], fails_dag=False)
    report("blocked", **account, reasons=["x"], fails_dag=True)
    announced("crm", "2026-01-01T00:00:00+00:00")
    announced("sfa", "2999-01-01T00:00:00+00:00")
    report("published", as_of_date="2026-03-31")
    (settings.logs_dir / "events.jsonl").open("a").write('{"at": "cut sho\n')
    found = [problem.split(" ", 1)[1] for problem in open_problems(settings)]
    assert found == [
        "database / connection: refused",
        "salesforce.Lead: columns_exist: Missing: Id.",
    ]
    announced("crm", "2999-01-01T00:00:00+00:00")
    report("committed", **lead)
    assert open_problems(settings) == []
