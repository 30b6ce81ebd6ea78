"""``python -m sandbox``: serve a tenant folder as the vendors' APIs on this machine."""

import argparse
import logging
import os
import signal
import socket
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import uvicorn

from runtime.errors import WarehouseError
from runtime.tenant import load_tenant
from sandbox.app import create_app, default_clock
from sandbox.fault_script import load_faults
from sandbox.faults import FaultScript
from sandbox.timestamps import parse_moment
from sandbox.vendor import ConnectionDropped

HOST = "127.0.0.1"
PARENT_POLL_SECONDS = 0.2


class Server(uvicorn.Server):
    """Says where it listens as soon as it accepts connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the one line callers wait for."""
        await super().startup(sockets)
        port = sockets[0].getsockname()[1]
        print(f"sandbox listening on http://{HOST}:{port}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run until stopped; returns 2 after one error line if the arguments cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--tenant", type=Path, required=True, metavar="DIR")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--clock", type=_moment, metavar="ISO8601", help="with UTC offset")
    parser.add_argument("--faults", type=Path, metavar="FILE.yml")
    parser.add_argument("--exit-with-parent", action="store_true")
    options = parser.parse_args(arguments)
    try:
        clock = default_clock(load_tenant(options.tenant))
        faults = load_faults(options.faults) if options.faults else FaultScript()
    except WarehouseError as problem:
        return _fail(str(problem))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, options.port))
    except OSError as problem:
        return _fail(f"port {options.port}: {problem.strerror} → give PORT= another one")
    except OverflowError:
        return _fail(f"port {options.port} is none → give PORT= a number from 1 to 65535")
    if options.exit_with_parent:
        _exit_with_parent()
    app = create_app(options.tenant, options.clock or clock, faults)
    _serve(app, listener)
    return 0


def _serve(app: object, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_unintended)
    try:
        Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return


def _is_unintended(record: logging.LogRecord) -> bool:
    """Keep a scripted connection reset from being logged as a crash."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionDropped))


def _exit_with_parent() -> None:
    # PR_SET_PDEATHSIG would follow the thread that started us, not its process; the parent's id
    # changes only when the process is gone, whatever ended it.
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def _fail(message: str) -> int:
    print(f"sandbox: {' '.join(message.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
