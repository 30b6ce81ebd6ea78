"""Answers a parsed SOQL query from a snapshot."""

import operator as op
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.soql import Condition, Literal, Name, Ordering, Query, SoqlError
from sandbox.store import Snapshot, Version
from sandbox.timestamps import parse_moment, to_micros

_ADVICE = (
    "If you are attempting to use a custom {kind}, be sure to append the '__c' after the {what} "
    "name. Please reference your WSDL or the describe call for the appropriate names."
)
_ORDERED = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}
_LITERAL_KINDS = {
    "boolean": "boolean",
    "double": "number",
    "int": "number",
    "date": "date",
    "datetime": "datetime",
}
Column = Callable[[Version], Any]


@dataclass(frozen=True)
class Found:
    """What a query found; ``fields`` is empty for COUNT()."""

    object: str
    fields: tuple[str, ...]
    types: dict[str, str]
    versions: Sequence[Version]


def bind(query: Query, types: dict[str, str]) -> Query:
    """Check a query against an object and spell its fields as the object does.

    Args:
        query: as parsed.
        types: describe type of every field.

    Raises:
        SoqlError: INVALID_FIELD, for an unknown field or a literal of the wrong type.
    """
    spelling = {name.lower(): name for name in types}

    def known(name: Name) -> Name:
        if name.text.lower() not in spelling:
            message = f"No such column '{name.text}' on entity '{query.object.text}'. "
            advice = _ADVICE.format(kind="field", what="custom field")
            raise SoqlError("INVALID_FIELD", message + advice, name.position)
        return Name(spelling[name.text.lower()], name.position)

    conditions = tuple(Condition(known(c.field), c.operator, c.values) for c in query.conditions)
    for condition in conditions:
        _check_literals(condition, types[condition.field.text])
    orderings = tuple(Ordering(known(o.field), o.descending, o.nulls_last) for o in query.orderings)
    fields = tuple(known(field) for field in query.fields)
    return Query(query.object, fields, conditions, orderings, query.limit)


def unknown_object(name: Name) -> SoqlError:
    """The vendor's answer to a query of an object it does not have."""
    advice = _ADVICE.format(kind="object", what="entity")
    message = f"sObject type '{name.text}' is not supported. {advice}"
    return SoqlError("INVALID_TYPE", message, name.position)


def select(
    query: Query, snapshot: Snapshot, types: dict[str, str], with_deleted: bool, cursor: str
) -> Sequence[Version]:
    """The versions a bound query finds, in its order; deleted ones only if asked for.

    Args:
        cursor: the field by which versions are ordered; conditions on it need no look into them.
    """
    shown = snapshot if with_deleted else snapshot.alive
    ids = next((c for c in query.conditions if _names_ids(c)), None)
    if ids:
        tests = [_test(c, types, cursor) for c in query.conditions if c is not ids]
        named = shown.with_keys(literal.value for literal in ids.values)
        found: Sequence[Version] = [v for v in named if all(test(v) for test in tests)]
    else:
        on_cursor = [c for c in query.conditions if _narrows(c, cursor)]
        found = shown.between((c.operator, c.values[0].value) for c in on_cursor)
        for test in [_test(c, types, cursor) for c in query.conditions if c not in on_cursor]:
            found = found.filtered(test)
    if _is_order_of(snapshot, query.orderings, cursor):
        return found[: query.limit]
    for ordering in reversed(query.orderings):
        found = _sorted(found, ordering, types, cursor)
    return found[: query.limit]


def _check_literals(condition: Condition, field_type: str) -> None:
    field = condition.field
    if field_type in ("address", "anyType"):
        message = f"field '{field.text}' can not be filtered in a query call"
        raise SoqlError("INVALID_FIELD", message, field.position)
    expected = _LITERAL_KINDS.get(field_type, "string")
    for literal in condition.values:
        if literal.kind not in (expected, "null"):
            quotes = "should be" if expected == "string" else "should not be"
            message = (
                f"value of filter criterion for field '{field.text}' must be of type "
                f"{expected} and {quotes} enclosed in quotes"
            )
            raise SoqlError("INVALID_FIELD", message, field.position)


def _narrows(condition: Condition, cursor: str) -> bool:
    return (
        condition.field.text == cursor
        and condition.operator in ("=", "<", "<=", ">", ">=")
        and condition.values[0].kind == "datetime"
    )


def _names_ids(condition: Condition) -> bool:
    return condition.field.text == "Id" and condition.operator in ("=", "in")


def _is_order_of(snapshot: Snapshot, orderings: tuple[Ordering, ...], cursor: str) -> bool:
    """Whether versions are found in this order anyway, so that none need be sorted."""
    if any(ordering.descending for ordering in orderings):
        return False
    names = [ordering.field.text for ordering in orderings]
    return names in ([], [cursor]) or (names == [cursor, "Id"] and snapshot.has_even_keys)


def _test(condition: Condition, types: dict[str, str], cursor: str) -> Callable[[Version], bool]:
    field = condition.field.text
    column = _column(field, types[field], cursor)
    values = {_comparable(literal, field) for literal in condition.values}
    if condition.operator in ("=", "in"):
        return lambda version: column(version) in values
    if condition.operator in ("!=", "not in"):
        return lambda version: column(version) not in values
    compare, bound = _ORDERED[condition.operator], next(iter(values))

    def is_ordered(version: Version) -> bool:
        value = column(version)
        return value is not None and bound is not None and compare(value, bound)

    return is_ordered


def _comparable(literal: Literal, field: str) -> Any:
    if literal.kind == "string" and field != "Id":
        return literal.value.casefold()
    return literal.value


def _column(field: str, field_type: str, cursor: str) -> Column:
    """How a field's comparable value is had from a version; null where it does not fit its type."""
    if field == "Id":
        return lambda version: version.key
    if field == cursor:
        return lambda version: version.cursor
    if field == "IsDeleted":
        return lambda version: version.deleted
    convert = _CONVERSIONS.get(field_type, _text)
    return lambda version: convert(version.record.get(field))


def _text(value: Any) -> str | None:
    return value.casefold() if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _moment(value: Any) -> int | None:
    try:
        return to_micros(parse_moment(value))
    except (TypeError, ValueError):
        return None


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "double": _number,
    "int": _number,
    "datetime": _moment,
}


def _sorted(
    versions: Sequence[Version], ordering: Ordering, types: dict[str, str], cursor: str
) -> list[Version]:
    field = ordering.field.text
    column = _column(field, types[field], cursor)
    values = [(column(version), version) for version in versions]
    empty = [version for value, version in values if value is None]
    filled = sorted(
        (pair for pair in values if pair[0] is not None),
        key=lambda pair: pair[0],
        reverse=ordering.descending,
    )
    rest = [version for _, version in filled]
    return rest + empty if ordering.nulls_last else empty + rest
