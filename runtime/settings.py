"""The environment: every variable the project reads, with its default (documented in .env.example)."""

from datetime import time
from pathlib import Path
from typing import Literal

from dotenv import load_dotenv
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.errors import StateError

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DEFAULT_HOME = Path("state")


class Settings(BaseSettings):
    """Settings read from ``CSW_*`` variables and ``.env``.

    Attributes:
        home: folder of all state (lake, warehouse, published marts, site, Airflow, logs).
        tenant: folder with tenant.yml; set by `make run` and `make up` to the demo tenant if empty.
        lake_url: fsspec URL of the lake's root; empty = ``<home>/lake``.
        dbt_vars: JSON object of dbt vars for this run (`make run VARS=…`).
        duckdb_threads: threads DuckDB and dbt use.
        duckdb_memory: DuckDB's memory limit, e.g. ``4GB``.
        engine: what builds the warehouse, ``duckdb`` or ``spark``.
        spark_master: where Spark runs, ``local[*]`` or ``spark://host:port``.
        spark_memory: memory of Spark's driver, of each executor and each worker of `make spark-up`, e.g. ``6g``.
        spark_options: JSON object of further Spark options.
        keep_days: days that logs and Airflow's records of runs are kept.
        publish_by: local time by which the day before has to be published; later there is an alert.
        readers_group: group that may read the published marts and the site; empty = the owner's.
        site_url: where readers find the site, for links to it; set by `make up` if empty.
    """

    model_config = SettingsConfigDict(env_prefix="CSW_", env_ignore_empty=True)

    home: Path = DEFAULT_HOME
    tenant: Path | None = None
    lake_url: str = ""
    dbt_vars: str = "{}"
    duckdb_threads: int = 2
    duckdb_memory: str = "4GB"
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_master: str = "local[*]"
    spark_memory: str = "6g"
    spark_options: dict[str, str] = Field(default_factory=dict)
    keep_days: int = Field(90, ge=7)
    publish_by: time = time(7)
    readers_group: str = ""
    site_url: str = ""

    def model_post_init(self, _context: object) -> None:
        """Make paths absolute: Airflow, dbt and the sandbox run in other working folders."""
        self.home = self.home.expanduser().resolve()
        if self.tenant is not None:
            self.tenant = self.tenant.expanduser().resolve()

    @property
    def lake_root(self) -> str:
        """fsspec URL of the lake."""
        return self.lake_url or str(self.home / "lake")

    @property
    def warehouse_file(self) -> Path:
        """DuckDB file with raw, staging, input, intermediate and restricted schemas."""
        return self.home / "warehouse.duckdb"

    @property
    def marts_file(self) -> Path:
        """DuckDB file with core and marts as dbt builds them; not yet audited."""
        return self.home / "marts_build.duckdb"

    @property
    def audit_dir(self) -> Path:
        """Folder with the results of every check, outside what they check."""
        return self.home / "audit"

    @property
    def findings_dir(self) -> Path:
        """Folder of the findings: what is not, or not as it came, in the numbers."""
        return self.home / "findings"

    @property
    def gx_docs_dir(self) -> Path:
        """Folder of GX's result pages; part of the site."""
        return self.site_dir / "gx"

    @property
    def published_dir(self) -> Path:
        """Folder of the published snapshots and the link ``marts.duckdb``."""
        return self.home / "published"

    @property
    def site_dir(self) -> Path:
        """Folder of the static site."""
        return self.home / "site"

    @property
    def airflow_dir(self) -> Path:
        """AIRFLOW_HOME."""
        return self.home / "airflow"

    @property
    def logs_dir(self) -> Path:
        """Folder of the logs."""
        return self.home / "logs"


def get_settings() -> Settings:
    """Settings of this process, read anew so that a runner may set the environment first.

    ``.env`` is put into the environment (what is there already wins), so that it may hold Airflow
    connections too.

    Raises:
        StateError: a variable has a value that cannot be read.
    """
    load_dotenv(PROJECT_ROOT / ".env")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"CSW_{first['loc'][0]}".upper()
        raise StateError(
            f"{name}={first['input']}: {first['msg']}", "see .env.example for what it may be"
        ) from error
