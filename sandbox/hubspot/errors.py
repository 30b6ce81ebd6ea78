"""HubSpot's error body, and the checks of parameters that lead to it."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
from starlette.responses import Response

from sandbox.vendor import JSON, Refusal


def error(code: int, message: str, headers: dict[str, str] | None = None, **more: str) -> Response:
    """An answer with HubSpot's error body and status ``code``."""
    body = {"status": "error", "message": message, "correlationId": str(uuid4()), **more}
    return JSON(body, code, headers)


def invalid(message: str) -> Response:
    """The answer to a request that cannot be understood."""
    return error(400, message, category="VALIDATION_ERROR")


def whole(text: str, name: str, largest: int) -> int:
    """A number from 1 to ``largest``; raises Refusal."""
    if not text.isdigit() or not 1 <= int(text) <= largest:
        raise Refusal(invalid(f"{name} must be between 1 and {largest}"))
    return int(text)


def digest(params: dict[str, Any]) -> str:
    """A short text that equal parameters share."""
    return sha256(orjson.dumps(params, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
