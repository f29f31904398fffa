"""Who sends this request: whoever signed its token, was given its access, or showed his certificate.

Every refusal is the same bare 401; why is for the log, and what was shown for nobody.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import Flask, Request, Response, current_app
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, ServiceUnavailable, Unauthorized

from parcours.clients import DEVELOPMENT, DEVELOPMENT_MODE, Clients
from parcours.clients.scopes import EVERYTHING, OPERATIONS
from parcours.logs import say
from parcours.settings import Settings
from parcours.smart.access_tokens import Accesses, Caller
from parcours.smart.certificates import Certificates
from parcours.smart.trust import MAX_TOKEN, Trust, Undecided, Untrusted
from parcours.store import Store
from parcours.web.limits import neighbour

LOGGER = logging.getLogger("parcours")

RETRY_AFTER = "30"
"""Seconds after which a client whose keys could not be had may try again."""
GRANTING = "/token"

_SIGNED = re.compile(r"bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.ASCII | re.IGNORECASE)
_GIVEN = re.compile(r"bearer +([A-Za-z0-9_-]{43})", re.ASCII | re.IGNORECASE)
_EXTENSION = "parcours.trust"
_DEVELOPER = Caller(DEVELOPMENT, EVERYTHING | {OPERATIONS})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gate:
    """By what the clients of one application are known: tokens they sign, accesses, certificates."""

    trust: Trust
    accesses: Accesses
    certificates: Certificates

    @classmethod
    def of(cls, settings: Settings, clients: Clients, store: Store) -> Gate:
        """Raises ``SettingsError`` when certificates are listed, and nobody is believed to have seen them."""
        trust = Trust(clients, store.jetons)
        accesses = Accesses(clients, trust, store.acces, settings.url + GRANTING)
        return cls(trust, accesses, Certificates(clients, settings.certificate_header, settings.proxies))

    def caller(self, request: Request, audience: str, now: dt.datetime) -> Caller:
        """Who sends this request; what stands in ``Authorization`` decides, whatever else there is."""
        if "Authorization" not in request.headers:
            shown = request.headers.get(self.certificates.header, "")
            client = self.certificates.client(shown, neighbour(request))
            if client is not None:
                return Caller(client, client.rights)
        given = _bearer(request, _GIVEN)
        if given is not None:
            return self.accesses.caller(given, now)
        return self.signer(request, audience, now)

    def signer(self, request: Request, audience: str, now: dt.datetime) -> Caller:
        """Who signed the token of this very call."""
        token = _bearer(request, _SIGNED)
        if token is None:
            raise Untrusted("header")
        found = self.trust.client(token, audience, now)
        return Caller(found.client, found.client.rights, found.jti)


def register(app: Flask, gate: Gate | None) -> None:
    """Give an application its gate. Without any it says, loudly, that it trusts this machine."""
    app.extensions[_EXTENSION] = gate
    if gate is None:
        say(DEVELOPMENT_MODE)


def gate() -> Gate | None:
    """The gate of the application that answers the current request; ``None`` in development."""
    return cast("Gate | None", current_app.extensions[_EXTENSION])


def signed(request: Request, audience: str) -> Caller:
    """Who signed this call of CDS Hooks, whose token must name ``audience``, the URL that is served.

    Ends the request with a bare 401, or with 503 when nobody can tell: the client's keys cannot be had.
    ``StoreUnavailable`` passes through: a token is not accepted when its use cannot be noted.
    """
    here = gate()
    if here is None:
        return _DEVELOPER
    try:
        return believed(lambda: here.signer(request, audience, _now()))
    except Unauthorized:
        response = Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    except ServiceUnavailable:
        response = Response(status=503, headers={"Retry-After": RETRY_AFTER})
    raise HTTPException(response=response)


def identified(request: Request, audience: str) -> Caller:
    """Who sends this request, by whatever shows it: ``Unauthorized`` or ``ServiceUnavailable`` otherwise."""
    here = gate()
    return _DEVELOPER if here is None else believed(lambda: here.caller(request, audience, _now()))


def believed(call: Callable[[], T]) -> T:
    """What a call gives that may find nobody to believe; why it did is logged, and said to nobody."""
    try:
        return call()
    except Undecided as undecided:
        log_refusal(undecided)
        raise ServiceUnavailable(retry_after=int(RETRY_AFTER)) from None
    except Untrusted as refused:
        log_refusal(refused)
    raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))


def _bearer(request: Request, shape: re.Pattern[str]) -> str | None:
    given = request.headers.get("Authorization", "")
    found = shape.fullmatch(given) if len(given) <= MAX_TOKEN else None
    return found[1] if found else None


def log_refusal(refused: Untrusted) -> None:
    """One line, of our own words only."""
    client = refused.client.id if refused.client else "-"
    LOGGER.warning("client refused: reason=%s client=%s", refused.reason, client)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
