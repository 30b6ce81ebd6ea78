"""A real mail server and a webhook's receiver on 127.0.0.1, with the connections that lead to them."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


@dataclass
class Receivers:
    """What arrived: of the webhook the texts, of the mail server (recipients, subject, text)."""

    connections: dict[str, str] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)
    mailed: list[tuple[list[str], str, str]] = field(default_factory=list)
    answers: int = 200

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        """aiosmtpd's hook: a mail has come."""
        message = message_from_bytes(envelope.content)
        subject = str(make_header(decode_header(message["Subject"])))
        parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
        text = "".join(part.get_payload(decode=True).decode("utf-8") for part in parts)
        self.mailed.append((envelope.rcpt_tos, subject, text))
        return "250 OK"


@contextmanager
def receivers() -> Iterator[Receivers]:
    """Both, until the block ends."""
    received = Receivers()

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if received.answers == 200:
                received.posted.append(body["text"])
            self.send_response(received.answers)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with socket.socket() as probe:  # the controller looks for itself at the port it was given
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mail = Controller(received, hostname="127.0.0.1", port=port)
    mail.start()
    received.connections = {
        "AIRFLOW_CONN_ALERT_SLACK": json.dumps(
            {
                "conn_type": "slackwebhook",
                "password": f"http://127.0.0.1:{web.server_port}/services/T",
            }
        ),
        "AIRFLOW_CONN_ALERT_MAIL": json.dumps(
            {
                "conn_type": "smtp",
                "host": "127.0.0.1",
                "port": port,
                "extra": {
                    "from_email": "warehouse@example.com",
                    "to": "data-team@example.com",
                    "disable_ssl": True,
                    "disable_tls": True,
                },
            }
        ),
    }
    try:
        yield received
    finally:
        mail.stop()
        web.shutdown()
        web.server_close()
