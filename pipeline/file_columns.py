"""What dropped files may call an entity's columns: its contract's names, and the headers that tenant.yml maps."""

from collections.abc import Mapping

from expectations.contracts import contract_for
from ingestion.catalogue import CatalogueObject, is_known, objects_of
from ingestion.sources.files.header import fold_name, known_names
from runtime.errors import TenantError
from runtime.records import ExpectedColumns
from runtime.tenant import FileFeed


def expected_columns(entry: CatalogueObject, feed: FileFeed) -> ExpectedColumns:
    """What an entity's contract and the company say of its columns; nothing of an object that is not in the catalogue."""
    if not is_known(entry):
        return ExpectedColumns()
    columns = contract_for(entry).columns
    titles = {c.name: [*filter(None, (feed.columns.get(c.name), c.title))] for c in columns}
    return ExpectedColumns(
        required=[c.name for c in columns if c.required],
        dates=[c.name for c in columns if c.logical_type in ("date", "timestamp")],
        columns=[c.name for c in columns],
        personal=[c.name for c in columns if c.is_personal],
        numbers=[c.name for c in columns if c.logical_type in ("integer", "number")],
        money=[c.name for c in columns if c.reads_as in ("money", "amount")],
        titles={name: called for name, called in titles.items() if called},
    )


def check(files: Mapping[str, FileFeed]) -> None:
    """Refuse what is said of no entity, and mapped headers that would not tell one column.

    Args:
        files: entity → what tenant.yml says of its files.

    Raises:
        TenantError: an entity is none, a column none of the entity's, or a header empty, mapped twice or another
            column's name.
    """
    entries = {entry.object: entry for entry in objects_of() if entry.spec.is_file_drop}
    if unknown := sorted(files.keys() - entries):
        raise TenantError(
            f"tenant.yml: files: {', '.join(unknown)} is no entity",
            f"known are {', '.join(sorted(entries))}",
        )
    for entity, feed in files.items():
        expected = expected_columns(entries[entity], FileFeed())
        known = known_names(expected)
        mapped: dict[str, str] = {}
        for column, header in feed.columns.items():
            where = f"tenant.yml: files: {entity}: columns: {column}"
            if column not in expected.columns:
                raise TenantError(
                    f"{where} is no column of the entity",
                    f"write {{column of the entity: header in the file}}; known are {', '.join(expected.columns)}",
                )
            folded = fold_name(header)
            if not folded:
                raise TenantError(f"{where}: its header is empty", "write it as the files have it")
            other = mapped.setdefault(folded, column)
            if other != column:
                raise TenantError(
                    f"{where}: the header {header!r} is mapped to {other} too",
                    "map it once; width, spaces and upper or lower case say nothing",
                )
            if known.get(folded, column) != column:
                raise TenantError(
                    f"{where}: the header {header!r} is the name of {expected.shown(known[folded])}",
                    "leave it out of the mapping, or rename the column in the files",
                )
