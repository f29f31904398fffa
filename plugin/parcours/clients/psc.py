"""How this service is known to Pro Santé Connect: the table ``[pro_sante_connect]`` of the clients file.

There is one for the whole service. Who may sign in, and for which practice, is in ``users`` of each client.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from parcours.clients.files import assert_private, content, refused, secret
from parcours.errors import SettingsError
from parcours.remote.endpoints import Endpoint

SCOPES: Final = "openid scope_all"
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_KNOWN: Final = frozenset(
    (
        "issuer",
        "client_id",
        "client_secret_file",
        "certificate_file",
        "key_file",
        "origins",
        "scopes",
        "ca_file",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProSanteConnect:
    """What was agreed with Pro Santé Connect.

    ``origins``: the only ones to which a browser is sent, and from which tokens and keys are taken.
    ``certificate``: the files of ours, and of its key, that its token endpoint asks for (mutual TLS);
    ``secret``: the shared one, where it asks for that instead.
    """

    issuer: str
    configuration: Endpoint
    client_id: str
    origins: frozenset[str]
    scopes: str = SCOPES
    secret: str | None = field(default=None, repr=False)
    certificate: tuple[str, str] | None = None


def read_psc(table: Any, folder: Path) -> ProSanteConnect:
    """Read the table; files are named from ``folder``. Raises ``SettingsError``."""
    if not isinstance(table, dict) or set(table) - _KNOWN:
        raise _wrong("clé inconnue", f"connues : {', '.join(sorted(_KNOWN))}")
    issuer = _text(table, "issuer")
    ca_file = str(folder / _text(table, "ca_file")) if "ca_file" in table else None
    configuration = _address("issuer", issuer + _WELL_KNOWN, ca_file)
    origins = table.get("origins", [configuration.origin])
    if not isinstance(origins, list) or not origins:
        raise _wrong("origins", "une liste est attendue")
    return ProSanteConnect(
        issuer=issuer,
        configuration=configuration,
        client_id=_text(table, "client_id"),
        origins=frozenset(_origin(origin) for origin in origins),
        scopes=_text(table, "scopes") if "scopes" in table else SCOPES,
        secret=_secret(table, folder),
        certificate=_certificate(table, folder),
    )


def _secret(table: dict[str, Any], folder: Path) -> str | None:
    key = "client_secret_file"
    if (key in table) == ("certificate_file" in table):
        raise _wrong(key, "soit client_secret_file, soit certificate_file et key_file, est exigé")
    return secret(folder / _text(table, key), f"pro_sante_connect, {key} : ") if key in table else None


def _certificate(table: dict[str, Any], folder: Path) -> tuple[str, str] | None:
    if ("certificate_file" in table) != ("key_file" in table):
        raise _wrong("certificate_file", "exige key_file, et l’inverse")
    if "certificate_file" not in table:
        return None
    certificate, key = (folder / _text(table, name) for name in ("certificate_file", "key_file"))
    content(certificate, "pro_sante_connect, certificate_file : ")
    content(key, "pro_sante_connect, key_file : ")
    assert_private(key, "pro_sante_connect, key_file : ")
    return str(certificate), str(key)


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if isinstance(value, str) and 0 < len(value) <= 1024 and value.isprintable() and value == value.strip():
        return value
    raise _wrong(key, "un texte est attendu")


def _address(key: str, text: str, ca_file: str | None) -> Endpoint:
    try:
        return Endpoint.parse(text, ca_file=ca_file)
    except ValueError:
        pass
    raise _wrong(key, "une adresse https simple est attendue (http : cette machine seulement)")


def _origin(text: object) -> str:
    try:
        if isinstance(text, str) and Endpoint.parse(text).origin == text:
            return text
    except ValueError:
        pass
    raise _wrong("origins", "des origines telles que https://auth.example sont attendues")


def _wrong(key: str, why: str) -> SettingsError:
    return refused(f"pro_sante_connect, {key} : {why}")
