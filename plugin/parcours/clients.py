"""Who may ask: the file that ``PARCOURS_CLIENTS`` names, read once at the start.

A client is a doctor's software: the issuer of its tokens, its keys, whose data it speaks for, and the
one FHIR server that may be called for it. The file holds no secret: keys are public, and the token of a
bridge is in a file of its own.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parcours.errors import SettingsError
from parcours.registration import Registration, read_registration
from parcours.remote.bridge import Bridge
from parcours.remote.endpoints import Endpoint
from parcours.remote.keys import Keys, read_key
from parcours.settings import CLIENTS

_NAME = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_KEY_SOURCES = ("jwks_url", "keys", "keys_file")
_ADDRESSES = ("fhir_base", "allow_private_network", "ca_file", "origins")
_KNOWN = frozenset(
    ("id", "issuer", "tenant", "tenants", "options", "smart", "bridge", *_KEY_SOURCES, *_ADDRESSES)
)
_TOKEN = re.compile(rb"[A-Za-z0-9._~+/-]{1,4096}=*\s*", re.ASCII)
"""A bearer token (RFC 6750, 2.1), alone in a file."""
_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client. ``tenant`` is whose data it speaks for: ours, never a word of a request.

    ``tenants``: what the ``tenant`` claim says → ours, for a client that serves several; ``tenant`` is
    then empty until a token has said which. Exactly one of ``keys`` and ``jwks`` is there.
    ``options``: the client's defaults for ``davinci-crd.configuration``. ``smart``: how its authorization
    server knows us, for one that launches this service or lets it read on its own. ``bridge``: where it
    takes declarations that were signed.
    """

    id: str
    issuer: str
    tenant: str
    tenants: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    keys: Keys = field(default_factory=lambda: _NOTHING)
    jwks: Endpoint | None = None
    fhir_base: Endpoint | None = None
    origins: frozenset[str] = frozenset()
    options: Mapping[str, bool | int] = field(default_factory=lambda: _NOTHING)
    smart: Registration | None = None
    bridge: Bridge | None = None

    def of_tenant(self, claim: object) -> Client | None:
        """This client, speaking for the tenant that a token claims; ``None`` when it may not."""
        if not self.tenants:
            return self if claim in (None, self.tenant) else None
        ours = self.tenants.get(claim) if isinstance(claim, str) else None
        return replace(self, tenant=ours) if ours else None


DEVELOPMENT = Client(id="local", issuer="", tenant="local")
"""Whoever asks when there is no clients file: somebody on this machine."""

DEVELOPMENT_MODE = (
    "MODE DÉVELOPPEMENT : sans fichier de clients (PARCOURS_CLIENTS), aucun jeton n’est demandé ; "
    "le service n’écoute que sur cette machine."
)
"""What is said of it at the start."""


class Clients:
    """All clients. None at all is development mode."""

    def __init__(self, clients: Iterable[Client] = ()) -> None:
        self._by_issuer = {client.issuer: client for client in clients}
        self.origins = frozenset(origin for client in self for origin in client.origins)

    def __iter__(self) -> Iterator[Client]:
        return iter(self._by_issuer.values())

    def __bool__(self) -> bool:
        return bool(self._by_issuer)

    def by_issuer(self, issuer: object) -> Client | None:
        """The client whose tokens say exactly this."""
        return self._by_issuer.get(issuer) if isinstance(issuer, str) else None

    def by_fhir_base(self, base: object) -> Client | None:
        """The client that launches this service from this FHIR server; the address is only compared."""
        launching = (client for client in self if client.smart and client.fhir_base)
        return next(
            (client for client in launching if client.fhir_base and client.fhir_base.same_as(base)), None
        )

    def by_id(self, id: str) -> Client | None:
        """The client of this name."""
        return next((client for client in self if client.id == id), None)

    @classmethod
    def load(cls, path: str) -> Clients:
        """Read the file; no path, no clients. ``SettingsError`` says where it is wrong, never the value."""
        if not path:
            return cls()
        file = Path(path)
        tables = _parsed(_content(file)).get("client")
        if not isinstance(tables, list) or not tables:
            raise _refused("aucun [[client]]")
        clients = [_Reader(number, table, file.parent).client() for number, table in enumerate(tables, 1)]
        for name in ("id", "issuer"):
            _refuse_twice(name, [getattr(client, name) for client in clients])
        return cls(clients)


def _refused(why: str) -> SettingsError:
    return SettingsError(f"{CLIENTS.name} : {why}.")


def _content(file: Path, where: str = "") -> bytes:
    """The bytes of a file that nobody else can write; ``where`` it is named, for who must mend it."""
    try:
        if os.name == "posix" and file.stat().st_mode & stat.S_IWOTH:
            raise _refused(f"{where}fichier que tout le monde peut modifier")
        return file.read_bytes()
    except OSError:
        pass
    raise _refused(f"{where}fichier illisible")


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        document = tomllib.loads(content.decode())
    except (UnicodeDecodeError, RecursionError):
        where = ""
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f", ligne {found[1]}, colonne {found[2]}" if found else ""
    else:
        if set(document) <= {"client"}:
            return document
        raise _refused("seules des tables [[client]] sont attendues")
    raise _refused(f"ce n’est pas du TOML{where}")


def _refuse_twice(name: str, values: list[str]) -> None:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise _refused(f"client n° {number + 1}, {name} : déjà pris par un autre client")


