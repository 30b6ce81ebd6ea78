"""JSON as vendors send it, with nothing of it lost on the way.

orjson is fast and reads nearly everything. It rounds a number of more digits than a double holds,
and refuses a whole page for one half of a surrogate pair, as in a text cut in the middle of an emoji.
"""

import json
import re
from decimal import Decimal
from typing import Any

import orjson

# Digits and points become 0: a run of as many as _LONG may be a number that a double does not hold.
_DIGITS = bytes(ord("0") if byte in b"0123456789." else ord(" ") for byte in range(256))
_LONG = b"0" * 17
# A 64-bit integer has 19 digits; shorter ones surely fit.
INTEGER_DIGITS = 18
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def read_json(content: bytes) -> Any:
    """Parse a body.

    A number that neither a double nor 64 bits hold is given as its text, half a surrogate pair as
    the escape it was sent as (``\\ud83d``).

    Raises:
        ValueError: it is no JSON.
    """
    if _holds_long_number(content):
        return _read_exactly(content)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return _read_exactly(content)


def _holds_long_number(content: bytes) -> bool:
    """Whether there is a number, or what may be one, that orjson would round."""
    runs = content.translate(_DIGITS) + b" "
    found = []
    end = 0
    while (at := runs.find(_LONG, end)) >= 0:
        end = runs.find(b" ", at)
        if content[at - 1 : at] != b'"':  # else a text that begins with digits
            if content[end : end + 1] in (b"e", b"E"):
                return True
            found.append(content[at:end].decode())
    return any(isinstance(_number(digits), str) for digits in found)


def _read_exactly(content: bytes) -> Any:
    try:
        return json.loads(
            _ESCAPE.sub(_kept, content.decode("utf-8-sig")),
            parse_float=_number,
            parse_int=_number,
            parse_constant=str,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _number(digits: str) -> int | float | str:
    """The number, or its text where a double or 64 bits would be another one."""
    if "." not in digits and digits.lstrip("-").isdecimal():
        return int(digits) if len(digits) <= INTEGER_DIGITS else digits
    try:
        number = float(digits)
        is_exact = repr(number) == digits or Decimal(repr(number)) == Decimal(digits)
        return number if is_exact else digits
    except (ValueError, ArithmeticError):  # no number, or an exponent beyond any decimal's
        return digits


def _kept(escape: re.Match[str]) -> str:
    return f"\\{escape[0]}" if escape[1] else escape[0]
