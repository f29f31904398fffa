"""From the click in the chart to an access: two steps, and a secret of the browser between them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import msgspec

from parcours.clients import Client, Clients
from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Ehr, is_fhir_id
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.smart.chart import completed, open_visit
from parcours.smart.discovery import Discovery, Server
from parcours.smart.id_token import proven_claims
from parcours.smart.identity import PSC_ACR, PSC_AGE_S, Identite, identified
from parcours.smart.our_keys import OurKeys
from parcours.smart.pending import STATE, taken
from parcours.smart.pkce import METHOD, challenge, new_verifier
from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.smart.tokens import Access, Asking, Granted
from parcours.store.sessions import Lancements

WAIT: Final = dt.timedelta(minutes=10)
"""How long a launch waits for its answer: long enough to sign in with a card."""
SECONDS: Final = 8.0
"""What all calls for one page may take: somebody is looking at a browser."""
_ERRORS: Final = frozenset(
    {
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "interaction_required",
        "login_required",
        "consent_required",
        "account_selection_required",
    }
)
"""What an authorization server may say (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6): fit for a log."""
_SECOND_VERSION: Final = re.compile(r"(?<=/)(\*|[A-Z][A-Za-z]+)\.c?ru?d?s?(?=$| )")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """What a launch must still know when its answer comes. Kept sealed.

    ``with_pkce``: the server says that it compares verifiers.
    """

    client: str
    verifier: str
    nonce: str
    token: str
    revocation: str | None
    issuer: str | None
    jwks: str | None
    says_iss: bool
    with_pkce: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An open visit: on which server, whose chart, who looks, with which access. Only ever kept sealed.

    ``token`` and ``revocation``: where the access is renewed, and given back.
    """

    client: str
    base: str
    patient: str
    encounter: str
    identite: Identite | None
    token: str
    revocation: str | None
    access: Access


# Made here: two threads must not make one at once.
READER: Final = msgspec.json.Decoder(Visit)
"""Reads what was kept of an open visit."""
_PENDING: Final = msgspec.json.Decoder(_Pending)


class Launching:
    """The launches of one application, from the clients of its file."""

    def __init__(
        self, clients: Clients, keys: OurKeys, discovery: Discovery, store: Lancements, callback: str
    ) -> None:
        self._clients = clients
        self._keys = keys
        self._discovery = discovery
        self._store = store
        self._callback = callback

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
        self._store.put(secret.name, client.id, secret.seal(pending), now + WAIT, now)
        asked = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": self._redirect_uri(client.id, registration),
            "scope": _scopes(registration, server),
            "state": secret.public(STATE),
            "aud": iss,  # as the software wrote it: some compare it letter by letter
            "launch": launch,
            "code_challenge": challenge(pending.verifier),
            "code_challenge_method": METHOD,
            **_about_the_user(registration, pending.nonce),
        }
        return f"{server.authorization.url}?{urlencode(asked)}"

    def finish(
        self, client_id: str | None, secret: Secret, answer: Mapping[str, str], now: dt.datetime
    ) -> Visit:
        """The visit that an answer opens, at the common redirect address or at that of one client.

        Once the state is that of this browser the launch is spent, whatever comes of it. Raises ``Refused``,
        ``Unreachable``.
        """
        pending = taken(self._store, secret, answer.get(STATE, ""), _PENDING, now)
        client, registration, base = self._registered(self._clients.by_id(pending.client))
        _check_issuer(pending, client_id, answer.get("iss"), registration)
        if "error" in answer or not answer.get("code"):
            raise Refused(Refus.DENIED, answer["error"] if answer.get("error") in _ERRORS else "")
        deadline = Deadline.after(SECONDS)
        granted = self._exchanged(answer["code"], pending, registration, base, now, deadline)
        if not (is_fhir_id(granted.patient) and is_fhir_id(granted.encounter or granted.patient)):
            raise Refused(Refus.CONTEXT, "ids")
        who = _identity(granted, pending, registration, base, now, deadline)
        encounter, who = _read(granted, str(granted.patient), who, client.id, base, now, deadline)
        return Visit(
            client=client.id,
            base=base.url,
            patient=str(granted.patient),
            encounter=encounter,
            identite=who,
            token=pending.token,
            revocation=pending.revocation,
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
            "redirect_uri": self._redirect_uri(pending.client, registration),
            "code_verifier": pending.verifier,
        }
        endpoint = reached(pending.token, registration, base)
        return Asking(registration, self._keys).ask(endpoint, form, registration.scopes, now, deadline)

    def _redirect_uri(self, client_id: str, registration: Registration) -> str:
        return f"{self._callback}/{client_id}" if registration.own_callback else self._callback

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
    if registration.claims == "psc" and not (server.issuer and server.jwks):
        raise Refused(Refus.CONFIGURATION, "openid")
    return _Pending(
        client=client.id,
        verifier=new_verifier(),
        nonce=new_verifier(),
        token=server.token.url,
        revocation=server.revocation.url if server.revocation else None,
        issuer=server.issuer,
        jwks=server.jwks.url if server.jwks else None,
        says_iss=server.says_iss,
        with_pkce=server.with_pkce,
    )


