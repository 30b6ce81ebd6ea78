"""The catalogue of source objects: what is extracted, from where, by which key and cursor."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from runtime.errors import CatalogueError
from runtime.sources import SOURCES, SourceSpec

CATALOGUE_FILE = Path(__file__).with_name("objects.yml")
Area = Literal["crm", "sfa", "ma", "support", "success"]
AREAS: tuple[str, ...] = get_args(Area)
_Model = TypeVar("_Model", bound=BaseModel)


class _Section(BaseModel):
    """What objects.yml says of one source: defaults of its objects, and the objects."""

    model_config = ConfigDict(extra="forbid")

    defaults: dict[str, Any] = Field(default_factory=dict)
    objects: dict[str, dict[str, Any] | None]


class CatalogueObject(BaseModel):
    """One object of one source.

    Attributes:
        source: name of its source in the registry.
        object: the vendor's own name, or the input-layer entity for dropped files.
        area: which ingest DAG pulls it.
        key: fields that identify a record; empty for event feeds whose unit is the file.
        cursor: field that orders the versions of a record; None where rows have no versions.
        mode: how the vendor lets it be read; the connector decides what it means.
        required: an unreadable required object ends the run.
        lookback_days: days before the last committed window that are read again.
        compare_days: days between two comparisons of everything the lake holds with the vendor, to
            find what windows cannot show; None = never.
        reads: database: the table or view, ``schema.name`` or ``name``.
        columns: database: landed name → column; empty = all under their own names.
        not_read: why no model reads it, ``English / 日本語``; empty where one does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    object: str
    area: Area
    key: tuple[str, ...] = ()
    cursor: str | None = None
    mode: str
    required: bool = False
    lookback_days: int = 3
    compare_days: int | None = None
    reads: str | None = None
    columns: dict[str, str] = {}
    not_read: str = ""

    @field_validator("source")
    @classmethod
    def _registered(cls, value: str) -> str:
        if value not in SOURCES:
            raise ValueError(f"{value} is none of {', '.join(SOURCES)}")
        return value

    @property
    def spec(self) -> SourceSpec:
        """What the registry knows of its source."""
        return SOURCES[self.source]

    @property
    def table(self) -> str:
        """Name of the raw table without its schema: ``salesforce__order_item``."""
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.object).lower()
        return f"{self.source}__{snake}"

    @property
    def is_entity(self) -> bool:
        """Whether it lands under the columns of the input entity of its name, and is held to that contract."""
        return self.spec.lands_entities

    @property
    def lookback(self) -> timedelta:
        """Overlap with the last committed window."""
        return timedelta(days=self.lookback_days)


@cache
def load_catalogue(path: Path = CATALOGUE_FILE) -> tuple[CatalogueObject, ...]:
    """Read objects.yml.

    Returns:
        Every object in file order.

    Raises:
        CatalogueError: the file has an unknown key or a wrong value.
    """
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    entries = []
    for source, content in document.items():
        section = _validated(_Section, content, f"{path.name}: {source}")
        for name, spec in section.objects.items():
            fields = {**section.defaults, **(spec or {}), "source": source, "object": name}
            entries.append(_validated(CatalogueObject, fields, f"{path.name}: {source}.{name}"))
    return tuple(entries)


def objects_of(area: str | None = None, systems: list[str] | None = None) -> list[CatalogueObject]:
    """Objects of an area (all areas if None) whose source is among ``systems`` (any if None)."""
    return [
        entry
        for entry in load_catalogue()
        if area in (None, entry.area) and (systems is None or entry.source in systems)
    ]


def find_object(source: str, name: str) -> CatalogueObject:
    """Look up one object by source and vendor name.

    A dropped-file folder that is no known entity is an object too: an event feed that lands raw and is
    modelled by nobody.

    Raises:
        CatalogueError: the source has no such object, or a dropped-file folder would land in the table of
            another.
    """
    for entry in load_catalogue():
        if (entry.source, entry.object) == (source, name):
            return entry
    if source in SOURCES and SOURCES[source].is_file_drop:
        unknown = CatalogueObject(
            source=source, object=name, area=area_of_entity(name), mode="file_drop"
        )
        for entry in load_catalogue():
            if entry.table == unknown.table:
                raise CatalogueError(
                    f"{source} / {name}: the folder's capitals are not those of {entry.object}",
                    f"rename it to {entry.object}",
                )
        return unknown
    raise CatalogueError(f"{source}.{name} is not in objects.yml", "add an entry for it")


def area_of_entity(name: str) -> str:
    """Area whose DAG reads a dropped-file folder: its prefix, ``success`` for every other prefix."""
    prefix = name.split("__", 1)[0]
    return prefix if prefix in AREAS else "success"


def is_known(entry: CatalogueObject) -> bool:
    """Whether the object is in objects.yml (an unknown dropped-file folder is not)."""
    return entry in load_catalogue()


def _validated(model: type[_Model], fields: Any, where: str) -> _Model:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"]))
        raise CatalogueError(
            f"{where}: {key}: {problem['msg']}", "compare with a neighbouring entry"
        ) from error
