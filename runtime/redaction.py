"""Keeps credentials, values of the data, and what a terminal would obey, out of every text that people or logs see."""

import re
from collections.abc import Iterable

MASK = "***"
CREDENTIAL = re.compile(
    r"(?i)(bearer\s+|basic\s+"
    r"|\b(?:access_token|refresh_token|client_secret|assertion|password|api_?key|token)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
)
ABOUT_A_VALUE = re.compile(
    r"(?i)(conversion|constraint|out of range|invalid input|invalid type|serialization) ?(error|exception)"
    r"|could not (convert|parse|cast|decode)|failed to (cast|parse)|invalid (literal|input syntax|isoformat)"
    r"|casting value|malformed json|does not match format|violates|already exists"
)
# Also what ends a line, or turns the text that follows round.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
QUOTE = re.compile("['\"]")
SHOWN_AGAIN = re.compile(r"(?m)^(?!LINE ).+(?=\n *\^)")
URL_PASSWORD = re.compile(r"(://[^\s/:@]*:)[^\s/]+(?=@)")


def printable(text: str) -> str:
    """``text`` in one line that no terminal obeys: control characters as escapes."""
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask every known secret in ``text``, and whatever looks like a credential."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return CREDENTIAL.sub(rf"\1{MASK}", URL_PASSWORD.sub(rf"\1{MASK}", text))


def hide_values(text: str) -> str:
    """An engine's message without the value it could not take: its form stands there (``text of 14 characters``).

    Such a message does not tell whether the column's values may be shown. Other messages stay as they are: what
    they quote are names.
    """
    if not ABOUT_A_VALUE.search(text):
        return text
    lines, open_quote = [], ""
    for line in text.split("\n"):
        if open_quote or ABOUT_A_VALUE.search(line):
            line, open_quote = _hide_in_line(line, open_quote)
        lines.append(line)
    return SHOWN_AGAIN.sub(lambda found: _form(found[0]), "\n".join(lines))


def _hide_in_line(line: str, quote: str) -> tuple[str, str]:
    """The line without what it quotes, and the quote that is still open at its end.

    A quote goes on to the last one of its kind: the value may hold some too.
    """
    shown, rest = ("", quote + line) if quote else ("", line)
    while found := QUOTE.search(rest):
        begin, end = found.start(), rest.rfind(found[0])
        if end == begin or rest[end + 1 : end + 2].isalnum():
            return f"{shown}{rest[:begin]}{_form(rest[begin + 1 :])}", found[0]
        shown += rest[:begin] + _form(rest[begin + 1 : end])
        rest = rest[end + 1 :]
    return shown + rest, ""


def _form(value: str) -> str:
    return f"text of {len(value)} characters"
