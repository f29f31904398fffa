"""What a software says of its authorization server: ``{base}/.well-known/smart-configuration``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from parcours.clients import Client
from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.unreachable import Unreachable
from parcours.smart.pkce import METHOD
from parcours.smart.refusal import Refus, Refused
from parcours.smart.remembered import Remembered

PATH = "/.well-known/smart-configuration"
OPENID_PATH = "/.well-known/openid-configuration"


class _Document(msgspec.Struct):
    """The elements that serve here; the specification has more."""

    token_endpoint: str
    authorization_endpoint: str | None = None
    revocation_endpoint: str | None = None
    issuer: str | None = None
    jwks_uri: str | None = None
    capabilities: tuple[str, ...] | None = None
    code_challenge_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False


class _Keys(msgspec.Struct):
    jwks_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An authorization server, each address under an origin that the clients file allows.

    ``issuer`` and ``jwks``: by what it proves who its users are. ``says_iss``: its answers name it (RFC
    9207). ``first_version``: it knows scopes as SMART 1 wrote them, and those alone. ``with_pkce``: it says
    that it compares verifiers.
    """

    token: Endpoint
    authorization: Endpoint | None
    revocation: Endpoint | None
    issuer: str | None
    jwks: Endpoint | None
    says_iss: bool
    first_version: bool
    with_pkce: bool


def read_configuration(document: Any, registration: Registration, base: Endpoint) -> Server:
    """The server that a document describes. ``Refused`` when it denies S256, or lies where it may not.

    Servers of SMART 1 say nothing of S256: they are sent its challenge all the same.
    """
    try:
        told = msgspec.convert(document, _Document)
    except msgspec.ValidationError:
        told = None
    if told is None:
        raise Refused(Refus.CONFIGURATION, "shape")
    methods, capabilities = told.code_challenge_methods_supported, told.capabilities or ()
    if told.authorization_endpoint and methods is not None and METHOD not in methods:
        raise Refused(Refus.CONFIGURATION, "pkce")

    def allowed(address: str | None) -> Endpoint | None:
        return None if address is None else _allowed(address, registration, base)

    token = _allowed(told.token_endpoint, registration, base)
    return Server(
        token=token,
        authorization=allowed(told.authorization_endpoint),
        revocation=_perhaps(told.revocation_endpoint, registration, base),
        issuer=told.issuer,
        jwks=allowed(told.jwks_uri),
        says_iss=told.authorization_response_iss_parameter_supported,
        first_version="permission-v1" in capabilities and "permission-v2" not in capabilities,
        with_pkce=methods is not None,
    )


def _allowed(address: str, registration: Registration, base: Endpoint) -> Endpoint:
    """An address of the document, reached with the network and the certificates of the FHIR server."""
    try:
        endpoint = Endpoint.parse(address, private=base.private, ca_file=base.ca_file)
    except ValueError:
        endpoint = None
    if endpoint is None or endpoint.origin not in registration.origins:
        raise Refused(Refus.CONFIGURATION, "origin")
    return endpoint


def _perhaps(address: str | None, registration: Registration, base: Endpoint) -> Endpoint | None:
    """An address that one can do without: outside the allowed origins it is as if it were not there."""
    try:
        return None if address is None else _allowed(address, registration, base)
    except Refused:
        return None


class Discovery:
    """The authorization servers of all clients."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._known = Remembered[Server](clock)

    def server(self, client: Client, deadline: Deadline) -> Server:
        """The authorization server of a client that has one. Raises ``Refused`` and ``Unreachable``."""
        return self._known.get(client.id, lambda: _asked(client, deadline))


def _asked(client: Client, deadline: Deadline) -> Server:
    base, registration = client.fhir_base, client.smart
    if base is None or registration is None:
        raise Refused(Refus.SERVER)
    server = read_configuration(_document(base, PATH, deadline), registration, base)
    if server.issuer is None or server.jwks is not None:
        return server
    # What SMART asks to repeat, OpenID Connect has at the issuer's own address.
    issuer = _perhaps(server.issuer, registration, base)
    if issuer is None:
        return server
    return replace(server, jwks=_published(issuer, registration, base, deadline))


def _published(
    issuer: Endpoint, registration: Registration, base: Endpoint, deadline: Deadline
) -> Endpoint | None:
    """Where an issuer publishes its keys (OpenID Connect Discovery, 4); ``None`` when it does not say."""
    try:
        told = msgspec.convert(_document(issuer, OPENID_PATH, deadline), _Keys)
    except (Unreachable, msgspec.ValidationError):
        return None
    return _perhaps(told.jwks_uri, registration, base)


def _document(base: Endpoint, path: str, deadline: Deadline) -> Any:
    with Conversation(base, deadline) as conversation:
        return conversation.get(f"{base.path.rstrip('/')}{path}")
