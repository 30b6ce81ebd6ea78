"""Marketo's leads and activities in the forms its endpoints give them."""

from collections.abc import Iterable
from typing import Any
from zlib import crc32

from sandbox.tenant_lines import VersionRule

LEAD_RULE = VersionRule(key=("id",), cursor="updatedAt", deleted="isDeleted")
ACTIVITY_RULE = VersionRule(key=("marketoGUID",), cursor="activityDate")
DELETE_LEAD = 37
# How the file says that a lead is gone; no field of a lead.
FILE_MARKS = frozenset({"isDeleted", "mergedInto"})
ACTIVITY_COLUMNS = (
    "marketoGUID",
    "leadId",
    "activityDate",
    "activityTypeId",
    "campaignId",
    "primaryAttributeValueId",
    "primaryAttributeValue",
    "attributes",
)
STANDARD_FIELDS = {
    "id": "integer",
    "email": "email",
    "firstName": "string",
    "lastName": "string",
    "company": "string",
    "createdAt": "datetime",
    "updatedAt": "datetime",
    "unsubscribed": "boolean",
    "leadScore": "score",
}
READ_ONLY = ("id", "createdAt", "updatedAt")
TYPES = {
    1: "Visit Webpage",
    2: "Fill Out Form",
    3: "Click Link",
    6: "Send Email",
    7: "Email Delivered",
    8: "Email Bounced",
    9: "Unsubscribe Email",
    10: "Open Email",
    11: "Click Email",
    12: "New Lead",
    13: "Change Data Value",
    22: "Change Score",
    24: "Add to List",
    25: "Remove from List",
    27: "Email Bounced Soft",
    32: "Merge Leads",
    DELETE_LEAD: "Delete Lead",
    46: "Interesting Moment",
    104: "Change Status in Progression",
}


def lead_names(samples: dict[str, Any]) -> dict[str, Any]:
    """Field names of a lead, with a value each where the tenant has one."""
    own = {name: value for name, value in samples.items() if name not in FILE_MARKS}
    return dict.fromkeys(STANDARD_FIELDS) | own


def lead_fields(samples: dict[str, Any]) -> list[dict[str, Any]]:
    """The describe endpoint's entries."""
    return [
        {
            "id": number,
            "displayName": name,
            "dataType": STANDARD_FIELDS.get(name) or _data_type(sample),
            "rest": {"name": name, "readOnly": name in READ_ONLY},
            "soap": {"name": name, "readOnly": name in READ_ONLY},
        }
        for number, (name, sample) in enumerate(lead_names(samples).items(), 1)
    ]


def selected(record: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The fields asked for, null where the lead has no value; the id always."""
    return {name: record.get(name) for name in dict.fromkeys(["id", *fields])}


def activity_types(used: Iterable[int]) -> list[dict[str, Any]]:
    """The types endpoint's entries: the standard ones, and custom ones that occur."""
    return [
        {
            "id": number,
            "name": TYPES.get(number, f"Custom activity {number}"),
            "description": "",
            "primaryAttribute": {"name": "Name", "dataType": "string"},
            "attributes": [],
        }
        for number in sorted({*TYPES, *used})
    ]


def as_activity(record: dict[str, Any]) -> dict[str, Any]:
    """An activity as the paged endpoints give it: attributes as a list."""
    attributes = record.get("attributes") or {}
    listed = [{"name": name, "value": value} for name, value in attributes.items()]
    shown = {name: record[name] for name in ACTIVITY_COLUMNS if record.get(name) is not None}
    return {"id": _number(record["marketoGUID"]), **shown, "attributes": listed}


def as_deletion(lead: dict[str, Any]) -> dict[str, Any]:
    """The Delete Lead activity of a deleted version of a lead."""
    guid = f"{DELETE_LEAD}-{lead['id']}-{lead['updatedAt']}"
    return {
        "id": _number(guid),
        "marketoGUID": guid,
        "leadId": lead["id"],
        "activityDate": lead["updatedAt"],
        "activityTypeId": DELETE_LEAD,
        "primaryAttributeValueId": lead["id"],
        "primaryAttributeValue": f"{lead.get('firstName')} {lead.get('lastName')}",
        "attributes": [{"name": "Campaign", "value": "Delete"}],
    }


def _number(guid: str) -> int:
    return crc32(str(guid).encode())


def _data_type(sample: Any) -> str:
    kinds = ((bool, "boolean"), (int, "integer"), (float, "float"))
    return next((name for kind, name in kinds if isinstance(sample, kind)), "string")
