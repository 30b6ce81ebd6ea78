"""The sandbox as a web application: the vendors' own paths, and ``/_sandbox`` for whoever runs it."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.tenant import Tenant
from sandbox.fault_script import FaultScriptError, parse_faults
from sandbox.faults import FaultScript
from sandbox.store import Store
from sandbox.timestamps import parse_moment
from sandbox.vendor import JSON, World
from sandbox.vendors import vendor_classes

CLOCK_MARGIN = timedelta(minutes=5)


def create_app(
    tenant_folder: Path, clock: datetime, faults: FaultScript | None = None
) -> Starlette:
    """The sandbox over a tenant folder; ``app.state.world`` holds its clock, tokens and log.

    Args:
        tenant_folder: folder in the form of docs/tenant.md; files are read when first asked for.
        clock: aware; later versions than this do not show.
        faults: script in force from the first request.
    """
    world = World(Store(tenant_folder), clock.astimezone(UTC), faults or FaultScript())
    vendors = [vendor(world) for vendor in vendor_classes().values()]
    routes = [route for vendor in vendors for route in vendor.routes()]
    app = Starlette(routes=[*routes, *_admin_routes(world)])
    app.state.world = world
    return app


def default_clock(tenant: Tenant) -> datetime:
    """Five minutes past the end of the last business date, or now for a live company."""
    if tenant.last_business_date is None:
        return datetime.now(UTC)
    next_day = tenant.last_business_date + timedelta(days=1)
    midnight = datetime.combine(next_day, time(), tenant.zone).astimezone(UTC)
    return midnight + CLOCK_MARGIN


def _admin_routes(world: World) -> list[Route]:
    async def show_clock(_: Request) -> Response:
        return JSON({"now": world.now.isoformat()})

    async def set_clock(request: Request) -> Response:
        try:
            world.now = parse_moment(orjson.loads(await request.body())["now"])
        except (ValueError, TypeError, KeyError) as problem:
            return JSON({"error": f'send {{"now": "<ISO 8601 with offset>"}}: {problem}'}, 400)
        return await show_clock(request)

    async def set_faults(request: Request) -> Response:
        try:
            text = (await request.body()).decode()
            world.faults = parse_faults(text, "request body")
        except (FaultScriptError, UnicodeDecodeError) as problem:
            return JSON({"error": str(problem)}, 400)
        return Response(status_code=204)

    async def clear_faults(_: Request) -> Response:
        world.faults = FaultScript()
        return Response(status_code=204)

    async def set_fields(request: Request) -> Response:
        try:
            wanted = orjson.loads(await request.body())
            world.fields = {vendor: dict(objects) for vendor, objects in wanted.items()}
        except (ValueError, TypeError, AttributeError) as problem:
            return JSON({"error": f"send {{vendor: {{object: {{field: {{}}}}}}}}: {problem}"}, 400)
        return Response(status_code=204)

    async def list_requests(_: Request) -> Response:
        return JSON(world.requests)

    async def revoke_tokens(_: Request) -> Response:
        world.revoke_tokens()
        return Response(status_code=204)

    return [
        Route("/_sandbox/clock", show_clock, methods=["GET"]),
        Route("/_sandbox/clock", set_clock, methods=["PUT"]),
        Route("/_sandbox/faults", set_faults, methods=["PUT"]),
        Route("/_sandbox/faults", clear_faults, methods=["DELETE"]),
        Route("/_sandbox/fields", set_fields, methods=["PUT"]),
        Route("/_sandbox/requests", list_requests, methods=["GET"]),
        Route("/_sandbox/revoke_tokens", revoke_tokens, methods=["POST"]),
    ]
