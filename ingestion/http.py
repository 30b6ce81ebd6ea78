"""JSON over HTTP as SaaS vendors serve it: signed requests, waits, retries, errors without secrets.

A vendor module subclasses JsonApi and overrides only what differs at that vendor.
"""

import logging
import random
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from urllib3.exceptions import NewConnectionError

from ingestion.vendor_json import read_json
from runtime.errors import AuthenticationError, SourceError
from runtime.redaction import redact

logger = logging.getLogger(__name__)

USER_AGENT = "customer-success-warehouse/0.1"
NO_CONTENT = 204
RETRIED_STATUSES = frozenset({408, 409, 423, 425, 429, 477, *range(500, 600)})
NETWORK_FAILURES = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
MESSAGE_LENGTH = 300
UNREACHABLE_ATTEMPTS = 4


class HttpError(SourceError):
    """The vendor refused a request in a way that asking again does not cure.

    Args:
        source, object_name, message, hint: as in SourceError.
        status: HTTP status.
        body: the parsed JSON body, or None if it was not JSON.
    """

    def __init__(
        self, source: str, object_name: str, message: str, hint: str, status: int, body: Any
    ) -> None:
        self.status = status
        self.body = body
        super().__init__(source, object_name, message, hint)


class _TransientError(Exception):
    """A failed attempt that is worth another one.

    ``hint`` is the vendor's wait in seconds, ``attempts`` how many are worth it (None = as ever).
    """

    def __init__(
        self, reason: str, advice: str, hint: float | None = None, attempts: int | None = None
    ) -> None:
        self.advice = advice
        self.hint = hint
        self.attempts = attempts
        super().__init__(reason)


