"""The clients file, read key by key; ``SettingsError`` says where it is wrong, never the value.

The file holds no secret: keys are public, and the token of a bridge is in a file of its own.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parcours.clients.client import NOTHING, Client
from parcours.clients.files import content, refused, secret
from parcours.clients.psc import ProSanteConnect, read_psc
from parcours.clients.scopes import WHOLE, Rights, rights_of
from parcours.errors import SettingsError
from parcours.registration import Registration, read_registration
from parcours.remote.bridge import Bridge
from parcours.remote.endpoints import Endpoint
from parcours.remote.keys import Keys, read_key
from parcours.settings import QUOTA

_NAME = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_KEY_SOURCES = ("jwks_url", "keys", "keys_file")
_ADDRESSES = ("fhir_base", "allow_private_network", "ca_file", "origins")
_WHO = ("id", "issuer", "tenant", "tenants", "certificate_sha256", "scopes", "users", "quota")
_KNOWN = frozenset((*_WHO, "options", "smart", "bridge", *_KEY_SOURCES, *_ADDRESSES))
_UNSIGNED = frozenset(("smart", "certificate_sha256", "users"))
"""What lets a client do without keys."""
_PSC = "pro_sante_connect"
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_RPPS = re.compile(r"[0-9]{11}", re.ASCII)


def read_clients(path: str) -> tuple[list[Client], ProSanteConnect | None]:
    """All clients of a file, at least one, and how their people sign in at Pro Santé Connect itself."""
    file = Path(path)
    document = _parsed(content(file))
    tables = document.get("client")
    if not isinstance(tables, list) or not tables:
        raise refused("aucun [[client]]")
    clients = [_Reader(number, table, file.parent).client() for number, table in enumerate(tables, 1)]
    _refuse_twice("id", [{client.id} for client in clients])
    _refuse_twice("issuer", [{client.issuer} - {""} for client in clients])
    _refuse_twice("certificate_sha256", [{client.certificate} - {""} for client in clients])
    _refuse_twice("users", [client.users for client in clients])
    # A launch says from which server it comes, and nothing else of whose practice it is.
    _refuse_twice("fhir_base", [client.launched_from for client in clients])
    return clients, read_psc(document[_PSC], file.parent) if _PSC in document else None


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        document = tomllib.loads(content.decode())
    except (UnicodeDecodeError, RecursionError):
        where = ""
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f", ligne {found[1]}, colonne {found[2]}" if found else ""
    else:
        if set(document) <= {"client", _PSC}:
            return document
        raise refused(f"seules des tables [[client]], et [{_PSC}], sont attendues")
    raise refused(f"ce n’est pas du TOML{where}")


def _refuse_twice(name: str, values: Sequence[Set[str]]) -> None:
    for number, mine in enumerate(values):
        if any(mine & before for before in values[:number]):
            raise refused(f"client n° {number + 1}, {name} : déjà pris par un autre client")


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
            issuer=self._issuer(signs=bool(keys or jwks)),
            tenant=tenant,
            tenants=tenants,
            keys=keys,
            jwks=jwks,
            certificate=self._certificate(),
            rights=self._rights(),
            users=self._users(),
            quota=self._quota(),
            fhir_base=self._address("fhir_base"),
            origins=frozenset(self._origin(origin) for origin in self._list("origins")),
            options=self._options(),
            smart=self._smart(),
            bridge=self._bridge(),
        )

    def _wrong(self, key: str, why: str) -> SettingsError:
        return refused(f"client n° {self._number}, {key} : {why}")

    def _text(self, key: str, value: object) -> str:
        if isinstance(value, str) and 0 < len(value) <= 255 and value == value.strip():
            return value
        raise self._wrong(key, "un texte de 1 à 255 caractères est attendu")

    def _name(self, key: str, value: object) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        raise self._wrong(key, "de 1 à 64 lettres minuscules, chiffres ou tirets sont attendus")

    def _issuer(self, *, signs: bool) -> str:
        """What its tokens say of who made them; nothing for a client that signs none."""
        if "issuer" not in self._table and not signs:
            return ""
        return self._text("issuer", self._table.get("issuer"))

    def _certificate(self) -> str:
        key = "certificate_sha256"
        if key not in self._table:
            return ""
        value = self._table[key]
        if not (isinstance(value, str) and _DIGEST.fullmatch(value)):
            raise self._wrong(key, "64 chiffres hexadécimaux minuscules sont attendus")
        if "tenants" in self._table:
            raise self._wrong(key, "exige tenant : un certificat ne dit pas de quel cabinet il est")
        return value

    def _rights(self) -> Rights:
        found = rights_of(self._text("scopes", self._table.get("scopes", WHOLE)))
        if found:
            return found
        raise self._wrong("scopes", f"des portées telles que {WHOLE} sont attendues")

    def _users(self) -> frozenset[str]:
        listed = self._list("users")
        if listed and "tenants" in self._table:
            raise self._wrong("users", "exige tenant : un numéro ne dit pas de quel cabinet il est")
        return frozenset(self._user(rpps) for rpps in listed)

    def _user(self, value: object) -> str:
        if isinstance(value, str) and _RPPS.fullmatch(value):
            return value
        raise self._wrong("users", "des numéros RPPS de 11 chiffres, entre guillemets, sont attendus")

    def _quota(self) -> int | None:
        if "quota" not in self._table:
            return None
        try:
            return QUOTA.parse(str(self._table["quota"]))
        except ValueError:
            pass
        raise self._wrong("quota", f"{QUOTA.accepted} est attendu")

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
        return file, content(file, f"client n° {self._number}, {key} : ")

    def _tenants(self) -> tuple[str, Mapping[str, str]]:
        if ("tenant" in self._table) == ("tenants" in self._table):
            raise self._wrong("tenant", "soit tenant, soit tenants, est exigé")
        if "tenant" in self._table:
            return self._name("tenant", self._table["tenant"]), NOTHING
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
        file = self._folder / self._text("bridge.token_file", name)
        return secret(file, f"client n° {self._number}, bridge.token_file : ")

    def _keys(self) -> tuple[Keys, Endpoint | None]:
        given = [key for key in _KEY_SOURCES if key in self._table]
        if not given and not _UNSIGNED.isdisjoint(self._table):
            return NOTHING, None  # it launches us, shows a certificate, or is people: it has nothing to sign
        if len(given) != 1:
            raise self._wrong("jwks_url", "un seul de jwks_url, keys ou keys_file est exigé")
        (source,) = given
        if source == "jwks_url":
            return NOTHING, self._address(source)
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
