"""Who is asking? The signed token of a CDS client, checked in the order of the specification.

CDS Hooks 2.0, "Trusting CDS Clients": issuer, audience, times, tenant, signature, and a name (``jti``)
that was never seen. Every refusal is the same bare 401; why is for the log, and the token for nobody.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard

import click
from flask import Flask, Request, Response, current_app
from joserfc import jws
from joserfc.errors import JoseError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, ServiceUnavailable, Unauthorized

from parcours.clients import DEVELOPMENT, DEVELOPMENT_MODE, Client, Clients
from parcours.remote.keys import ALGORITHMS, Key, PublishedKeys
from parcours.remote.unreachable import Unreachable

LOGGER = logging.getLogger("parcours")

MAX_TOKEN = 8192
"""Characters of a token, before anything is decoded; those of known clients have about a thousand."""
MAX_LIFE = 300 + 1
"""Seconds between ``iat`` and ``exp``: five minutes, as the specification advises, and one more for clients
that read their clock twice."""
LEEWAY = 60
"""Seconds by which the clock of a client may be ahead of ours."""
MAX_NAME = 255
"""Characters of a ``jti`` or a ``kid``."""
RETRY_AFTER = "30"
"""Seconds after which a client whose keys could not be had may try again."""

_BEARER = re.compile(r"bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.ASCII | re.IGNORECASE)
_EXTENSION = "parcours.trust"


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


class Trust:
    """The clients of one application, the keys they publish, the names they used."""

    def __init__(self, clients: Clients, names: UsedNames) -> None:
        self._clients = clients
        self._names = names
        self._published = {client.id: PublishedKeys(client.jwks) for client in clients if client.jwks}

    def client(self, token: str, audience: str, now: dt.datetime) -> Client:
        """Whose token this is. ``Untrusted``; ``Undecided`` when the client's keys cannot be had."""
        read = _Token.read(token)
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
        return speaking

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


def register(app: Flask, clients: Clients, names: UsedNames) -> None:
    """Give an application its clients. Without any it says, loudly, that it trusts this machine."""
    app.extensions[_EXTENSION] = Trust(clients, names) if clients else None
    if not clients:
        click.echo(DEVELOPMENT_MODE, err=True)


def caller(request: Request, audience: str) -> Client:
    """Who sent this request, whose token must name ``audience``, the URL that is served.

    Ends the request with a bare 401, or with 503 when nobody can tell: the client's keys cannot be had.
    ``StoreUnavailable`` passes through: a token is not accepted when its use cannot be noted.
    """
    try:
        return identified(request, audience)
    except Unauthorized:
        response = Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    except ServiceUnavailable:
        response = Response(status=503, headers={"Retry-After": RETRY_AFTER})
    raise HTTPException(response=response)


def identified(request: Request, audience: str) -> Client:
    """The same, for a face that words its own refusals: ``Unauthorized`` or ``ServiceUnavailable``."""
    trust: Trust | None = current_app.extensions[_EXTENSION]
    if trust is None:
        return DEVELOPMENT
    try:
        return trust.client(_bearer(request), audience, dt.datetime.now(dt.UTC))
    except Undecided as undecided:
        _log(undecided)
        raise ServiceUnavailable(retry_after=int(RETRY_AFTER)) from None
    except Untrusted as refused:
        _log(refused)
    raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))


def _bearer(request: Request) -> str:
    given = request.headers.get("Authorization", "")
    found = _BEARER.fullmatch(given) if len(given) <= MAX_TOKEN else None
    if found is None:
        raise Untrusted("header")
    return found[1]


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


def _log(refused: Untrusted) -> None:
    """One line, of our own words only."""
    client = refused.client.id if refused.client else "-"
    LOGGER.warning("client refused: reason=%s client=%s", refused.reason, client)
