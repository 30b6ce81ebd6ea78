"""データ項目定義書, the data item definition document: databases, how they join, tables and items, how and how often they come.

Everything is read from the contracts and the catalogue; what is measured, from the published tables.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb

from expectations.contracts import LAYERS, Contract, all_contracts
from ingestion.catalogue import CatalogueObject, load_catalogue
from publishing.item_names import DATABASES, FREQUENCIES, METHODS, SUBJECTS, WAREHOUSE, WAYS, Name
from runtime.sql import identifier

# tables that others refer to by their key
PARENTS = {
    *("crm__account", "crm__contact", "crm__product", "crm__contract", "crm__order"),
    *("support__ticket", "process__content_item", "ma__message"),
    *("dim_customer", "dim_contact", "dim_employee", "dim_product", "dim_date"),
    *("dim_activation_level", "dim_rfm_segment"),
}
UNKNOWN = "unknown"  # the customer of what joins to none
# of the identity bridge, which calls Salesforce and dropped files by what they hold
CRM = "crm"


@dataclass(frozen=True)
class Item:
    """A column.

    Attributes:
        title: what people call it in Japanese; empty if the contract tells no such name.
        also: its other names.
        joins_to: ``layer.table`` of the tables whose key it is.
        personal: ``direct``, ``quasi`` or empty.
    """

    name: str
    title: str
    also: Name
    description: Name
    data_type: str
    unit: str
    is_key: bool
    is_required: bool
    joins_to: tuple[str, ...]
    personal: str


@dataclass(frozen=True)
class Table:
    """A table, and how it comes.

    Attributes:
        databases: names of DATABASES; of an entity those of files and of one's own database both.
        area: a name of AREAS.
        last_date: business date of its newest rows; None if nothing of it is published.
        not_read: why no model reads it; None where one does.
    """

    databases: tuple[str, ...]
    area: str
    layer: str
    name: str
    description: Name
    key: tuple[str, ...]
    method: str
    frequency: str
    owner: str
    last_date: date | None
    items: tuple[Item, ...]
    not_read: Name | None = None


@dataclass(frozen=True)
class Link:
    """How ids of a database, or rows of a published table, join to customers.

    Attributes:
        subject: kind of id (a name of SUBJECTS), or the table; empty = the database as a whole.
        keys: columns, or ways of matching (names of WAYS), the commonest first.
        count, matched: ids or rows, and those whose customer is known; None where nothing is there to measure.
    """

    database: str
    subject: str
    keys: tuple[str, ...]
    count: int | None = None
    matched: int | None = None

    @property
    def is_joinable(self) -> bool:
        """Whether there is a key at all."""
        return bool(self.keys)

    @property
    def subject_name(self) -> Name:
        """The subject in words."""
        return SUBJECTS.get(self.subject, Name(self.subject, self.subject))

    @property
    def key_names(self) -> Name:
        """The keys in words."""
        names = [WAYS.get(key, Name(key, key)) for key in self.keys]
        return Name(", ".join(name.en for name in names), "・".join(name.ja for name in names))

    @property
    def match_rate(self) -> float | None:
        """Share that joins, 0–1; None of nothing."""
        return self.matched / self.count if self.count else None


@dataclass(frozen=True)
class Database:
    """A database of DATABASES with what is described of it; ``is_connected`` if data of it is published."""

    name: str
    is_connected: bool
    tables: int
    items: int
    methods: tuple[str, ...]
    frequencies: tuple[str, ...]


@dataclass(frozen=True)
class ItemDefinitions:
    """The document; ``as_of_date`` is that of what was measured, None without a publication."""

    as_of_date: date | None
    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    connected: frozenset[str]

    @cached_property
    def databases(self) -> tuple[Database, ...]:
        """Every database, in the order of DATABASES."""
        return tuple(self._database(name) for name in DATABASES)

    @property
    def sources(self) -> tuple[Database, ...]:
        """The databases that data comes from: all but the warehouse itself."""
        return tuple(database for database in self.databases if database.name != WAREHOUSE)

    def of_area(self, area: str) -> tuple[Table, ...]:
        """The tables of an area, by database and name."""
        found = (table for table in self.tables if table.area == area)
        return tuple(sorted(found, key=lambda table: (table.databases, table.name)))

    def _database(self, name: str) -> Database:
        tables = [table for table in self.tables if name in table.databases]
        return Database(
            name,
            name in self.connected,
            len(tables),
            sum(len(table.items) for table in tables),
            tuple(dict.fromkeys(table.method for table in tables)),
            tuple(dict.fromkeys(table.frequency for table in tables)),
        )


def item_definitions(published: duckdb.DuckDBPyConnection | None = None) -> ItemDefinitions:
    """Read the document's content.

    Args:
        published: connection to a snapshot; None = contracts alone, nothing measured.

    Raises:
        ContractError: a contract is malformed.
    """
    catalogue = list(load_catalogue())
    contracts = [contract for layer in LAYERS for contract in all_contracts(layer)]
    feeds = _feeds(published) if published else {}
    parents = _parents(contracts)
    tables = tuple(_table(contract, catalogue, feeds, parents) for contract in contracts)
    dates = [day for _, day in feeds.values() if day]
    connected = {name.partition(".")[0] for name, (_, day) in feeds.items() if day}
    connected = (connected & DATABASES.keys()) | ({WAREHOUSE} if published else set())
    return ItemDefinitions(
        max(dates, default=None),
        tables,
        tuple(_links(tables, published, connected)),
        frozenset(connected),
    )


def five_items(definitions: ItemDefinitions) -> tuple[tuple[Name, Name], ...]:
    """The document's five items in a sentence each: (item, what it is here)."""
    sources = definitions.sources
    connected = sum(source.is_connected for source in sources)
    joined = [link for link in definitions.links if link.match_rate is not None]
    rates = [
        (DATABASES[link.database], link.subject_name, f"{link.match_rate:.1%}")
        for link in joined
        if link.database != WAREHOUSE
    ]
    items = sum(len(table.items) for table in definitions.tables)
    methods = Counter(table.method for table in definitions.tables)
    frequencies = Counter(table.frequency for table in definitions.tables)
    return (
        (
            Name("Number of databases", "データベース数"),
            Name(
                f"{connected} connected, of {len(sources)}",
                f"接続中 {connected}（定義 {len(sources)}）",
            ),
        ),
        (
            Name("Linkage", "連携状況"),
            Name(
                "; ".join(f"{name.en} {subject.en} {rate}" for name, subject, rate in rates),
                "、".join(f"{name.ja} {subject.ja} {rate}" for name, subject, rate in rates),
            ),
        ),
        (
            Name("Content", "データの内容"),
            Name(
                f"{len(definitions.tables):,} tables, {items:,} items",
                f"{len(definitions.tables):,}テーブル・{items:,}項目",
            ),
        ),
        (Name("Update method", "更新方法"), _counted_names(methods, METHODS)),
        (Name("Update frequency", "更新頻度"), _counted_names(frequencies, FREQUENCIES)),
    )


