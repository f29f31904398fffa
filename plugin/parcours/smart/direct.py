"""Signing in at Pro Santé Connect itself, without a software that launches: OpenID Connect, code and PKCE.

Pro Santé Connect says who it is; the clients file says of which practice (``users`` of a client).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from parcours.clients import Client, Clients
from parcours.clients.psc import ProSanteConnect
from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.oauth import ask_token
from parcours.remote.unreachable import Unreachable
from parcours.smart.id_token import proven_claims
from parcours.smart.identity import PSC_ACR, PSC_AGE_S, SOURCE, Identite, of_pro_sante_connect
from parcours.smart.launching import SECONDS, WAIT
from parcours.smart.pending import STATE, taken
from parcours.smart.pkce import METHOD, challenge, new_verifier
from parcours.smart.refusal import Refus, Refused
from parcours.smart.remembered import Remembered
from parcours.smart.secret import Secret
from parcours.smart.tokens import REFUSALS
from parcours.store.sessions import Lancements

_NOBODYS: Final = "-"
"""Under which name the sign-ins that are under way are kept: no client is called that."""


class _Aliases(msgspec.Struct):
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None


class _Document(msgspec.Struct):
    """OpenID Connect Discovery, 3; RFC 8705, 5, for who shows a certificate."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    mtls_endpoint_aliases: _Aliases | None = None


class _Tokens(msgspec.Struct):
    access_token: str
    id_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """Where things are; each under an origin that the clients file allows."""

    authorization: str
    token: str
    jwks: str
    userinfo: str | None
    end: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """What a sign-in must still know when its answer comes. Kept sealed."""

    verifier: str
    nonce: str
    server: _Server


