"""SOQL texts, cut so that they fit into an address."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

# Salesforce refuses URI and headers above 16,384 bytes together.
MAX_URL = 15_000
GROUP_BYTES = 8_000
IDS_A_QUERY = 200


def select(fields: Iterable[str], object_name: str, rest: str = "") -> str:
    """A query; ``rest`` begins with a space."""
    return f"SELECT {','.join(fields)} FROM {object_name}{rest}"


def literal(moment: datetime) -> str:
    """A datetime literal, which SOQL wants unquoted and in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def url(base_url: str, root: str, soql: str) -> str:
    """The address of a query's first page."""
    return f"{base_url}{root}/queryAll?{urlencode({'q': soql})}"


def id_lists(ids: Iterable[str]) -> Iterator[str]:
    """Conditions that together name every id once."""
    quoted = ["'" + key.replace("\\", r"\\").replace("'", r"\'") + "'" for key in ids]
    for first in range(0, len(quoted), IDS_A_QUERY):
        yield f" WHERE Id IN ({','.join(quoted[first : first + IDS_A_QUERY])})"


def field_groups(fields: list[str], always: set[str]) -> list[list[str]]:
    """Split ``fields`` into lists short enough for a URL; the first one holds ``always``."""
    groups, size = [sorted(always)], 0
    for field in fields:
        if field in always:
            continue
        size += len(field) + len("%2C")
        if size > GROUP_BYTES:
            groups.append([])
            size = len(field) + len("%2C")
        groups[-1].append(field)
    return groups
