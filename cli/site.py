"""`make site`: the site anew, from what is published and what was checked."""

import sys
from datetime import timedelta
from time import monotonic

from rich.console import Console

from cli import state
from cli.command import exit_status
from publishing.site import render
from runtime.errors import StateError
from runtime.settings import get_settings
from runtime.tenant import load_tenant


def render_anew(console: Console) -> bool:
    """Render the site of the state folder.

    Raises:
        StateError: the folder holds no tenant's data.
    """
    settings, began = get_settings(), monotonic()
    folder = settings.tenant or state.claimed_folder(settings)
    if folder is None:
        raise StateError(f"{settings.home} holds no tenant's data", "`make run` first")
    with state.exclusive(settings):
        page = render(settings, load_tenant(folder))
    console.print(f"Site {page} in {timedelta(seconds=round(monotonic() - began))}")
    return True


def main() -> int:
    """Exit status 0 if it was rendered."""
    return exit_status(render_anew)


if __name__ == "__main__":
    sys.exit(main())