class JsonApi(ABC):
    """One vendor's API on one session.

    Args:
        host: base URL, or a host name (https is then assumed).
        secrets: texts that must never be shown; tokens got at sign-in are added to them.

    Attributes:
        sleep: called with seconds; tests replace it.
        max_attempts: attempts of one request before it is given up.
        max_wait: longest single wait in seconds, whatever the vendor asks for.
        wait_budget: seconds one request may spend waiting in total.
        timeout: connect and read timeout in seconds.
        clock: the vendor's time at the first good answer; None before it, or if it tells none.
    """

    source = ""
    max_attempts = 7
    max_wait = 120.0
    wait_budget = 600.0
    timeout = (10.0, 130.0)

    def __init__(self, host: str, *secrets: str) -> None:
        if not host:
            raise SourceError(self.source, "sign-in", "no host is configured", self.fix("host"))
        self.base_url = (host if "://" in host else f"https://{host}").rstrip("/")
        self.secrets = {secret for secret in secrets if secret}
        self.sleep = time.sleep
        self.clock: datetime | None = None
        self._headers: dict[str, str] | None = None
        self._session = _Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})

    # What differs from vendor to vendor.

    @abstractmethod
    def sign_in(self) -> dict[str, str]:
        """Return the headers that sign a request; called before the first one and after a 401."""

    def wait_hint(self, response: requests.Response) -> float | None:
        """Seconds the vendor asks to wait, None if it does not say."""
        return retry_after(response)

    def status_of(self, response: requests.Response, body: Any) -> int:
        """The HTTP status an answer stands for, where a vendor sends its errors with status 200."""
        return response.status_code

    def is_transient(self, response: requests.Response, body: Any) -> bool:
        """Whether asking again may cure this error answer."""
        return self.status_of(response, body) in RETRIED_STATUSES

    def parse(self, response: requests.Response) -> Any:
        """The body of an answer; None if it cannot be read, which is worth another attempt."""
        try:
            return read_json(response.content)
        except ValueError:
            return None

    def observe(  # noqa: B027  (a hook: most vendors have no use for it)
        self, response: requests.Response, object_name: str
    ) -> None:
        """See every good answer, to raise SourceError when a quota runs low."""

    def sign_in_advice(self, body: Any) -> str:
        """What the reader of refused credentials should do about it."""
        return self.fix("login and password")

    def advice(self, status: int, body: Any) -> str:
        """What the reader of a refusal should do about it."""
        if status == 403:
            return f"give the user of the Airflow connection `{self.source}_default` read access"
        if status in (404, 410):
            return self.fix("host and api_version")
        if status in RETRIED_STATUSES:
            return "the vendor is busy or down; run again later"
        return "run again; if it stays so, ask the vendor what its answer means"

    # What they share.

    def open(self) -> None:
        """Sign in now: an unreachable or refusing source says so once, before any of its objects is read."""
        self._headers = self.sign_in()

    def get(self, path: str, object_name: str, **params: Any) -> Any:
        """GET ``path`` and return the parsed body; parameters that are None are left out.

        Raises:
            AuthenticationError: the credentials are refused, also after signing in again.
            HttpError: the vendor refuses the request.
            SourceError: no good answer within the allowed attempts and waits.
        """
        return self.request("GET", path, object_name, params=params)

    def watch(self, see: Callable[[requests.Response], None]) -> None:
        """Show every answer to ``see``, good or bad; what it shows must not leave the process."""
        self._session.hooks["response"].append(lambda response, **_: see(response))

    def post(self, path: str, object_name: str, payload: Any) -> Any:
        """POST ``payload`` as JSON (a read that needs a body) and return the parsed body."""
        return self.request("POST", path, object_name, json=payload)

    def fetch_token(self, path: str, **options: Any) -> dict[str, Any]:
        """POST to the vendor's token endpoint and keep the tokens it gives out of every message.

        Args:
            path: path of the endpoint.
            options: ``json=`` or ``data=``, as the vendor wants the credentials.

        Raises:
            AuthenticationError: the vendor refuses the credentials.
        """
        answer = self.request("POST", path, "sign-in", signed=False, **options)
        if not answer.get("access_token"):
            raise AuthenticationError(
                self.source, "sign-in", "the token endpoint gave no access token", self.fix("host")
            )
        self.secrets |= {str(answer[k]) for k in ("access_token", "refresh_token") if answer.get(k)}
        return answer

    def request(
        self, method: str, path: str, object_name: str, *, signed: bool = True, **options: Any
    ) -> Any:
        """Send one request, again where that may help, and return the parsed JSON body.

        Args:
            method: HTTP method.
            path: path below the base URL, or a whole URL.
            object_name: what is read, for messages and logs.
            signed: sign the request; a 401 then leads to one new sign-in.
            options: passed to requests (``params``, ``json``, ``data``).

        Raises:
            AuthenticationError, HttpError, SourceError: see ``get``.
        """
        renewed = False

        def ask() -> Any:
            nonlocal renewed
            response = self._send(method, path, signed, options)
            body = self.parse(response)
            if self.status_of(response, body) == 401 and signed and not renewed:
                logger.warning("%s / %s: 401, signing in again", self.source, object_name)
                self._headers, renewed = None, True
                return ask()  # an ended token is no failure: it costs neither an attempt nor a wait
            return self._read(response, body, object_name, signed)

        attempts = Retrying(
            retry=retry_if_exception_type(_TransientError),
            wait=self._pause,
            stop=self._is_given_up,
            before_sleep=partial(self._tell, object_name),
            sleep=self.sleep,
            retry_error_callback=partial(self._give_up, object_name),
        )
        return attempts(ask)

    def redact(self, text: str) -> str:
        """``text`` without any known secret and without anything that looks like a credential."""
        return redact(text, self.secrets)

    def _send(
        self, method: str, path: str, signed: bool, options: dict[str, Any]
    ) -> requests.Response:
        if signed and self._headers is None:
            self._headers = self.sign_in()
        headers = self._headers if signed else {}
        url = path if "://" in path else self.base_url + path
        if signed and _address(url) != _address(self.base_url):
            # Whoever is there would get our token.
            raise SourceError(
                self.source, "connection", f"an answer leads to {_address(url)}", self.fix("host")
            )
        # The network library's own texts hold whole URLs: none of them may reach a message.
        try:
            return self._session.request(
                method,
                url,
                auth=_Signature(headers),
                timeout=self.timeout,
                # A sign-in carries the secret in its body, which would follow to wherever it is sent;
                # a read is followed on the vendor's host only (see _Session).
                allow_redirects=signed,
                **options,
            )
        except requests.RequestException as error:
            reason = f"no complete answer from {_address(url)} ({type(error).__name__})"
            advice = f"see whether this machine reaches and trusts it; {self.fix('host')}"
            if isinstance(error, NETWORK_FAILURES) and not isinstance(
                error, requests.exceptions.SSLError
            ):
                attempts = UNREACHABLE_ATTEMPTS if _was_never_reached(error) else None
                raise _TransientError(reason, advice, attempts=attempts) from None
            raise SourceError(self.source, "connection", reason, advice) from None

    def _read(self, response: requests.Response, body: Any, object_name: str, signed: bool) -> Any:
        status = self.status_of(response, body)
        if 300 <= status < 400:
            message = f"HTTP {status}: {_address(response.url)} sends us elsewhere"
            raise HttpError(self.source, object_name, message, self.fix("host"), status, body)
        if status < 400:
            if body is None and status != NO_CONTENT:
                kind = response.headers.get("Content-Type", "no content type")
                raise _TransientError(
                    f"HTTP {status} whose body is not JSON ({kind})", self.fix("host")
                )
            self.clock = self.clock or _http_date(response.headers.get("Date", ""))
            self.observe(response, object_name)
            return body
        said = self.redact(_vendor_message(body))[:MESSAGE_LENGTH]
        answered = f"HTTP {response.status_code} from {_address(response.url)}"
        message = f"{answered}{': ' if said else ''}{said}"
        if self.is_transient(response, body):
            raise _TransientError(message, self.advice(status, body), self.wait_hint(response))
        if status == 401 or (not signed and status in (400, 403)):
            raise AuthenticationError(self.source, object_name, message, self.sign_in_advice(body))
        raise HttpError(self.source, object_name, message, self.advice(status, body), status, body)

    def _pause(self, state: RetryCallState) -> float:
        """Seconds to wait: what the vendor asks for or an exponential step, never in lockstep."""
        base = state.outcome.exception().hint or 2.0 ** (state.attempt_number - 1)
        return min(base * random.uniform(1.0, 1.25), self.max_wait)

    def _allowed(self, state: RetryCallState) -> int:
        return state.outcome.exception().attempts or self.max_attempts

    def _is_given_up(self, state: RetryCallState) -> bool:
        """Whether the attempts this kind of failure is worth are used up, or the next wait is over the budget."""
        is_over_budget = state.idle_for + state.upcoming_sleep > self.wait_budget
        return is_over_budget or state.attempt_number >= self._allowed(state)

    def _tell(self, object_name: str, state: RetryCallState) -> None:
        logger.warning(
            "%s / %s: %s, attempt %d of %d, next in %.1f s",
            self.source,
            object_name,
            state.outcome.exception(),
            state.attempt_number,
            self._allowed(state),
            state.upcoming_sleep,
        )

    def _give_up(self, object_name: str, state: RetryCallState) -> NoReturn:
        failure = state.outcome.exception()
        message = (
            f"{failure}, {state.attempt_number} attempts over {state.idle_for:.0f} s of waiting"
        )
        raise SourceError(self.source, object_name, message, failure.advice) from None

    def fix(self, what: str) -> str:
        """The hint that names the Airflow connection and what in it to look at."""
        return f"check the {what} of the Airflow connection `{self.source}_default`"


class _Session(requests.Session):
    """Follows a redirect only to the address that was asked: another one's answer is not the vendor's data."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and _address(urljoin(resp.url, target)) != _address(resp.url):
            return None
        return target


class _Signature(requests.auth.AuthBase):
    """Sets the signing headers; its presence also keeps requests from sending ~/.netrc entries."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self.headers)
        return request


def retry_after(response: requests.Response) -> float | None:
    """Seconds of a Retry-After header, given as seconds or as an HTTP date; None if unusable."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    moment, now = _http_date(value), _http_date(response.headers.get("Date", ""))
    if moment is None:
        return None
    # Against the vendor's clock: ours may be off.
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _was_never_reached(error: requests.RequestException) -> bool:
    """Whether not even a connection came about: nothing was sent, and soon again it will hardly be better."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError)


def _address(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.hostname}:{port}"


def _vendor_message(body: Any) -> str:
    if isinstance(body, dict) and body.get("errors") and "message" not in body:
        body = body["errors"]
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return ""
    names = ("errorCode", "code", "category", "policyName", "error", "message")
    names += ("error_description", "description")
    return ", ".join(str(first[name]) for name in names if first.get(name))
