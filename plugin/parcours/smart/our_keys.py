"""Our own keys: the current pair and the one before, in a file that nobody else can read.

SMART 2.2 asks a client for both ES384 and RS384. Authorization servers take the public halves from
``/.well-known/jwks.json``; the one before stays there, so that what was signed with it is still believed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from parcours.clients import Client
from parcours.errors import SettingsError
from parcours.registration import Algorithm
from parcours.settings import KEYS

FILE: Final = "cles.json"
LIFE: Final = dt.timedelta(minutes=4)
"""An assertion serves once, at once; the specification allows five minutes."""
RSA_BITS: Final = 3072
KEPT: Final = 2
"""Pairs: the current one and the one before."""

Jwk = dict[str, Any]


class OurKeys:
    """The keys of one folder, read at each use: a rotation reaches every process at once."""

    def __init__(self, folder: str) -> None:
        self._file = Path(folder) / FILE

    def public(self) -> dict[str, list[Jwk]]:
        """The JWK set to publish: no keys, an empty set."""
        return {"keys": [_imported(jwk).as_dict(private=False) for pair in self._pairs() for jwk in pair]}

    def check(self) -> None:
        """``SettingsError`` unless there is a pair to sign with, in a file of ours alone."""
        if not self._pairs():
            raise SettingsError(f"{KEYS.name} : aucune clé ; `parcours keys rotate` en fait.")

    def check_for(self, clients: Iterable[Client]) -> None:
        """``SettingsError`` when one of these clients needs our signature, and there is none to give."""
        if any(client.smart and client.smart.with_key for client in clients):
            self.check()

    def assertion(self, algorithm: Algorithm, client_id: str, audience: str, now: dt.datetime) -> str:
        """A signed statement, for one token request at ``audience``, that we are ``client_id`` (RFC 7523)."""
        self.check()
        jwk = next(jwk for jwk in self._pairs()[0] if jwk["alg"] == algorithm)
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFE).timestamp()),
            "jti": str(uuid.uuid4()),
        }
        header = {"alg": algorithm, "kid": jwk["kid"], "typ": "JWT"}
        return jwt.encode(header, claims, _imported(jwk), algorithms=[algorithm])

    def rotate(self) -> list[str]:
        """Make a new pair, keep the one before, drop older ones; the names (``kid``) of the new pair.

        Raises ``SettingsError`` when the file there is unusable, ``OSError``.
        """
        pair = [_named(RSAKey.generate_key(RSA_BITS), "RS384"), _named(ECKey.generate_key("P-384"), "ES384")]
        pairs = [pair, *self._pairs()][:KEPT]
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(self._file, json.dumps({"pairs": pairs}).encode())
        return [jwk["kid"] for jwk in pair]

    def _pairs(self) -> list[list[Jwk]]:
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return []
        except OSError:
            content = b""
        if os.name == "posix" and stat.S_IMODE(self._file.stat().st_mode) & 0o077:
            raise SettingsError(f"{KEYS.name} : d’autres peuvent lire les clés ; chmod 600 sur {FILE}.")
        try:
            pairs: list[list[Jwk]] = json.loads(content)["pairs"]
            for pair in pairs:
                if {_imported(jwk).as_dict()["alg"] for jwk in pair} != {"ES384", "RS384"}:
                    raise ValueError(FILE)
        except (ValueError, TypeError, KeyError, JoseError):
            pairs = []
        if not pairs:
            raise SettingsError(
                f"{KEYS.name} : {FILE} est illisible ; le remettre, ou l’ôter et refaire des clés."
            )
        return pairs


def _imported(jwk: Jwk) -> ECKey | RSAKey:
    return ECKey.import_key(jwk) if jwk["kty"] == "EC" else RSAKey.import_key(jwk)


def _named(key: ECKey | RSAKey, algorithm: Algorithm) -> Jwk:
    return {**key.as_dict(private=True), "kid": key.thumbprint(), "alg": algorithm, "use": "sig"}


def _replace(file: Path, content: bytes) -> None:
    """The file with this content, or as it was: private from its first byte, never half of it."""
    handle, name = tempfile.mkstemp(prefix=".parcours-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as beside:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)
