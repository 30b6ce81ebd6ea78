"""Command line: ``python -m demo FOLDER [--seed N] [--customers N] [--days N]``."""

import argparse
from pathlib import Path

from demo import World, add_days, generate, remembered_world


def main() -> None:
    """Parse the arguments, write the folder or add days to it."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--customers", type=int)
    parser.add_argument("--days", type=int, help="a folder that grows, and days to add to it")
    arguments = parser.parse_args()
    try:
        run(arguments)
    except OSError as error:
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        parser.exit(1, f"demo: {text} → give a new or empty folder\n")
    except ValueError as error:
        parser.exit(1, f"demo: {error}\n")


def run(arguments: argparse.Namespace) -> None:
    """Write the folder if it is new, then add the days.

    Raises:
        ValueError: the arguments do not fit each other or the folder.
    """
    chosen = {"seed": arguments.seed, "customers": arguments.customers}
    told = {name: value for name, value in chosen.items() if value is not None}
    folder, days = arguments.folder, arguments.days
    if days is None or not (folder.exists() and any(folder.iterdir())):
        generate(folder, World(**told), growing=days is not None)
    else:
        world = remembered_world(folder)
        differing = [name for name, value in told.items() if getattr(world, name) != value]
        if differing:
            raise ValueError(f"{folder} was made with another {' and '.join(differing)}")
        if not days:
            raise FileExistsError(f"{folder} is not empty; DAYS= adds days to it")
    if days:
        add_days(folder, days)


if __name__ == "__main__":
    main()
