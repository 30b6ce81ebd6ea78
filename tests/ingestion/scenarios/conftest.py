"""Daily runs against a sandbox that a test scripts: ``daily = play({"salesforce/Account": [...]})``."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
import uvicorn
from models import END_OF_TIME, Models, State
from tenant_folder import write_tenant

import ingestion.http
from ingestion.catalogue import CatalogueObject, find_object
from ingestion.lake import Lake, Manifest
from pipeline.context import Context
from pipeline.extract import extract_object
from runtime.business_date import day_end
from runtime.records import Connection
from runtime.settings import Settings
from runtime.sources import SOURCES
from runtime.tenant import load_tenant
from sandbox.app import CLOCK_MARGIN, create_app
from sandbox.fault_script import parse_faults
from sandbox.faults import FaultScript
from sandbox.store import Store
from sandbox.vendor import World
from sandbox.vendors import vendor_classes


@dataclass
class Daily:
    """One tenant's vendors and lake, and its runs, one business date after another.

    Attributes:
        world: the sandbox's state: ``now``, ``faults``, ``requests`` …; set it between runs.
        models: dbt.
        extra: source → what is added to its connection's ``extra``.
        waits: seconds of every wait the connectors asked for (none is really waited).
    """

    url: str
    world: World
    context: Context
    waits: list[float]
    models: Models
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def lake(self) -> Lake:
        return self.context.lake

    def connection(self, source: str) -> Connection:
        """What the source's Airflow connection would hold."""
        if not SOURCES[source].sandbox:
            return Connection("", extra=self.extra.get(source, {}))
        login, password = vendor_classes()[source].sign_in_as
        return Connection(self.url, login, password, self.extra.get(source, {}))

    def at_end_of(self, day: str) -> datetime:
        """When the day's run takes place: five minutes after its end in the tenant's time zone."""
        end = day_end(date.fromisoformat(day), self.context.tenant.zone) + CLOCK_MARGIN
        return end.astimezone(UTC)

    def extract(self, day: str, name: str, force: bool = False) -> dict[str, Any]:
        """Land one object (``salesforce.Account``) as the vendor shows it now; nothing is committed."""
        entry = entry_of(name)
        connection = self.connection(entry.source)
        return extract_object(self.context, entry, date.fromisoformat(day), connection, force)

    def commit(self, day: str, name: str) -> Manifest | None:
        """Commit the object's landed run, if there is one; its rows are those its manifest counts."""
        entry = entry_of(name)
        manifest = self.lake.complete_run(entry, day)
        if manifest is None:
            return None
        landed = [row for path in self.lake.parts(entry, manifest) for row in self._read(path)]
        assert len(landed) == manifest.rows
        self.lake.commit(entry, manifest)
        return manifest

    def run(
        self, day: str, *names: str, at: datetime | None = None, force: bool = False
    ) -> list[Manifest | None]:
        """A day's run: the vendors' clock is set, every object extracted, then committed.

        Args:
            day: business date.
            names: objects (``salesforce.Account``).
            at: the vendors' clock, unless it is five minutes after the end of ``day``.
            force: extract again although the date is committed.

        Returns:
            The manifest of every object that was extracted now, else None.
        """
        self.world.now = at or self.at_end_of(day)
        for name in names:
            self.extract(day, name, force)
        return [self.commit(day, name) for name in names]

    def state(self, name: str, day: str = END_OF_TIME) -> State:
        """The object's current state as dbt models it: live records by key, as of the end of ``day``."""
        return self.models.state(self.context, name, day)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Every committed row of the object."""
        entry = entry_of(name)
        paths = [
            path
            for manifest in self.lake.committed(entry)
            for path in self.lake.parts(entry, manifest)
        ]
        return [row for path in paths for row in self._read(path)]

    def _read(self, path: str) -> list[dict[str, Any]]:
        with self.lake.fs.open(path) as handle:
            return pq.read_table(handle).to_pylist()

    def set_faults(self, *rules: dict[str, Any]) -> None:
        """Answer wrongly from now on as the rules say; none ends it."""
        self.world.faults = parse_faults(repr(list(rules)), "test") if rules else FaultScript()

    def lake_entry(self, name: str) -> CatalogueObject:
        """The object's catalogue entry."""
        return entry_of(name)

    def requests(self, source: str) -> list[dict[str, Any]]:
        """What the vendor was asked so far."""
        return [request for request in self.world.requests if request["vendor"] == source]


def entry_of(name: str) -> CatalogueObject:
    """The catalogue's entry of ``salesforce.Account``."""
    return find_object(*name.split(".", 1))


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory) -> Iterator[tuple[str, World]]:
    """A sandbox in this process: its base URL and its world, whose ``store`` each test sets."""
    app = create_app(tmp_path_factory.mktemp("nobody"), datetime(2026, 11, 1, tzinfo=UTC))
    config = uvicorn.Config(
        app, port=0, log_level="critical", access_log=False, date_header=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the sandbox does not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", app.state.world
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def models() -> Models:
    """The project's models and macros, each compiled once."""
    return Models()


@pytest.fixture
def play(sandbox_server, models, tmp_path, monkeypatch) -> Callable[..., Daily]:
    """``play({"salesforce/Account": versions, …})``: a tenant with a fresh lake.

    Called again it makes another lake; the one sandbox then shows the new tenant.
    """
    url, world = sandbox_server
    waits: list[float] = []
    monkeypatch.setenv("CSW_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(ingestion.http, "time", SimpleNamespace(sleep=waits.append))

    def start(files: dict[str, list[dict[str, Any]]]) -> Daily:
        number = len(list(tmp_path.glob("tenant*")))
        folder = write_tenant(tmp_path / f"tenant{number}", files)
        show(world, folder)
        settings = Settings(home=tmp_path / f"home{number}", tenant=folder)
        context = Context(settings, load_tenant(folder), Lake(settings.lake_root))
        return Daily(url, world, context, waits, models)

    return start


def show(world: World, folder: Path) -> None:
    """Let the sandbox show a tenant folder from its first version on, without faults."""
    world.store = Store(folder)
    world.now = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(days=1)
    world.faults = FaultScript()
    world.fields = {}
    world.requests.clear()
