"""Read the data contracts (ODCS v3.1, one file a table) into small value objects.

Nothing here touches data: suites.py turns a contract into checks, generate.py into dbt's yml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    DataQuality,
    OpenDataContractStandard,
    SchemaProperty,
)
from pydantic import ValidationError

from expectations.reading import BY_LOGICAL_TYPE, BY_PHYSICAL_TYPE, READINGS
from ingestion.catalogue import CatalogueObject
from runtime.errors import ContractError
from runtime.sql import identifier, literal

CONTRACTS_FOLDER = Path(__file__).with_name("contracts")
LAYERS = ("raw", "input", "core", "marts", "ops")
SUFFIX = ".odcs.yaml"
FREQUENCIES = ("daily", "weekly", "monthly", "quarterly")
VERSION = "When this version of the row was written. / この版の行が書かれた日時。"

Severity = Literal["block", "quarantine", "warn"]
# Rows can be held back only where they land: vendor objects (raw) and dropped files (input).
SEVERITIES = {
    "raw": ("block", "quarantine", "warn"),
    "input": ("block", "quarantine", "warn"),
    "core": ("block", "warn"),
    "marts": ("block", "warn"),
    "ops": (),  # described, checked by nobody: what the warehouse says of itself
}
CHECKED_LAYERS = tuple(layer for layer, severities in SEVERITIES.items() if severities)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        data_type: DuckDB type; of a raw vendor column always ``text``.
        logical_type: ODCS type (``timestamp``, ``integer`` …) that the values can be read as.
        required: never null (in a dropped file: the file must carry the column, and never null but for a link).
        key_position: 1-based position in the primary key, None outside it.
        properties: customProperties of the contract (``unit``, ``pii``, ``derived`` …).
        reads_as: how landed text becomes its value, a name of reading.READINGS: the contract's
            property ``reads_as``, else what its type says; None where the text itself is the value
            (a vendor's texts) or nothing lands (core, marts).
        title: the name people call it by (``businessName``): a dropped file may call it so too.
        example: a value, as text; empty if none is told.
        synonyms: other names of it, by language (``en``, ``ja``).
    """

    name: str
    data_type: str
    logical_type: str
    description: str
    required: bool
    key_position: int | None
    properties: dict[str, Any]
    reads_as: str | None = None
    title: str = ""
    example: str = ""
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_personal(self) -> bool:
        """Its values are, or point to, a person."""
        return "pii" in self.properties

    @property
    def is_shown(self) -> bool:
        """Its values may stand in a message: no person's, and no JSON text, which may hold anything."""
        return not self.is_personal and {"object", "array"}.isdisjoint(
            (self.logical_type, self.reads_as)
        )

    @property
    def is_link(self) -> bool:
        """It names another record: the column must be there, an empty cell costs no row."""
        return bool(self.properties.get("link"))

    @property
    def is_derived(self) -> bool:
        """The model computes it; no file supplies it."""
        return bool(self.properties.get("derived"))


@dataclass(frozen=True)
class Rule:
    """One promise about the rows of a table.

    Attributes:
        name: snake_case, unique in its contract.
        sql: query that returns the violating rows, the table written as ``{object}``.
        column: the column a rule about single values is about, else None.
        valid_values: its accepted values (nulls pass), else None.
        costs_cell: a violating row goes on, its cell in ``column`` is null.
        shows: SQL over the violating rows (``broken``) of what a finding shows of each; empty = the value in ``column``.
    """

    name: str
    severity: Severity
    description: str
    sql: str
    column: str | None = None
    valid_values: tuple[Any, ...] | None = None
    costs_cell: bool = False
    shows: str = ""

    def query(self, table: str) -> str:
        """The rule's SQL against ``table`` (a name that SQL accepts as written)."""
        return self.sql.replace("{object}", table)


