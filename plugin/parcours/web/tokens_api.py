"""SMART Backend Services, the server's side: what a client is told, asks for, and gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, request

from parcours.clients import Client
from parcours.clients.scopes import SUPPORTED
from parcours.errors import StoreUnavailable
from parcours.fhir.decision_extension import Element
from parcours.fhir.writing import to_json
from parcours.remote.keys import ALGORITHMS
from parcours.smart.access_tokens import Accesses, TokenRefused
from parcours.smart.trust import Undecided, Untrusted
from parcours.web.application import application
from parcours.web.auditing import note
from parcours.web.limits import count
from parcours.web.negotiation import FORM, bound_form
from parcours.web.replies import FHIR_PREFIX
from parcours.web.trust import GRANTING, RETRY_AFTER, gate, log_refusal

REVOKE_PATH: Final = "/revoke"
CONFIGURATION: Final = "/.well-known/smart-configuration"
INVALID_CLIENT: Final = "invalid_client"
LATER: Final = "temporarily_unavailable"

blueprint = Blueprint("tokens", __name__)


@blueprint.get(CONFIGURATION)
@blueprint.get(f"{FHIR_PREFIX}{CONFIGURATION}")
def configuration() -> Response:
    """How an access is had (SMART App Launch 2.2, Conformance); JSON, whatever is accepted."""
    base = application().settings.url
    return _json(
        {
            "token_endpoint": base + GRANTING,
            "revocation_endpoint": base + REVOKE_PATH,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
            "grant_types_supported": ["client_credentials"],
            "scopes_supported": list(SUPPORTED),
            "code_challenge_methods_supported": ["S256"],  # asked of every server, even of one without pages
            "capabilities": ["client-confidential-asymmetric", "permission-v2"],
        }
    )


@blueprint.post(GRANTING)
def grant() -> Response:
    """An access to the FHIR base for five minutes, to a client that proves itself with its key."""
    try:
        client, told = _accesses().grant(_form(), _now())
    except TokenRefused as refused:
        if refused.client is not None:
            _came(refused.client)
        raise
    _came(client)
    return _json(told)


@blueprint.post(REVOKE_PATH)
def revoke() -> Response:
    """An access ends before its time (RFC 7009)."""
    _came(_accesses().take_back(_form(), _now()))
    return _json({})


@blueprint.errorhandler(TokenRefused)
def _refused(error: TokenRefused) -> Response:
    return _error(error.code, 400)


@blueprint.errorhandler(Untrusted)
def _unknown(refused: Untrusted) -> Response:
    log_refusal(refused)
    if isinstance(refused, Undecided):
        return _later(RETRY_AFTER)
    response = _error(INVALID_CLIENT, 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@blueprint.errorhandler(StoreUnavailable)
def _nothing_kept(_error: StoreUnavailable) -> Response:
    return _later(RETRY_AFTER)


def _came(client: Client) -> None:
    """Who it was, for the audit; and this counts as one of his requests."""
    note(client=client.id, tenant=client.tenant)
    count(client)


def _accesses() -> Accesses:
    here = gate()
    if here is None:
        raise Untrusted("development")
    return here.accesses


def _form() -> Mapping[str, str]:
    """The parameters of a form, each of them once."""
    if request.mimetype != FORM:
        raise TokenRefused("invalid_request")
    bound_form(request)
    given = request.form.to_dict(flat=False)
    if any(len(values) > 1 for values in given.values()):
        raise TokenRefused("invalid_request")
    return {name: value for name, (value,) in given.items()}


def _later(seconds: str) -> Response:
    response = _error(LATER, 503)
    response.headers["Retry-After"] = seconds
    return response


def _error(code: str, status: int) -> Response:
    """RFC 6749, 5.2: a code, and no word more."""
    return _json({"error": code}, status)


def _json(content: Element, status: int = 200) -> Response:
    response = Response(to_json(content), status, mimetype="application/json")
    response.headers["Pragma"] = "no-cache"  # RFC 6749, 5.1; Cache-Control is on every answer
    return response


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
