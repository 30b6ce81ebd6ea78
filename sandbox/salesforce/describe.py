"""Salesforce's describe calls, made from the fields that occur in a tenant's file."""

import re
from typing import Any

from sandbox.store import Collection

STANDARD_FIELDS = {"Id": "id", "IsDeleted": "boolean", "CreatedDate": "datetime"}
SYSTEM_FIELDS = frozenset({*STANDARD_FIELDS, "SystemModstamp"})
_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "double": "xsd:double",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    "anyType": "xsd:anyType",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def field_types(collection: Collection, cursor: str) -> dict[str, str]:
    """Describe type of every field: the standard ones, then the file's in order of appearance.

    Args:
        cursor: the object's timestamp of change, which is a standard field too.
    """
    standard = {**STANDARD_FIELDS, cursor: "datetime"}
    found = {name: _field_type(name, sample) for name, sample in collection.samples.items()}
    return {**standard, **{n: t for n, t in found.items() if n not in standard}}


def describe(
    name: str,
    types: dict[str, str],
    objects: list[str],
    base: str,
    settings: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """Body of ``/sobjects/<name>/describe``.

    Args:
        name: the object.
        types: its fields' describe types.
        objects: the organisation's objects, to which references may point.
        base: ``/services/data/vXX.0``.
        settings: field → properties that are to be described otherwise (``calculated`` …).
    """
    fields = [
        _describe_field(field, kind, objects) | settings.get(field, {})
        for field, kind in types.items()
    ]
    return {
        **summary(name, base),
        "fields": fields,
        "childRelationships": [],
        "recordTypeInfos": [],
    }


def summary(name: str, base: str) -> dict[str, Any]:
    """An object's entry in the global describe."""
    return {
        "name": name,
        "label": name.removesuffix("__c").replace("_", " "),
        "labelPlural": name.removesuffix("__c").replace("_", " "),
        "custom": name.endswith("__c"),
        "customSetting": False,
        "deprecatedAndHidden": False,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": True,
        "keyPrefix": None,
        "urls": {
            "sobject": f"{base}/sobjects/{name}",
            "describe": f"{base}/sobjects/{name}/describe",
        },
    }


def _field_type(name: str, sample: Any) -> str:
    if isinstance(sample, bool):
        return "boolean"
    if isinstance(sample, (int, float)):
        return "double"
    if isinstance(sample, dict):
        return "address"
    if isinstance(sample, list):
        return "anyType"
    if isinstance(sample, str) and _DATETIME.match(sample):
        return "datetime"
    if isinstance(sample, str) and _DATE.fullmatch(sample):
        return "date"
    return "reference" if name.endswith("Id") else "string"


def _describe_field(name: str, kind: str, objects: list[str]) -> dict[str, Any]:
    is_compound = kind in ("address", "anyType")
    target = name.removesuffix("Id")
    return {
        "name": name,
        "type": kind,
        "soapType": _SOAP_TYPES.get(kind, "xsd:string"),
        "label": name.removesuffix("__c").replace("_", " "),
        "custom": name.endswith("__c"),
        "calculated": False,
        "calculatedFormula": None,
        "nillable": name not in SYSTEM_FIELDS,
        "filterable": not is_compound,
        "sortable": not is_compound,
        "updateable": name not in SYSTEM_FIELDS,
        "createable": name not in SYSTEM_FIELDS,
        "compoundFieldName": None,
        "relationshipName": target if kind == "reference" else None,
        "referenceTo": [target] if kind == "reference" and target in objects else [],
        "picklistValues": [],
        "length": {"id": 18, "reference": 18, "string": 255}.get(kind, 0),
        "precision": 18 if kind == "double" else 0,
        "scale": 2 if kind == "double" else 0,
        "autoNumber": False,
        "externalId": False,
        "defaultedOnCreate": name in SYSTEM_FIELDS,
        "deprecatedAndHidden": False,
        "idLookup": kind == "id",
        "unique": False,
    }