def _scopes(registration: Registration, server: Server) -> str:
    """What is asked for, as the server writes it: ``patient/*.rs`` was ``patient/*.read`` in SMART 1."""
    scopes = registration.scopes
    return _SECOND_VERSION.sub(r"\1.read", scopes) if server.first_version else scopes


def _wants_user(registration: Registration) -> bool:
    return "openid" in registration.scopes.split()


def _about_the_user(registration: Registration, nonce: str) -> dict[str, str]:
    """What binds the id_token to this launch; and of Pro Santé Connect, how surely the user must be known."""
    if not _wants_user(registration):
        return {}
    strength = {"acr_values": PSC_ACR, "max_age": str(PSC_AGE_S)} if registration.claims == "psc" else {}
    return {"nonce": nonce, **strength}


def _check_issuer(
    pending: _Pending, client_id: str | None, iss: str | None, registration: Registration
) -> None:
    """Whose answer is it? Another server's code must not go to this one's token endpoint.

    A server says who it is (RFC 9207), or its client has a redirect address of its own (RFC 9700, 4.4.2.2).
    """
    if client_id != (pending.client if registration.own_callback else None):
        known = False
    elif iss is None:
        known = not pending.says_iss
    elif pending.issuer is None:
        known = _is_under(iss, registration.origins)
    else:
        known = iss == pending.issuer
    if not known:
        raise Refused(Refus.ISSUER)


def _is_under(address: str, origins: frozenset[str]) -> bool:
    try:
        return Endpoint.parse(address).origin in origins
    except ValueError:
        return False


def _identity(
    granted: Granted,
    pending: _Pending,
    registration: Registration,
    base: Endpoint,
    now: dt.datetime,
    deadline: Deadline,
) -> Identite | None:
    """Who signed in, when the registration asks; nobody is taken at his word.

    Of a software that proves nothing, nobody is known: he sees what it shows him, and signs nothing here.
    From Pro Santé Connect that is no answer.
    """
    if not _wants_user(registration):
        return None
    if granted.id_token is None or pending.issuer is None or pending.jwks is None:
        if registration.claims == "psc":
            raise Refused(Refus.IDENTITY, "absent")
        return None
    jwks = reached(pending.jwks, registration, base)
    with Conversation(jwks, deadline) as conversation:
        published = conversation.get(jwks.path)
    claims = proven_claims(
        granted.id_token,
        published,
        issuer=pending.issuer,
        client_id=registration.client_id,
        nonce=pending.nonce,
        # SMART does not speak of it. Where the verifier is compared, the code is that of this launch anyway
        # (RFC 9700, 2.1.1): a server that returns no nonce is borne with, one that returns another is not.
        nonce_needed=registration.claims == "psc" or not pending.with_pkce,
        now=now.timestamp(),
    )
    return identified(claims, registration.claims, base, now.timestamp())


def _read(
    granted: Granted,
    patient: str,
    who: Identite | None,
    client: str,
    base: Endpoint,
    now: dt.datetime,
    deadline: Deadline,
) -> tuple[str, Identite | None]:
    """The visit, and who looks, with what only the software's data tells of either."""
    unnamed = who is not None and who.utilisateur is not None and not (who.nom and who.rpps)
    if granted.encounter is not None and not unnamed:
        return granted.encounter, who
    with Ehr(base, granted.access.authorization, patient, deadline, client) as ehr:
        encounter = granted.encounter or open_visit(ehr, patient, now)
        return encounter, completed(ehr, who) if who is not None and unnamed else who