_PENDING: Final = msgspec.json.Decoder(_Pending)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who signed in, in whose practice, and where his session at Pro Santé Connect is ended."""

    client: Client
    identite: Identite
    sortie: str | None


class SigningIn:
    """The sign-ins of one application, once something was agreed with Pro Santé Connect."""

    def __init__(
        self, clients: Clients, psc: ProSanteConnect, store: Lancements, url: str, clock: Callable[[], float]
    ) -> None:
        """``url``: the page where it begins, and ends; ``clock`` counts seconds and never jumps."""
        self._clients = clients
        self._psc = psc
        self._store = store
        self._home = url
        self._known = Remembered[_Server](clock)

    def begin(self, secret: Secret, now: dt.datetime) -> str:
        """Where to send the browser that holds ``secret``. Raises ``Refused``, ``Unreachable``."""
        server = self._known.get(self._psc.issuer, self._discovered)
        pending = _Pending(verifier=new_verifier(), nonce=new_verifier(), server=server)
        self._store.put(secret.name, _NOBODYS, secret.seal(pending), now + WAIT, now)
        asked = {
            "response_type": "code",
            "client_id": self._psc.client_id,
            "redirect_uri": self._back,
            "scope": self._psc.scopes,
            "state": secret.public(STATE),
            "nonce": pending.nonce,
            "acr_values": PSC_ACR,
            "max_age": str(PSC_AGE_S),
            "code_challenge": challenge(pending.verifier),
            "code_challenge_method": METHOD,
        }
        return f"{server.authorization}?{urlencode(asked)}"

    def finish(self, secret: Secret, answer: Mapping[str, str], now: dt.datetime) -> Arrived:
        """Who an answer brings. Once the state is that of this browser, the sign-in is spent.

        Raises ``Refused``, ``Unreachable``.
        """
        pending = taken(self._store, secret, answer.get(STATE, ""), _PENDING, now)
        if answer.get("iss", self._psc.issuer) != self._psc.issuer:
            raise Refused(Refus.ISSUER)
        if "error" in answer or not answer.get("code"):
            raise Refused(Refus.DENIED)
        deadline = Deadline.after(SECONDS)
        tokens = self._exchanged(answer["code"], pending, deadline)
        claims = self._claims(tokens, pending, now, deadline)
        who = replace(of_pro_sante_connect(claims, now.timestamp()), source=SOURCE)
        client = self._clients.by_user(who.rpps)
        if client is None:
            raise Refused(Refus.PRACTICE)
        return Arrived(client, who, self._end(pending.server, tokens.id_token))

    @property
    def _back(self) -> str:
        return f"{self._home}/retour"

    def _discovered(self) -> _Server:
        there = self._psc.configuration
        with Conversation(there, Deadline.after(SECONDS)) as conversation:
            document = conversation.get(there.path)
        try:
            told = msgspec.convert(document, _Document)
        except msgspec.ValidationError:
            told = None
        if told is None or told.issuer != self._psc.issuer:
            raise Refused(Refus.CONFIGURATION, "shape")
        alias = told.mtls_endpoint_aliases if self._psc.certificate else None
        other = alias or _Aliases()
        return _Server(
            authorization=self._allowed(told.authorization_endpoint).url,
            token=self._allowed(other.token_endpoint or told.token_endpoint).url,
            jwks=self._allowed(told.jwks_uri).url,
            userinfo=self._perhaps(other.userinfo_endpoint or told.userinfo_endpoint),
            end=self._perhaps(told.end_session_endpoint),
        )

    def _perhaps(self, address: str | None) -> str | None:
        return None if address is None else self._allowed(address).url

    def _allowed(self, address: str) -> Endpoint:
        """An address of the document, reached with the certificates of the issuer."""
        try:
            endpoint = Endpoint.parse(address, ca_file=self._psc.configuration.ca_file)
        except ValueError:
            endpoint = None
        if endpoint is None or endpoint.origin not in self._psc.origins:
            raise Refused(Refus.CONFIGURATION, "origin")
        return endpoint

    def _exchanged(self, code: str, pending: _Pending, deadline: Deadline) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": pending.verifier,
            "client_id": self._psc.client_id,
            **({"client_secret": self._psc.secret} if self._psc.secret else {}),
        }
        endpoint = self._allowed(pending.server.token)
        try:
            document = ask_token(endpoint, form, deadline, self._psc.certificate)
        except Unreachable as error:
            if error.status not in REFUSALS:
                raise
            document = None
        if document is None:
            raise Refused(Refus.CODE)
        try:
            return msgspec.convert(document, _Tokens)
        except msgspec.ValidationError:
            pass
        raise Refused(Refus.ANSWER)

    def _claims(
        self, tokens: _Tokens, pending: _Pending, now: dt.datetime, deadline: Deadline
    ) -> Mapping[str, Any]:
        """What is proven of the user; what the id_token leaves out, from the page that is his."""
        jwks = self._allowed(pending.server.jwks)
        with Conversation(jwks, deadline) as conversation:
            published = conversation.get(jwks.path)
        claims = proven_claims(
            tokens.id_token,
            published,
            issuer=self._psc.issuer,
            client_id=self._psc.client_id,
            nonce=pending.nonce,
            now=now.timestamp(),
        )
        if pending.server.userinfo is None:
            return claims
        told = self._userinfo(self._allowed(pending.server.userinfo), tokens.access_token, deadline)
        if told.get("sub") != claims["sub"]:  # OpenID Connect Core, 5.3.2
            raise Refused(Refus.IDENTITY, "userinfo")
        return {**told, **claims}

    def _userinfo(self, endpoint: Endpoint, token: str, deadline: Deadline) -> dict[str, Any]:
        certificate = self._psc.certificate
        with Conversation(endpoint, deadline, token=token, certificate=certificate) as conversation:
            told = conversation.get(endpoint.path)
        return told if isinstance(told, dict) else {}

    def _end(self, server: _Server, id_token: str) -> str | None:
        """Where the browser ends its session there as well (OpenID Connect RP-Initiated Logout, 2)."""
        if server.end is None:
            return None
        asked = {"id_token_hint": id_token, "post_logout_redirect_uri": self._home}
        return f"{server.end}?{urlencode(asked)}"
