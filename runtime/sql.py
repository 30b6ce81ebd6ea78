"""Names and texts from outside in SQL: the one way they are quoted."""


def identifier(name: str) -> str:
    """An SQL identifier: a column, table or schema of any name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL text literal."""
    return "'" + text.replace("'", "''") + "'"
