"""The site before, between and after publications: it is rendered whatever happened, and says what did."""

import re
from datetime import date

import duckdb
import pytest
from site_pages import Page

from publishing.site.assets import write_assets
from publishing.site.pages import load_pages
from publishing.site.render import write_pages
from publishing.snapshot import publish_snapshot
from runtime.findings import Finding, FindingStore
from runtime.progress import open_problems, report
from runtime.tenant import Tenant

TENANT = Tenant(name="青空 & <Sons>", first_business_date=date(2026, 1, 1), systems=["files"])


def text_of(page):
    return page.read_text(encoding="utf-8")


def rendered(settings):
    """The start page of the site, written now."""
    write_pages(settings, TENANT)
    return settings.site_dir / "index.html"


def overview(settings, language="en"):
    """The overview, rendered now."""
    return rendered(settings).parent / language / "index.html"


def quality(settings, language="en"):
    """The page of checks and findings, rendered now."""
    return rendered(settings).parent / language / "quality.html"


def test_before_anything_was_published(settings):
    """Every page is there and leads nowhere that is not."""
    start = rendered(settings)
    for language, words in (
        ("en", "Nothing is published yet"),
        ("ja", "まだ公開されたデータはありません"),
    ):
        for page in load_pages():
            assert words in text_of(start.parent / language / page.file)
    write_assets(settings.site_dir / "assets")
    pages = [*start.parent.glob("**/*.html")]
    assert [link for page in pages for link in Page(page).broken_links()] == []


def test_a_first_load_that_failed(settings):
    """The warehouse is there, its tables are not."""
    settings.warehouse_file.unlink()
    duckdb.connect(str(settings.warehouse_file)).close()
    assert "Loads" in text_of(quality(settings))


def test_a_warehouse_that_is_damaged(settings):
    """The site is what says so: it is rendered all the same."""
    settings.warehouse_file.write_bytes(b"no database" * 1000)
    report("failed", message="warehouse.duckdb cannot be opened")
    assert "cannot be opened" in text_of(overview(settings))
    assert "Loads" in text_of(quality(settings))


def test_marts_that_an_older_version_published(settings):
    """They lack what is shown: the page says so, with what has failed since."""
    publish_snapshot(settings, date(2026, 3, 31), 1)
    report("failed", message="ingest_crm: Account: Name_missing")
    text = text_of(overview(settings))
    assert "The published marts of 2026-03-31 were built by an older version" in text
    assert "Name_missing" in text and "Nothing is published yet" not in text


def test_dbt_docs_are_linked_once_they_are_written(settings):
    models = rendered(settings).parent / "en" / "models.html"
    assert "dbt/index.html" not in text_of(models)
    (settings.site_dir / "dbt").mkdir()
    (settings.site_dir / "dbt" / "index.html").write_text("<html></html>")
    rendered(settings)
    assert "dbt/index.html" in text_of(models)


def test_names_and_messages_are_text_not_markup(settings):
    report("failed", message='salesforce / Account: <script>alert("x")</script>')
    text = text_of(overview(settings))
    assert "<script>alert" not in text
    assert "<Sons>" not in text
    assert "青空 &amp; &lt;Sons&gt;" in text


def said(settings):
    return [problem.split(" ", 3)[3] for problem in open_problems(settings)]


def test_what_is_blocked_is_said_until_the_next_publication(settings):
    report("failed", message="ingest_crm: Account: Name_missing")
    report("failed", message="ingest_crm: Account: Name_missing")
    report("extracted", source="salesforce")
    assert len(open_problems(settings)) == 1
    assert "Name_missing" in text_of(overview(settings))
    report("published", as_of_date="2026-03-31")
    assert open_problems(settings) == []
    assert "Name_missing" not in text_of(overview(settings))


