"""Mutated answers of every vendor: what was served and can be read lands, or the object fails with words."""

import csv
import io
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pyarrow.parquet as pq
import uvicorn

import ingestion.http
from ingestion.catalogue import find_object
from ingestion.lake import Lake
from pipeline.context import Context
from pipeline.extract import extract_object
from runtime.errors import WarehouseError
from runtime.records import Connection
from runtime.settings import Settings
from runtime.tenant import load_tenant
from sandbox.app import create_app
from sandbox.vendors import vendor_classes
from tests.chaos.attack import Attack
from tests.ingestion.malformed.generate import mutated
from tests.ingestion.tenant_folder import write_tenant

DAY = date(2026, 11, 2)
STAMP = "2026-11-01T0{}:00:00"
MOST_REQUESTS = 150  # of an object; more are an endless loop, and refused


def _records() -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Object → the field by which its records are told, and the records."""
    numbers = range(1, 8)
    stamp = {number: STAMP.format(number) for number in numbers}
    vendor_time = {number: f"{text}.000+0000" for number, text in stamp.items()}
    utc = {number: f"{text}Z" for number, text in stamp.items()}
    epoch = {
        n: int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
        for n, text in stamp.items()
    }
    salesforce = {
        n: {
            "CreatedDate": vendor_time[1],
            "SystemModstamp": vendor_time[n],
            "IsDeleted": n == 7,
            "Name": f"髙{n}",
        }
        for n in numbers
    }
    hubspot = {
        n: {
            "createdAt": utc[1],
            "updatedAt": utc[n],
            "archived": False,
            "properties": {"name": f"髙{n}"},
        }
        for n in numbers
    }
    zendesk = {n: {"created_at": utc[1], "updated_at": utc[n], "name": f"髙{n}"} for n in numbers}
    return {
        "salesforce/Account": ("Id", [{"Id": f"001{n:012d}AAA"} | salesforce[n] for n in numbers]),
        "salesforce/Lead": ("Id", [{"Id": f"00Q{n:012d}AAA"} | salesforce[n] for n in numbers]),
        "hubspot/companies": ("id", [{"id": f"3100{n}"} | hubspot[n] for n in numbers]),
        "hubspot/contacts": ("id", [{"id": f"5100{n}"} | hubspot[n] for n in numbers]),
        "marketo/leads": (
            "id",
            [
                {
                    "id": 7000 + n,
                    "createdAt": utc[1],
                    "updatedAt": utc[n],
                    "email": f"p{n}@example.jp",
                }
                for n in numbers
            ],
        ),
        "marketo/activities": (
            "marketoGUID",
            [
                {
                    "marketoGUID": f"6600{n}",
                    "leadId": n,
                    "activityDate": utc[n],
                    "activityTypeId": 10,
                    "attributes": {},
                }
                for n in numbers
            ],
        ),
        "zendesk/organizations": ("id", [{"id": 8100 + n} | zendesk[n] for n in numbers]),
        "zendesk/tickets": (
            "id",
            [
                {"id": 9100 + n, "status": "open", "generated_timestamp": epoch[n], "tags": []}
                | zendesk[n]
                for n in numbers
            ],
        ),
    }


@dataclass
class Mutator:
    """Between the sandbox and the network: changes some answers, and keeps what it has sent.

    Attributes:
        chance: of one object's reading; None = nothing is changed.
        sent: the bodies, as they went out.
    """

    app: Any
    chance: random.Random | None = None
    sent: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        start: dict[str, Any] = {}
        body = bytearray()

        async def keep(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            content = bytes(body)
            if self.chance and self.chance.random() < 0.3 and content:
                content = changed(content, self.chance)
            if len(self.sent) >= MOST_REQUESTS:
                start["status"], content = 500, b"{}"
            self.sent.append(content)
            others = [pair for pair in start["headers"] if pair[0] != b"content-length"]
            start["headers"] = [*others, (b"content-length", str(len(content)).encode())]
            await send(start)
            await send({"type": "http.response.body", "body": content})

        await self.app(scope, receive, keep)


def changed(content: bytes, chance: random.Random) -> bytes:
    """A body with a few other bytes, or JSON in which one thing is another, gone or doubled."""
    try:
        document = orjson.loads(content)
    except ValueError:
        return mutated(content, chance)
    if chance.random() < 0.4:
        return mutated(content, chance)
    holders = [node for node in _nodes(document) if isinstance(node, dict | list) and node]
    if not holders:
        return chance.choice((b"[]", b"null", b"1", b'""'))
    holder = chance.choice(holders)
    at = chance.choice([*holder]) if isinstance(holder, dict) else chance.randrange(len(holder))
    match chance.choice(("other", "gone", "renamed", "doubled")):
        case "other":
            holder[at] = chance.choice(
                (None, [], {}, "x", "", -1, 1e300, True, "\\ud83d", [None], {"a": 1})
            )
        case "gone":
            del holder[at]
        case "renamed" if isinstance(holder, dict):
            holder[f"{at}x"] = holder.pop(at)
        case _ if isinstance(holder, list):
            holder.append(holder[at])
        case _:
            holder[str(at).upper()] = holder[at]
    return orjson.dumps(document)


def mutate_answers(folder: Path, count: int, chance: random.Random) -> Attack:
    """Read each vendor's objects through mutated answers, ``count`` times in all."""
    attack, records = Attack("mutated API answers"), _records()
    tenant = write_tenant(folder / "tenant", {name: found for name, (_, found) in records.items()})
    with _served(tenant) as (url, mutator):
        for number in range(-len(records), count):
            name = [*records][number % len(records)]
            mutator.chance = chance if number >= 0 else None  # each once as it is
            mutator.sent.clear()
            vendor = name.split("/")[0]
            home = folder / f"home{number}"
            try:
                landed = _read(home, tenant, url, name)
            except WarehouseError as error:
                wrong = "" if error.hint and number >= 0 else f"{name}, reading {number}: {error}"
                attack.see(f"{vendor}: named failures", wrong)
                continue
            except Exception as error:
                attack.see(
                    "unexplained", f"{name}, reading {number}: {type(error).__name__}: {error}"
                )
                continue
            key, found = records[name]
            known = {str(record[key]) for record in found}
            served = [_keys(body, key, known) for body in mutator.sent]
            lost = (known if number < 0 else set().union(*served)) - landed
            attack.see(
                f"{vendor}: landed",
                f"{name}, reading {number}: lost {sorted(lost)}" if lost else "",
            )
    return attack


