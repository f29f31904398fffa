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

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_TEXT = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ALGORITHMS = ["dir", "A256GCM"]
_REGISTRY = jwe.JWERegistry(algorithms=_ALGORITHMS)


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

    def proves(self, purpose: str, value: str) -> bool:
        """Is this that value? In constant time."""
        return hmac.compare_digest(self.public(purpose).encode(), value.encode())

    def seal(self, content: bytes) -> bytes:
        """Content that only the holder of this secret can read, or change."""
        header = {"alg": "dir", "enc": "A256GCM"}
        return jwe.encrypt_compact(header, content, self._key(), registry=_REGISTRY).encode()

    def open(self, sealed: bytes) -> bytes:
        """What was sealed; ``ValueError`` when it was not sealed with this secret, or was changed."""
        try:
            return jwe.decrypt_compact(sealed, self._key(), registry=_REGISTRY).plaintext or b""
        except (JoseError, ValueError):
            pass
        raise ValueError("seal")

    def _key(self) -> OctKey:
        return OctKey.import_key(self._derived("key"))

    def _derived(self, label: str) -> bytes:
        return hmac.digest(self.text.encode(), label.encode(), "sha256")
