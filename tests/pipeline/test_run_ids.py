"""The id that a run gets whose starter gave none: a small server in the place of Airflow's answers with what reached it."""

import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.run_ids import NamedByBusinessDate, named
from tests.conftest import environment

NOW = datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)  # 10:02 in Tokyo


@pytest.fixture
def tenant(tmp_path, monkeypatch):
    folder = tmp_path / "tenant"
    folder.mkdir()
    text = "name: acme\ntimezone: Asia/Tokyo\nfirst_business_date: 2026-01-01\nsystems: [files]\n"
    (folder / "tenant.yml").write_text(text)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CSW_TENANT", str(folder))


def test_the_id_begins_with_the_date_that_the_run_is_for(tenant):
    for body, day in [
        ({"conf": {"business_date": "2026-09-30"}}, "2026-09-30"),
        ({"conf": {"business_date": None, "force": True}, "logical_date": None}, "2026-10-31"),
        ({"conf": None}, "2026-10-31"),
        ({}, "2026-10-31"),
        ({"logical_date": "2026-10-10T15:00:00Z"}, "2026-10-10"),
        ({"run_after": "2026-10-10T14:59:59+00:00"}, "2026-10-09"),
        (
            {"logical_date": "2026-10-10T14:59:59Z", "run_after": "2026-10-20T14:59:59Z"},
            "2026-10-09",
        ),
    ]:
        answer = json.loads(named(json.dumps(body).encode(), NOW))
        assert answer == body | {"dag_run_id": f"{day}__20261101T010203"}


def test_a_start_that_says_nothing_is_for_the_newest_date(tenant):
    assert json.loads(named(b"", NOW)) == {"dag_run_id": "2026-10-31__20261101T010203"}


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"3", b"\xff", b'{"conf": 3}', b'{"logical_date": "tomorrow"}',
        b'{"dag_run_id": "mine"}', b'{"conf": {"business_date": "31.10.2026"}}',
        b'{"conf": {"business_date": "2026-11-01"}}',  # is not over
    ],
)  # fmt: skip
def test_what_has_an_id_or_is_wrong_is_left_to_airflow(tenant, body):
    assert named(body, NOW) == body


def test_a_start_of_a_run_is_renamed_and_nothing_else(tenant):
    async def echo(request: Request) -> Response:
        body = await request.body()
        assert int(request.headers.get("content-length", 0)) == len(body)
        return Response(body)

    anywhere = Route("/{path:path}", echo, methods=["GET", "POST", "PATCH"])
    app = Starlette(routes=[anywhere], middleware=[Middleware(NamedByBusinessDate)])
    conf = {"conf": {"business_date": "2026-09-30"}}

    def sent(method: str, path: str) -> dict:
        async def send() -> dict:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://airflow") as client:
                return (await client.request(method, path, json=conf)).json()

        return asyncio.run(send())

    for path in (
        "/api/v2/dags/daily_run/dagRuns",
        "/base/api/v2/dags/ingest_crm/dagRuns",
        "/api/v2/assets/3/materialize",
    ):
        assert sent("POST", path)["dag_run_id"].startswith("2026-09-30__")
    for method, path in [
        ("POST", "/api/v2/dags/somebody_elses/dagRuns"),
        ("POST", "/api/v2/dags/daily_run/dagRuns/list"),
        ("PATCH", "/api/v2/dags/daily_run/dagRuns"),
        ("GET", "/"),
    ]:
        assert sent(method, path) == conf


@given(st.binary(min_size=1, max_size=200))
def test_any_other_bytes_pass(body):
    assert named(body, NOW) == body
