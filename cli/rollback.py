"""`make rollback`: point the published marts at the publication before."""

import sys

from rich.console import Console

from cli import state
from cli.command import exit_status
from publishing.snapshot import rollback
from runtime.settings import get_settings


def roll_back(console: Console) -> bool:
    """Swap the link back once."""
    settings = get_settings()
    with state.exclusive(settings):
        snapshot = rollback(settings)
    console.print(f"published marts now: {snapshot.name}, as of {snapshot.as_of_date}")
    console.print("The next new publication moves forward again; `make rebuild` does so now.")
    return True


def main() -> int:
    """Exit status 0 if there was an older snapshot."""
    return exit_status(roll_back)


if __name__ == "__main__":
    sys.exit(main())
