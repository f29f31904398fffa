"""How a client's authorization server knows this service: the table ``[client.smart]`` of the clients file.

SMART App Launch 2.2, "Register with the EHR". Nothing here is secret: a confidential client proves itself
with a key, and the keys are elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar, get_args

from parcours.remote.endpoints import Endpoint

Method = Literal["none", "private_key_jwt"]
Algorithm = Literal["ES384", "RS384"]
Claims = Literal["fhirUser", "psc"]
Refuse = Callable[[str, str], Exception]
"""From a key and what is expected there to the error to raise."""

LAUNCH_SCOPES: Final = "launch openid fhirUser patient/*.rs"
_SCOPES: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*", re.ASCII)
_CLIENT_ID: Final = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_KNOWN: Final = frozenset(
    {
        "client_id",
        "scopes",
        "auth",
        "algorithm",
        "authorization_origins",
        "identity",
        "backend_scopes",
        "own_callback",
    }
)
Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What was agreed with one authorization server.

    ``origins``: the only ones to which a browser is sent, and from which tokens and keys are taken.
    ``claims``: which claims of the id_token say who the user is. ``backend_scopes``: what this service may
    read on its own; ``None`` when nothing was agreed. ``own_callback``: answers come to a redirect address
    that no other client has.
    """

    client_id: str
    origins: frozenset[str]
    scopes: str = LAUNCH_SCOPES
    auth: Method = "none"
    algorithm: Algorithm = "ES384"
    claims: Claims = "fhirUser"
    backend_scopes: str | None = None
    own_callback: bool = False

    @property
    def with_key(self) -> bool:
        """Does this service prove itself with its own key?"""
        return self.auth == "private_key_jwt"


def read_registration(table: Mapping[str, Any], fhir_base: Endpoint, wrong: Refuse) -> Registration:
    """Read ``[client.smart]``; raises what ``wrong`` makes of a key and a sentence."""
    if set(table) - _KNOWN:
        raise wrong("smart", f"clé inconnue ; connues : {', '.join(sorted(_KNOWN))}")
    read = Registration(
        client_id=_matching(table, "client_id", _CLIENT_ID, "", wrong),
        origins=_origins(table, fhir_base, wrong),
        scopes=_matching(table, "scopes", _SCOPES, LAUNCH_SCOPES, wrong),
        auth=_chosen(table, "auth", get_args(Method), wrong),
        algorithm=_chosen(table, "algorithm", get_args(Algorithm), wrong),
        claims=_chosen(table, "identity", get_args(Claims), wrong),
        backend_scopes=_matching(table, "backend_scopes", _SCOPES, "", wrong)
        if "backend_scopes" in table
        else None,
        own_callback=_chosen(table, "own_callback", (False, True), wrong),
    )
    if read.backend_scopes and not read.with_key:
        raise wrong("smart.backend_scopes", 'exige auth = "private_key_jwt"')
    return read


def _matching(
    table: Mapping[str, Any], key: str, pattern: re.Pattern[str], default: str, wrong: Refuse
) -> str:
    value = table.get(key, default)
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    raise wrong(f"smart.{key}", "un texte ASCII est attendu")


def _chosen(table: Mapping[str, Any], key: str, choices: tuple[Choice, ...], wrong: Refuse) -> Choice:
    value = table.get(key, choices[0])
    if value in choices:
        return choices[choices.index(value)]
    raise wrong(f"smart.{key}", f"accepté : {', '.join(map(str, choices))}")


def _origins(table: Mapping[str, Any], fhir_base: Endpoint, wrong: Refuse) -> frozenset[str]:
    listed = table.get("authorization_origins", [fhir_base.origin])
    if isinstance(listed, list) and listed and all(_is_origin(origin) for origin in listed):
        return frozenset(listed)
    raise wrong(
        "smart.authorization_origins", "des origines telles que https://logiciel.example sont attendues"
    )


def _is_origin(text: object) -> bool:
    try:
        return isinstance(text, str) and Endpoint.parse(text).origin == text
    except ValueError:
        return False