def test_what_an_ingest_dag_left_open_outlives_a_publication(settings):
    """The build of the deadline goes on without the area; only the area's own success makes it good."""
    report("failed", dag="ingest_crm", message="ingest_crm: Account: Name_missing")
    report("failed", dag="build_warehouse", message="dbt failed")
    report("announced", dag="ingest_sfa", business_date="2026-03-31")
    report("published", as_of_date="2026-03-31")
    assert said(settings) == ["ingest_crm: Account: Name_missing"]
    report("announced", dag="ingest_crm", business_date="2026-04-01")
    assert said(settings) == []


def test_what_a_dag_went_on_without_is_a_finding_and_no_failure(settings):
    running = {"dag": "ingest_sfa", "source": "salesforce", "object": "Lead"}
    report("failed", **running, message="salesforce / Lead: gone")
    report("blocked", **running, reasons=["key twice"])
    assert said(settings) == []


def test_findings_are_shown_with_what_to_do(settings):
    """Those that make the numbers incomplete mark them; what is made good is told as such."""
    store = FindingStore(settings.findings_dir)
    lost = Finding(
        "file_rejected",
        "files",
        "crm__order",
        "It is <no> table. / 表ではない。",
        "drop it again",
        severity="incomplete",
        place="crm__order/2026-03-31/o.csv",
        key="O-7",
        rows=0,
    )
    store.record("files.crm__order", [lost], date(2026, 3, 31), lambda _: True)
    checks = quality(settings)
    assert "These numbers are incomplete" in text_of(overview(settings))
    assert "以下の数字は不完全です" in text_of(overview(settings, "ja"))
    assert "It is &lt;no&gt; table." in text_of(checks) and "表ではない" not in text_of(checks)
    assert "表ではない。" in text_of(quality(settings, "ja"))
    assert "drop it again" in text_of(checks)
    assert "O-7" in text_of(checks) and '<td class="n">all</td>' in text_of(checks)
    assert "built-in method" not in text_of(checks)
    assert "Every rule passed" not in text_of(checks)
    store.record("files.crm__order", [], date(2026, 4, 1), lambda _: True)
    assert "incomplete" not in text_of(overview(settings))
    assert "made good" in text_of(checks)


def test_times_are_those_of_the_tenant(settings):
    report("failed", message="ingest_crm: one")
    (problem,) = open_problems(settings, TENANT.zone)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d JST ingest_crm: one$", problem)
    assert " JST ingest_crm" in text_of(overview(settings))


def test_an_event_that_was_cut_short_is_passed_over(settings):
    report("failed", message="ingest_crm: one")
    with (settings.logs_dir / "events.jsonl").open("ab") as log:
        log.write(b'{"at": "2026-03-31", "event": "fai\xe3\n[]\n')
    report("failed", message="ingest_crm: two")
    assert len(open_problems(settings)) == 2


HOSTILE = "<script src=https://evil.example/x.js></script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "field", ["object", "message", "what_to_do", "place", "column", "key", "value"]
)
def test_a_hostile_value_is_text_in_every_field_of_a_finding(settings, field):
    words = {"source": "files", "object": "crm__order", "message": "m", "what_to_do": "d"}
    finding = Finding(rule="r", severity="incomplete", **words | {field: HOSTILE})
    FindingStore(settings.findings_dir).record(
        "files.x", [finding], date(2026, 3, 31), lambda _: True
    )
    site = rendered(settings).parent
    for page in site.glob("*/*.html"):
        assert HOSTILE not in text_of(page)
        assert "evil.example/x.js></script>" not in text_of(page)


def test_a_page_allows_only_files_of_its_own(settings):
    """No inline script or style, no other host, nothing evaluated; what it needs lies beside it."""
    site = rendered(settings).parent
    for page in site.glob("**/*.html"):
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text_of(page))[1]
        assert "default-src 'none'" in policy and "unsafe-inline" not in policy
        # Pagefind is WebAssembly; nothing else is evaluated
        assert ("unsafe" in policy) == (page.name == "search.html")
        text = text_of(page).replace('<script type="application/json"', "<data")
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", text), page
