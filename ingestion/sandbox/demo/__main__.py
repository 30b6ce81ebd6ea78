"""Command line: ``python -m ingestion.sandbox.demo FOLDER [--seed N] [--customers N]``."""

import argparse
from pathlib import Path

from ingestion.sandbox.demo import SEED, generate


def main() -> None:
    """Parse the arguments and write the demo tenant."""
    parser = argparse.ArgumentParser(prog="python -m ingestion.sandbox.demo", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--customers", type=int, default=300)
    arguments = parser.parse_args()
    try:
        generate(arguments.folder, arguments.seed, arguments.customers)
    except (FileExistsError, ValueError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
