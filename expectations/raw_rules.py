"""What a contract asks of rows that have just landed, as text.

Every row rule becomes one SQL query: it first chooses the rows to quarantine, then, as a GX check,
confirms that the rows that stay pass. The verdict on text that cannot be read is per cell: a key, a
required or a money cell holds back its row, any other is null in the models and reported. So is a
required link that is empty. Deleted records (tombstones) only need a key and a cursor.
"""

from collections.abc import Iterator
from dataclasses import replace

from expectations.contracts import Contract, Rule, load_contract
from expectations.reading import READINGS, is_missing, is_shortened, is_unreadable
from expectations.suites import Check, Suite, columns_exist
from ingestion.catalogue import CatalogueObject
from ingestion.text_table import TECHNICAL_COLUMNS
from runtime.sql import identifier, identifiers

# Of a dropped file: entity and date.
DROP_FOLDER = "regexp_extract(_source_file, '^[^/]*/[^/]*')"
LIVE = "(select * from {object} where not _is_deleted)"
# A link to nothing is no link (docs/domain/sources.md#ids).
WITHOUT_LINK = (
    ": without it the row is kept, on the customer unknown if nothing else names one",
    "（空でも行は残り、取引先が他から分からなければ顧客 unknown になる）",
)


def ordering_columns(entry: CatalogueObject) -> tuple[str, ...]:
    """Columns that identify and order a record's versions: never missing, not even in a tombstone."""
    return (*entry.key, entry.cursor) if entry.cursor else entry.key


def row_rules(contract: Contract, entry: CatalogueObject) -> list[Rule]:
    """Rules about single rows: nothing required is missing, text is readable, the contract's own."""
    return [
        *_missing_rules(contract, entry),
        *_unreadable_rules(contract, entry),
        *_conflict_rules(contract, entry),
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
    return Suite("raw", contract.table, contract.table, tuple(checks), contract.shown_columns)


def version_rule(entry: CatalogueObject) -> Rule | None:
    """One key and cursor never stand for two contents within one extraction; None without a key.

    A file's conflicting rows are held back instead (`_conflict_rules`).
    """
    if not entry.key or not entry.cursor:
        return None
    version = identifiers((*entry.key, entry.cursor))
    # whatever the source brought: no name of it stands in this SQL
    content = f"* exclude ({identifiers(TECHNICAL_COLUMNS)})"
    return Rule(
        name="one_content_a_version",
        severity="block",
        description="One key and cursor have one content. / 同じキーと版の内容は一つ。",
        sql=f"select {version} from (select distinct {content} from {LIVE}) "
        f"group by {version} having count(*) > 1",
    )


def _conflict_rules(contract: Contract, entry: CatalogueObject) -> Iterator[Rule]:
    """Rows of one key that say different things in one drop: nobody knows which is meant."""
    if not entry.spec.is_file_drop or not entry.key:
        return
    columns = [c.name for c in contract.columns if not c.is_derived and c.name not in entry.key]
    content = " || ".join(
        f"coalesce({identifier(name)}::varchar, chr(30)) || chr(31)" for name in columns
    )
    keys = [READINGS["text"].read(identifier(name)) for name in entry.key]
    version = ", ".join([*keys, DROP_FOLDER])
    # only what comes twice is read and compared
    twice = LIVE[:-1] + f" qualify count(*) over (partition by {version}) > 1)"
    row = f"_row + 2 - (select min(_row) from {LIVE} as of_file where of_file._source_file = broken._source_file)"
    yield Rule(
        name="one_content_a_key",
        severity="quarantine",
        description="The rows of a key in one drop say the same. / 1回の投入内の同じキーの行は内容が同じ。",
        sql=f"select * from {_typed_rows(contract).replace(LIVE, twice)} "
        f"qualify min({content}) over (partition by {version}) <> max({content}) over (partition by {version})",
        shows=f"""case when min(_source_file) over of_key = max(_source_file) over of_key
            then 'rows ' || string_agg({row}, ' and ' order by _row) over of_key
            else string_agg(regexp_extract(_source_file, '[^/]*$') || ' row ' || ({row}), ' and '
                order by _source_file, _row) over of_key end""".replace(
            "of_key", f"(partition by {version})"
        ),
    )


def _missing_rules(contract: Contract, entry: CatalogueObject) -> Iterator[Rule]:
    for column in contract.columns:
        if not column.required:
            continue
        name = column.name
        rows = "{object}" if name in ordering_columns(entry) else LIVE
        english, japanese = WITHOUT_LINK if column.is_link else ("", "")
        yield Rule(
            name=f"{name}_missing",
            severity="warn" if column.is_link else "quarantine",
            description=f"{name} is present{english}. / {name}がある{japanese}。",
            sql=f"select * from {rows} where {is_missing(identifier(name), column.reads_as)}",
        )


def _unreadable_rules(contract: Contract, entry: CatalogueObject) -> Iterator[Rule]:
    for column in contract.columns:
        if column.reads_as in (None, "text"):
            continue
        reading = READINGS[column.reads_as]
        ordering = column.name in ordering_columns(entry)
        costs_row = ordering or (column.required and not column.is_link) or reading.is_money
        is_bad = is_unreadable(identifier(column.name), column.reads_as)
        if column.reads_as == "id" and not costs_row:  # only quotes around nothing: nothing
            is_bad = is_shortened(identifier(column.name))
        words = column.reads_as.replace("_", " ")
        yield Rule(
            name=f"{column.name}_unreadable",
            severity="quarantine" if costs_row else "warn",
            description=f"{column.name} reads as {words}. / {column.name}は{reading.japanese}として読める。",
            sql=f"select * from {'{object}' if ordering else LIVE} where {is_bad}",
            column=column.name,
            costs_cell=not costs_row,
        )


def _contract_rules(contract: Contract, entry: CatalogueObject) -> Iterator[Rule]:
    described = load_contract("input", entry.object) if entry.is_entity else contract
    # a source's own words: the model reads them, and findings name those it does not know
    in_own_words = {c.name for c in contract.columns if "code_list" in c.properties}
    for rule in contract.rules:
        if rule.column in in_own_words:
            continue
        # a vendor's codes are compared as they came
        as_landed = rule.valid_values is not None and not entry.is_entity
        yield replace(rule, sql=rule.query(LIVE if as_landed else _typed_rows(described, rule.sql)))


def _typed_rows(contract: Contract, named_in: str = "") -> str:
    """Landed rows with the columns that a rule's SQL names (empty: all) as staging types them, so that it applies.

    Columns that the model adds are null here; a rule about them cannot be broken by what lands.
    """
    read = ", ".join(
        f"{READINGS[column.reads_as].read(identifier(column.name))} as {identifier(column.name)}"
        for column in contract.columns
        if column.reads_as and not column.is_derived and (not named_in or column.name in named_in)
    )
    added = "".join(
        f", null::{column.data_type} as {identifier(column.name)}"
        for column in contract.columns
        if column.is_derived
    )
    return f"(select *{f' replace ({read})' if read else ''}{added} from {LIVE})"
