"""The random value that a browser holds, and all that follows from it.

The store knows a launch or a session by a digest of this value, and keeps its content sealed under a key
made of it. A copy of the database opens nothing, and there is no master key to lose.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_TEXT = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ALGORITHMS = ["dir", "A256GCM"]
_REGISTRY = jwe.JWERegistry(algorithms=_ALGORITHMS)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Secret:
    """256 random bits as text, fit for a cookie. Never stored, never logged."""

    text: str = field(repr=False)

    @classmethod
    def new(cls) -> Secret:
        """One that nobody has seen."""
        return cls(secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str | None) -> Secret | None:
        """What a cookie says, when it is of this shape."""
        return cls(text) if text is not None and _TEXT.fullmatch(text) else None

    @property
    def name(self) -> str:
        """Under which the store keeps what belongs to it: 64 hexadecimal digits."""
        return self._derived("name").hex()

    def public(self, purpose: str) -> str:
        """A value that may be shown, and that only the holder of the secret can have been given."""
        return urlsafe_b64encode(self._derived(f"public {purpose}")).decode().rstrip("=")

    def child(self, label: str) -> Secret:
        """The secret of one thing of this browser's: none of them tells anything of another."""
        return Secret(self.public(f"child {label}"))

    def proves(self, purpose: str, value: str) -> bool:
        """Is this that value? In constant time."""
        return hmac.compare_digest(self.public(purpose).encode(), value.encode())

    def seal(self, content: object) -> bytes:
        """Content that only the holder of this secret can read, or change."""
        header = {"alg": "dir", "enc": "A256GCM"}
        plain = msgspec.json.encode(content)
        return jwe.encrypt_compact(header, plain, self._key(), registry=_REGISTRY).encode()

    def open(self, sealed: bytes, reader: msgspec.json.Decoder[T]) -> T | None:
        """What was sealed, as ``reader`` reads it.

        ``None`` when it was sealed with another secret, was changed, or has the shape that another version
        of this program gave it.
        """
        try:
            plain = jwe.decrypt_compact(sealed, self._key(), registry=_REGISTRY).plaintext
            return reader.decode(plain or b"")
        except (JoseError, msgspec.DecodeError, ValueError):
            return None

    def _key(self) -> OctKey:
        return OctKey.import_key(self._derived("key"))

    def _derived(self, label: str) -> bytes:
        return hmac.digest(self.text.encode(), label.encode(), "sha256")
