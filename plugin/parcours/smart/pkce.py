"""Proof key for code exchange, S256 (RFC 7636): who asks for the token is who was sent for the code."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

METHOD = "S256"


def new_verifier() -> str:
    """256 random bits, in 43 characters."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    """What the authorization server is shown of it."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode().rstrip("=")
