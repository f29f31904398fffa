"""Who asks, and at which address this server answers."""

from __future__ import annotations

from typing import cast

from flask import request

from parcours.clients import Client
from parcours.following import Following
from parcours.web.application import application
from parcours.web.replies import FHIR_PREFIX
from parcours.web.trust import identified

_CLIENT = "parcours.client"
"""Where the requests of a batch find who sent it: no header of a request can be called this."""


def current_client() -> Client:
    """The software that asks, and the practice it speaks for; its token must name the FHIR base.

    Ends the request with 401, or with 503 when nobody can tell.
    """
    if _CLIENT not in request.environ:
        request.environ[_CLIENT] = identified(request, fhir_base())
    return cast(Client, request.environ[_CLIENT])


def require_client() -> None:
    """Before a request on people's data: who asks is known."""
    current_client()


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
