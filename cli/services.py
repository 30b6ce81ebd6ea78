"""`make up` and `make down`: Airflow, the sandbox and the site as services on 127.0.0.1."""

import argparse
import json
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from cli import airflow_home, sandbox, state, upkeep
from cli.command import exit_status, with_home
from cli.processes import free_port, start_server, stop_servers
from cli.report import redirect_output
from cli.run import find_date, find_tenant
from runtime.business_date import day_end
from runtime.errors import StateError
from runtime.files import read_json_object, write_atomically
from runtime.settings import Settings, get_settings

HEALTHY_WITHIN_SECONDS = 180
API = "api-server"
AIRFLOW_PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")
PARALLELISM = "8"
SECRETS = ("password", "jwt", "api")


def services_file(settings: Settings) -> Path:
    """Where `make up` notes what it started: process ids, addresses."""
    return settings.home / "services.json"


def up(console: Console, settings: Settings, tenant_text: str) -> None:
    """Start everything, wait until it is healthy, print the addresses.

    Raises:
        WarehouseError: already running, or something did not become healthy.
    """
    folder, tenant = find_tenant(console, settings, tenant_text)
    state.claim(settings, tenant.name, folder)
    lock = state.take(settings, "the services of make up")
    airflow_home.configure(settings, folder)
    today = datetime.now(UTC).date()
    upkeep.keep_logs_small(settings, today)
    redirect_output(settings)
    airflow_home.migrate(settings)
    upkeep.clean_database(settings, today)
    ports = {
        name: free_port(start)
        for name, start in (("airflow", 8080), ("sandbox", 8700), ("site", 8000))
    }
    os.environ.setdefault("CSW_SITE_URL", f"http://127.0.0.1:{ports['site']}")
    admin_password = _configure_services(settings, ports["airflow"])
    settings.site_dir.mkdir(parents=True, exist_ok=True)

    commands = {}
    if vendors := sandbox.vendors_to_serve(folder, tenant):
        now = day_end(find_date(tenant, ""), tenant.zone) + sandbox.CLOCK_MARGIN
        commands["sandbox"] = [
            *(sys.executable, "-m", "sandbox", "--tenant", str(folder)),
            *("--port", str(ports["sandbox"]), "--clock", now.isoformat()),
        ]
        airflow_home.point_connections_at_sandbox(f"http://127.0.0.1:{ports['sandbox']}", vendors)
    airflow = str(Path(sys.executable).with_name("airflow"))
    commands |= {
        API: [
            airflow,
            "api-server",
            *("--host", "127.0.0.1", "--port", str(ports["airflow"])),
            "--workers",
            "1",
        ],
        "scheduler": [airflow, "scheduler", "--skip-serve-logs"],
        "dag-processor": [airflow, "dag-processor"],
        "triggerer": [airflow, "triggerer", "--skip-serve-logs"],
        "upkeep": [sys.executable, "-m", "cli.upkeep"],
        "site": [
            *(sys.executable, "-m", "http.server", str(ports["site"])),
            *("--bind", "127.0.0.1", "--directory", str(settings.site_dir)),
        ],
    }
    document: dict[str, Any] = {
        "airflow": f"http://127.0.0.1:{ports['airflow']}",
        "site": f"http://127.0.0.1:{ports['site']}/index.html",
        "processes": {},
    }
    console.print("starting Airflow, the sandbox and the site (about 40 s) …")
    try:
        for name, command in commands.items():
            document["processes"][name] = start_server(settings, name, command, (lock,))
            write_atomically(services_file(settings), json.dumps(document, indent=1))
            if name == API:  # a task that the scheduler starts before it answers fails
                _wait_until_healthy(document, ("metadatabase",))
        _wait_until_healthy(document, AIRFLOW_PARTS)
    except StateError:
        down(console, settings)
        raise
    console.print(f"Airflow  {document['airflow']}  user admin, password {admin_password}")
    if "sandbox" in commands:
        console.print(f"Sandbox  http://127.0.0.1:{ports['sandbox']}")
    console.print(f"Site     {document['site']}")
    console.print(
        "Next     trigger daily_run in the UI, or `make trigger` · `make down` stops everything"
        f"{with_home()}"
    )


def down(console: Console, settings: Settings) -> None:
    """Stop what `make up` started, by the process ids it noted."""
    hint = "stop the services by hand, delete the file, and `make up`"
    console.print(stop_servers(services_file(settings), hint))


def _configure_services(settings: Settings, port: int) -> str:
    path = settings.airflow_dir / "service_secrets.json"
    if not path.exists():
        generated = {name: secrets.token_urlsafe(24) for name in SECRETS}
        write_atomically(path, json.dumps(generated), mode=0o600)
    secret = read_json_object(path, *SECRETS, hint="delete it: the next `make up` makes new ones")
    passwords = settings.airflow_dir / "passwords.json"
    write_atomically(passwords, json.dumps({"admin": secret["password"]}), mode=0o600)
    base_url = f"http://127.0.0.1:{port}"
    os.environ.update(
        {
            "AIRFLOW__API__BASE_URL": base_url,
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__SECRET_KEY": secret["api"],
            "AIRFLOW__API_AUTH__JWT_SECRET": secret["jwt"],
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base_url}/execution/",
            "AIRFLOW__CORE__PARALLELISM": PARALLELISM,
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        }
    )
    return secret["password"]


def _wait_until_healthy(document: dict[str, Any], parts: tuple[str, ...]) -> None:
    poll = Retrying(
        wait=wait_fixed(1),
        stop=stop_after_delay(HEALTHY_WITHIN_SECONDS),
        retry=retry_if_result(bool),
    )
    try:
        poll(_unhealthy, document["airflow"], parts)
    except RetryError as error:
        raise StateError(
            f"Airflow was not healthy within {HEALTHY_WITHIN_SECONDS} s: {error.last_attempt.result()}",
            f"see the logs of {', '.join(document['processes'])} in the logs folder",
        ) from error


def _unhealthy(airflow_url: str, parts: tuple[str, ...]) -> str:
    """Those parts of Airflow that are not healthy yet, empty if all are."""
    try:
        answer = requests.get(f"{airflow_url}/api/v2/monitor/health", timeout=5).json()
    except requests.RequestException:
        return "no answer"
    return ", ".join(part for part in parts if answer.get(part, {}).get("status") != "healthy")


def main() -> int:
    """Command line: ``up`` or ``down``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--tenant", default="")
    arguments = parser.parse_args()

    def act(console: Console) -> bool:
        if arguments.action == "up":
            up(console, get_settings(), arguments.tenant)
        else:
            down(console, get_settings())
        return True

    return exit_status(act)


if __name__ == "__main__":
    sys.exit(main())
