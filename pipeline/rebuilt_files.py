"""The DuckDB files of a rebuild: made beside those in use, put in their place once, also after a kill in between."""

import os
import shutil
from pathlib import Path

from pipeline.spark.session import folder_of
from runtime.duckdb_connection import connect
from runtime.settings import Settings


class RebuildSettings(Settings):
    """The settings, with DuckDB files beside those that are in use."""

    @property
    def folder(self) -> Path:
        """Where the new files are while they are made."""
        return self.home / "rebuild"

    @property
    def warehouse_file(self) -> Path:
        """The new warehouse."""
        return self.folder / super().warehouse_file.name

    @property
    def marts_file(self) -> Path:
        """The new marts."""
        return self.folder / super().marts_file.name


def replace_files(new: RebuildSettings) -> None:
    """Decide for the new files, which are whole, and put them in place of the old ones."""
    for path in (new.warehouse_file, new.marts_file):
        with connect(path) as connection:
            connection.execute("checkpoint")
    os.replace(new.folder, _decided(new))
    finish_replacing(new)


def finish_replacing(settings: Settings) -> None:
    """Put files that were decided for in place, where a kill left them; nothing to do otherwise."""
    folder = _decided(settings)
    for name in ("marts_build.duckdb", "warehouse.duckdb"):
        if (folder / name).exists():
            # made for the file that goes: Spark makes its tables anew
            shutil.rmtree(folder_of(settings.home / name), ignore_errors=True)
            (settings.home / f"{name}.wal").unlink(missing_ok=True)
            os.replace(folder / name, settings.home / name)
    shutil.rmtree(folder, ignore_errors=True)


def _decided(settings: Settings) -> Path:
    return settings.home / "rebuilt"
