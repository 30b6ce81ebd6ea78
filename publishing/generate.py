"""Write what is made from ``metrics/`` and the site's pages: ``python -m publishing.generate [--check]``.

MetricFlow's semantic models, the table of metrics in docs/metrics/README.md, dbt's exposures.
"""

import argparse
import os
import re
import sys
from pathlib import Path

from publishing.exposures import FILE as EXPOSURES
from publishing.exposures import exposures
from publishing.metrics import load_metrics
from publishing.semantic import PROJECT, semantic_files
from runtime.settings import PROJECT_ROOT

INDEX = PROJECT_ROOT / "docs" / "metrics" / "README.md"
TABLE = re.compile(
    r"(?<=\| metric \| 指標 \| column \| page \|\n\|---\|---\|---\|---\|\n)(\|.*\n)*"
)


def generated_files() -> dict[Path, str]:
    """Text of every generated file."""
    rows = ""
    for metric in load_metrics().values():
        page = metric.page.rpartition("/")[2]
        name = f"[{metric.label.en}](../../metrics/{metric.name}.yml)"
        column = metric.column.partition(".")[2]
        rows += f"| {name} | {metric.label.ja} | `{column}` | [{page}]({page}) |\n"
    index = TABLE.sub(lambda _: rows, INDEX.read_text(encoding="utf-8"))
    return semantic_files() | {INDEX: index, EXPOSURES: exposures()}


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or with ``--check`` only compare; 1 if one differs then."""
    parser = argparse.ArgumentParser(prog="python -m publishing.generate", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on a drift")
    check = parser.parse_args(arguments).check
    wanted = generated_files()
    stale = set((PROJECT / "models").rglob("*.*")) - wanted.keys()
    drifted = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in sorted([*stale, *drifted]):
        print(f"{'differs from its source' if check else 'written'}: {os.path.relpath(path)}")
        if not check and path in stale:
            path.unlink()
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
    return 1 if check and (stale or drifted) else 0


if __name__ == "__main__":
    sys.exit(main())
