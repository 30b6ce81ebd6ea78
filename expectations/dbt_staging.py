"""The generated descriptions of raw tables (dbt's sources) and of the staging models over them."""

import re
from pathlib import Path
from typing import Any

from expectations.contracts import Contract, contract_for
from ingestion.catalogue import CatalogueObject

SOURCES_FILE = "_sources.yml"
STAGING_FILE = "_staging.yml"
# `current_records('salesforce__account'`, and lines of a select list: `Id as account_id,`
_RAW_TABLE = re.compile(r"current_records\(\s*'(\w+)'")
_TOUCHED = re.compile(r"'touched': \{'([(\w, )]+)'")
# models with several rows of a touched key: their own key
_ROW_KEYS = {
    "stg_zendesk__ticket_events": "event_id",
    "stg_hubspot__subscription_changes": "change_id",
}
_CARRIED = re.compile(r"^\s+(?:source\.)?(\w+)(?: as (\w+))?,?$", re.MULTILINE)


def raw_sources(contracts: Path, catalogue: tuple[CatalogueObject, ...]) -> dict[str, Any]:
    """dbt's source ``raw``: every table of the catalogue, described as its contract does."""
    tables = []
    for entry in catalogue:
        contract = contract_for(entry, contracts)
        tables.append(
            {
                "name": entry.table,
                "description": _landed(entry, contract),
                "columns": [
                    _column(column.name, column.description, column.properties)
                    for column in contract.columns
                    if not column.is_derived
                ],
            }
        )
    return {"version": 2, "sources": [{"name": "raw", "schema": "raw", "tables": tables}]}


def staging_models(
    models: Path, contracts: Path, catalogue: tuple[CatalogueObject, ...]
) -> dict[Path, list[dict[str, Any]]]:
    """Entries of the staging models, by folder: those that read a raw table."""
    entries = {entry.table: entry for entry in catalogue}
    folders: dict[Path, list[dict[str, Any]]] = {}
    for path in sorted((models / "staging").rglob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        found = _RAW_TABLE.search(sql)
        if found and found[1] in entries:
            entry = entries[found[1]]
            model = _model(path.stem, sql, entry, contract_for(entry, contracts))
            folders.setdefault(path.parent, []).append(model)
    return folders


def unique_key_test(*key: str) -> dict[str, Any]:
    """dbt's entry of the generic test `unique_key`, for a model that knows the build of its rows."""
    return {"unique_key": {"arguments": {"columns": list(key), "build_column": "_build_id"}}}


def _model(name: str, sql: str, entry: CatalogueObject, contract: Contract) -> dict[str, Any]:
    columns = {column.name: column for column in contract.columns if not column.is_derived}
    carried = (
        {name: name for name in columns}
        if entry.is_entity
        else {written or raw: raw for raw, written in _CARRIED.findall(sql) if raw in columns}
    )
    if entry.key:
        key = ", ".join(entry.key)
        english = (
            f"Newest version of every {key} of raw.{entry.table} as of the business date, typed."
        )
        japanese = f"raw.{entry.table}の{key}ごとの業務日時点の最新版（型変換済み）。"
    else:
        english = f"Rows of the newest content of every file of raw.{entry.table}, typed."
        japanese = f"raw.{entry.table}のファイルごとの最新内容の行（型変換済み）。"
    touched = _TOUCHED.search(sql) if entry.key else None
    tests = [unique_key_test(_ROW_KEYS.get(name, touched[1]))] if touched else []
    remark = " ".join(re.findall(r"^-- (.*)$", sql, re.MULTILINE))
    return {
        "name": name,
        "description": f"{english} {remark}".strip() + f" / {japanese}",
        **({"data_tests": tests} if tests else {}),
        "columns": [
            _column(name, columns[raw].description, columns[raw].properties)
            for name, raw in carried.items()
        ],
    }


def _landed(entry: CatalogueObject, contract: Contract) -> str:
    if not entry.is_entity:
        return contract.purpose
    english, _, japanese = contract.purpose.rpartition(" / ")
    if entry.source == "files":
        return f"{english} As dropped in files, all text. / {japanese}受領ファイルのまま（すべてテキスト）。"
    return f"{english} As read from the company's database, all text. / {japanese}自社データベースから読んだまま（すべてテキスト）。"


def _column(name: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "description": description}
    if "pii" in properties:
        entry["config"] = {"meta": {"pii": properties["pii"]}}
    return entry
