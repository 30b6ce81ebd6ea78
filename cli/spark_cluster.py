"""`make spark-up` and `make spark-down`: a Spark master and two workers on 127.0.0.1, from PySpark's package."""

import argparse
import json
import os
import sys
from typing import Any

import requests
from rich.console import Console
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from cli.command import exit_status, with_home
from cli.processes import free_port, living, start_server, stop_servers
from pipeline.spark.session import INSTALL, home_of_spark
from runtime.errors import StateError
from runtime.files import read_json_object, write_atomically
from runtime.settings import Settings, get_settings

WORKERS = 2
READY_WITHIN_SECONDS = 60
FILE = "spark_cluster.json"
NO_REST = "-Dspark.master.rest.enabled=false"  # a second port of the master, for jobs from anybody


def up(console: Console, settings: Settings) -> None:
    """Start master and workers, wait until they know each other, print the address.

    Raises:
        StateError: already running, Spark is not installed, or no cluster came about in time.
    """
    path, hint = settings.home / FILE, "end the processes by hand and delete the file"
    if path.exists():
        noted = read_json_object(path, "processes", "master", hint=hint)
        if any(living(process) for process in noted["processes"].values()):
            raise StateError(
                f"a cluster is running: {noted['master']}", "`make spark-down` ends it"
            )
    java = str(home_of_spark() / "bin" / "spark-class")
    deploy, local = "org.apache.spark.deploy", ("--host", "127.0.0.1")
    master_port, page_port = free_port(7077), free_port(8180)
    address, page = f"spark://127.0.0.1:{master_port}", f"http://127.0.0.1:{page_port}"
    cores = max(1, (os.cpu_count() or 1) // WORKERS)
    commands = {
        "spark-master": [
            *(java, f"{deploy}.master.Master", *local),
            *("--port", str(master_port), "--webui-port", str(page_port)),
        ]
    }
    for number in range(1, WORKERS + 1):
        commands[f"spark-worker-{number}"] = [
            *(java, f"{deploy}.worker.Worker", *local, "--webui-port", "0"),
            *("--cores", str(cores), "--memory", settings.spark_memory),
            *("--work-dir", str(settings.home / "spark_work"), address),
        ]
    document: dict[str, Any] = {"master": address, "page": page, "processes": {}}
    settings.home.mkdir(parents=True, exist_ok=True)
    for name, command in commands.items():
        document["processes"][name] = start_server(
            settings, name, command, SPARK_LOCAL_IP="127.0.0.1", SPARK_DAEMON_JAVA_OPTS=NO_REST
        )
        write_atomically(path, json.dumps(document, indent=1))
    try:
        Retrying(
            wait=wait_fixed(0.5),
            stop=stop_after_delay(READY_WITHIN_SECONDS),
            retry=retry_if_result(lambda workers: workers < WORKERS),
        )(_workers, page)
    except RetryError as error:
        stop_servers(path, hint)
        raise StateError(
            f"the cluster was not ready within {READY_WITHIN_SECONDS} s",
            f"see spark-*.log in {settings.logs_dir}; {INSTALL}, if Java or PySpark is missing",
        ) from error
    console.print(f"Master   {address}  (page {page})")
    console.print(
        f"Workers  {WORKERS} with {cores} core{'s' * (cores > 1)} and {settings.spark_memory} of memory each"
    )
    console.print(
        f"Next     `make run ENGINE=spark SPARK_MASTER={address}` · `make spark-down` ends it{with_home()}"
    )


def _workers(page: str) -> int:
    """How many workers the master knows; none while it does not answer."""
    try:
        return int(requests.get(f"{page}/json/", timeout=5).json()["aliveworkers"])
    except (requests.RequestException, ValueError, KeyError):
        return 0


def main() -> int:
    """Command line: ``up`` or ``down``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["up", "down"])
    action = parser.parse_args().action

    def act(console: Console) -> bool:
        settings = get_settings()
        if action == "up":
            up(console, settings)
        else:
            hint = "end the processes by hand and delete the file"
            console.print(stop_servers(settings.home / FILE, hint))
        return True

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
