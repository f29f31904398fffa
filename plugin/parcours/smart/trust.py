"""Who signed this? The token of a client, checked in the order of the specification.

CDS Hooks 2.0, "Trusting CDS Clients", and SMART App Launch 2.2, "Asymmetric authentication": issuer,
audience, times, tenant, signature, and a name (``jti``) that was never seen. Why one is refused is for the
log, and the token for nobody.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError

from parcours.clients import Client, Clients
from parcours.remote.keys import ALGORITHMS, Key, PublishedKeys
from parcours.remote.unreachable import Unreachable

MAX_TOKEN = 8192
"""Characters of a token, before anything is decoded; those of known clients have about a thousand."""
MAX_LIFE = 300 + 1
"""Seconds between ``iat`` and ``exp``: five minutes, as the specification advises, and one more for clients
that read their clock twice."""
LEEWAY = 60
"""Seconds by which the clock of a client may be ahead of ours."""
MAX_NAME = 255
"""Characters of a ``jti`` or a ``kid``."""


class UsedNames(Protocol):
    """The names of tokens already used, shared by all workers and kept over a restart."""

    def use(self, issuer: str, jti: str, expires: dt.datetime, now: dt.datetime) -> bool:
        """True once; then false until it expired."""
        ...


class Untrusted(Exception):
    """A token that is refused; the code of the reason, and the client when it is known."""

    def __init__(self, reason: str, client: Client | None = None) -> None:
        self.reason = reason
        self.client = client
        super().__init__(reason)


class Undecided(Untrusted):
    """A token of which nobody can tell: the keys of the client cannot be had."""


class _Registry(jws.JWSRegistry):
    """The size of a whole token is bounded already, and headers nobody understands are to be ignored."""

    max_header_length = MAX_TOKEN

    def __init__(self) -> None:
        super().__init__(algorithms=list(ALGORITHMS), strict_check_header=False)


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, read and not yet believed."""

    text: str
    algorithm: str
    kid: str
    claims: Mapping[str, Any]

    @classmethod
    def read(cls, text: str) -> _Token:
        header, claims = _opened(text)
        algorithm, kid = header.get("alg"), header.get("kid")
        if not _is_name(kid) or "crit" in header or "b64" in header:
            raise Untrusted("form")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise Untrusted("algorithm")
        return cls(text, algorithm, kid, claims)

    def proves(self, key: Key) -> bool:
        """Was it signed with this key, by the one algorithm the key is for?"""
        try:
            jws.deserialize_compact(self.text, key, algorithms=[self.algorithm], registry=_Registry())
        except JoseError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signed:
    """A token that is believed: whose it is, and its name (``jti``)."""

    client: Client
    jti: str


class Trust:
    """The clients of one application, the keys they publish, the names they used."""

    def __init__(self, clients: Clients, names: UsedNames) -> None:
        self._clients = clients
        self._names = names
        self._published = {client.id: PublishedKeys(client.jwks) for client in clients if client.jwks}

    def client(self, token: str, audience: str, now: dt.datetime) -> Signed:
        """Whose token this is, for one call. ``Untrusted``; ``Undecided`` when its keys cannot be had."""
        return self._believed(_Token.read(token), audience, now)

    def asserted(self, assertion: str, audience: str, now: dt.datetime) -> Signed:
        """Who asks for an access (RFC 7523): a token about the client itself, which may leave out ``iat``."""
        read = _Token.read(assertion)
        if read.claims.get("sub") != read.claims.get("iss"):
            raise Untrusted("subject")
        return self._believed(replace(read, claims={"iat": now.timestamp(), **read.claims}), audience, now)

    def _believed(self, read: _Token, audience: str, now: dt.datetime) -> Signed:
        client = self._clients.by_issuer(read.claims.get("iss"))
        if client is None:
            raise Untrusted("issuer")
        if not _is_for(read.claims.get("aud"), audience):
            raise Untrusted("audience", client)
        if not _is_current(read.claims, now.timestamp()):
            raise Untrusted("time", client)
        speaking = client.of_tenant(read.claims.get("tenant"))
        if speaking is None:
            raise Untrusted("tenant", client)
        self._check_signature(read, client)
        # Only now: a forged token must not use up the name of a true one.
        self._check_new(read, client, now)
        return Signed(speaking, read.claims["jti"])

    def _check_signature(self, token: _Token, client: Client) -> None:
        key = self._key(client, token)
        if key is None:
            raise Untrusted("key", client)
        if not token.proves(key):
            raise Untrusted("signature", client)

    def _check_new(self, token: _Token, client: Client, now: dt.datetime) -> None:
        jti = token.claims.get("jti")
        if not _is_name(jti):
            raise Untrusted("jti", client)
        expires = dt.datetime.fromtimestamp(token.claims["exp"], dt.UTC)
        if not self._names.use(client.issuer, jti, expires, now):
            raise Untrusted("replay", client)

    def _key(self, client: Client, token: _Token) -> Key | None:
        if client.id not in self._published:
            return client.keys.get((token.kid, token.algorithm))
        try:
            return self._published[client.id].find(token.kid, token.algorithm)
        except Unreachable as gone:
            raise Undecided(f"keys-{gone.reason}", client) from None


def _opened(text: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims of a token that nobody has verified."""
    try:
        unproven = jws.extract_compact(text.encode(), registry=_Registry())
        # Whatever JSON it is, the library calls it a header.
        header: object = unproven.headers()
        claims: object = json.loads(unproven.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        header = claims = None
    if isinstance(header, dict) and isinstance(claims, dict):
        return header, claims
    raise Untrusted("form")


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable()


def _is_for(claimed: object, audience: str) -> bool:
    """Does ``aud`` name exactly this URL, alone or in a list of texts?"""
    named = claimed if isinstance(claimed, list) else [claimed]
    return all(isinstance(name, str) for name in named) and audience in named


def _is_current(claims: Mapping[str, Any], now: float) -> bool:
    """Written so that what is no number, NaN included, makes it false."""
    given = (claims.get("iat"), claims.get("exp"), claims.get("nbf", 0))
    times = [value for value in given if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(times) < len(given):
        return False
    issued, expires, not_before = times
    return now < expires and issued < expires <= issued + MAX_LIFE and max(issued, not_before) <= now + LEEWAY
