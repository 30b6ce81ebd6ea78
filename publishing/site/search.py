"""The search: an index of every page and customer, built by Pagefind, which a browser reads from a server."""

import asyncio
import hashlib
import html
import shutil
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from pagefind.index import IndexConfig, PagefindIndex

from publishing.metrics import FOLDER as METRICS
from publishing.site.documents import DOCS

INDEX = "pagefind"
_MADE_FROM = "made_from.txt"
_CUSTOMER = (
    '<!doctype html><html lang="{language}"><title>{name}</title><body>'
    '<h1 data-pagefind-meta="url:/{language}/customer.html#{key}">{name}</h1><p>{kind} {key}</p></body></html>'
)


def write_index(site: Path, customers: Iterable[tuple[str, str]], kinds: dict[str, str]) -> None:
    """Write the index of the site into its folder ``pagefind``, which is replaced whole.

    Only what changes with the project's texts and with the customers' names is indexed (figures are left out:
    ``data-pagefind-ignore``), so an index is made anew only after such a change.

    Args:
        site: the folder of the site, with its pages.
        customers: key and name of the customers that have a page.
        kinds: language → what a customer's page is called.
    """
    customers = list(customers)
    digest, made_from = _digest(customers), site / INDEX / _MADE_FROM
    if made_from.exists() and made_from.read_text(encoding="utf-8") == digest:
        return
    unfinished, old = site / f".{INDEX}.tmp", site / f".{INDEX}.old"
    for leftover in (unfinished, old):
        shutil.rmtree(leftover, ignore_errors=True)
    with TemporaryDirectory(prefix="csw-search-") as stubs:
        for language, kind in kinds.items():
            for key, name in customers:
                text = _CUSTOMER.format(language=language, key=key, name=html.escape(name), kind=kind)
                Path(stubs, f"{language}-{key}.html").write_text(text, encoding="utf-8")
        asyncio.run(_write(site, Path(stubs), unfinished, kinds))
    (unfinished / _MADE_FROM).write_text(digest, encoding="utf-8")
    if (site / INDEX).exists():
        (site / INDEX).replace(old)
    unfinished.replace(site / INDEX)
    shutil.rmtree(old, ignore_errors=True)


async def _write(site: Path, stubs: Path, out: Path, languages: Iterable[str]) -> None:
    """Index whole folders: a call of its own for each page would wait a tenth of a second for its answer."""
    async with PagefindIndex(config=IndexConfig(output_path=str(out))) as index:
        await index.add_directory(str(site), glob=f"{{{','.join(languages)}}}/**/*.html")
        await index.add_directory(str(stubs))
        await index.write_files()


def _digest(customers: list[tuple[str, str]]) -> str:
    digest = hashlib.sha256(version("pagefind").encode())
    texts = (
        path
        for folder, kind in ((Path(__file__).parent, "*.*"), (METRICS, "*.yml"), (DOCS, "*.md"))
        for path in sorted(folder.rglob(kind))
        if path.is_file() and path.suffix != ".pyc"
    )
    for path in texts:
        digest.update(path.read_bytes())
    for key, name in customers:
        digest.update(f"{key} {name}\n".encode())
    return digest.hexdigest()
