"""The secret keys of the audit: the last one signs and hides names, those before are still recognised.

They are kept apart from the database: who can write it all cannot sign what he wrote.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parcours.errors import StoreUnusable
from parcours.store.new_files import made_whole, replaced_whole

FILE: Final = "audit.json"
BYTES: Final = 32
_NAME, _SEAL = b"parcours-audit-name", b"parcours-audit-seal"


@dataclass(frozen=True, slots=True)
class Key:
    """One secret, and the public name by which records say that it was used."""

    secret: bytes
    depuis: str

    @property
    def nom(self) -> str:
        """Tells keys apart, and nothing of the secret."""
        return hashlib.sha256(b"parcours-audit-key" + self.secret).hexdigest()[:16]

    def hidden(self, tenant: str, name: str) -> str:
        """A name of a person as the audit keeps it: ``key:HMAC-SHA256``, of no use without the key."""
        return f"{self.nom}:{self._mac(_NAME, tenant, name)}"

    def signature(self, *told: object) -> str:
        """HMAC-SHA256 over these values, in this order."""
        return self._mac(_SEAL, *told)

    def _mac(self, purpose: bytes, *told: object) -> str:
        text = json.dumps([str(value) for value in told], ensure_ascii=False).encode()
        return hmac.new(self.secret, purpose + b"\0" + text, hashlib.sha256).hexdigest()


class AuditKeys:
    """The keys in a folder. What changes there is seen at the next use, in every process."""

    def __init__(self, folder: str) -> None:
        self._file = Path(folder) / FILE
        self._seen: tuple[int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    def exist(self) -> bool:
        """Was a key ever made here?"""
        return self._file.exists()

    def make(self, now: dt.datetime) -> None:
        """Make the first key, unless another process just did. Raises ``StoreUnusable``."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with made_whole(self._file) as beside:
                beside.write_bytes(_written((_new(now),)))
        except FileExistsError:
            pass
        except OSError:
            raise StoreUnusable(UNWRITABLE) from None

    def rotate(self, now: dt.datetime) -> str:
        """A new key for what is to come; the name of it. Raises ``StoreUnusable``."""
        key = _new(now)
        try:
            replaced_whole(self._file, _written((*self.all(), key)))
        except OSError:
            raise StoreUnusable(UNWRITABLE) from None
        return key.nom

    def current(self) -> Key:
        """The key of today. Raises ``StoreUnusable``."""
        return self.all()[-1]

    def signed(self, name: str, signature: str, *told: object) -> bool:
        """Did the key of this name sign these values? ``False`` when there is no such key."""
        known = next((key for key in self.all() if key.nom == name), None)
        return known is not None and hmac.compare_digest(known.signature(*told), signature)

    def all(self) -> tuple[Key, ...]:
        """Every key, the oldest first. Raises ``StoreUnusable`` when there is none, or others can read it."""
        try:
            status = self._file.stat()
            seen = (status.st_ino, status.st_ctime_ns)  # the rights as well as the content
            if seen != self._seen:
                self._keys = _read(self._file.read_bytes(), status.st_mode)
                self._seen = seen
        except (OSError, ValueError, TypeError, KeyError):
            raise StoreUnusable(MISSING) from None
        return self._keys


MISSING = (
    "La clé de l’audit est absente, illisible, ou lisible par d’autres (audit.json, dossier PARCOURS_KEYS) : "
    "la remettre depuis une sauvegarde, mode 600."
)
UNWRITABLE = "La clé de l’audit ne peut pas être écrite : rendre le dossier PARCOURS_KEYS modifiable."


def _new(now: dt.datetime) -> Key:
    return Key(secrets.token_bytes(BYTES), now.astimezone(dt.UTC).isoformat(timespec="seconds"))


def _written(keys: tuple[Key, ...]) -> bytes:
    kept = [{"secret": base64.b64encode(key.secret).decode(), "depuis": key.depuis} for key in keys]
    return json.dumps({"cles": kept}).encode()


def _read(content: bytes, mode: int) -> tuple[Key, ...]:
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ValueError(FILE)
    kept = json.loads(content)["cles"]
    keys = tuple(Key(base64.b64decode(key["secret"], validate=True), str(key["depuis"])) for key in kept)
    if not keys or any(len(key.secret) != BYTES for key in keys):
        raise ValueError(FILE)
    return keys
