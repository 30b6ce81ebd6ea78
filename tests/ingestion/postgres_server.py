"""A PostgreSQL of the tests' own on 127.0.0.1, started from Debian's package in a temporary folder."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

OWNER, PASSWORD = "owner", "0wner-Secret"


def binaries() -> Path | None:
    """Folder of initdb and postgres; None if PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Start it and yield ``host:port``; it refuses to run as root, so root hands it to another user."""
    user = "postgres" if os.getuid() == 0 else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="csw-postgres-"))
    try:
        (folder / "password").write_text(PASSWORD)
        if os.getuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, user)
        initdb = [binaries() / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "scram-sha-256"]
        initdb += [f"--pwfile={folder / 'password'}", "-E", "UTF8", "--locale=C", "--no-sync"]
        run_as = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL}
        subprocess.run(initdb, check=True, **run_as)
        port = _free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "log_min_messages": "fatal",
        }
        command = [binaries() / "postgres", "-D", folder / "data", "-p", str(port)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, **run_as) as process:
            try:
                _wait_for(port)
                yield f"127.0.0.1:{port}"
            finally:
                process.terminate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_owner(address: str) -> psycopg.Connection:
    """A connection that may change everything."""
    host, port = address.split(":")
    return psycopg.connect(
        host=host, port=port, user=OWNER, password=PASSWORD, dbname="postgres", autocommit=True
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(psycopg.OperationalError):
            as_owner(f"127.0.0.1:{port}").close()
            return
        time.sleep(0.05)
    raise AssertionError("PostgreSQL did not start")
