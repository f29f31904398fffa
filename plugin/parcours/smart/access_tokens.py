"""Accesses that this service gives to a client that proves itself: SMART Backend Services, the server's side.

An access is a random text, kept as a digest, that lasts five minutes; a client that leaves the clients file,
or whose scopes there shrink, loses it at once.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from parcours.clients import Client, Clients
from parcours.clients.scopes import Rights, granted, rights_of
from parcours.errors import ParcoursError
from parcours.smart.tokens import ASSERTION_TYPE
from parcours.smart.trust import MAX_TOKEN, Trust, Untrusted
from parcours.store.tokens import Given, JetonsAcces

KIND: Final = "bearer"
LIFE: Final = dt.timedelta(seconds=300)
"""As long as SMART advises at most: nothing is renewed, a new access is asked for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, for one practice, and what he may do; ``jti``: the name of the token he signed."""

    client: Client
    rights: Rights
    jti: str = ""


class TokenRefused(ParcoursError):
    """An error of RFC 6749, 5.2: its code, and the client where one had proven itself."""

    def __init__(self, code: str, client: Client | None = None) -> None:
        self.code = code
        self.client = client
        super().__init__(code)


class Accesses:
    """The accesses of one application. ``token_url`` is where they are asked for, as assertions name it."""

    def __init__(self, clients: Clients, trust: Trust, store: JetonsAcces, token_url: str) -> None:
        self._clients = clients
        self._trust = trust
        self._store = store
        self.token_url = token_url

    def grant(self, form: Mapping[str, str], now: dt.datetime) -> tuple[Client, dict[str, object]]:
        """Who asks for an access, and the answer (RFC 6749, 5.1).

        Raises ``TokenRefused``, ``Untrusted`` for a client that does not prove itself, ``StoreUnavailable``.
        """
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused("unsupported_grant_type" if form.get("grant_type") else "invalid_request")
        if not form.get("scope"):
            raise TokenRefused("invalid_scope")
        client = self._proven(form, now)
        scopes = granted(form["scope"], client.rights)
        if not scopes:
            raise TokenRefused("invalid_scope", client)
        token = secrets.token_urlsafe(32)
        self._store.give(token, Given(client.id, client.tenant, scopes), now + LIFE, now)
        lasting = int(LIFE.total_seconds())
        told = {"access_token": token, "token_type": KIND, "expires_in": lasting, "scope": scopes}
        return client, told

    def take_back(self, form: Mapping[str, str], now: dt.datetime) -> Client:
        """End an access at the wish of its own client (RFC 7009), who it is, and nobody else's.

        Raises as ``grant``.
        """
        if not form.get("token"):
            raise TokenRefused("invalid_request")
        client = self._proven(form, now)
        self._store.take_back(form["token"], client.id)
        return client

    def caller(self, token: str, now: dt.datetime) -> Caller:
        """Who was given this access. ``Untrusted`` when it is over, or was not; ``StoreUnavailable``."""
        given = self._store.find(token, now)
        known = self._clients.by_id(given.client) if given else None
        client = known.for_practice(given.tenant) if known and given else None
        if client is None or given is None:
            raise Untrusted("access", known)
        return Caller(client, rights_of(given.portee) & client.rights)

    def _proven(self, form: Mapping[str, str], now: dt.datetime) -> Client:
        assertion = form.get("client_assertion", "")
        if form.get("client_assertion_type") != ASSERTION_TYPE or not 0 < len(assertion) <= MAX_TOKEN:
            raise Untrusted("assertion")
        client = self._trust.asserted(assertion, self.token_url, now).client
        if form.get("client_id", client.issuer) != client.issuer:  # RFC 7521, 4.2
            raise Untrusted("subject", client)
        return client
