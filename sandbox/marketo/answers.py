"""The envelopes of Marketo's answers."""

from itertools import count
from secrets import token_hex
from typing import Any

from starlette.responses import Response

from sandbox.vendor import JSON

MESSAGES = {
    "600": "Empty access token",
    "601": "Access token invalid",
    "602": "Access token expired",
    "603": "Access denied",
    "604": "Request timed out",
    "606": "Max rate limit '100' exceeded with in '20' secs",
    "607": "Daily API Requests quota of '50000' exceeded",
    "608": "API Temporarily Unavailable",
    "610": "Requested resource not found",
    "611": "System error",
    "615": "Concurrent access limit reached",
    "713": "Transient error",
    "1029": "Too many jobs (10) in queue",
    "1029b": "Export daily quota 500MB exceeded.",
    "1035": "Unsupported filter type for target subscription",
}


class Answers:
    """Envelopes with their running request ids."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def success(self, result: list[dict[str, Any]] | None, **more: Any) -> Response:
        """The envelope of a good answer; an empty result is left out of a page."""
        body: dict[str, Any] = {"requestId": self._request_id(), "success": True, **more}
        if result or (result is not None and not more):
            body["result"] = result
        return JSON(body)

    def error(self, code: str, message: str | None = None) -> Response:
        """The envelope of an error; ``1029b`` is the daily quota's message under code 1029."""
        problem = {"code": code.rstrip("b"), "message": message or MESSAGES.get(code, "Error")}
        return JSON({"requestId": self._request_id(), "success": False, "errors": [problem]})

    def _request_id(self) -> str:
        return f"{token_hex(2)}#{next(self._numbers):011x}"
