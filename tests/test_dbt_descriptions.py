"""Every model, source, seed and macro of dbt is described in both languages, and every model's key is tested."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

DBT = ROOT / "dbt_project"
ENGINES = ("default__", "duckdb__", "spark__")  # what a described macro dispatches to
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
# Whose rows no columns identify.
KEYLESS = {
    # events as the files give them, equal rows too
    "stg_files__crm__exchange_rate",
    "stg_files__ma__consent",
    "stg_files__ma__conversion",
    "stg_files__process__stage_event",
    "stg_files__product__feature_use",
    "stg_files__product__login_event",
    "stg_files__product__object_count",
    "stg_files__sfa__opportunity_stage_history",
    "stg_files__support__faq_view",
    "stg_files__support__ticket_event",
    "crm__exchange_rate",
    "ma__consent",
    "ma__conversion",
    "process__stage_event",
    "product__feature_use",
    "product__login_event",
    "product__object_count",
    "support__faq_view",
    "int_object_count",
    "int_usage_activity",
    # every version of what was loaded
    "stg_touched__activity",
    "stg_touched__content_item",
    "stg_touched__contract",
    "stg_touched__exchange_rate",
    "stg_touched__order",
    "stg_touched__order_line",
    "int_touched_activity",
    # one row
    "int_headline_today",
    "int_connected_feed",
    "int_usage_feed",
    # events of several kinds
    "int_state_event",
    # what each customer adds to a month, several times
    "int_phase_part",
    # its key is a combination of values that may be null
    "int_retention_group",
    "int_unmapped_code",
}


@cache
def entries(kind: str) -> dict[str, dict]:
    """What dbt's yml says of the ``models``, ``seeds``, ``macros`` or ``sources`` (tables), by name."""
    found: dict[str, dict] = {}
    for path in DBT.rglob("*.yml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "target" not in path.parts and isinstance(document, dict):
            for entry in document.get(kind) or [] if path.name != "dbt_project.yml" else []:
                tables = entry["tables"] if kind == "sources" else [entry]
                found |= {table["name"]: table for table in tables}
    return found


def names(kind: str) -> set[str]:
    """What there is to describe."""
    if kind == "macros":
        return {
            ("test_" if keyword == "test" else "") + name
            for folder in ("macros", "tests/generic")
            for path in (DBT / folder).rglob("*.sql")
            for keyword, name in re.findall(
                r"\{%-?\s*(macro|test)\s+(\w+)\(", path.read_text("utf-8")
            )
            if not name.startswith(ENGINES)
        }
    if kind == "sources":
        return set(entries("sources"))
    suffix = {"models": ".sql", "seeds": ".csv"}[kind]
    return {path.stem for path in (DBT / kind).rglob(f"*{suffix}")}


@pytest.mark.parametrize("kind", ["models", "sources", "seeds", "macros"])
def test_everything_is_described_in_english_and_japanese(kind):
    """English / 日本語."""
    lacking = []
    for name in names(kind):
        description = str(entries(kind).get(name, {}).get("description") or "")
        english, slash, japanese = description.rpartition(" / ")
        if not (english.strip() and slash and JAPANESE.search(japanese)):
            lacking.append(name)
    assert sorted(lacking) == []
    assert names(kind) >= set(entries(kind)), "what is described is there"


def keyed(name: str) -> bool:
    """Whether the model's key is tested."""
    tests = entries("models").get(name, {}).get("data_tests") or []
    return any("unique_key" in test for test in tests)


@pytest.mark.parametrize("layer", ["staging", "input", "intermediate"])
def test_every_key_is_tested(layer):
    """Models without a key are few, and listed here. Core and marts have theirs as a constraint and in GX."""
    models = {path.stem for path in Path(DBT / "models" / layer).rglob("*.sql")}
    assert {name for name in models if not keyed(name)} == models & KEYLESS
