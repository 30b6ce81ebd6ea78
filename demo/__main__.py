"""Command line: ``python -m demo FOLDER [--seed N] [--customers N]``."""

import argparse
from pathlib import Path

from demo import SEED, generate


def main() -> None:
    """Parse the arguments and write the demo tenant."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--customers", type=int, default=300)
    arguments = parser.parse_args()
    try:
        generate(arguments.folder, arguments.seed, arguments.customers)
    except OSError as error:
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        parser.exit(1, f"demo: {text} → give TENANT= a new or empty folder\n")
    except ValueError as error:
        parser.exit(1, f"demo: {error}\n")


if __name__ == "__main__":
    main()
