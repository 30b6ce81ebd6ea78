"""Scripts and styles of the site: our own, and those of the libraries as their Python packages ship them."""

import re
from importlib.metadata import version
from pathlib import Path

import itables
import vl_convert

from runtime.files import write_atomically
from runtime.rights import SHARED_FILE

OWN = Path(__file__).with_name("assets")
_EXPORT = re.compile(r"export\s*\{([^}]*)\}")
_DEFAULT = re.compile(r"([\w$]+) as default")


def write_assets(folder: Path) -> None:
    """Write what the pages load into ``folder``; what a library gives is written once a version of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(OWN.iterdir()):
        write_atomically(folder / path.name, path.read_bytes(), SHARED_FILE)
    versions = f"vl-convert-python {version('vl-convert-python')}, itables {version('itables')}\n"
    marker = folder / "versions.txt"
    if marker.exists() and marker.read_text(encoding="utf-8") == versions:
        return
    # Vega with its own interpreter of expressions: the pages allow no eval.
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    write_atomically(folder / "vega.js", bundle, SHARED_FILE)
    shipped = Path(itables.__file__).with_name("html")
    module = (shipped / "dt_bundle.js").read_text(encoding="utf-8")
    write_atomically(folder / "datatables.js", _as_script(module), SHARED_FILE)
    write_atomically(folder / "tables.css", (shipped / "dt_bundle.css").read_bytes(), SHARED_FILE)
    write_atomically(marker, versions, SHARED_FILE)


def _as_script(module: str) -> str:
    """The ES module as a script that sets ``window.DataTable``: a browser loads no module from a file."""
    export = _EXPORT.search(module)
    name = _DEFAULT.search(export[1])[1]
    return f"(() => {{{module[: export.start()]}window.DataTable = {name};{module[export.end() :]}\n}})();\n"
