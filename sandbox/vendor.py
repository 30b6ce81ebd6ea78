"""What the vendors' modules share: the world they show, and how a request passes through them."""

from abc import ABC, abstractmethod
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import format_datetime
from secrets import token_urlsafe
from typing import Any, ClassVar

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.errors import TenantError
from sandbox.faults import BREAKAGES, Fault, FaultScript
from sandbox.store import Collection, Store
from sandbox.tenant_lines import VersionRule
from sandbox.timestamps import to_micros

Endpoint = Callable[[Request], Awaitable[Response]]
HTML_ERROR = "<!DOCTYPE html><html><body><h1>We'll be right back</h1></body></html>"


@dataclass
class World:
    """All that can change while the sandbox runs.

    Attributes:
        now: the vendors' clock; it stands still until it is set.
        tokens: issued access tokens and the vendor each belongs to.
        requests: one entry for every request a vendor answered.
        fields: vendor → object → field → what its administrator set: ``hidden`` (no right to see
            it), and whatever the vendor's description of the field is to say.
        refresh_tokens: vendor → the one refresh token that is good now; the documented one until used.
    """

    store: Store
    now: datetime
    faults: FaultScript = field(default_factory=FaultScript)
    tokens: dict[str, str] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    fields: dict[str, dict[str, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)

    def issue_token(self, vendor: str) -> str:
        """A new access token, valid until revoked."""
        token = token_urlsafe(24)
        self.tokens[token] = vendor
        return token

    def rotate_token(self, vendor: str, refresh_token: str, first: str) -> dict[str, str] | None:
        """Exchange a refresh token for a new pair, which ends the old one.

        Args:
            first: the vendor's refresh token before any exchange.

        Returns:
            The pair, or None if the refresh token is not the one that is good now.
        """
        if refresh_token != self.refresh_tokens.get(vendor, first):
            return None
        self.revoke_tokens(vendor)
        self.refresh_tokens[vendor] = token_urlsafe(24)
        pair = {"access_token": self.issue_token(vendor)}
        return pair | {"refresh_token": self.refresh_tokens[vendor]}

    def revoke_tokens(self, vendor: str | None = None) -> None:
        """End every issued token, or those of one vendor."""
        self.tokens = {t: owner for t, owner in self.tokens.items() if vendor not in (None, owner)}


class Refusal(Exception):
    """Raised by an endpoint to answer with an error.

    Args:
        response: the vendor's error response.
    """

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(response.status_code)


class ConnectionDropped(Exception):
    """Raised while a body is sent, so that the server closes the connection."""


class JSON(Response):
    """A JSON response."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Serialise the content."""
        return orjson.dumps(content)


class Vendor(ABC):
    """Base of a vendor's API over the world."""

    name: ClassVar[str]
    # Login and password of an Airflow connection that signs in here.
    sign_in_as: ClassVar[tuple[str, str]]
    # Kinds of fault that only this vendor knows.
    own_faults: ClassVar[tuple[str, ...]] = ()
    # Faults that change an answer instead of refusing it; the endpoint reads `request.state.twist`.
    twists: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, world: World) -> None:
        self.world = world
        self._usage: Counter[date] = Counter()

    @abstractmethod
    def routes(self) -> list[Route]:
        """The vendor's paths."""

    @abstractmethod
    def denial(self, request: Request) -> Response:
        """The vendor's answer to a missing or ended token."""

    @abstractmethod
    def refusal(self, fault: Fault, request: Request) -> Response:
        """The vendor's answer when its quota is used up or it is down."""

    @abstractmethod
    def failure(self, message: str) -> Response:
        """An error in the vendor's shape for a tenant file the sandbox cannot read."""

    def object_of(self, request: Request) -> str | None:
        """The vendor's name of the object a request is about."""
        return request.path_params.get("object")

    def extra_headers(self, request: Request) -> dict[str, str]:
        """Headers the vendor adds to its answers."""
        return {}

    def check_address(self, request: Request) -> None:  # noqa: B027  (a hook)
        """Raise Refusal for an address the vendor does not serve."""

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request carries a valid token."""
        return self.world.tokens.get(bearer_token(request)) == self.name

    def collection(self, name: str, rule: VersionRule) -> Collection:
        """Versions of one of the vendor's objects; raises TenantError."""
        return self.world.store.collection(self.name, name, rule)

    @property
    def used_today(self) -> int:
        """Requests answered on the clock's day."""
        return self._usage[self.world.now.date()]

    @property
    def micros(self) -> int:
        """The clock in microseconds since the epoch."""
        return to_micros(self.world.now)

    def open_route(self, path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        """A path that needs no token."""
        return self._route(path, endpoint, method)

    def route(self, path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        """A path that needs a token."""
        return self._route(path, self._guarded(endpoint), method)

    def data_route(self, path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        """A path that needs a token, serves records and is subject to the fault script."""
        return self._route(path, self._guarded(self._faulty(endpoint)), method)

    def _route(self, path: str, endpoint: Endpoint, method: str) -> Route:
        async def answer(request: Request) -> Response:
            self._usage[self.world.now.date()] += 1
            try:
                response = await endpoint(request)
            except Refusal as refusal:
                response = refusal.response
            except TenantError as problem:
                response = self.failure(str(problem))
            response.headers["date"] = format_datetime(self.world.now, usegmt=True)
            response.headers.update(self.extra_headers(request))
            self.world.requests.append(
                {
                    "vendor": self.name,
                    "object": self.object_of(request),
                    "method": request.method,
                    "path": request.url.path,
                    "query": request.url.query,
                    "status": response.status_code,
                }
            )
            return response

        return Route(path, answer, methods=[method])

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            self.check_address(request)
            return await endpoint(request) if self.is_signed_in(request) else self.denial(request)

        return guarded

    def _faulty(self, endpoint: Endpoint) -> Endpoint:
        async def faulty(request: Request) -> Response:
            fault = self.world.faults.next_for(self.name, self.object_of(request))
            if fault is None:
                return await endpoint(request)
            if fault.fault in BREAKAGES:
                return _broken(fault.fault, await endpoint(request))
            if fault.fault == "unauthorized":
                self.world.revoke_tokens(self.name)
                return self.denial(request)
            if fault.fault in self.twists:
                request.state.twist = fault.fault
                return await endpoint(request)
            return self.refusal(fault, request)

        return faulty


def twist_of(request: Request) -> str | None:
    """The fault that the endpoint itself is to act out, if any."""
    return getattr(request.state, "twist", None)


def bearer_token(request: Request) -> str:
    """The token of the Authorization header, or an empty text."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def opaque(text: str) -> str:
    """A paging position in a form clients cannot read at a glance."""
    return urlsafe_b64encode(text.encode()).decode()


def read_opaque(token: str) -> str:
    """The text of an ``opaque`` token; raises ValueError if it is none."""
    return b64decode(token, altchars=b"-_", validate=True).decode()


def _broken(kind: str, response: Response) -> Response:
    if kind == "html":
        return Response(HTML_ERROR, media_type="text/html")
    half = bytes(response.body[: len(response.body) // 2])
    if kind == "truncated":
        return Response(half, media_type="application/json")
    return _HalfSent(half, headers={"content-length": str(len(response.body))})


class _HalfSent(Response):
    """Announces the whole body, sends less and drops the connection."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        raise ConnectionDropped
