"""Airflow's environment and metadata database under CSW_HOME."""

import base64
import configparser
import json
import os
import re
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from runtime.errors import StateError
from runtime.files import write_atomically
from runtime.settings import PROJECT_ROOT, Settings
from runtime.sources import SOURCES

FERNET_KEY = re.compile(r"[\w-]{43}=", re.ASCII)


def configure(settings: Settings, tenant: Path) -> None:
    """Set this process's environment (and its children's) for Airflow, before airflow is imported.

    Raises:
        StateError: a connection's variable is no JSON (Airflow would say that there is no such connection), or
            the key of saved connections is damaged.
    """
    _refuse_unreadable_connections()
    home = settings.airflow_dir
    home.mkdir(parents=True, exist_ok=True)
    values = {
        "CSW_HOME": str(settings.home),
        "CSW_TENANT": str(tenant),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "dags" / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(settings.logs_dir / "airflow"),
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GX_ANALYTICS_ENABLED": "False",
    }
    os.environ.update(values)
    os.environ.setdefault("AIRFLOW__CORE__FERNET_KEY", _fernet_key(home))
    paths = [str(PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


def _fernet_key(home: Path) -> str:
    """The key that Airflow encrypts saved connections with; made before there can be any."""
    path = home / "fernet_key"
    if not path.exists():
        key = _configured_key(home) or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        write_atomically(path, key, mode=0o600)
    key = path.read_text(errors="replace").strip()
    if not FERNET_KEY.fullmatch(key):
        raise StateError(
            f"{path} is damaged: without it no saved connection can be read",
            "restore it from a backup; or remove it, and save the connections again in the Airflow UI",
        )
    return key


def _configured_key(home: Path) -> str:
    """The key that `make up` of an older version left in Airflow's own configuration, else nothing."""
    configuration = configparser.ConfigParser(interpolation=None, strict=False)
    configuration.read(home / "airflow.cfg", encoding="utf-8")
    return configuration.get("core", "fernet_key", fallback="").strip()


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
    state = json.dumps({"airflow": airflow.__version__, "pools": pools, "encrypted": True})
    database = settings.airflow_dir / "airflow.db"
    if marker.exists() and database.exists():
        _refuse_damaged(database)
        if marker.read_text(errors="replace") == state:
            return False
    else:
        database.unlink(missing_ok=True)  # a migration that was killed half-way
    from airflow.utils import db

    db.initdb()
    from airflow.models.pool import Pool

    for name, (slots, description) in pools.items():
        Pool.create_or_update_pool(name, slots, description, include_deferred=False)
    _encrypt_saved()
    write_atomically(marker, state)
    return True


def _refuse_damaged(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            said = connection.execute("pragma quick_check").fetchone()[0]
            connection.execute("select count(*) from alembic_version")
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise StateError(
            f"Airflow's database {database} is damaged: {said.splitlines()[0]}",
            "restore it from a backup, or delete it: its records of runs and the connections saved in its UI are "
            "lost then, nothing else",
        )


def _encrypt_saved() -> None:
    """Encrypt what was saved in the UI while an older version had no key."""
    from airflow.models import Connection, Variable
    from airflow.utils.session import create_session

    with create_session() as session:
        for connection in session.query(Connection):
            if connection.password and not connection.is_encrypted:
                connection.set_password(connection.password)
            if connection.extra and not connection.is_extra_encrypted:
                connection.set_extra(connection.extra)
        for variable in session.query(Variable):
            if not variable.is_encrypted:
                variable.set_val(variable.val)
