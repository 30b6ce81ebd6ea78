"""An SFTP server on 127.0.0.1 over a folder: a host key of its own, one account."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

USER, PASSWORD = "dropper", "sftp-Secret-1"


class _PasswordServer(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@dataclass(frozen=True)
class SftpServer:
    """Where it listens and by which key it is known."""

    port: int
    host_key: str


@contextmanager
def sftp_server(folder: Path, client_key: asyncssh.SSHKey | None = None) -> Iterator[SftpServer]:
    """Serve ``folder`` as the root; ``client_key`` may sign in beside the password."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    keys = None
    if client_key:
        public = client_key.export_public_key().decode()
        keys = asyncssh.import_authorized_keys(public)
    loop = asyncio.new_event_loop()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            _PasswordServer,
            "127.0.0.1",
            0,
            server_host_keys=[key],
            authorized_client_keys=keys,
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder).encode()),
        )

    acceptor = loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield SftpServer(acceptor.get_port(), key.export_public_key().decode().strip())
    finally:
        loop.call_soon_threadsafe(acceptor.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
