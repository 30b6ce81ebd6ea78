"""Files dropped on an SFTP server: the new ones are fetched, then read like a local drop folder.

The server's host key is pinned. A file counts as uploaded when a ``.done`` or ``.sha256`` lies beside it,
or when two listings some seconds apart show the same size and time; the others wait for the next run.
"""

import base64
import hashlib
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paramiko

from ingestion.sources.files.names import drop_day, is_passed_over
from runtime.errors import AuthenticationError, SourceError
from runtime.records import Connection

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 5.0
TIMEOUT = 30.0
Listing = dict[str, tuple[int, int]]  # path below the drop root → size, mtime in seconds


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

    def folders(self) -> list[str]:
        """Names of the entities' folders."""
        with self._open() as sftp:
            return sorted(e.filename for e in self._entries(sftp, "") if _is_folder(e))

    def fetch(self, entity: str, known: dict[str, dict[str, Any]], spool: Path) -> None:
        """Copy the entity's new and changed files into ``spool``, under their paths and with their times.

        Args:
            entity: name of its folder.
            known: path below the root → {size, mtime_ns …} of what is committed already.

        Raises:
            AuthenticationError: the server refuses the account.
            SourceError: the server cannot be reached, shows another host key, or breaks off.
        """
        self.unfinished = {}
        (spool / entity).mkdir(parents=True, exist_ok=True)
        with self._open() as sftp:
            listed = self._listing(sftp, entity)
            new = {
                path: seen
                for path, seen in listed.items()
                if not is_passed_over(path) and not _is_known(seen, known.get(path, {}))
            }
            if any(not _markers(path, listed) for path in new):
                self.sleep(self._settle)
                listed = self._listing(sftp, entity)
            for path, seen in sorted(new.items()):
                if listed.get(path) != seen:
                    self._leave(path, "its upload goes on")
                else:
                    self._copy(sftp, path, seen, _markers(path, listed), spool)

    def _copy(
        self,
        sftp: paramiko.SFTPClient,
        path: str,
        seen: tuple[int, int],
        markers: list[str],
        spool: Path,
    ) -> None:
        target = spool / path
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        sftp.get(f"{self._root}/{path}", str(partial))
        now = sftp.stat(f"{self._root}/{path}")
        if (now.st_size, now.st_mtime) != seen:
            self._leave(path, "it changed while it was fetched")
            return
        for marker in (m for m in markers if m.endswith(".sha256")):
            with sftp.open(f"{self._root}/{marker}") as file:
                told = file.read(4096).decode("ascii", "replace").split()
            if told[:1] != [hashlib.sha256(partial.read_bytes()).hexdigest()]:
                self._leave(path, f"it does not match {marker.rsplit('/', 1)[-1]}")
                return
        os.utime(partial, ns=(seen[1] * 10**9,) * 2)
        partial.rename(target)

    def _leave(self, path: str, reason: str) -> None:
        logger.warning("files / %s is left for the next run: %s", path, reason)
        self.unfinished[path] = reason

    def _listing(self, sftp: paramiko.SFTPClient, entity: str) -> Listing:
        found = {}
        for day in self._entries(sftp, entity):
            if not _is_folder(day) or drop_day(day.filename) is None:
                logger.warning("files / %s: %s is no drop date", entity, day.filename)
                continue
            for entry in self._entries(sftp, f"{entity}/{day.filename}"):
                if stat.S_ISREG(entry.st_mode or 0):
                    path = f"{entity}/{day.filename}/{entry.filename}"
                    found[path] = (entry.st_size, entry.st_mtime)
        return found

    def _entries(self, sftp: paramiko.SFTPClient, folder: str) -> list[paramiko.SFTPAttributes]:
        # A name with a slash in it would be written outside the spool.
        return [
            entry
            for entry in sftp.listdir_attr(f"{self._root}/{folder}".rstrip("/") or "/")
            if "/" not in entry.filename and not entry.filename.startswith(".")
        ]

    @contextmanager
    def _open(self) -> Iterator[paramiko.SFTPClient]:
        client = paramiko.SSHClient()
        name = self._host if self._port == 22 else f"[{self._host}]:{self._port}"
        key = self._host_key()
        client.get_host_keys().add(name, key.get_name(), key)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
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
            with client.open_sftp() as sftp:
                sftp.get_channel().settimeout(TIMEOUT)
                yield sftp
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
        except (paramiko.SSHException, OSError, EOFError, UnicodeDecodeError) as error:
            raise self._error(
                f"gave no complete answer ({type(error).__name__})", _fix("host")
            ) from None
        finally:
            client.close()

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


def _is_folder(entry: paramiko.SFTPAttributes) -> bool:
    return stat.S_ISDIR(entry.st_mode or 0)


def _is_known(seen: tuple[int, int], known: dict[str, Any]) -> bool:
    size, seconds = seen
    return known.get("size") == size and known.get("mtime_ns") == seconds * 10**9


def _markers(path: str, listed: Listing) -> list[str]:
    """The files beside ``path`` that say it is complete."""
    stem = path.rsplit(".", 1)[0]
    names = (f"{path}.done", f"{stem}.done", f"{path}.sha256", f"{stem}.sha256")
    return [name for name in names if name in listed]
