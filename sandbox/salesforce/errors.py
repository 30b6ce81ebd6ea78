"""Salesforce's error bodies: an array of code and message."""

from starlette.responses import Response

from sandbox.vendor import JSON


def error(status: int, code: str, message: str) -> Response:
    """One error as the vendor writes it."""
    return JSON([{"message": message, "errorCode": code}], status)


def not_found() -> Response:
    """An address with nothing behind it."""
    return error(404, "NOT_FOUND", "The requested resource does not exist")
