"""SOQL as a connector writes it: one object, conditions joined by AND, ORDER BY, LIMIT.

    query     = SELECT (COUNT() | name {, name}) FROM name
                [WHERE condition {AND condition}]
                [ORDER BY name [ASC | DESC] [NULLS (FIRST | LAST)] {, …}] [LIMIT number]
    condition = name (= | != | <> | < | <= | > | >=) literal
              | name [NOT] IN (literal {, literal})

Keywords are case-insensitive. Anything else is answered as MALFORMED_QUERY.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from sandbox.timestamps import parse_moment, to_micros

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)(?!\w))
    |(?P<date>\d{4}-\d\d-\d\d(?![\w:]))
    |(?P<number>[+-]?\d+(?:\.\d+)?(?![\w.-]))
    |(?P<name>[A-Za-z_][\w.]*)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<sign>!=|<>|<=|>=|[=<>(),])""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {"=", "!=", "<>", "<", "<=", ">", ">="}
_WORDS = {"true": ("boolean", True), "false": ("boolean", False), "null": ("null", None)}
_RESERVED = {"and", "asc", "desc", "from", "in", "limit", "not", "null", "or", "select", "where"}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class SoqlError(Exception):
    """A query the vendor refuses.

    Args:
        code: the vendor's error code.
        message: what is wrong.
        position: where in the query, counted from 0.
    """

    def __init__(self, code: str, message: str, position: int) -> None:
        self.code = code
        self.message = message
        self.position = position
        super().__init__(message)


class Token(NamedTuple):
    """A word of the query; ``kind`` is the token group's name, or ``end``."""

    kind: str
    text: str
    position: int


class Literal(NamedTuple):
    """A value to compare with; ``kind`` is string, number, boolean, null, date or datetime.

    A datetime's value is in microseconds since the epoch, a date's its ISO text.
    """

    kind: str
    value: Any


class Name(NamedTuple):
    """A field or object as written, and where."""

    text: str
    position: int


@dataclass(frozen=True)
class Condition:
    """``field operator values``; the operator is =, !=, <, <=, >, >=, in or not in."""

    field: Name
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Ordering:
    """One term of ORDER BY."""

    field: Name
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True)
class Query:
    """A parsed query; ``fields`` is empty for COUNT()."""

    object: Name
    fields: tuple[Name, ...]
    conditions: tuple[Condition, ...] = ()
    orderings: tuple[Ordering, ...] = ()
    limit: int | None = None


def parse(text: str) -> Query:
    """Parse a query; raises SoqlError (MALFORMED_QUERY)."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokenise(text)
        self._next = 0

    def query(self) -> Query:
        self._expect("select")
        fields = self._selection()
        self._expect("from")
        object_name = self._name()
        conditions = self._conditions() if self._accept("where") else ()
        orderings = self._orderings() if self._accept("order") else ()
        limit = self._limit() if self._accept("limit") else None
        if self._peek().kind != "end":
            raise self._unexpected()
        return Query(object_name, fields, conditions, orderings, limit)

    def _selection(self) -> tuple[Name, ...]:
        first = self._name()
        if first.text.lower() == "count" and self._accept("("):
            self._expect(")")
            return ()
        fields = [first]
        while self._accept(","):
            fields.append(self._name())
        return tuple(fields)

    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._accept("and"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        field = self._name()
        if self._accept("not"):
            self._expect("in")
            return Condition(field, "not in", self._list())
        if self._accept("in"):
            return Condition(field, "in", self._list())
        operator = self._peek().text
        if operator not in _OPERATORS:
            raise self._unexpected()
        self._advance()
        return Condition(field, "!=" if operator == "<>" else operator, (self._literal(),))

    def _list(self) -> tuple[Literal, ...]:
        self._expect("(")
        values = [self._literal()]
        while self._accept(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        token = self._peek()
        if token.kind == "name" and token.text.lower() in _WORDS:
            literal = Literal(*_WORDS[token.text.lower()])
        elif token.kind in ("string", "number", "date", "datetime"):
            literal = _literal_of(token)
        else:
            raise self._unexpected()
        self._advance()
        return literal

    def _orderings(self) -> tuple[Ordering, ...]:
        self._expect("by")
        orderings = [self._ordering()]
        while self._accept(","):
            orderings.append(self._ordering())
        return tuple(orderings)

    def _ordering(self) -> Ordering:
        field = self._name()
        descending = self._accept("desc")
        if not descending:
            self._accept("asc")
        nulls_last = False
        if self._accept("nulls"):
            nulls_last = self._accept("last")
            if not nulls_last:
                self._expect("first")
        return Ordering(field, descending, nulls_last)

    def _limit(self) -> int:
        token = self._peek()
        if token.kind != "number" or not token.text.isdigit():
            raise self._unexpected()
        self._advance()
        return int(token.text)

    def _name(self) -> Name:
        token = self._peek()
        if token.kind != "name" or token.text.lower() in _RESERVED:
            raise self._unexpected()
        self._advance()
        return Name(token.text, token.position)

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected()

    def _accept(self, text: str) -> bool:
        token = self._peek()
        if token.kind not in ("name", "sign") or token.text.lower() != text:
            return False
        self._advance()
        return True

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> None:
        self._next += 1

    def _unexpected(self) -> SoqlError:
        token = self._peek()
        shown = f"unexpected token: '{token.text or '<EOF>'}'"
        return SoqlError("MALFORMED_QUERY", shown, token.position)


def _tokenise(text: str) -> list[Token]:
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            shown = f"unexpected token: '{text[position]}'"
            raise SoqlError("MALFORMED_QUERY", shown, position)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup, match.group(), position))
        position = match.end()
    return [*tokens, Token("end", "", len(text))]


def _literal_of(token: Token) -> Literal:
    if token.kind == "string":
        unescaped = re.sub(
            r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), token.text[1:-1], flags=re.DOTALL
        )
        return Literal("string", unescaped)
    if token.kind == "number":
        return Literal("number", float(token.text))
    try:
        moment = parse_moment(token.text if token.kind == "datetime" else f"{token.text}T00:00Z")
    except ValueError as problem:
        raise SoqlError(
            "MALFORMED_QUERY", f"invalid date: {token.text}", token.position
        ) from problem
    return Literal(token.kind, token.text if token.kind == "date" else to_micros(moment))
