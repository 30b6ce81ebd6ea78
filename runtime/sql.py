"""Names and texts from outside in SQL: the one way they are quoted."""

from collections.abc import Iterable


def identifier(name: str) -> str:
    """An SQL identifier: a column, table or schema of any name.

    Raises:
        ValueError: it is empty or holds a NUL, which no engine takes.
    """
    if not name or "\0" in name:
        raise ValueError(f"{name!r} is no name")
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str]) -> str:
    """SQL identifiers, with commas between them."""
    return ", ".join(map(identifier, names))


def literal(text: str) -> str:
    """An SQL text literal.

    Raises:
        ValueError: it holds a NUL, which no engine takes.
    """
    if "\0" in text:
        raise ValueError(f"{text!r} is no text")
    return "'" + text.replace("'", "''") + "'"
