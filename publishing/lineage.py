"""Where published tables come from and who reads them, from dbt's manifest."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.files import write_atomically

_PUBLISHED = ("core", "marts")


@dataclass(frozen=True)
class Lineage:
    """A published table's neighbours.

    Attributes:
        tables: the published tables it is made from, without those that lie behind them.
        feeds: the raw tables that lie behind it (``salesforce__account``).
        read_by: the published tables made from it.
        pages: the site's pages that read it.
    """

    tables: list[str]
    feeds: list[str]
    read_by: list[str]
    pages: list[str]


def write_lineage(file: Path, manifest: dict[str, Any], mode: int) -> None:
    """Keep what the site needs of a manifest (the whole has some 20 MB)."""
    found = {name: vars(lineage) for name, lineage in lineage_of(manifest).items()}
    write_atomically(file, json.dumps(found), mode)


def read_lineage(file: Path) -> dict[str, Lineage]:
    """What was kept; empty before dbt's documentation was first written."""
    if not file.exists():
        return {}
    found = json.loads(file.read_text(encoding="utf-8"))
    return {name: Lineage(**lineage) for name, lineage in found.items()}


def lineage_of(manifest: dict[str, Any]) -> dict[str, Lineage]:
    """Published table → its lineage."""
    parents: dict[str, list[str]] = manifest["parent_map"]
    published = {
        key: node["name"]
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] in _PUBLISHED
    }
    feeds = {
        key: node["name"]
        for key, node in manifest["sources"].items()
        if node["source_name"] == "raw"
    }
    nearest = {name: sorted(_nearest(key, parents, published)) for key, name in published.items()}
    pages = [
        (exposure["name"].removeprefix("site_"), set(parents[key]))
        for key, exposure in manifest["exposures"].items()
    ]
    return {
        name: Lineage(
            tables=nearest[name],
            feeds=sorted(feeds[found] for found in _behind(key, parents) & feeds.keys()),
            read_by=sorted(other for other, tables in nearest.items() if name in tables),
            pages=sorted(page for page, read in pages if key in read),
        )
        for key, name in sorted(published.items(), key=lambda item: item[1])
    }


def _behind(key: str, parents: dict[str, list[str]]) -> set[str]:
    """Everything that lies behind a node."""
    found, left = set(), [key]
    while left:
        for parent in parents.get(left.pop(), []):
            if parent not in found:
                found.add(parent)
                left.append(parent)
    return found


def _nearest(key: str, parents: dict[str, list[str]], published: dict[str, str]) -> set[str]:
    """The first published tables on each way back."""
    found, seen, left = set(), set(), [key]
    while left:
        for parent in parents.get(left.pop(), []):
            if parent in published:
                found.add(published[parent])
            elif parent not in seen:
                seen.add(parent)
                left.append(parent)
    return found
