"""HubSpot's CRM search: filter groups, one sort, integer offsets, 10,000 results at most."""

import operator as op
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.hubspot.records import CrmObject, present
from sandbox.store import Snapshot, Version, Versions, key_order
from sandbox.timestamps import MILLISECOND, parse_moment, to_micros

PAGE_LIMIT = 200
RESULT_LIMIT = 10_000
GROUP_LIMIT = 5
GROUP_FILTER_LIMIT = 6
FILTER_LIMIT = 18
_ORDERED = {"LT": op.lt, "LTE": op.le, "GT": op.gt, "GTE": op.ge}
_SIGNS = {"EQ": "=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_KEYS = {"filterGroups", "sorts", "properties", "limit", "after"}
Column = Callable[[Version], Any]
Test = Callable[[Version], bool]


class SearchError(Exception):
    """A search the vendor refuses with 400."""


def find(crm: CrmObject, body: dict[str, Any]) -> Sequence[Version]:
    """Every record a search matches, in its order.

    The modified property is compared as ``updatedAt``, by which the versions are ordered.

    Raises:
        SearchError: a filter or sort cannot be understood, or there are too many.
    """
    return _sorted(crm, _matching(crm, body.get("filterGroups") or []), body.get("sorts") or [])


def page(crm: CrmObject, body: dict[str, Any], found: Sequence[Version]) -> dict[str, Any]:
    """The page of the found records that a search asks for; raises SearchError for what cannot be had."""
    unknown = set(body) - _KEYS
    if unknown:
        raise SearchError(f"{min(unknown)} is not supported by the sandbox")
    limit, after = _whole(body.get("limit", 10), "limit"), _whole(body.get("after") or 0, "after")
    if not 1 <= limit <= PAGE_LIMIT:
        raise SearchError(f"limit must be between 1 and {PAGE_LIMIT}")
    if after >= RESULT_LIMIT:
        raise SearchError(f"only the first {RESULT_LIMIT} results can be paged through")
    end = min(after + limit, RESULT_LIMIT)
    wanted = body.get("properties") or []
    answer: dict[str, Any] = {
        "total": len(found),
        "results": [present(crm, version, wanted) for version in found[after:end]],
    }
    if end < len(found):
        answer["paging"] = {"next": {"after": str(end)}}
    return answer


def _matching(crm: CrmObject, groups: list[dict[str, Any]]) -> Versions:
    filters = [filters for group in groups if (filters := group.get("filters") or [])]
    if len(groups) > GROUP_LIMIT or sum(map(len, filters)) > FILTER_LIMIT:
        raise SearchError(f"at most {GROUP_LIMIT} groups and {FILTER_LIMIT} filters are allowed")
    if any(len(group) > GROUP_FILTER_LIMIT for group in filters):
        raise SearchError(f"at most {GROUP_FILTER_LIMIT} filters are allowed in a group")
    alive = crm.snapshot.alive
    if len(filters) <= 1:
        return _all_of(crm, alive, filters[0] if filters else [])
    matched = {version.key for group in filters for version in _all_of(crm, alive, group)}
    return alive.versions.filtered(lambda version: version.key in matched)


def _all_of(crm: CrmObject, alive: Snapshot, group: list[dict[str, Any]]) -> Versions:
    on_cursor = [f for f in group if _narrows(crm, f)]
    found = alive.between(
        (_SIGNS[f["operator"]], _operand(crm, crm.modified_property, f.get("value")))
        for f in on_cursor
    )
    others = [(f, _test(crm, f)) for f in group if f not in on_cursor]
    for condition, test in others:
        if _is_above(condition) and _is_one_moment(found):
            last = key_order(str(condition["value"]))
            found = found[bisect_right(found, last, key=lambda v: key_order(v.key)) :]
        else:
            found = found.filtered(test)
    return found


def _narrows(crm: CrmObject, condition: dict[str, Any]) -> bool:
    on_cursor = condition.get("propertyName") == crm.modified_property
    return on_cursor and condition.get("operator") in _SIGNS


def _is_above(condition: dict[str, Any]) -> bool:
    return (condition.get("propertyName"), condition.get("operator")) == ("hs_object_id", "GT")


def _is_one_moment(versions: Versions) -> bool:
    """Whether all have one cursor, so that they lie in the order of their ids."""
    return len(versions) == 0 or versions[0].cursor == versions[-1].cursor


def _test(crm: CrmObject, condition: dict[str, Any]) -> Test:
    name, operator = condition.get("propertyName"), condition.get("operator")
    column = _column(crm, name)

    def bound(key: str) -> Any:
        if key not in condition:
            raise SearchError(f"{operator} on {name} needs {key}")
        return _operand(crm, name, condition[key])

    if operator == "HAS_PROPERTY":
        return lambda version: column(version) is not None
    if operator == "NOT_HAS_PROPERTY":
        return lambda version: column(version) is None
    if operator in ("IN", "NOT_IN"):
        values = [_operand(crm, name, value) for value in condition.get("values") or []]
        wanted = operator == "IN"
        return lambda version: column(version) is not None and (column(version) in values) is wanted
    if operator == "BETWEEN":
        low, high = bound("value"), bound("highValue")
        return _when_filled(column, lambda value: low <= value <= high)
    value = bound("value")
    if operator == "EQ":
        return lambda version: column(version) == value
    if operator == "NEQ":
        return lambda version: column(version) != value
    if operator in _ORDERED:
        compare = _ORDERED[operator]
        return _when_filled(column, lambda found: compare(found, value))
    raise SearchError(f"{operator} is no operator the sandbox knows")


def _when_filled(column: Column, test: Callable[[Any], bool]) -> Test:
    def holds(version: Version) -> bool:
        value = column(version)
        return value is not None and test(value)

    return holds


def _sorted(crm: CrmObject, versions: Versions, sorts: list[Any]) -> Sequence[Version]:
    if not sorts:
        return sorted(versions, key=lambda version: key_order(version.key))
    if len(sorts) > 1:
        raise SearchError("only one sort is allowed")
    sort = sorts[0]
    if isinstance(sort, str):
        sort = {
            "propertyName": sort.removeprefix("-"),
            "direction": "DESCENDING" if sort.startswith("-") else "ASCENDING",
        }
    descending = sort.get("direction") == "DESCENDING"
    name = sort.get("propertyName")
    is_by_id = name == "hs_object_id" and _is_one_moment(versions)
    if (name == crm.modified_property or is_by_id) and not descending:
        return versions  # found in this order
    column = _column(crm, name)
    values = [(column(version), version) for version in versions]
    filled = sorted(
        (pair for pair in values if pair[0] is not None),
        key=lambda pair: pair[0],
        reverse=descending,
    )
    return [v for _, v in filled] + [v for value, v in values if value is None]


def _column(crm: CrmObject, name: Any) -> Column:
    """How a property's comparable value is had; null where it is unset or does not fit its type."""
    if name not in crm.property_types:
        raise SearchError(f"there is no property {name!r}")
    if name == crm.modified_property:
        return lambda version: version.cursor
    if name == "hs_object_id":
        return lambda version: key_order(version.key)
    convert = _CONVERSIONS[crm.property_types[name]]
    return lambda version: convert(crm.properties_of(version.record).get(name))


def _operand(crm: CrmObject, name: str, value: Any) -> Any:
    if name == "hs_object_id":
        return key_order(str(value))
    converted = _CONVERSIONS[crm.property_types[name]](str(value))
    if converted is None:
        raise SearchError(f"{value!r} is no {crm.property_types[name]} ({name})")
    return converted


def _moment(text: str | None) -> int | None:
    """Microseconds of an ISO timestamp or of epoch milliseconds."""
    if not text:
        return None
    if text.lstrip("-").isdigit():
        return int(text) * MILLISECOND
    try:
        return to_micros(parse_moment(text if "T" in text else f"{text}T00:00Z"))
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _word(text: str | None) -> str | None:
    return text.casefold() if text else None


_CONVERSIONS: dict[str, Callable[[str | None], Any]] = {
    "datetime": _moment,
    "date": _moment,
    "number": _number,
    "bool": _word,
    "string": _word,
}


def _whole(value: Any, name: str) -> int:
    if not str(value).isdigit():
        raise SearchError(f"{name} must be a whole number")
    return int(value)