class _Reader:
    """One ``[[client]]`` table, read key by key."""

    def __init__(self, number: int, table: Any, folder: Path) -> None:
        self._number = number
        self._folder = folder
        self._table: dict[str, Any] = table if isinstance(table, dict) else {}

    def client(self) -> Client:
        if set(self._table) - _KNOWN:
            raise self._wrong("clé inconnue", f"connues : {', '.join(sorted(_KNOWN))}")
        keys, jwks = self._keys()
        tenant, tenants = self._tenants()
        return Client(
            id=self._name("id", self._table.get("id")),
            issuer=self._text("issuer", self._table.get("issuer")),
            tenant=tenant,
            tenants=tenants,
            keys=keys,
            jwks=jwks,
            fhir_base=self._address("fhir_base"),
            origins=frozenset(self._origin(origin) for origin in self._list("origins")),
            options=self._options(),
            smart=self._smart(),
            bridge=self._bridge(),
        )

    def _wrong(self, key: str, why: str) -> SettingsError:
        return _refused(f"client n° {self._number}, {key} : {why}")

    def _text(self, key: str, value: object) -> str:
        if isinstance(value, str) and 0 < len(value) <= 255 and value == value.strip():
            return value
        raise self._wrong(key, "un texte de 1 à 255 caractères est attendu")

    def _name(self, key: str, value: object) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        raise self._wrong(key, "de 1 à 64 lettres minuscules, chiffres ou tirets sont attendus")

    def _list(self, key: str) -> list[Any]:
        value = self._table.get(key, [])
        if isinstance(value, list):
            return value
        raise self._wrong(key, "une liste est attendue")

    def _mapping(self, key: str) -> dict[str, Any]:
        value = self._table.get(key, {})
        if isinstance(value, dict):
            return value
        raise self._wrong(key, "une table est attendue")

    def _file(self, key: str, name: object) -> tuple[Path, bytes]:
        """A file named from the folder of the clients file: where it is, and its bytes."""
        file = self._folder / self._text(key, name)
        return file, _content(file, f"client n° {self._number}, {key} : ")

    def _tenants(self) -> tuple[str, Mapping[str, str]]:
        if ("tenant" in self._table) == ("tenants" in self._table):
            raise self._wrong("tenant", "soit tenant, soit tenants, est exigé")
        if "tenant" in self._table:
            return self._name("tenant", self._table["tenant"]), _NOTHING
        named = {claim: self._name("tenants", ours) for claim, ours in self._mapping("tenants").items()}
        if not named or "" in named:
            raise self._wrong("tenants", "au moins un, et aucun sans nom")
        return "", MappingProxyType(named)

    def _address(self, key: str) -> Endpoint | None:
        return self._endpoint(key, self._table[key]) if key in self._table else None

    def _endpoint(self, key: str, value: object) -> Endpoint:
        """A configured address, with the network and the certificates allowed for this client."""
        private = self._table.get("allow_private_network", False)
        if not isinstance(private, bool):
            raise self._wrong("allow_private_network", "true ou false est attendu")
        given = self._table.get("ca_file")
        ca_file = None if given is None else str(self._file("ca_file", given)[0])
        text = self._text(key, value)
        try:
            return Endpoint.parse(text, private=private, ca_file=ca_file)
        except ValueError:
            pass
        raise self._wrong(key, "une adresse https simple est attendue (http : cette machine seulement)")

    def _origin(self, value: object) -> str:
        try:
            origin = Endpoint.parse(value if isinstance(value, str) else "")
        except ValueError:
            origin = None
        if origin is None or origin.path or origin.origin != value:
            raise self._wrong("origins", "des origines telles que https://logiciel.example sont attendues")
        return origin.origin

    def _options(self) -> Mapping[str, bool | int]:
        options = self._mapping("options")
        if all(isinstance(value, int) for value in options.values()):
            return MappingProxyType(options)
        raise self._wrong("options", "des entiers, ou true ou false, sont attendus")

    def _smart(self) -> Registration | None:
        if "smart" not in self._table:
            return None
        base = self._address("fhir_base")
        if base is None:
            raise self._wrong("smart", "exige fhir_base")
        return read_registration(self._mapping("smart"), base, self._wrong)

    def _bridge(self) -> Bridge | None:
        if "bridge" not in self._table:
            return None
        table = self._mapping("bridge")
        if set(table) - {"url", "token_file"}:
            raise self._wrong("bridge", "clé inconnue ; connues : token_file, url")
        endpoint = self._endpoint("bridge.url", table.get("url"))
        return Bridge(endpoint, self._token(table["token_file"]) if "token_file" in table else None)

    def _token(self, name: object) -> str:
        key = "bridge.token_file"
        file, content = self._file(key, name)
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise self._wrong(key, "d’autres peuvent lire ce fichier ; chmod 600")
        if not _TOKEN.fullmatch(content):
            raise self._wrong(key, "un jeton, seul dans le fichier, est attendu")
        return content.decode("ascii").strip()

    def _keys(self) -> tuple[Keys, Endpoint | None]:
        given = [key for key in _KEY_SOURCES if key in self._table]
        if not given and "smart" in self._table:
            return _NOTHING, None  # it launches us, and has nothing to sign
        if len(given) != 1:
            raise self._wrong("jwks_url", "un seul de jwks_url, keys ou keys_file est exigé")
        (source,) = given
        if source == "jwks_url":
            return _NOTHING, self._address(source)
        listed = self._list("keys") if source == "keys" else self._listed_in_file()
        try:
            keys = dict(read_key(jwk) for jwk in listed)
        except ValueError:
            keys = {}
        if listed and len(keys) == len(listed):
            return MappingProxyType(keys), None
        raise self._wrong(source, "des clés publiques ES384 ou RS384, chacune avec son kid, sont attendues")

    def _listed_in_file(self) -> list[Any]:
        _, content = self._file("keys_file", self._table["keys_file"])
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        listed = document.get("keys") if isinstance(document, dict) else None
        return listed if isinstance(listed, list) else []
