"""`make check-source SOURCE=…`: does a source's connection work: sign-in, scopes, quota, objects, fields, a page of each.

Reads as the daily run does, writes nothing, prints no secret. A vendor without a connection is checked on the sandbox.
"""

import argparse
import logging
import re
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import requests
from rich.console import Console
from rich.markup import escape

from cli import airflow_home, sandbox
from cli.command import exit_status
from cli.run import find_tenant
from expectations.contracts import contract_for
from ingestion.catalogue import CatalogueObject, is_known, objects_of
from ingestion.sources.base import Source
from pipeline.context import Context, load_context
from pipeline.extract import opened_source
from runtime.business_date import day_end
from runtime.errors import AuthenticationError, StateError, WarehouseError
from runtime.records import Connection, Window
from runtime.settings import get_settings
from runtime.sources import SOURCES

PERIOD = timedelta(days=30)
QUOTA_HEADERS = (
    "Sforce-Limit-Info",
    "X-HubSpot-RateLimit-Daily",
    "X-HubSpot-RateLimit-Daily-Remaining",
    "X-HubSpot-RateLimit-Remaining",
    "X-Rate-Limit",
    "X-Rate-Limit-Remaining",
)


@dataclass
class Seen:
    """What the vendor's answers told beside the records."""

    scopes: str = ""
    quota: dict[str, str] = field(default_factory=dict)
    answers: int = 0

    def answer(self, response: requests.Response) -> None:
        """Take note of one answer."""
        self.answers += 1
        self.quota |= {h: response.headers[h] for h in QUOTA_HEADERS if h in response.headers}
        if "token" in response.url and response.request.method == "POST" and response.ok:
            try:
                body = response.json()
            except ValueError:
                return
            self.scopes = str(body.get("scope") or "") if isinstance(body, dict) else ""


class Notes(logging.Handler):
    """Keeps the connector's warnings, to show them beside the object."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text after ``source / object:``."""
        self.texts.append(record.getMessage().split(": ", 1)[-1])


def check_objects(console: Console, name: str, context: Context, connection: Connection) -> bool:
    """Read the first page of every object of a source; True if no required object failed."""
    connection = replace(connection, extra={"poll_seconds": 5, **connection.extra})
    with opened_source(context, name, connection) as source:
        seen = Seen()
        source.watch(seen.answer)
        source.open()  # an unreachable source is said once, not of every object
        if contents := source.contents():
            console.print(contents, markup=False)
        entries = objects_of(systems=[name])
        if SOURCES[name].is_file_drop:  # what nobody dropped is no object of it
            entries = source.offered(entries)
            for finding in source.passed_over:
                console.print(f"  [yellow]–[/] {escape(finding.place)}: {escape(finding.message)}")
        results = [_check_object(console, entry, source, _now(context)) for entry in entries]
        with suppress(WarehouseError):
            if used := source.used_today():
                seen.quota["used today"] = used
    if seen.answers:
        console.print(f"scopes: {seen.scopes or 'not told; they are what could be read above'}")
        quota = ", ".join(f"{name} {value}" for name, value in seen.quota.items())
        console.print(f"quota: {quota or 'not told by this vendor'}")
        console.print(f"{seen.answers} requests made")
    return all(results)


def _check_object(console: Console, entry: CatalogueObject, source: Source, end: datetime) -> bool:
    if not is_known(entry):
        console.print(f"  [yellow]– {entry.object}[/] no known entity: lands raw, is not modelled")
        return True
    notes = Notes()
    source.fields = []
    logging.getLogger("ingestion").addHandler(notes)
    try:
        page = next(source.read(entry, Window(end - PERIOD, end)), None)
    except AuthenticationError:
        raise
    except WarehouseError as error:
        console.print(f"  [red]✗ {entry.object}[/] {escape(error.message)}")
        console.print(f"      → {error.hint}", markup=False)
        return not entry.required
    finally:
        logging.getLogger("ingestion").removeHandler(notes)
    rows = page.records if page else []
    fields = source.fields or list(dict.fromkeys(name for row in rows for name in row))
    said = [f"{len(rows):,} records on the first page"] if page else []
    if not page and not notes.texts:
        said = ["no record of this period"]
    said += [f"{len(fields)} fields visible"] if fields else []
    said += dict.fromkeys(notes.texts)
    mark = "[yellow]–" if notes.texts and not page else "[green]✓"
    console.print(f"  {mark} {entry.object}[/] {', '.join(said)}")
    landed = {name.lower() for row in rows for name in row}
    missing = [n for n in contract_for(entry).required_columns if n.lower() not in landed]
    if page and missing:
        console.print(f"      [yellow]required but not visible: {', '.join(missing)}[/]")
    return True


def _now(context: Context) -> datetime:
    """The end of the tenant's last business date; now for a live company."""
    last, now = context.tenant.last_business_date, datetime.now(UTC)
    return min(day_end(last, context.tenant.zone), now) if last else now


def shown_address(host: str) -> str:
    """A connection's host without the user and password that somebody may have put into it."""
    return re.sub(r"//.*@", "//", host) or "the tenant folder"


def check(console: Console, source: str, tenant_text: str) -> bool:
    """Check one source as the tenant's DAGs would use it.

    Raises:
        WarehouseError: no such source, no connection, refused credentials, unreachable.
    """
    if source not in SOURCES:
        raise StateError(f"SOURCE={source} is no source", f"choose {', '.join(SOURCES)}")
    settings = get_settings()
    folder, tenant = find_tenant(console, settings, tenant_text)
    airflow_home.configure(settings, folder)
    with ExitStack() as stack:
        alone = tenant.model_copy(update={"systems": [source]})
        if vendors := sandbox.vendors_to_serve(folder, alone):
            now = (
                day_end(tenant.last_business_date, tenant.zone)
                if tenant.last_business_date
                else None
            )
            process, url = sandbox.start_sandbox(
                settings, folder, (now or datetime.now(UTC)) + sandbox.CLOCK_MARGIN
            )
            stack.callback(process.terminate)
            airflow_home.point_connections_at_sandbox(url, vendors)
            console.print(f"{source} has no connection of its own: its sandbox on {url} is checked")
        airflow_home.migrate(settings)
        from pipeline.tasks import connection_of

        connection = connection_of(source)
        console.print(f"[bold]{source}[/] at {shown_address(connection.host)}")
        return check_objects(console, source, load_context(), connection)


def main() -> int:
    """Exit status 0 if the sign-in works and no required object failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True)
    parser.add_argument("--tenant", default="", help="tenant folder; empty = the demo tenant")
    arguments = parser.parse_args()
    logging.getLogger("ingestion").propagate = False  # warnings are shown beside their object

    def act(console: Console) -> bool:
        works = check(console, arguments.source, arguments.tenant)
        console.print(
            "[green]the connection works[/]" if works else "[red]a required object failed[/]"
        )
        return works

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
