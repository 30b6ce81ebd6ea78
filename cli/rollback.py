"""`make rollback`: point the published marts at the publication before."""

import sys

from rich.console import Console

from cli import state
from ingestion.errors import WarehouseError
from ingestion.settings import get_settings
from publishing.snapshot import rollback


def main() -> int:
    """Swap the link back once; exit status 0 if there was an older snapshot."""
    console, settings = Console(highlight=False, soft_wrap=True), get_settings()
    try:
        with state.exclusive(settings):
            snapshot = rollback(settings)
    except WarehouseError as error:
        console.print(f"[bold red]✗ {error.message}[/]\n  → {error.hint}")
        return 1
    console.print(f"published marts now: {snapshot.path.name}, as of {snapshot.as_of_date}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
