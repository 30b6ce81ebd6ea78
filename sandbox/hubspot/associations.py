"""HubSpot's associations API, version 4, from the associations records carry in the file."""

from typing import Any

from sandbox.store import Snapshot

TARGET_LIMIT = 500
SINGULAR = {"contacts": "contact", "companies": "company", "deals": "deal", "tickets": "ticket"}
TYPES = {
    "contact_to_company": (1, "Primary"),
    "contact_to_company_unlabeled": (279, None),
    "company_to_contact": (2, "Primary"),
    "company_to_contact_unlabeled": (280, None),
    "deal_to_contact": (3, None),
    "contact_to_deal": (4, None),
    "deal_to_company": (5, "Primary"),
    "company_to_deal": (6, "Primary"),
}


def batch_read(
    snapshot: Snapshot, start_object: str, target: str, inputs: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Results for records that have associations, and an error for every other one.

    Args:
        snapshot: the records the associations start from.
        start_object: their object's name (``contacts``).
        target: name of the associated object, as in the file (``companies``).
        inputs: entries with ``id`` and, for a further page of one record, ``after``.
    """
    results, errors = [], []
    for entry in inputs:
        version = snapshot.with_key(str(entry["id"]))
        links = _links(version.record, target) if version else []
        start = int(entry.get("after") or 0)
        page = links[start : start + TARGET_LIMIT]
        if not page:
            errors.append(_nothing_found(start_object, target, str(entry["id"])))
            continue
        result: dict[str, Any] = {"from": {"id": str(entry["id"])}, "to": page}
        if start + TARGET_LIMIT < len(links):
            result["paging"] = {"next": {"after": str(start + TARGET_LIMIT)}}
        results.append(result)
    return results, errors


def _nothing_found(start_object: str, target: str, key: str) -> dict[str, Any]:
    """How HubSpot says that a record has no associations, or does not exist."""
    one, other = SINGULAR.get(start_object, start_object), SINGULAR.get(target, target)
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {other} is associated with {one} {key}.",
        "context": {"fromObjectId": [key], "fromObjectType": [one], "toObjectType": [other]},
    }


def _links(record: dict[str, Any], target: str) -> list[dict[str, Any]]:
    """One entry a target, with all types that link to it."""
    by_target: dict[str, list[dict[str, Any]]] = {}
    for link in ((record.get("associations") or {}).get(target) or {}).get("results", []):
        by_target.setdefault(str(link["id"]), []).append(_association_type(link.get("type")))
    return [{"toObjectId": key, "associationTypes": kinds} for key, kinds in by_target.items()]


def _association_type(name: str | None) -> dict[str, Any]:
    if name in TYPES:
        number, label = TYPES[name]
        return {"category": "HUBSPOT_DEFINED", "typeId": number, "label": label}
    return {"category": "USER_DEFINED", "typeId": 0, "label": name}
