"""What a software may say of its authorization server, and what is not believed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.remote.crowd import crowd

from parcours.clients import Client
from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.unreachable import Reason, Unreachable
from parcours.smart.discovery import Discovery, Server, read_configuration
from parcours.smart.refusal import Refus, Refused

BASE = Endpoint.parse("https://ehr.example/fhir", private=True)
REGISTRATION = Registration(
    client_id="parcours", origins=frozenset({"https://ehr.example", "https://auth.example:8443"})
)
TOLD: dict[str, Any] = {
    "issuer": "https://auth.example:8443",
    "jwks_uri": "https://auth.example:8443/jwks",
    "authorization_endpoint": "https://auth.example:8443/authorize",
    "token_endpoint": "https://ehr.example/token",
    "code_challenge_methods_supported": ["S256"],
    "capabilities": ["launch-ehr"],
}


def test_addresses_under_the_allowed_origins_are_taken_with_the_network_of_the_client() -> None:
    server = read_configuration(TOLD, REGISTRATION, BASE)
    assert server.authorization is not None
    assert server.authorization.url == TOLD["authorization_endpoint"]
    assert server.token.private


def test_a_server_for_backend_services_alone_needs_neither_page_nor_pkce() -> None:
    server = read_configuration({"token_endpoint": TOLD["token_endpoint"]}, REGISTRATION, BASE)
    assert (server.authorization, server.jwks, server.issuer) == (None, None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": []},
        {"token_endpoint": "https://evil.example/token"},
        {"token_endpoint": "http://ehr.example/token"},
        {"token_endpoint": "https://ehr.example@evil.example/token"},
        {"token_endpoint": "https://ehr.example:444/token"},
        {"token_endpoint": "/token"},
        {"token_endpoint": None},
        {"token_endpoint": 7},
        {"authorization_endpoint": "https://auth.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "https://evil.example/jwks"},
        {"jwks_uri": "https://169.254.169.254/jwks"},
    ],
    ids=str,
)
def test_a062_a_server_without_s256_or_elsewhere_than_allowed_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        read_configuration(TOLD | changes, REGISTRATION, BASE)
    assert refused.value.refus is Refus.CONFIGURATION


def test_a_server_of_smart_1_says_nothing_of_s256_and_is_asked_for_scopes_as_it_writes_them() -> None:
    silent = {name: value for name, value in TOLD.items() if name != "code_challenge_methods_supported"}
    first = silent | {"capabilities": ["launch-ehr", "permission-v1"]}
    both = TOLD | {"capabilities": ["permission-v1", "permission-v2"]}
    read = [read_configuration(told, REGISTRATION, BASE) for told in (TOLD, silent, first, both)]
    assert [server.with_pkce for server in read] == [True, False, False, True]
    assert [server.first_version for server in read] == [False, False, True, False]


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ("https://ehr.example/revoke", "https://ehr.example/revoke"),
        ("https://evil.example/revoke", None),
        ("/revoke", None),
        (None, None),
    ],
)
def test_accesses_are_given_back_under_an_allowed_origin_or_not_at_all(
    told: str | None, taken: str | None
) -> None:
    server = read_configuration(TOLD | {"revocation_endpoint": told}, REGISTRATION, BASE)
    assert (server.revocation and server.revocation.url) == taken


@pytest.mark.parametrize(
    ("published", "jwks"),
    [
        ({"jwks_uri": "https://auth.example:8443/certs"}, "https://auth.example:8443/certs"),
        ({"jwks_uri": "https://evil.example/certs"}, None),
        ({"jwks_uri": 7}, None),
        ({}, None),
        (Unreachable(Reason.ABSENT), None),
    ],
    ids=str,
)
def test_keys_that_the_configuration_leaves_out_are_where_openid_connect_has_them(
    monkeypatch: pytest.MonkeyPatch, published: Any, jwks: str | None
) -> None:
    asked: list[str] = []

    def get(_: Conversation, target: str) -> Any:
        asked.append(target)
        if target == "/fhir/.well-known/smart-configuration":
            return {name: value for name, value in TOLD.items() if name != "jwks_uri"}
        if isinstance(published, Exception):
            raise published
        return published

    monkeypatch.setattr(Conversation, "get", get)
    client = Client(id="logiciel", issuer="x", tenant="t", fhir_base=BASE, smart=REGISTRATION)
    server = Discovery(lambda: 0.0).server(client, Deadline.after(1))
    assert asked[1:] == ["/.well-known/openid-configuration"]
    assert (server.jwks and server.jwks.url) == jwks


@pytest.mark.parametrize("document", [None, [], "x", {}, 7], ids=str)
def test_what_is_no_configuration_is_refused(document: object) -> None:
    with pytest.raises(Refused, match="configuration"):
        read_configuration(document, REGISTRATION, BASE)


def test_a_software_that_is_gone_is_asked_again_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def gone(client: Client, _: Deadline) -> Server:
        asked.append(client.id)
        if len(asked) == 1:
            raise Unreachable(Reason.CONNECT)
        return read_configuration(TOLD, REGISTRATION, BASE)

    monkeypatch.setattr("parcours.smart.discovery._asked", gone)
    now = [0.0]
    discovery, deadline = Discovery(lambda: now[0]), Deadline.after(1)
    client = Client(id="logiciel", issuer="x", tenant="t", fhir_base=BASE, smart=REGISTRATION)
    for now[0] in (0.0, 9.9):
        with pytest.raises(Unreachable, match="connect"):
            discovery.server(client, deadline)
    for now[0] in (10.0, 309.9):
        assert discovery.server(client, deadline).issuer == TOLD["issuer"]
    assert len(asked) == 2
    now[0] = 310.0
    discovery.server(client, deadline)
    assert len(asked) == 3


def test_that_we_were_busy_ourselves_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conversation, "get", lambda *_: TOLD)
    client = Client(id="logiciel", issuer="x", tenant="t", fhir_base=BASE, smart=REGISTRATION)
    discovery, deadline = Discovery(lambda: 0.0), Deadline.after(1)
    with crowd(), pytest.raises(Unreachable, match="busy"):
        discovery.server(client, deadline)
    assert discovery.server(client, deadline).issuer == TOLD["issuer"]
