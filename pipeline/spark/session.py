"""A Spark session on the warehouse's Iceberg tables (docs/adr/0064-spark.md)."""

import importlib.util
import logging
import os
import shutil
import socket
import sys
import threading
import time
from contextlib import suppress
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
STANDALONE = "spark://"
WITHOUT_WORKERS_SECONDS = 90
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


def refuse_missing(settings: Settings) -> None:
    """Say before anything is done that Spark cannot start.

    Raises:
        StateError: PySpark, its jars or Java are missing, or the master does not answer.
    """
    home_of_spark()
    if len(_jars()) < len(PACKAGES):
        raise StateError("Spark's packages for Iceberg tables are not installed", INSTALL)
    _refuse_dead_master(settings.spark_master)


def _jars() -> list[Path]:
    return sorted(FETCHED.glob("jars/*.jar"))


def start(warehouse: Path) -> "SparkSession":
    """Start Spark in this process, or connect it to ``CSW_SPARK_MASTER``.

    Args:
        warehouse: the warehouse's DuckDB file; the tables are in the folder beside it.

    Raises:
        StateError: PySpark, its jars or Java are missing, or the master does not answer.
    """
    settings = get_settings()
    refuse_missing(settings)
    folder = folder_of(warehouse)
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = "spark.sql.catalog.csw"
    return _start(
        settings,
        {
            "spark.jars": ",".join(map(str, _jars())),
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
            "spark.driver.extraJavaOptions": "-Xss16m",  # long expressions are deep trees
            "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
            # each of a plan's small joined tables takes a page of the driver's memory: 64 MB by default
            "spark.buffer.pageSize": "1m",
            # joined and split by what Spark sees at run time
            "spark.sql.shuffle.partitions": "8",
        },
    )


def remove_old_versions(session: "SparkSession") -> int:
    """Remove what Iceberg keeps of tables as they were; nobody else reads them while a build runs.

    Returns:
        How many tables they are.
    """
    java, now = session._jvm.org.apache.iceberg.spark.Spark3Util, int(time.time() * 1000)
    tables = [
        f"csw.{schema.namespace}.{table['tableName']}"
        for schema in session.sql("show schemas").collect()
        for table in session.sql(f"show tables in {schema.namespace}").collect()
    ]
    for table in tables:
        loaded = java.loadIcebergTable(session._jsparkSession, table)
        loaded.expireSnapshots().expireOlderThan(now).retainLast(1).commit()
    return len(tables)


def fetch_packages() -> None:
    """Fetch Spark's packages from Maven Central, once a version."""
    home_of_spark()
    _start(
        get_settings(),
        {"spark.jars.packages": ",".join(PACKAGES), "spark.jars.ivy": str(FETCHED)},
        local=True,
    ).stop()


def home_of_spark() -> Path:
    """The folder of Spark's own programs.

    Raises:
        StateError: PySpark or Java is missing.
    """
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise StateError("PySpark is not installed", INSTALL)
    if not shutil.which("java"):
        raise StateError("Spark needs Java 17 or later, and there is no `java`", INSTALL)
    return Path(spec.origin).parent


def _start(settings: Settings, options: dict[str, str], local: bool = False) -> "SparkSession":
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    master = "local[1]" if local else settings.spark_master
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("customer-success-warehouse").master(master)
    options |= {
        "spark.driver.memory": settings.spark_memory,
        "spark.executor.memory": settings.spark_memory,
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
    if master.startswith(STANDALONE):
        threading.Thread(target=_end_without_workers, args=(session, master), daemon=True).start()
    return session


def _refuse_dead_master(master: str) -> None:
    """Say at once that no master answers; Spark itself would try for minutes.

    Args:
        master: Spark's address; only ``spark://host:port[,host:port]`` is looked at.

    Raises:
        StateError: nothing answers there.
    """
    if not master.startswith(STANDALONE):
        return
    for address in master.removeprefix(STANDALONE).split(","):
        host, _, port = address.rpartition(":")
        with suppress(OSError, ValueError):
            socket.create_connection((host, int(port)), timeout=10).close()
            return
    raise StateError(
        f"no Spark master answers at {master}", "start it (`make spark-up`), or mend SPARK_MASTER"
    )


def _end_without_workers(session: "SparkSession", master: str) -> None:
    """Give up when no worker lends memory to this session for a while: Spark would wait for ever."""
    last_seen, context = time.monotonic(), session.sparkContext._jsc.sc()
    while not context.isStopped():
        if context.getExecutorMemoryStatus().size() > 1:  # the driver is one of them
            last_seen = time.monotonic()
        elif time.monotonic() - last_seen > WITHOUT_WORKERS_SECONDS:
            print(
                f"Spark at {master} has had no worker for {WITHOUT_WORKERS_SECONDS} s that gives this run its memory; "
                "see the master's page: are workers up, with enough memory free (CSW_SPARK_MEMORY)?",
                flush=True,
            )
            os._exit(1)  # hundreds of statements would fail each for itself
        time.sleep(5)


if __name__ == "__main__":
    fetch_packages()