def _read(home: Path, tenant: Path, url: str, name: str) -> set[str]:
    """Land one object; returns the keys that landed."""
    source, object_name = name.split("/")
    entry = find_object(source, object_name)
    os.environ["CSW_HOME"] = str(home)
    settings = Settings(home=home, tenant=tenant)
    context = Context(settings, load_tenant(tenant), Lake(settings.lake_root))
    login, password = vendor_classes()[source].sign_in_as
    connection = Connection(
        url, login, password, {"since": "2026-10-30"} if source == "marketo" else {}
    )
    extract_object(context, entry, DAY, connection)
    manifest = context.lake.complete_run(entry, DAY.isoformat())
    rows = [
        row
        for path in context.lake.parts(entry, manifest)
        for row in pq.read_table(path).to_pylist()
    ]
    assert len(rows) == manifest.rows
    return {value for row in rows for value in row.values() if isinstance(value, str)}


def _keys(body: bytes, key: str, known: set[str]) -> set[str]:
    """Keys of the records that a body holds, read without our reader; none of one that is no JSON and no CSV."""
    try:
        nodes = [*_nodes(orjson.loads(body))]
    except ValueError:
        if body[:1] in (b"{", b"["):
            return set()
        lines = io.StringIO(body.decode("utf-8", "replace"), newline="")
        try:
            nodes = [row for row in csv.DictReader(lines) if None not in {*row, *row.values()}]
        except (csv.Error, TypeError):
            return set()
    return {
        str(node[key]) for node in nodes if isinstance(node, dict) and str(node.get(key)) in known
    }


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for inner in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from _nodes(inner)


@contextmanager
def _served(tenant: Path) -> Iterator[tuple[str, Mutator]]:
    """The sandbox of a tenant behind a mutator, in this process, where nobody waits."""
    mutator = Mutator(create_app(tenant, datetime(2026, 11, 3, tzinfo=UTC)))
    config = uvicorn.Config(mutator, port=0, log_level="critical", access_log=False, lifespan="off")
    server, before = uvicorn.Server(config), ingestion.http.time
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    ingestion.http.time = SimpleNamespace(sleep=lambda _: None)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", mutator
    finally:
        ingestion.http.time = before
        server.should_exit = True
        thread.join()
