"""Marketo's REST manners: a shared token, and errors that come with HTTP status 200."""

import logging
from typing import Any

import requests

from ingestion.http import HttpError, JsonApi
from runtime.records import Connection

logger = logging.getLogger(__name__)

# A token with less left may end before a call that carries it arrives.
SHORTEST_LIFETIME = 5
# What other vendors would say with a status, by Marketo's code; any other code is a bad request.
STATUSES = {
    "500": 500,  # internal error
    "502": 502,  # bad gateway
    "600": 401,  # no token
    "601": 401,  # token invalid
    "602": 401,  # token expired
    "603": 403,  # access denied
    "604": 504,  # timeout
    "606": 429,  # 100 calls in 20 seconds
    "608": 503,  # temporarily unavailable
    "610": 404,  # no such path
    "611": 500,  # system error
    "614": 503,  # subscription out of reach, usually for a while
    "615": 429,  # 10 calls at once
    "702": 404,  # no such record
    "713": 503,  # transient
    "1013": 404,  # no such object
}
# Marketo gives no hint how long to wait [seconds]: the window of its rate, a slow call, a job's turn.
WAITS = {"606": 20.0, "615": 5.0, "1029": 60.0}
DAILY_CALLS, JOB_LIMIT, UNSUPPORTED_FILTER = "607", "1029", "1035"


class MarketoApi(JsonApi):
    """Client-credentials sign-in, and the envelope ``{success, errors, warnings, result}``."""

    source = "marketo"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.host, connection.password)
        self._client = {
            "grant_type": "client_credentials",
            "client_id": connection.login,
            "client_secret": connection.password,
        }

    def sign_in(self) -> dict[str, str]:
        """Get the token; until it ends the vendor gives the same one, with the seconds it has left."""
        answer = self._token()
        left = int(answer.get("expires_in", SHORTEST_LIFETIME))
        if left < SHORTEST_LIFETIME:
            self.sleep(left + 1)
            answer = self._token()
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def _token(self) -> dict[str, Any]:
        # By POST, which keeps the secret out of addresses and so out of everybody's logs.
        return self.fetch_token("/identity/oauth/token", data=self._client)

    def result(self, method: str, path: str, object_name: str, **options: Any) -> dict[str, Any]:
        """Send one request and return its envelope, with a ``result`` even where it is left out.

        Raises:
            AuthenticationError, HttpError, SourceError: see JsonApi.
        """
        body = self.request(method, path, object_name, **options)
        for warning in body.get("warnings") or []:
            logger.warning("marketo / %s: %s", object_name, self.redact(str(warning)))
        return {**body, "result": body.get("result") or []}

    def parse(self, response: requests.Response) -> Any:
        """The envelope, or the response itself where it is an exported file."""
        is_file = response.headers.get("Content-Type", "").startswith("text/csv")
        return response if is_file else super().parse(response)

    def status_of(self, response: requests.Response, body: Any) -> int:
        """The status that stands for the first error of an envelope."""
        if not isinstance(body, dict) or body.get("success") is not False:
            return response.status_code
        code = error_code(body)
        if code == JOB_LIMIT:
            if "already queued" in _message(body):
                return 409
            return 403 if is_used_up(body) else 429
        return 403 if code == DAILY_CALLS else STATUSES.get(code, 400 if code else 500)

    def is_transient(self, response: requests.Response, body: Any) -> bool:
        """A job that is in the queue already stays there."""
        return self.status_of(response, body) != 409 and super().is_transient(response, body)

    def wait_hint(self, response: requests.Response) -> float | None:
        """By error code, since Marketo says nothing."""
        return WAITS.get(error_code(self.parse(response)), super().wait_hint(response))

    def advice(self, status: int, body: Any) -> str:
        """What is used up comes back at Marketo's midnight; permissions are an API role's."""
        if is_used_up(body):
            what = "daily API calls" if error_code(body) == DAILY_CALLS else "daily export volume"
            return (
                f"the subscription's {what} are used up until midnight US Central; run again then"
            )
        if status == 403:
            return "give the API role of `marketo_default` Read-Only Lead and Read-Only Activity"
        return super().advice(status, body)


def error_code(body: Any) -> str:
    """Code of an envelope's first error; empty if there is none."""
    return str(_first_error(body).get("code", ""))


def is_used_up(body: Any) -> bool:
    """Whether a quota of the day is used up; a full job queue has the same code as the export quota."""
    code = error_code(body)
    return code == DAILY_CALLS or (code == JOB_LIMIT and "quota" in _message(body))


def has_code(error: Exception, code: str) -> bool:
    """Whether an exception is Marketo's refusal with this code."""
    return isinstance(error, HttpError) and error_code(error.body) == code


def _message(body: Any) -> str:
    return str(_first_error(body).get("message", "")).lower()


def _first_error(body: Any) -> dict[str, Any]:
    errors = body.get("errors") if isinstance(body, dict) else None
    return errors[0] if isinstance(errors, list) and errors else {}
