"""What a run tells the person at the terminal: progress while it works, tables at the end."""

import os
import sys
import threading
from collections import Counter
from datetime import date, timedelta
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.command import with_home
from expectations.contracts import CHECKED_LAYERS
from expectations.data_docs import STATUSES
from expectations.results import newest_by_table, read_results
from ingestion.catalogue import objects_of
from ingestion.lake import Lake
from pipeline.build import warehouse_tables
from pipeline.context import Context
from publishing.headline import headline_numbers
from publishing.snapshot import Snapshot, current_snapshot
from runtime.duckdb_connection import connect
from runtime.findings import FindingStore, describe
from runtime.progress import BUILD, EVENTS, parsed
from runtime.settings import Settings
from runtime.tenant import Tenant

INCOMPLETE = 3  # exit status: published, and an open finding says that something is missing
SHOWN_FINDINGS = 20
_LINES = {
    "extracted": "  {source}.{object}: {rows} records in {seconds} s",
    "warning": "  [yellow]! {message}[/]",
    "blocked": "  [red]✗ {source}.{object} blocked: {reasons}[/]",
    "failed": "  [red]✗ {message}[/]",
    "dbt": "  dbt: {done} of {total} models and tests",
    "audited": "  contracts: {passed} passed, {warned} warned, {blocked} blocked",
    "published": "  published {file}",
    "unchanged": "  nothing new since the last build of {as_of_date}: nothing to build",
}


def redirect_output(settings: Settings) -> None:
    """Send what Airflow, dbt and GX print to logs/run.log; the console keeps the terminal."""
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(
        settings.logs_dir / "run.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
    )
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


class Follower:
    """Prints progress events as they are written; ``events`` keeps them."""

    def __init__(self, console: Console, settings: Settings) -> None:
        self.console = console
        self.path = settings.logs_dir / EVENTS
        self.events: list[dict[str, Any]] = []
        self._file = self.path.open("rb") if self.path.exists() else None
        if self._file:
            self._file.seek(0, os.SEEK_END)
        self._printed: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> "Follower":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.drain()

    def drain(self) -> None:
        """Stop following after the last line that is there."""
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            self._read()

    def _follow(self) -> None:
        while not self._stop.wait(0.3):
            self._read()

    def _read(self) -> None:
        if self._file is None:
            if not self.path.exists():
                return
            self._file = self.path.open("rb")
        began_anew = os.fstat(self._file.fileno()).st_ino != self.path.stat().st_ino
        self._read_lines()
        if began_anew:
            self._file.close()
            self._file = self.path.open("rb")
            self._read_lines()

    def _read_lines(self) -> None:
        while (line := self._file.readline()).endswith(b"\n"):
            event = parsed(line)
            if event is not None and "carried" not in event:
                self.events.append(event)
                self._print(event)
        self._file.seek(-len(line), os.SEEK_CUR)

    def _print(self, event: dict[str, Any]) -> None:
        template = _LINES.get(event["event"])
        shown = {name: _shown(value) for name, value in event.items()}
        text = template.format(**shown) if template and event.get("rows") != 0 else ""
        if text and text not in self._printed:
            self._printed.add(text)
            self.console.print(text, markup=True)


def _shown(value: Any) -> Any:
    """An event's value as it stands in a line; brackets in it are no markup."""
    text = "; ".join(value) if isinstance(value, list) else value
    return escape(text) if isinstance(text, str) else text


def summary(
    console: Console,
    context: Context,
    business_date: date,
    events: list[dict[str, Any]],
    failed: list[str],
    seconds: float,
) -> None:
    """Print the tables of a run: sources, contracts, marts, headline numbers, where things are."""
    settings = context.settings
    console.print()
    console.print(_sources(context.lake, context.tenant, business_date))
    console.print(rules_table(settings, business_date))
    snapshot = current_snapshot(settings)
    if snapshot:
        console.print(_marts(snapshot))
        console.print(headline_table(snapshot, is_incomplete(context.findings)))
    print_findings(console, context.findings)
    took = timedelta(seconds=round(seconds))
    if BUILD in failed:
        console.print(f"\n[bold red]✗ failed: {', '.join(failed)}[/] after {took}")
        for message in _messages(events, "failed"):
            console.print(f"  {message}", markup=False)
        if snapshot:
            console.print(f"The published marts stay as they were, as of {snapshot.as_of_date}.")
        console.print(
            f"Logs: {settings.logs_dir}/run.log, dbt.log, sandbox.log · `make status`{with_home()}"
        )
        return
    incomplete = bool(failed) or is_incomplete(context.findings)
    if incomplete:
        console.print(f"\n[bold yellow]! published, but incomplete[/] in {took}")
        for name in failed:
            console.print(f"  [yellow]! {name} failed: what it had read before counts[/]")
    else:
        console.print(f"\n[bold green]✓ audited and published[/] in {took}")
    console.print(
        f"Marts  {settings.published_dir}/marts.duckdb  (DuckDB, read-only; schemas core and marts)"
    )
    console.print(f"Site   {settings.site_dir}/index.html")
    console.print(f"Logs   {settings.logs_dir}")
    console.print(
        "Next   make status · make up (Airflow UI) · make run TENANT=folder DATE=YYYY-MM-DD"
        f"{with_home()}"
    )
    if incomplete:
        console.print(
            f"Exit status {INCOMPLETE}: the numbers lack what is listed above; mend it and run again, or let it "
            "stand: the same command with ACCEPT=<finding ids, separated by commas>"
        )