def _counted_names(counts: Counter[str], names: dict[str, Name]) -> Name:
    found = [(names[key], count) for key, count in counts.most_common()]
    return Name(
        ", ".join(f"{name.en} {count:,}" for name, count in found),
        "・".join(f"{name.ja} {count:,}" for name, count in found),
    )


def _table(
    contract: Contract,
    catalogue: list[CatalogueObject],
    feeds: dict[str, tuple[str, date | None]],
    parents: dict[tuple[str, str], str],
) -> Table:
    if contract.layer == "raw":
        objects = [entry for entry in catalogue if entry.table == contract.table]
    elif contract.layer == "input":
        objects = [e for e in catalogue if e.is_entity and e.object == contract.table]
    else:
        objects = []
    names = [f"{entry.source}.{entry.object}" for entry in objects] or [contract.table]
    come = [feeds[name] for name in names if name in feeds]
    own_key = f"{contract.layer}.{contract.table}"
    group = {"input": "input", "core": "core", "marts": "core"}.get(contract.layer, "")
    return Table(
        databases=tuple(sorted(entry.source for entry in objects)) or (WAREHOUSE,),
        area=objects[0].area if objects else contract.layer,
        layer=contract.layer,
        name=contract.table,
        description=_name(contract.purpose),
        key=contract.key,
        method=contract.properties["method"],
        frequency=next((frequency for frequency, _ in come if frequency), contract.frequency),
        owner=contract.properties["owner"],
        last_date=max((day for _, day in come if day), default=None),
        items=tuple(
            Item(
                name=column.name,
                title=column.title,
                also=Name(*("、".join(column.synonyms[language]) for language in ("en", "ja"))),
                description=_name(column.description),
                data_type=column.data_type,
                unit=str(column.properties.get("unit", "")),
                is_key=column.key_position is not None,
                is_required=column.required,
                joins_to=tuple({parents.get((group, column.name), own_key)} - {own_key}),
                personal=str(column.properties.get("pii", "")),
            )
            for column in contract.columns
        ),
        not_read=next((_name(entry.not_read) for entry in objects if entry.not_read), None),
    )


