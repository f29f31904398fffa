"""From the click in the chart to an access: two steps, and a secret of the browser between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import msgspec

from parcours.clients import Client, Clients
from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import is_fhir_id
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.smart.discovery import Discovery, Server
from parcours.smart.id_token import proven_claims
from parcours.smart.identity import PSC_ACR, PSC_AGE_S, Identite, identified
from parcours.smart.our_keys import OurKeys
from parcours.smart.pkce import METHOD, challenge, new_verifier
from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.smart.tokens import Access, Asking, Granted
from parcours.store.sessions import Lancements

WAIT: Final = dt.timedelta(minutes=10)
"""How long a launch waits for its answer: long enough to sign in with a card."""
SECONDS: Final = 8.0
"""What all calls for one page may take: somebody is looking at a browser."""
STATE: Final = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """What a launch must still know when its answer comes. Kept sealed."""

    client: str
    verifier: str
    nonce: str
    token: str
    issuer: str | None
    jwks: str | None
    says_iss: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An open visit: on which server, whose chart, who looks, with which access. Only ever kept sealed."""

    client: str
    base: str
    patient: str
    encounter: str
    identite: Identite | None
    token: str
    access: Access


class Launching:
    """The launches of one application, from the clients of its file."""

    def __init__(
        self, clients: Clients, keys: OurKeys, discovery: Discovery, store: Lancements, redirect_uri: str
    ) -> None:
        self._clients = clients
        self._keys = keys
        self._discovery = discovery
        self._store = store
        self._redirect_uri = redirect_uri

    def begin(self, iss: str, launch: str, secret: Secret, now: dt.datetime) -> str:
        """Where to send the browser that holds ``secret``. Raises ``Refused``, ``Unreachable``.

        An ``iss`` that is not in the clients file is not called, and neither is one that is: its
        configured form is.
        """
        client, registration, _ = self._registered(self._clients.by_fhir_base(iss))
        server = self._discovery.server(client, Deadline.after(SECONDS))
        if server.authorization is None:
            raise Refused(Refus.CONFIGURATION, "authorization")
        pending = _pending(client, registration, server)
        self._store.put(secret.name, client.id, secret.seal(msgspec.json.encode(pending)), now + WAIT, now)
        asked = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": registration.scopes,
            "state": secret.public(STATE),
            "aud": iss,  # as the software wrote it: some compare it letter by letter
            "launch": launch,
            "code_challenge": challenge(pending.verifier),
            "code_challenge_method": METHOD,
            **_about_the_user(registration, pending.nonce),
        }
        return f"{server.authorization.url}?{urlencode(asked)}"

    def finish(self, secret: Secret, answer: Mapping[str, str], now: dt.datetime) -> Visit:
        """The visit that an answer opens. Raises ``Refused``, ``Unreachable``.

        Once the state is that of this browser the launch is spent, whatever comes of it.
        """
        pending = self._taken(secret, answer.get(STATE, ""), now)
        _check_issuer(pending, answer.get("iss"))
        if "error" in answer or not answer.get("code"):
            raise Refused(Refus.DENIED)
        deadline = Deadline.after(SECONDS)
        client, registration, base = self._registered(self._clients.by_id(pending.client))
        granted = self._exchanged(answer["code"], pending, registration, base, now, deadline)
        if not (is_fhir_id(granted.patient) and is_fhir_id(granted.encounter)):
            raise Refused(Refus.CONTEXT)
        return Visit(
            client=client.id,
            base=base.url,
            patient=str(granted.patient),
            encounter=str(granted.encounter),
            identite=_identity(granted, pending, registration, base, now, deadline),
            token=pending.token,
            access=granted.access,
        )

    def _exchanged(
        self,
        code: str,
        pending: _Pending,
        registration: Registration,
        base: Endpoint,
        now: dt.datetime,
        deadline: Deadline,
    ) -> Granted:
        """What the code of an answer is worth."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": pending.verifier,
        }
        endpoint = reached(pending.token, registration, base)
        return Asking(registration, self._keys).ask(endpoint, form, registration.scopes, now, deadline)

    def _taken(self, secret: Secret, state: str, now: dt.datetime) -> _Pending:
        """The launch of this browser, when the answer is to it. A wrong state spends nothing."""
        if not secret.proves(STATE, state):
            raise Refused(Refus.STATE, "foreign")
        sealed = self._store.take(secret.name, now)
        if sealed is None:
            raise Refused(Refus.STATE, "spent")
        return msgspec.json.decode(secret.open(sealed), type=_Pending)

    def _registered(self, client: Client | None) -> tuple[Client, Registration, Endpoint]:
        if client is None or client.smart is None or client.fhir_base is None:
            raise Refused(Refus.SERVER)
        return client, client.smart, client.fhir_base


def reached(address: str, registration: Registration, base: Endpoint) -> Endpoint:
    """An address that was allowed once, and still is: the clients file may have changed."""
    endpoint = Endpoint.parse(address, private=base.private, ca_file=base.ca_file)
    if endpoint.origin not in registration.origins:
        raise Refused(Refus.CONFIGURATION, "origin")
    return endpoint


def _pending(client: Client, registration: Registration, server: Server) -> _Pending:
    if _wants_user(registration) and not (server.issuer and server.jwks):
        raise Refused(Refus.CONFIGURATION, "openid")
    return _Pending(
        client=client.id,
        verifier=new_verifier(),
        nonce=new_verifier(),
        token=server.token.url,
        issuer=server.issuer,
        jwks=server.jwks.url if server.jwks else None,
        says_iss=server.says_iss,
    )


def _wants_user(registration: Registration) -> bool:
    return "openid" in registration.scopes.split()


def _about_the_user(registration: Registration, nonce: str) -> dict[str, str]:
    """What binds the id_token to this launch; and of Pro Santé Connect, how surely the user must be known."""
    if not _wants_user(registration):
        return {}
    strength = {"acr_values": PSC_ACR, "max_age": str(PSC_AGE_S)} if registration.claims == "psc" else {}
    return {"nonce": nonce, **strength}


def _check_issuer(pending: _Pending, iss: str | None) -> None:
    """Whose answer is it (RFC 9207)? Another server's code must not go to this one's token endpoint."""
    if iss != pending.issuer and (iss is not None or pending.says_iss):
        raise Refused(Refus.ISSUER)


def _identity(
    granted: Granted,
    pending: _Pending,
    registration: Registration,
    base: Endpoint,
    now: dt.datetime,
    deadline: Deadline,
) -> Identite | None:
    """Who signed in, when the registration asks; nobody is taken at his word."""
    if not _wants_user(registration):
        return None
    if granted.id_token is None or pending.issuer is None or pending.jwks is None:
        raise Refused(Refus.IDENTITY, "absent")
    jwks = reached(pending.jwks, registration, base)
    with Conversation(jwks, deadline) as conversation:
        published = conversation.get(jwks.path)
    claims = proven_claims(
        granted.id_token,
        published,
        issuer=pending.issuer,
        client_id=registration.client_id,
        nonce=pending.nonce,
        now=now.timestamp(),
    )
    return identified(claims, registration.claims, base, now.timestamp())
