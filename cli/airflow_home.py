"""Airflow's environment and metadata database under CSW_HOME."""

import json
import os
from pathlib import Path

from runtime.errors import StateError
from runtime.files import write_atomically
from runtime.settings import PROJECT_ROOT, Settings
from runtime.sources import SOURCES


def configure(settings: Settings, tenant: Path) -> None:
    """Set this process's environment (and its children's) for Airflow, before airflow is imported.

    Raises:
        StateError: a connection's variable is no JSON; Airflow would say that there is no such connection.
    """
    _refuse_unreadable_connections()
    home = settings.airflow_dir
    home.mkdir(parents=True, exist_ok=True)
    values = {
        "CSW_HOME": str(settings.home),
        "CSW_TENANT": str(tenant),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(settings.logs_dir / "airflow"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GX_ANALYTICS_ENABLED": "False",
    }
    os.environ.update(values)
    paths = [str(PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


def _refuse_unreadable_connections() -> None:
    for name, value in os.environ.items():
        if name.startswith("AIRFLOW_CONN_") and value.lstrip().startswith("{"):
            try:
                json.loads(value)
            except ValueError:  # its text holds the secret: it is neither shown nor chained
                raise StateError(
                    f"{name} is no JSON", "see .env.example; in a shell, put it in single quotes"
                ) from None


def point_connections_at_sandbox(base_url: str, vendors: list[str]) -> None:
    """Fill the vendors' Airflow connections with the sandbox's address and sign-in."""
    from sandbox.vendors import vendor_classes

    for vendor in vendors:
        login, password = vendor_classes()[vendor].sign_in_as
        connection = {"conn_type": "http", "host": base_url, "login": login, "password": password}
        os.environ[SOURCES[vendor].connection_variable] = json.dumps(connection)


def migrate(settings: Settings) -> bool:
    """Create or upgrade the metadata database and the pools, if this version has not yet.

    Returns:
        Whether there was something to do.
    """
    import airflow

    pools = {"duckdb_writer": (1, "One writer of the warehouse at a time")}
    for spec in SOURCES.values():
        pools[spec.pool] = (spec.concurrency, f"Objects of {spec.name} read at the same time")
    marker = settings.airflow_dir / "migrated"
    state = json.dumps({"airflow": airflow.__version__, "pools": pools})
    if marker.exists() and marker.read_text() == state:
        return False
    if not marker.exists():
        # a migration that was killed half-way
        (settings.airflow_dir / "airflow.db").unlink(missing_ok=True)
    from airflow.utils import db

    db.initdb()
    from airflow.models.pool import Pool

    for name, (slots, description) in pools.items():
        Pool.create_or_update_pool(name, slots, description, include_deferred=False)
    write_atomically(marker, state)
    return True