@dataclass(frozen=True)
class Contract:
    """One table's contract; ``columns`` in file order, ``frequency`` one of FREQUENCIES."""

    layer: str
    table: str
    version: str
    purpose: str
    usage: str
    limitations: str
    frequency: str
    properties: dict[str, Any]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Primary-key columns in key order; empty for event feeds without a key."""
        keyed = [column for column in self.columns if column.key_position]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns that may not be missing and not be null."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def shown_columns(self) -> frozenset[str]:
        """Columns whose values may stand in messages, results and pages."""
        return frozenset(column.name for column in self.columns if column.is_shown)


@cache
def load_contract(layer: str, table: str, root: Path = CONTRACTS_FOLDER) -> Contract:
    """Read the contract of one table.

    Args:
        layer: ``raw``, ``input``, ``core`` or ``marts``.
        table: table name without schema.
        root: folder that holds one folder a layer.

    Raises:
        ContractError: there is none, or it is malformed; names the file and the key.
    """
    path = root / layer / f"{table}{SUFFIX}"
    if not path.is_file():
        raise ContractError(f"{layer}.{table} has no contract", f"write {layer}/{path.name}")
    return _Reader(path, layer, table).contract()


def all_contracts(layer: str, root: Path = CONTRACTS_FOLDER) -> list[Contract]:
    """Every contract of a layer, by table name; raises ContractError if one is malformed."""
    files = sorted((root / layer).glob(f"*{SUFFIX}"))
    return [load_contract(layer, path.name.removesuffix(SUFFIX), root) for path in files]


def contract_for(entry: CatalogueObject, root: Path = CONTRACTS_FOLDER) -> Contract:
    """The contract an object's landed rows must meet.

    A vendor object has its own raw contract. A dropped file or a table of a company's own database
    is held to the contract of the input entity it stands for: without the columns the model adds,
    and with those columns required that the file must carry (``required_in_file``), a table's
    also with what identifies and orders its rows. Column types stay the entity's: the landed text
    has to be readable as them.
    """
    if not entry.is_entity:
        return load_contract("raw", entry.table, root)
    contract = load_contract("input", entry.object, root)
    ordering = {*entry.key, entry.cursor} if entry.source == "database" else set()
    columns = [
        replace(
            column,
            required=bool(column.properties.get("required_in_file")) or column.name in ordering,
        )
        for column in contract.columns
        if not column.is_derived
    ]
    if entry.cursor and entry.cursor not in {column.name for column in columns}:
        columns.append(
            Column(entry.cursor, "text", "timestamp", VERSION, True, None, {}, "instant")
        )
    return replace(contract, layer="raw", table=entry.table, columns=tuple(columns))


class _Reader:
    """Turns one contract file into a Contract, or says what is wrong where."""

    def __init__(self, path: Path, layer: str, table: str) -> None:
        self.path, self.layer, self.table = path, layer, table

    def contract(self) -> Contract:
        document = self._document()
        self._expect(document.id == f"{self.layer}.{self.table}", "id", "must be <layer>.<table>")
        is_semantic = re.fullmatch(r"\d+\.\d+\.\d+", document.version or "")
        self._expect(bool(is_semantic), "version", "must be MAJOR.MINOR.PATCH")
        self._expect(document.domain == self.layer, "domain", "must be the layer")
        self._expect(len(document.schema_ or []) == 1, "schema", "must hold exactly one table")
        table = document.schema_[0]
        self._expect(table.name == self.table, "schema.name", "must be the file's name")
        self._expect(bool(table.properties), "schema.properties", "must list the columns")
        purpose = document.description.purpose if document.description else None
        self._expect(bool(purpose), "description.purpose", "must say what one row is")
        promised = {sla.property: sla.value for sla in document.slaProperties or []}
        frequency = str(promised.get("frequency", "daily"))
        self._expect(
            frequency in FREQUENCIES, "slaProperties", f"frequency: one of {', '.join(FREQUENCIES)}"
        )
        rules = [
            *(rule for prop in table.properties for rule in self._column_rules(prop)),
            *(self._table_rule(check) for check in table.quality or []),
        ]
        self._expect_distinct([prop.name for prop in table.properties], "column")
        self._expect_distinct([rule.name for rule in rules], "rule")
        return Contract(
            layer=self.layer,
            table=self.table,
            version=document.version,
            purpose=purpose,
            usage=document.description.usage or "",
            limitations=document.description.limitations or "",
            frequency=frequency,
            properties=_properties(document.customProperties),
            columns=tuple(self._column(prop) for prop in table.properties),
            rules=tuple(rules),
        )

    def _document(self) -> OpenDataContractStandard:
        try:
            written = yaml.load(self.path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            document = OpenDataContractStandard.model_validate(written)
        except yaml.YAMLError as error:
            place = getattr(error, "problem_mark", None)
            self._fail(f"line {place.line + 1}" if place else "file", "is not valid YAML")
        except ValidationError as error:
            problem = error.errors()[0]
            self._fail(".".join(map(str, problem["loc"])) or "file", problem["msg"])
        known = document.model_dump(by_alias=True, exclude_unset=True)
        for key in _unknown_keys(written, known):
            self._fail(key, "is no key of ODCS v3.1")
        return document

    def _column(self, prop: SchemaProperty) -> Column:
        where = f"properties.{prop.name}"
        self._expect(bool(prop.physicalType), f"{where}.physicalType", "is missing")
        self._expect(bool(prop.description), f"{where}.description", "is missing")
        return Column(
            name=prop.name,
            data_type=prop.physicalType,
            logical_type=prop.logicalType or "string",
            description=prop.description,
            required=bool(prop.required or prop.primaryKey),
            key_position=(prop.primaryKeyPosition or 1) if prop.primaryKey else None,
            properties=_properties(prop.customProperties),
            reads_as=self._reads_as(prop),
            title=prop.businessName or "",
            example=str(prop.examples[0]) if prop.examples else "",
            synonyms={
                language: tuple(s.synonym for s in prop.synonyms or () if s.locale == language)
                for language in ("en", "ja")
            },
        )

    def _reads_as(self, prop: SchemaProperty) -> str | None:
        if self.layer not in ("raw", "input"):
            return None
        usual = BY_LOGICAL_TYPE if self.layer == "raw" else BY_PHYSICAL_TYPE
        name = usual.get((prop.logicalType if self.layer == "raw" else prop.physicalType) or "")
        if self.layer == "input" and name == "text" and prop.name.endswith("_id"):
            name = "id"
        written = _properties(prop.customProperties).get("reads_as", name)
        if written is None:
            return None
        where = f"properties.{prop.name}.reads_as"
        self._expect(written in READINGS, where, f"must be one of {', '.join(READINGS)}")
        reading = READINGS[written]
        self._expect(
            prop.logicalType in reading.logical_types, where, f"does not give a {prop.logicalType}"
        )
        self._expect(
            self.layer == "raw" or prop.physicalType == reading.physical["duckdb"],
            where,
            f"does not give a {prop.physicalType}",
        )
        return written

    def _column_rules(self, prop: SchemaProperty) -> Iterator[Rule]:
        for check in prop.quality or []:
            if check.type == "sql":
                yield replace(self._table_rule(check), column=prop.name)
                continue
            where = f"properties.{prop.name}.quality"
            values = (check.arguments or {}).get("validValues")
            self._expect(
                check.metric == "invalidValues", f"{where}.metric", "must be invalidValues"
            )
            self._expect(bool(values), f"{where}.arguments.validValues", "is missing")
            accepted = ", ".join(_literal(value, prop.physicalType) for value in values)
            yield Rule(
                name=check.name or f"{prop.name}_accepted",
                severity=self._severity(check, where),
                description=check.description or f"Accepted values / 許容値: {accepted}.",
                sql=f"select * from {{object}} where {identifier(prop.name)} not in ({accepted})",
                column=prop.name,
                valid_values=tuple(values),
            )

    def _table_rule(self, check: DataQuality) -> Rule:
        where = f"quality.{check.name}"
        self._expect(bool(re.fullmatch(r"[a-z][a-z0-9_]*", check.name or "")), where, "bad name")
        self._expect(check.type == "sql", f"{where}.type", "must be sql")
        query = (check.query or "").strip()
        self._expect("{object}" in query, f"{where}.query", "must select from {object}")
        self._expect(bool(check.description), f"{where}.description", "is missing")
        return Rule(check.name, self._severity(check, where), check.description, query)

    def _severity(self, check: DataQuality, where: str) -> Severity:
        allowed = SEVERITIES[self.layer]
        self._expect(check.severity in allowed, f"{where}.severity", f"must be one of {allowed}")
        self._expect(check.mustBe == 0, f"{where}.mustBe", "must be 0 (violating rows)")
        return check.severity

    def _expect_distinct(self, names: list[str], what: str) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._fail(f"{what} {name}", "is written twice")

    def _expect(self, condition: bool, key: str, message: str) -> None:
        if not condition:
            self._fail(key, message)

    def _fail(self, key: str, message: str) -> None:
        raise ContractError(
            f"{self.layer}/{self.path.name}: {key}: {message}", "correct the contract"
        )


def _properties(properties: list[CustomProperty] | None) -> dict[str, Any]:
    return {item.property: item.value for item in properties or []}


def _literal(value: Any, data_type: str | None) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return literal(text) if data_type == "text" else text


def _unknown_keys(written: Any, known: Any, path: str = "") -> Iterator[str]:
    """Keys that stand in the file and were dropped by the model, which ignores what it lacks."""
    if isinstance(written, dict):
        for key, value in written.items():
            here = f"{path}.{key}" if path else str(key)
            if key in known:
                yield from _unknown_keys(value, known[key], here)
            else:
                yield here
    elif isinstance(written, list):
        for position, (item, model) in enumerate(zip(written, known, strict=True)):
            name = item.get("name") if isinstance(item, dict) else None
            yield from _unknown_keys(item, model, f"{path}.{name or position}")
