"""Keeps credentials out of every text that people or logs see."""

import re
from collections.abc import Iterable

MASK = "***"
CREDENTIAL = re.compile(
    r"(?i)(bearer\s+|basic\s+"
    r"|\b(?:access_token|refresh_token|client_secret|assertion|password|api_?key|token)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
)
URL_PASSWORD = re.compile(r"(://[^\s/:@]*:)[^\s/]+(?=@)")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask every known secret in ``text``, and whatever looks like a credential."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return CREDENTIAL.sub(rf"\1{MASK}", URL_PASSWORD.sub(rf"\1{MASK}", text))