def is_incomplete(store: FindingStore) -> bool:
    """Whether an open finding says that the numbers lack something."""
    return any(finding["severity"] == "incomplete" for finding in store.open())


def print_findings(console: Console, store: FindingStore) -> None:
    """What is not, or not as it came, in the numbers: each open finding with what to do."""
    findings = store.open()
    if not findings:
        return
    console.print(
        "\n[bold]What is not in these numbers, or not as it came[/] 数字に含まれないもの・確認が必要なもの"
    )
    for finding in findings[:SHOWN_FINDINGS]:
        colour = "red" if finding["severity"] == "incomplete" else "yellow"
        console.print(f"[{colour}]! {finding['severity']}[/] {escape(describe(finding))}")
        console.print(f"    → {finding['what_to_do']}", markup=False)
    if len(findings) > SHOWN_FINDINGS:
        console.print(
            f"  … {len(findings) - SHOWN_FINDINGS} more: `ops.finding` of the published marts, or the site's checks page"
        )


def _messages(events: list[dict[str, Any]], *kinds: str) -> list[str]:
    """What this run's events of these kinds say, each text once."""
    return list(dict.fromkeys(event["message"] for event in events if event["event"] in kinds))


def _sources(lake: Lake, tenant: Tenant, business_date: date) -> Table:
    table = Table(title="Sources ソース", title_justify="left")
    for name, justify in (
        ("source", "left"),
        ("object", "left"),
        ("records", "right"),
        ("quarantined", "right"),
    ):
        table.add_column(name, justify=justify)
    total = quarantined = 0
    for entry in [*objects_of(systems=tenant.systems), *lake.unknown_entities()]:
        runs = [
            run for run in lake.committed(entry) if run.business_date == business_date.isoformat()
        ]
        rows, held_back = sum(run.rows for run in runs), sum(run.rows_quarantined for run in runs)
        if rows:
            table.add_row(entry.source, entry.object, f"{rows:,}", f"{held_back:,}")
        total, quarantined = total + rows, quarantined + held_back
    table.add_section()
    table.add_row("all", "", f"{total:,}", f"{quarantined:,}")
    return table


def rules_table(settings: Settings, business_date: date | None = None) -> Table:
    """How many rules of each layer ended how, by every table's newest check.

    Args:
        business_date: only tables checked for this date; None takes every table.
    """
    table = Table(title="Contracts データ契約 (rules)", title_justify="left")
    table.add_column("layer")
    for status in STATUSES:
        table.add_column(status, justify="right")
    newest = newest_by_table(read_results(settings.audit_dir))
    if business_date is not None:
        newest = newest[newest["business_date"] == business_date]
    for layer in CHECKED_LAYERS:
        counts = Counter(newest[newest["layer"] == layer]["status"])
        table.add_row(layer, *(f"{counts[status]:,}" for status in STATUSES))
    return table


def _marts(snapshot: Snapshot) -> Table:
    table = Table(title=f"Marts マート, as of {snapshot.as_of_date}", title_justify="left")
    table.add_column("table")
    table.add_column("rows", justify="right")
    for schema, name, rows in warehouse_tables(snapshot.path):
        table.add_row(f"{schema}.{name}", f"{rows:,}")
    return table


def headline_table(snapshot: Snapshot, incomplete: bool) -> Table:
    """The headline numbers of a publication."""
    title = f"Headline numbers 主要指標, as of {snapshot.as_of_date}"
    if incomplete:
        title += " (incomplete 不完全)"
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column("name")
    table.add_column("value", justify="right")
    with connect(snapshot.path, read_only=True) as connection:
        try:
            numbers = headline_numbers(connection)
        except duckdb.CatalogException:
            table.add_row("built by an older version: from the next publication on", "–")
            return table
    for number in numbers:
        table.add_row(f"{number.label_en} {number.label_ja}", number.text)
    return table
