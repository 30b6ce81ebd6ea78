"""What every command shares: its terminal, and errors that end as one message and exit status 1."""

import os
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape

from ingestion.errors import WarehouseError


def terminal() -> Console:
    """A console on the terminal that stays there when this process's output is redirected."""
    return Console(file=os.fdopen(os.dup(1), "w"), highlight=False, soft_wrap=True)


def exit_status(action: Callable[[Console], bool]) -> int:
    """Run a command on the terminal.

    Args:
        action: does the work and says whether it succeeded.

    Returns:
        0 if it did; 1 if not, or if it ended in an error of ours, which is printed with its remedy.
    """
    console = terminal()
    try:
        return 0 if action(console) else 1
    except WarehouseError as error:
        console.print(f"\n[bold red]✗ {escape(error.message)}[/]")
        if error.hint:
            console.print(f"  → {error.hint}", markup=False)
        return 1
