"""Rotating OAuth tokens: the newest pair in one file, renewed by one process at a time.

A vendor that rotates ends the old pair with every renewal. What is lost between its answer and our
file cannot be got back, so the file is written before anything else happens.
"""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime.files import read_json_object, write_atomically
from runtime.locks import locked

# A token with less left is renewed before it is used [seconds].
SHORTEST_LIFETIME = 60


class TokenStore:
    """The token pair of one connection.

    Args:
        path: file of the pair; readable by its owner only.
        first_refresh_token: the one in the Airflow connection. A new one there, after somebody has
            authorised again, takes the place of the file's.
    """

    def __init__(self, path: Path, first_refresh_token: str) -> None:
        self._path, self._first = path, first_refresh_token
        self._origin = hashlib.sha256(first_refresh_token.encode()).hexdigest()

    def access_token(self, refused: str | None, renew: Callable[[str], dict[str, Any]]) -> str:
        """An access token that has not been refused.

        Args:
            refused: the token the vendor no longer takes, if one was tried.
            renew: exchanges a refresh token for the vendor's answer (``access_token``,
                ``refresh_token``, ``expires_in`` seconds); called by one process at a time.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self._path.with_suffix(".lock")):
            pair = self._read()
            if pair["access_token"] not in (None, refused) and time.time() < pair["expires_at"]:
                return pair["access_token"]
            answer = renew(pair["refresh_token"])
            lifetime = float(answer.get("expires_in") or 0) - SHORTEST_LIFETIME
            self._write(
                {
                    "origin": self._origin,
                    "access_token": answer["access_token"],
                    "refresh_token": answer.get("refresh_token") or pair["refresh_token"],
                    "expires_at": time.time() + lifetime,
                }
            )
            return answer["access_token"]

    def _read(self) -> dict[str, Any]:
        if self._path.exists():
            pair = read_json_object(
                self._path,
                *("origin", "access_token", "refresh_token", "expires_at"),
                hint="authorise again, put the new refresh token into the Airflow connection, and delete the file",
            )
            if pair["origin"] == self._origin:
                return pair
        return {"access_token": None, "refresh_token": self._first, "expires_at": 0.0}

    def _write(self, pair: dict[str, Any]) -> None:
        write_atomically(self._path, json.dumps(pair), mode=0o600)
