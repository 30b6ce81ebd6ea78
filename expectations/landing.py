"""What a contract asks of rows that have just landed, as text.

Every row rule becomes one SQL query: it first chooses the rows to quarantine, then, as a GX check,
confirms that the rows that stay pass. Deleted records (tombstones) only need a key and a cursor.
"""

from collections.abc import Iterator

from expectations.contracts import Column, Contract, Rule, load_contract
from expectations.suites import Check, Suite, columns_exist
from ingestion.catalogue import CatalogueObject

LIVE = "(select * from {object} where not _is_deleted)"
# Same reading as staging's (macros latest_version, read_text): what it cannot read becomes null there.
READABLE = {
    "date": ("日付", "try_cast({text} as date) is not null"),
    "timestamp": ("日時", "try_cast({text} as timestamptz) is not null"),
    "integer": ("整数", "try_cast({text} as bigint) is not null"),
    "number": ("数値", "try_cast({text} as decimal(38, 6)) is not null"),
    "boolean": ("真偽値", "try_cast({text} as boolean) is not null"),
    "object": ("JSON", "json_valid({text})"),
    "array": ("JSON", "json_valid({text})"),
}
# People write 2026/1/31, 1,000 and はい in the files they drop.
_TRUE = "'true', '1', '1.0', 't', 'y', 'yes', 'はい', '有', '○'"
_FALSE = "'false', '0', '0.0', 'f', 'n', 'no', 'いいえ', '無', '×'"
FILE_TEXT = {
    "date": "replace({column}, '/', '-')",
    "timestamp": "replace({column}, '/', '-')",
    "integer": "regexp_replace(replace({column}, ',', ''), '\\.0+$', '')",
    "number": "replace({column}, ',', '')",
    "boolean": f"case when lower(trim({{column}})) in ({_TRUE}) then 'true' "
    f"when lower(trim({{column}})) in ({_FALSE}) then 'false' end",
}


def ordering_columns(entry: CatalogueObject) -> tuple[str, ...]:
    """Columns that identify and order a record's versions: never missing, not even in a tombstone."""
    return (*entry.key, entry.cursor) if entry.cursor else entry.key


def row_rules(contract: Contract, entry: CatalogueObject) -> list[Rule]:
    """Rules about single rows: nothing required is missing, text is readable, the contract's own."""
    return [
        *_missing_rules(contract, entry),
        *_unreadable_rules(contract, entry),
        *_contract_rules(contract, entry),
    ]


def landed_suite(contract: Contract, entry: CatalogueObject, rules: list[Rule]) -> Suite:
    """The GX suite over an object's landed rows, named as its raw table."""
    checks = [columns_exist(contract.required_columns)]
    for rule in rules:
        # A file's codes are compared as the type the contract gives them, which only SQL does
        if rule.valid_values is not None and not entry.is_entity:
            values = tuple(str(value) for value in rule.valid_values)
            checks.append(
                Check(
                    rule.name,
                    rule.severity,
                    rule.description,
                    "accepted",
                    (rule.column or "",),
                    values,
                )
            )
        else:
            checks.append(Check(rule.name, rule.severity, rule.description, "rows", query=rule.sql))
    return Suite("raw", contract.table, contract.table, tuple(checks))


def version_rule(entry: CatalogueObject, columns: list[str]) -> Rule | None:
    """One key and cursor never stand for two contents within one extraction; None without a key.

    Args:
        columns: the source's columns as landed.
    """
    cursor = "_source_file" if entry.source == "files" else entry.cursor
    if not entry.key or not cursor:
        return None
    version = ", ".join(_quoted(name) for name in (*entry.key, cursor))
    content = ", ".join(_quoted(name) for name in dict.fromkeys([*columns, *entry.key, cursor]))
    return Rule(
        name="one_content_a_version",
        severity="block",
        description="One key and cursor have one content. / 同じキーと版の内容は一つ。",
        sql=f"select {version} from (select distinct {content} from {LIVE}) "
        f"group by {version} having count(*) > 1",
    )


def _missing_rules(contract: Contract, entry: CatalogueObject) -> Iterator[Rule]:
    for name in contract.required_columns:
        rows = "{object}" if name in ordering_columns(entry) else LIVE
        yield Rule(
            name=f"{name}_missing",
            severity="quarantine",
            description=f"{name} is present. / {name}がある。",
            sql=f"select * from {rows} where coalesce(trim({_quoted(name)}), '') = ''",
        )


def _unreadable_rules(contract: Contract, entry: CatalogueObject) -> Iterator[Rule]:
    for column in contract.columns:
        if column.logical_type not in READABLE:
            continue
        japanese, readable = READABLE[column.logical_type]
        rows = "{object}" if column.name in ordering_columns(entry) else LIVE
        yield Rule(
            name=f"{column.name}_unreadable",
            severity="quarantine",
            description=f"{column.name} reads as {column.logical_type}. / {column.name}は{japanese}として読める。",
            sql=f"select * from {rows} where trim({_quoted(column.name)}) <> '' "
            f"and not coalesce({readable.format(text=_text(column, entry.source))}, false)",
        )


def _contract_rules(contract: Contract, entry: CatalogueObject) -> Iterator[Rule]:
    rows = _typed_rows(load_contract("input", entry.object)) if entry.is_entity else LIVE
    for rule in contract.rules:
        yield Rule(
            name=rule.name,
            severity=rule.severity,
            description=rule.description,
            sql=rule.query(rows),
            column=rule.column,
            valid_values=rule.valid_values,
        )


def _typed_rows(contract: Contract) -> str:
    """A dropped file's rows as its input entity types them, so that the entity's rules apply.

    Columns that the model adds are null here; a rule about them cannot be broken by a file.
    """
    casts = ", ".join(
        f"try_cast({_text(column, 'files')} as {column.data_type}) as {_quoted(column.name)}"
        for column in contract.columns
        if not column.is_derived
    )
    added = "".join(
        f", null::{column.data_type} as {_quoted(column.name)}"
        for column in contract.columns
        if column.is_derived
    )
    return f"(select * replace ({casts}){added} from {LIVE})"


def _text(column: Column, source: str) -> str:
    """The column's text as it is read: a dropped file's is normalised first."""
    written = FILE_TEXT.get(column.logical_type, "{column}") if source == "files" else "{column}"
    return written.format(column=_quoted(column.name))


def _quoted(name: str) -> str:
    return f'"{name}"'