def _parents(contracts: list[Contract]) -> dict[tuple[str, str], str]:
    """(layer, column) → the table of PARENTS whose key the column is."""
    return {
        (contract.layer, contract.key[0]): f"{contract.layer}.{contract.table}"
        for contract in contracts
        if contract.table in PARENTS
    }


def _name(description: str) -> Name:
    english, _, japanese = description.rpartition(" / ")
    return Name(english, japanese)


def _feeds(published: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, date | None]]:
    """Feed (``source.object``) or table → how often it comes, and its date."""
    rows = published.execute(
        "select mart_name, coalesce(frequency, ''), last_success_as_of from marts.mart_freshness "
        "where kind <> 'area'"
    ).fetchall()
    return {name: (frequency, day) for name, frequency, day in rows}


def _links(
    tables: tuple[Table, ...], published: duckdb.DuckDBPyConnection | None, connected: set[str]
) -> Iterable[Link]:
    """Ids by database, then what is published; a database of which nothing joins is said to be so."""
    measured = list(_measured_ids(published, connected)) if published else []
    yield from measured
    for name in DATABASES:
        own = [table for table in tables if name in table.databases and name != WAREHOUSE]
        if name in {link.database for link in measured} or not own:
            continue
        columns = Counter(item.name for t in own for item in t.items if item.joins_to)
        yield Link(name, "", tuple(column for column, _ in columns.most_common()))
    for table in tables:
        is_fact = table.layer == "core" and table.name.startswith("fct_")
        if is_fact and "customer_key" in {item.name for item in table.items}:
            yield Link(WAREHOUSE, table.name, ("customer_key",), *_counted(table.name, published))


def _counted(
    table: str, published: duckdb.DuckDBPyConnection | None
) -> tuple[int | None, int | None]:
    """Rows of a published fact, and those of known customers; a snapshot may be older than the table."""
    there = "select 1 from duckdb_tables() where schema_name = 'core' and table_name = ?"
    if not published or not published.execute(there, [table]).fetchone():
        return None, None
    return published.execute(
        f"select count(*), count(*) filter (where customer_key <> ?) from core.{identifier(table)}",
        [UNKNOWN],
    ).fetchone()


def _measured_ids(published: duckdb.DuckDBPyConnection, connected: set[str]) -> Iterable[Link]:
    """Ids of companies and people that the identity bridge holds; a record that stands alone joins to nothing."""
    crm = next(
        entry.source
        for entry in load_catalogue()
        if entry.area == CRM and entry.source in connected
    )
    rows = published.execute(
        """
        select
            source_system,
            id_type,
            match_method,
            count(*) as ids,
            customer_key <> ? and (source_system = ? or match_method <> 'source_record') as is_matched
        from core.bridge_customer_identity
        group by all
        order by ids desc, match_method
        """,
        [UNKNOWN, CRM],
    ).fetchall()
    for system, kind in sorted({(system, kind) for system, kind, *_ in rows}):
        own = [row for row in rows if row[:2] == (system, kind)]
        ways = dict.fromkeys(row[2] for row in own if row[4])
        yield Link(
            crm if system == CRM else system,
            kind,
            tuple(ways),
            sum(row[3] for row in own),
            sum(row[3] for row in own if row[4]),
        )
