"""The search: an index of every page, built by Pagefind, which a browser reads from a server."""

import hashlib
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from publishing.metrics import FOLDER as METRICS
from publishing.site.documents import DOCS
from publishing.site.words import LANGUAGES
from runtime.errors import StateError

INDEX = "pagefind"
_MADE_FROM = "made_from.txt"


def write_index(site: Path) -> None:
    """Write the index of the site into its folder ``pagefind``, which is replaced whole.

    Only what changes with the project's texts is indexed (figures are left out: ``data-pagefind-ignore``), so an
    index is made anew only after such a change. Customers are found in their list.

    Args:
        site: the folder of the site, with its pages.

    Raises:
        StateError: the index could not be built.
    """
    digest, made_from = _digest(), site / INDEX / _MADE_FROM
    if made_from.exists() and made_from.read_text(encoding="utf-8") == digest:
        return
    unfinished, old = site / f".{INDEX}.tmp", site / f".{INDEX}.old"
    for leftover in (unfinished, old):
        shutil.rmtree(leftover, ignore_errors=True)
    _index(site, f"{{{','.join(LANGUAGES)}}}/**/*.html", unfinished)
    for unused in (*unfinished.glob("pagefind-*ui.*"), unfinished / "pagefind-highlight.js"):
        unused.unlink(missing_ok=True)
    (unfinished / _MADE_FROM).write_text(digest, encoding="utf-8")
    if (site / INDEX).exists():
        (site / INDEX).replace(old)
    unfinished.replace(site / INDEX)
    shutil.rmtree(old, ignore_errors=True)


def _index(site: Path, pages: str, out: Path) -> None:
    """Run Pagefind as a program: its Python service may end before its last file is written."""
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--glob", pages]
    done = subprocess.run(
        [*command, "--output-path", str(out)], capture_output=True, text=True, check=False
    )
    if done.returncode or not (out / "pagefind-entry.json").is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        raise StateError(
            f"the search's index could not be built: {said[-1] if said else done.returncode}",
            "`make site` tries again; is the disk full?",
        )


def _digest() -> str:
    digest = hashlib.sha256(version("pagefind").encode())
    texts = (
        path
        for folder, kind in ((Path(__file__).parent, "*.*"), (METRICS, "*.yml"), (DOCS, "*.md"))
        for path in sorted(folder.rglob(kind))
        if path.is_file() and path.suffix != ".pyc"
    )
    for path in texts:
        digest.update(path.read_bytes())
    return digest.hexdigest()
