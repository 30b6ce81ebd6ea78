"""The seed of the data quadrants: what it lists is what the model counts."""

import csv
import re

from jinja2 import Environment

from runtime.settings import PROJECT_ROOT

PROJECT = PROJECT_ROOT / "dbt_project"
MODEL = PROJECT / "models/intermediate/customer/int_data_object.sql"


def test_objects_of_the_seed_are_those_of_the_model() -> None:
    """Each in its quadrant, none missing and none more."""
    with (PROJECT / "seeds/data_quadrant.csv").open(encoding="utf-8") as handle:
        listed = {
            (int(row["quadrant_no"]), name)
            for row in csv.DictReader(handle)
            for name in row["objects"].split()
        }
    assert counted() == listed
    assert {quadrant for quadrant, _ in listed} == set(range(1, 9))


def counted() -> set[tuple[int, str]]:
    """Quadrant and object of each part of the model's union."""
    nothing = {
        "config": lambda **_: "",
        "ref": str,
        "as_of_date": lambda: "today",
        "as_of_end": lambda: "now",
        "surrogate_key": str,
        "local_midnight": str,
        "dbt": {"type_timestamp": lambda: "timestamp"},
    }
    template = Environment(extensions=["jinja2.ext.do"]).from_string(MODEL.read_text("utf-8"))
    parts = re.findall(
        r", (\d)(?: as quadrant_no)?, '(\w+)'(?: as object_code)?,", template.render(nothing)
    )
    return {(int(quadrant), name) for quadrant, name in parts}
