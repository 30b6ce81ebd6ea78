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

DOCS = PROJECT_ROOT / "docs"
# the heads of the tables of metrics, by the index they stand in
INDEXES = {
    "en": (DOCS / "metrics" / "README.md", "| metric | column | page |"),
    "ja": (DOCS / "ja" / "metrics" / "README.md", "| 指標 | 列 | ページ |"),
}


def generated_files() -> dict[Path, str]:
    """Text of every generated file."""
    indexes = {path: _index(path, head, language) for language, (path, head) in INDEXES.items()}
    return semantic_files() | indexes | {EXPOSURES: exposures()}


def _index(path: Path, head: str, language: str) -> str:
    """An index with the table below its head made anew."""
    rows = ""
    for metric in load_metrics().values():
        page = metric.page.rpartition("/")[2]
        file = os.path.relpath(PROJECT_ROOT / "metrics" / f"{metric.name}.yml", path.parent)
        column = metric.column.partition(".")[2]
        rows += f"| [{metric.label[language]}]({file}) | `{column}` | [{page}]({page}) |\n"
    before, there, rest = path.read_text(encoding="utf-8").partition(f"{head}\n|---|---|---|\n")
    if not there:
        raise ValueError(f"{path} has no table with the head {head}")
    return before + there + rows + re.sub(r"\A(\|.*\n)*", "", rest)


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
