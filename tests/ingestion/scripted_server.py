"""A vendor on 127.0.0.1 that answers exactly what a test tells it to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RESET = "reset"


@dataclass
class Answer:
    """One answer; ``body`` is sent as JSON unless it is bytes, ``cut`` bytes of it are held back."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


@dataclass
class ScriptedServer:
    """Gives ``answers`` in turn, then 599; ``requests`` holds (method, path, headers, body)."""

    url: str = ""
    answers: list[Answer | str] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def scripted_server(*answers: Answer | str) -> Iterator[ScriptedServer]:
    """Serve ``answers`` (an Answer, or RESET to drop the connection) until the block ends."""
    script = ScriptedServer(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            script.requests.append((self.command, self.path, dict(self.headers), body))
            answer = script.answers.pop(0) if script.answers else Answer(status=599)
            self.close_connection = True
            if answer == RESET:
                return
            content = answer.body
            if not isinstance(content, bytes):
                content = json.dumps(content).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content[: len(content) - answer.cut])

        do_POST = do_GET

        def log_message(self, *args: Any) -> None:
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
