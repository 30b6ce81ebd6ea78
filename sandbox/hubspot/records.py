"""How HubSpot shows a CRM record, and what properties an object has."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.store import Snapshot, Version

DEFAULT_PROPERTIES = {
    "contacts": ("email", "firstname", "lastname"),
    "companies": ("name", "domain"),
    "deals": ("dealname", "amount", "closedate", "dealstage", "pipeline"),
}
WITH_PLAIN_CREATEDATE = ("contacts", "companies", "deals", "tickets")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True)
class CrmObject:
    """One CRM object as it stands.

    Attributes:
        name: ``contacts``.
        snapshot: its records, archived ones among them.
        samples: for every property that occurs in the file, its first value.
    """

    name: str
    snapshot: Snapshot
    samples: dict[str, Any]

    @property
    def modified_property(self) -> str:
        """The property that holds the time of the last change."""
        return "lastmodifieddate" if self.name == "contacts" else "hs_lastmodifieddate"

    @property
    def created_property(self) -> str:
        """The property that holds the time of creation."""
        return "createdate" if self.name in WITH_PLAIN_CREATEDATE else "hs_createdate"

    @property
    def always_returned(self) -> tuple[str, ...]:
        """Properties of every answer, asked for or not."""
        return (self.created_property, self.modified_property, "hs_object_id")

    @cached_property
    def property_types(self) -> dict[str, str]:
        """Type of every property: the file's and the vendor's own."""
        types = {
            "hs_object_id": "number",
            self.created_property: "datetime",
            self.modified_property: "datetime",
        }
        found = {name: _property_type(value) for name, value in self.samples.items()}
        return {**found, **types}

    def property_definitions(self) -> list[dict[str, Any]]:
        """Entries of the properties API."""
        return [_definition(name, kind) for name, kind in self.property_types.items()]

    def properties_of(self, record: dict[str, Any]) -> dict[str, str | None]:
        """A record's properties as text, with those HubSpot keeps itself."""
        kept = {
            "hs_object_id": str(record["id"]),
            self.created_property: record.get("createdAt"),
            self.modified_property: record["updatedAt"],
        }
        given = {name: _as_text(value) for name, value in record.get("properties", {}).items()}
        return {**kept, **{name: value for name, value in given.items() if value is not None}}


def present(
    crm: CrmObject, version: Version, wanted: list[str], related: list[str] | None = None
) -> dict[str, Any]:
    """A record with the properties asked for (the vendor's defaults if none).

    Args:
        crm: the object.
        version: the record.
        wanted: names of properties; unset ones are null, ones the object lacks are left out.
        related: objects whose associations are shown.
    """
    record = version.record
    values = crm.properties_of(record)
    chosen = wanted or DEFAULT_PROPERTIES.get(crm.name, ())
    names = {*crm.always_returned, *(name for name in chosen if name in crm.property_types)}
    shown = {
        "id": str(record["id"]),
        "properties": {name: values.get(name) for name in sorted(names)},
        "createdAt": record.get("createdAt"),
        "updatedAt": record["updatedAt"],
        "archived": version.deleted,
    }
    if version.deleted:
        shown["archivedAt"] = record.get("archivedAt") or record["updatedAt"]
    associations = record.get("associations") or {}
    links = {name: associations[name] for name in related or () if name in associations}
    return {**shown, "associations": links} if links else shown


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _property_type(value: Any) -> str:
    text = _as_text(value) or ""
    if text in ("true", "false"):
        return "bool"
    if _NUMBER.fullmatch(text):
        return "number"
    if _DATETIME.match(text):
        return "datetime"
    return "date" if _DATE.fullmatch(text) else "string"


def _definition(name: str, kind: str) -> dict[str, Any]:
    field_types = {
        "number": "number",
        "datetime": "date",
        "date": "date",
        "bool": "booleancheckbox",
    }
    return {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "type": kind,
        "fieldType": field_types.get(kind, "text"),
        "description": "",
        "groupName": "information",
        "options": [],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": False,
        "hasUniqueValue": False,
        "hidden": False,
        "hubspotDefined": name.startswith("hs_"),
        "formField": False,
    }
