"""objects.yml: names of raw tables, switched-off systems, unknown keys."""

import pytest
import yaml

from ingestion.catalogue import (
    AREAS,
    area_of_entity,
    find_object,
    is_known,
    load_catalogue,
    objects_of,
)
from runtime.errors import CatalogueError
from runtime.sources import SOURCES

GOOD = {"zendesk": {"defaults": {"area": "support"}, "objects": {"users": {"mode": "export"}}}}


def written(folder, document):
    path = folder / "objects.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return load_catalogue(path)


@pytest.mark.parametrize(
    ("source", "name", "table"),
    [
        ("salesforce", "OrderItem", "salesforce__order_item"),
        ("salesforce", "Product2", "salesforce__product2"),
        ("hubspot", "email_events", "hubspot__email_events"),
        ("files", "crm__order_line", "files__crm__order_line"),
        ("files", "hr-staff", "files__hr-staff"),
    ],
)
def test_raw_table_names(source, name, table):
    assert find_object(source, name).table == table


def test_the_catalogue_is_consistent():
    catalogue = load_catalogue()
    assert len({entry.table for entry in catalogue}) == len(catalogue)
    assert {entry.area for entry in catalogue} == set(AREAS)
    assert {entry.source for entry in catalogue} == SOURCES.keys()


def test_objects_of_an_area_and_of_connected_systems():
    crm = objects_of("crm", ["salesforce"])
    assert {entry.source for entry in crm} == {"salesforce"}
    assert {"Account", "OrderItem"} <= {entry.object for entry in crm}
    assert objects_of("crm", []) == []
    assert sorted(e.table for area in AREAS for e in objects_of(area)) == sorted(
        e.table for e in objects_of()
    )


def test_an_unknown_folder_is_an_event_feed_of_its_prefix_area():
    entry = find_object("files", "support__chat")
    assert (entry.area, entry.key, entry.required) == ("support", (), False)
    assert not is_known(entry)
    assert area_of_entity("hr__staff") == "success"


@pytest.mark.parametrize("name", ["CRM__Order", "crm__orderLine"])
def test_a_folder_that_differs_in_capitals_is_refused(name):
    """It would land, unchecked, in the known entity's table."""
    with pytest.raises(CatalogueError, match="rename it to crm__order"):
        find_object("files", name)


def test_an_unknown_object_of_a_vendor():
    with pytest.raises(CatalogueError, match=r"salesforce\.Quote is not in objects\.yml"):
        find_object("salesforce", "Quote")


def test_defaults_are_overridden_by_the_object(tmp_path):
    section = {
        "defaults": {"area": "support", "mode": "export"},
        "objects": {"users": None, "tickets": {"mode": "cursor", "required": True}},
    }
    users, tickets = written(tmp_path, {"zendesk": section})
    assert (users.mode, users.required) == ("export", False)
    assert (tickets.mode, tickets.required) == ("cursor", True)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"zendesk": {**GOOD["zendesk"], "default": {}}}, "zendesk: default: Extra inputs"),
        (
            {"zendesk": {"objects": {"users": {"area": "support"}}}},
            "zendesk.users: mode: Field req",
        ),
        ({"zendesk": {"defaults": {}}}, "zendesk: objects: Field required"),
        ({"zendesk": None}, "zendesk: "),
        (
            {"zendesk": {"objects": {"users": {"area": "sales", "mode": "x"}}}},
            "zendesk.users: area",
        ),
        (
            {"zendesk": {"objects": {"users": {"area": "crm", "mode": "x", "kee": ["id"]}}}},
            "zendesk.users: kee: Extra inputs",
        ),
        ({"zendesc": GOOD["zendesk"]}, "zendesc.users: source"),
    ],
)
def test_a_wrong_catalogue_names_the_place(tmp_path, document, message):
    with pytest.raises(CatalogueError, match=message):
        written(tmp_path, document)
