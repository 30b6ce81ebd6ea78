"""A Spark session on the warehouse's Iceberg tables (docs/adr/0064-spark.md)."""

import logging
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.errors import StateError
from runtime.settings import Settings, get_settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# the newest Spark that Iceberg has a runtime for, and what keeps the catalogue of its tables
PACKAGES = (
    "org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:1.12.0",
    "org.xerial:sqlite-jdbc:3.50.3.0",
)
FETCHED = Path(sys.prefix) / "spark"  # where `make spark-install` puts them
CATALOGUE = "catalogue.db"
INSTALL = "run `make spark-install`"


def folder_of(warehouse: Path) -> Path:
    """Where Spark's tables of a warehouse are: beside its DuckDB file.

    Args:
        warehouse: the warehouse's DuckDB file.
    """
    return warehouse.with_name("spark")


def is_begun(warehouse: Path) -> bool:
    """Whether Spark has tables of this warehouse."""
    return (folder_of(warehouse) / CATALOGUE).exists()


def start(warehouse: Path) -> "SparkSession":
    """Start Spark in this process, or connect it to ``CSW_SPARK_MASTER``.

    Args:
        warehouse: the warehouse's DuckDB file; the tables are in the folder beside it.

    Raises:
        StateError: PySpark, its jars or Java are missing, or the master does not answer.
    """
    settings = get_settings()
    jars = sorted(FETCHED.glob("jars/*.jar"))
    if len(jars) < len(PACKAGES):
        raise StateError("Spark's packages for Iceberg tables are not installed", INSTALL)
    folder = folder_of(warehouse)
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = "spark.sql.catalog.csw"
    return _start(
        settings,
        {
            "spark.jars": ",".join(map(str, jars)),
            "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            catalogue: "org.apache.iceberg.spark.SparkCatalog",
            f"{catalogue}.type": "jdbc",
            f"{catalogue}.uri": f"jdbc:sqlite:{folder / CATALOGUE}",
            f"{catalogue}.jdbc.schema-version": "V1",  # with views
            f"{catalogue}.warehouse": str(folder),
            f"{catalogue}.table-default.write.metadata.delete-after-commit.enabled": "true",
            f"{catalogue}.table-default.write.metadata.previous-versions-max": "2",
            "spark.sql.defaultCatalog": "csw",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
            # joined and split by what Spark sees at run time
            "spark.sql.shuffle.partitions": "8",
        },
    )


def fetch_packages() -> None:
    """Fetch Spark's packages from Maven Central, once a version."""
    _start(
        get_settings(),
        {"spark.jars.packages": ",".join(PACKAGES), "spark.jars.ivy": str(FETCHED)},
        local=True,
    ).stop()


def _start(settings: Settings, options: dict[str, str], local: bool = False) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise StateError("PySpark is not installed", INSTALL) from error
    if not shutil.which("java"):
        raise StateError("Spark needs Java 17 or later, and there is no `java`", INSTALL)
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    master = "local[1]" if local else settings.spark_master
    builder = SparkSession.builder.appName("customer-success-warehouse").master(master)
    options |= {
        "spark.driver.memory": settings.spark_memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # what the page would show of past statements: their plans fill the driver's memory
        "spark.ui.retainedJobs": "10",
        "spark.ui.retainedStages": "10",
        "spark.ui.retainedTasks": "100",
        "spark.sql.ui.retainedExecutions": "10",
        "spark.sql.maxPlanStringLength": "10000",
    }
    for name, value in (options | settings.spark_options).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        raise StateError(
            f"Spark does not start on {master}: {str(error).splitlines()[0]}",
            "see logs/dbt.log; is the master up, is its address right?",
        ) from error
    session.sparkContext.setLogLevel("OFF")  # what fails is in dbt's messages
    return session


if __name__ == "__main__":
    fetch_packages()
