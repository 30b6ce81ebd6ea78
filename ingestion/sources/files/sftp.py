"""Files dropped on an SFTP server: listed like a local folder, the new ones fetched and read as such.

The server's host key is pinned. A file counts as uploaded when a ``.done`` or ``.sha256`` lies beside it,
or when two listings some seconds apart show the same size and time; the others wait for the next run.
"""

import base64
import hashlib
import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

import paramiko
from paramiko.sftp import CMD_CLOSE, CMD_HANDLE, CMD_NAME, CMD_OPENDIR, CMD_READDIR

from ingestion.sources.files.listing import Entry, kind_of
from runtime.errors import AuthenticationError, SourceError
from runtime.records import Connection

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 5.0
TIMEOUT = 30.0


def is_remote(connection: Connection) -> bool:
    """Whether the drop folder is on an SFTP server."""
    return connection.host.startswith("sftp://")


class SftpDrop:
    """A drop folder on an SFTP server.

    ``connection.host`` is ``sftp://host[:port]/folder``, ``login`` and ``password`` the account.
    ``connection.extra``:
        host_key: the server's public key, ``ssh-ed25519 AAAA…``; required.
        private_key: an OpenSSH private key, instead of or beside the password (then its passphrase).
        settle_seconds: time between the two listings (default 5).

    Attributes:
        unfinished: files the last ``fetch`` left for the next run, with the reason.
    """

    def __init__(self, connection: Connection) -> None:
        parts = urlsplit(connection.host)
        self._host, self._port = parts.hostname or "", parts.port or 22
        self._root = unquote(parts.path).rstrip("/") or "/"
        self._connection = connection
        self._settle = float(connection.extra.get("settle_seconds", SETTLE_SECONDS))
        self.sleep = time.sleep
        self.unfinished: dict[str, str] = {}
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._client:
            self._client.close()
        self._client = self._sftp = None

    def entries(self, folder: str) -> list[Entry]:
        """What lies in a folder, a path below the root.

        Raises:
            AuthenticationError: the server refuses the account.
            SourceError: the server cannot be reached, shows another host key, or breaks off.
            PermissionError: the account may not read the folder.
        """
        with self._session() as sftp:
            return self._entries(sftp, folder)

    def fetch(self, files: Iterable[Entry], spool: Path) -> None:
        """Copy files into ``spool``, under their paths and with their times; the incomplete ones are left.

        Args:
            files: as they were listed.

        Raises:
            AuthenticationError, SourceError: see `entries`.
        """
        self.unfinished = {}
        new = sorted(files, key=lambda file: file.path)
        with self._session() as sftp:
            listed = self._listing(sftp, new)
            if any(not _markers(file.path, listed) for file in new):
                self.sleep(self._settle)
                listed = self._listing(sftp, new)
            for file in new:
                if listed.get(file.path) != file:
                    self._leave(file.path, "its upload goes on")
                else:
                    try:
                        self._copy(sftp, file, _markers(file.path, listed), spool)
                    except PermissionError:
                        self._leave(file.path, "the account may not read it")

    def _copy(
        self, sftp: paramiko.SFTPClient, file: Entry, markers: list[str], spool: Path
    ) -> None:
        path, target = file.path, spool / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(".part")
        sftp.get(f"{self._root}/{path}", str(partial))
        now = sftp.stat(f"{self._root}/{path}")
        if (now.st_size, now.st_mtime * 10**9) != (file.size, file.mtime_ns):
            self._leave(path, "it changed while it was fetched")
            return
        for marker in (m for m in markers if m.endswith(".sha256")):
            with sftp.open(f"{self._root}/{marker}") as told_by:
                told = told_by.read(4096).decode("ascii", "replace").split()
            if told[:1] != [hashlib.sha256(partial.read_bytes()).hexdigest()]:
                self._leave(path, f"it does not match {marker.rsplit('/', 1)[-1]}")
                return
        os.utime(partial, ns=(file.mtime_ns,) * 2)
        partial.rename(target)

    def _leave(self, path: str, reason: str) -> None:
        logger.warning("files / %s is left for the next run: %s", path, reason)
        self.unfinished[path] = reason

    def _listing(self, sftp: paramiko.SFTPClient, files: list[Entry]) -> dict[str, Entry]:
        """Path → entry of what lies beside the files, themselves among it."""
        folders = sorted({file.path.rpartition("/")[0] for file in files})
        return {entry.path: entry for folder in folders for entry in self._entries(sftp, folder)}

    def _entries(self, sftp: paramiko.SFTPClient, folder: str) -> list[Entry]:
        """As `SFTPClient.listdir_attr`, which knows UTF-8 names only."""
        _, answer = _expect(
            CMD_HANDLE, sftp._request(CMD_OPENDIR, f"{self._root}/{folder}".rstrip("/") or "/")
        )
        handle = answer.get_binary()
        found = []
        while True:
            try:
                _, answer = _expect(CMD_NAME, sftp._request(CMD_READDIR, handle))
            except EOFError:
                break
            for _ in range(answer.get_int()):
                name = answer.get_binary().decode("utf-8", "surrogateescape")
                answer.get_binary()  # the same as `ls -l` would say it
                status = paramiko.SFTPAttributes._from_msg(answer)
                # A name with a slash in it would be written outside the spool.
                if name not in (".", "..") and "/" not in name:
                    path = f"{folder}/{name}" if folder else name
                    kind = kind_of(status.st_mode or 0)
                    found.append(
                        Entry(path, kind, status.st_size or 0, (status.st_mtime or 0) * 10**9)
                    )
        sftp._request(CMD_CLOSE, handle)
        return found

    def _connected(self) -> paramiko.SFTPClient:
        if self._sftp:
            return self._sftp
        client = self._client = paramiko.SSHClient()
        name = self._host if self._port == 22 else f"[{self._host}]:{self._port}"
        key = self._host_key()
        client.get_host_keys().add(name, key.get_name(), key)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        client.connect(
            self._host,
            self._port,
            username=self._connection.login,
            password=self._connection.password or None,
            pkey=self._private_key(),
            timeout=TIMEOUT,
            banner_timeout=TIMEOUT,
            auth_timeout=TIMEOUT,
            look_for_keys=False,
            allow_agent=False,
        )
        self._sftp = client.open_sftp()
        self._sftp.get_channel().settimeout(TIMEOUT)
        return self._sftp

    @contextmanager
    def _session(self) -> Iterator[paramiko.SFTPClient]:
        try:
            yield self._connected()
        except paramiko.AuthenticationException:
            raise AuthenticationError(
                "files",
                "sign-in",
                f"{self._host}:{self._port} refuses the account",
                _fix("login, password and private_key"),
            ) from None
        except paramiko.BadHostKeyException:
            raise self._error(
                "shows another host key than the pinned one",
                "ask its operator whether the key was changed, and only then change host_key",
            ) from None
        except FileNotFoundError:
            raise self._error(
                f"has no folder {self._root}, or a file vanished", _fix("host")
            ) from None
        except PermissionError:
            raise
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise self._error(
                f"gave no complete answer ({type(error).__name__})", _fix("host")
            ) from None

    def _host_key(self) -> paramiko.PKey:
        kind, _, rest = str(self._connection.extra.get("host_key", "")).strip().partition(" ")
        try:
            return paramiko.PKey.from_type_string(kind, base64.b64decode(rest.split()[0]))
        except (IndexError, ValueError, paramiko.SSHException, paramiko.UnknownKeyType):
            raise self._error(
                "has no usable pinned host key",
                "put the line of `ssh-keyscan` without the host name, checked with its operator, "
                "as host_key into the extra of `file_drop_default`",
            ) from None

    def _private_key(self) -> paramiko.PKey | None:
        text = self._connection.extra.get("private_key")
        if not text:
            return None
        for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
            try:
                return kind.from_private_key(StringIO(text), self._connection.password or None)
            except (paramiko.SSHException, ValueError):
                continue
        raise AuthenticationError(
            "files", "sign-in", "the private key cannot be read", _fix("private_key")
        )

    def _error(self, what: str, hint: str) -> SourceError:
        return SourceError("files", "sftp", f"{self._host}:{self._port} {what}", hint)


def _fix(what: str) -> str:
    return f"check the {what} of the Airflow connection `file_drop_default`"


def _expect(kind: int, answer: tuple[int, paramiko.Message]) -> tuple[int, paramiko.Message]:
    if answer[0] != kind:
        raise paramiko.SSHException(f"answer of kind {answer[0]}, expected {kind}")
    return answer


def _markers(path: str, listed: dict[str, Entry]) -> list[str]:
    """The files beside ``path`` that say it is complete."""
    stem = path.rsplit(".", 1)[0]
    names = (f"{path}.done", f"{stem}.done", f"{path}.sha256", f"{stem}.sha256")
    return [name for name in names if name in listed]
