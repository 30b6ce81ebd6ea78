"""What every command shares: its terminal, and errors that end as one message and exit status 1."""

import os
import shlex
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from runtime import rights
from runtime.damage import explained
from runtime.errors import StateError, WarehouseError
from runtime.redaction import hide_values
from runtime.settings import DEFAULT_HOME, get_settings

INTERRUPTED = 130  # what a shell reports of a program ended by Ctrl-C


def terminal() -> Console:
    """A console on the terminal that stays there when this process's output is redirected."""
    return Console(file=os.fdopen(os.dup(1), "w"), highlight=False, soft_wrap=True)


def with_home() -> str:
    """What has to stand before the commands that a message names: nothing, if the state folder is the default."""
    home = os.environ.get("CSW_HOME", "")  # Airflow's own processes are told the default, too
    is_default = not home or Path(home).resolve() == DEFAULT_HOME.resolve()
    return "" if is_default else f" (with CSW_HOME={shlex.quote(home)})"


def exit_status(action: Callable[[Console], bool | int]) -> int:
    """Run a command on the terminal.

    Args:
        action: does the work and says whether it succeeded, or its exit status.

    Returns:
        0 if it did (or what it gave); 1 if not, or if it ended in an error, which is printed with its remedy; 130 after Ctrl-C.
    """
    rights.keep_private()
    console = terminal()
    try:
        outcome = action(console)
        return int(not outcome) if isinstance(outcome, bool) else outcome
    except KeyboardInterrupt:
        say_stopped(console)
        return INTERRUPTED
    except WarehouseError as error:
        problem = error
    except Exception as error:
        problem = unexpected(error)
    console.print(f"\n[bold red]✗ {escape(problem.message)}[/]")
    if problem.hint:
        console.print(f"  → {problem.hint}", markup=False)
    return 1


def end_at_interrupt(console: Console) -> None:
    """Let Ctrl-C end this process at once, where a library would take it for the failure of one step.

    As after a kill, the next run goes on from what is there, and child processes die with this one.
    """

    def end(*_: object) -> None:
        say_stopped(console)
        os._exit(INTERRUPTED)

    signal.signal(signal.SIGINT, end)


def say_stopped(console: Console) -> None:
    """The last line after Ctrl-C."""
    console.print("\n[yellow]stopped[/]: what was landed and published stays; run again to go on")


def unexpected(error: Exception) -> WarehouseError:
    """An error nobody foresaw in one sentence; its traceback goes to logs/run.log."""
    message = hide_values(f"unexpected {type(error).__name__}: {error}")
    hint = "please report it"
    lines = hide_values("".join(traceback.format_exception(error)))
    try:
        settings = get_settings()
        if known := explained(error, settings.home):
            message, hint = known.message, known.hint
        log = settings.logs_dir / "run.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as handle:
            handle.write(lines)
    except (OSError, WarehouseError):
        return StateError(message, hint)
    return StateError(message, f"{hint}; the traceback is in {log}")
