"""Who asks, and at which address this server answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, cast
from urllib.parse import quote

from flask import Request, g, request

from parcours.clients import Client
from parcours.clients.scopes import Rights
from parcours.following import Following
from parcours.smart.access_tokens import Caller
from parcours.web.application import application
from parcours.web.auditing import note
from parcours.web.replies import FHIR_PREFIX

# Where the requests of a batch find who sent it: no header of a request can be called this.
_CLIENT = "parcours.client"
_RIGHTS = "parcours.rights"

JTI: Final = "urn:ietf:params:oauth:jti:"
"""A signed token by its name, for the audit."""

Finder = Callable[[Request, str], Caller]
"""From a request, and the address that its token must name, to who sent it; ends it when that is nobody."""


def know_client(find: Finder, audience: str) -> None:
    """Find out who sends the current request, once: a batch is one call."""
    began = time.monotonic()
    if _CLIENT not in request.environ:
        caller = find(request, audience)
        request.environ.update({_CLIENT: caller.client, _RIGHTS: caller.rights})
        note(jeton=JTI + quote(caller.jti, safe="") if caller.jti else None)
    g.asked_who = time.monotonic() - began


def seconds_to_know() -> float:
    """How long it took to know who sends the current request: his keys may have been fetched."""
    return cast(float, g.asked_who)


def current_client() -> Client:
    """The software that asks, and the practice it speaks for: known wherever a client owns the route."""
    return cast(Client, request.environ[_CLIENT])


def current_rights() -> Rights:
    """What it may do in this request."""
    return cast(Rights, request.environ[_RIGHTS])


def fhir_base() -> str:
    """The address of the FHIR base, from the settings: a Host header is a value of the request."""
    return application().settings.url + FHIR_PREFIX


def following() -> Following:
    """The declarations of who asks, and of nobody else."""
    app, client = application(), current_client()
    return Following(
        app.service,
        app.store.declarations,
        tenant=client.tenant,
        client=client.id,
        base=fhir_base(),
    )
