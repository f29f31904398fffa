"""What can be set from outside: each setting named, typed, bounded and explained, once.

The law is not a setting. A named reading of the law is (``PARCOURS_POLICY_…``), and every answer
that it touched says so.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from parcours.errors import SettingsError
from parcours.law.policies import POLITIQUES, Politique, Politiques
from parcours.remote.endpoints import Endpoint

PREFIX = "PARCOURS_"
POLICY_PREFIX = "PARCOURS_POLICY_"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its variable, what it is when nobody sets it, how it is read, why it exists.

    ``parse`` raises ``ValueError`` on anything but ``accepted``, which is a phrase for people.
    """

    name: str
    default: T
    parse: Callable[[str], T]
    accepted: str
    sentence: str

    def read(self, environment: Mapping[str, str]) -> T:
        """The value of this setting; ``SettingsError`` names the variable, never the value."""
        if self.name not in environment:
            return self.default
        try:
            return self.parse(environment[self.name])
        except ValueError:
            pass
        raise SettingsError(f"{self.name} : valeur refusée ; accepté : {self.accepted}.")


def _whole(name: str, default: int, lowest: int, highest: int, sentence: str) -> Setting[int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueError
        return int(text)

    return Setting(name, default, parse, f"un entier de {lowest} à {highest}", sentence)


def _share(text: str) -> float:
    """A share, from ``0`` to ``1``."""
    if not re.fullmatch(r"1|0(?:\.[0-9]{1,6})?", text, re.ASCII):
        raise ValueError
    return float(text)


def is_loopback(host: str) -> bool:
    """Does this name or address reach this machine only?"""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(text: str) -> str:
    return text if text == "localhost" else str(ipaddress.ip_address(text))


def _public_url(text: str) -> str:
    """The start of our URLs: ``https``, or ``http`` on this machine, and no final slash; or nothing."""
    if not text:
        return text
    parts = _PUBLIC_URL.fullmatch(text)
    if parts is None or (parts["scheme"] == "http" and not is_loopback(parts["host"].strip("[]"))):
        raise ValueError
    return text


_PUBLIC_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*",
    re.ASCII,
)


def _database(text: str) -> str:
    if "\0" in text or ("://" in text and not text.startswith("postgresql://")):
        raise ValueError
    return text


def _directory_url(text: str) -> str:
    Endpoint.parse(text)
    return text


def _directory_key(text: str) -> str:
    if not re.fullmatch(r"[!-~]{0,255}", text, re.ASCII):
        raise ValueError
    return text


def user_data() -> Path:
    """The folder of whoever starts the service, where this system keeps such things."""
    given = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_DATA_HOME")
    data = Path(given) if given else Path.home() / ".local" / "share"
    return data / "parcours-soins"


def user_database() -> str:
    """The file of declarations in that folder."""
    return str(user_data() / "parcours.sqlite")


def user_directory_cache() -> str:
    """What the Annuaire Santé said, in that folder."""
    return str(user_data() / "annuaire.sqlite")


def user_keys() -> str:
    """Our keys in that folder."""
    return str(user_data() / "keys")


MAX_BYTES = _whole(
    "PARCOURS_MAX_BYTES",
    2 * 1024 * 1024,
    1024,
    64 * 1024 * 1024,
    "Taille maximale d’une requête, en octets ; au-delà, 413 sans la lire. Une visite en fait vingt mille.",
)
MAX_ENTRIES = _whole(
    "PARCOURS_MAX_ENTRIES",
    500,
    1,
    10_000,
    "Nombre maximal de ressources d’une requête : compté avant de rien construire.",
)
MAX_DEPTH = _whole(
    "PARCOURS_MAX_DEPTH",
    50,
    10,
    100,
    "Profondeur maximale du JSON : au-delà, les lecteurs de FHIR épuisent leur pile.",
)
HOST = Setting(
    "PARCOURS_HOST",
    "127.0.0.1",
    _host,
    "une adresse IP ou localhost",
    "Adresse d’écoute. Sans fichier de clients, le service n’écoute que sur la machine elle-même.",
)
PORT = _whole("PARCOURS_PORT", 8080, 1, 65_535, "Port d’écoute.")
WORKERS = _whole(
    "PARCOURS_WORKERS",
    1,
    1,
    64,
    "Nombre de processus qui répondent ; compter un par cœur et 90 Mio pour chacun.",
)

GATE_SAMPLE = Setting(
    "PARCOURS_GATE_SAMPLE",
    0.01,
    _share,
    "un nombre de 0 à 1, comme 0.01",
    "Part des ressources admises d’emblée que fhir.resources juge aussi ; un désaccord est journalisé.",
)

S3704_PDF = Setting(
    "PARCOURS_S3704_PDF",
    "",
    str,
    "le chemin d’un PDF à champs, ou rien",
    "Formulaire officiel à remplir à la place du nôtre ; son tableau de champs est à côté, en .toml.",
)

CLIENTS = Setting(
    "PARCOURS_CLIENTS",
    "",
    str,
    "le chemin d’un fichier TOML, ou rien",
    "Qui peut interroger les services CDS ; sans ce fichier, quiconque est sur cette machine, et lui seul.",
)
PUBLIC_URL = Setting(
    "PARCOURS_PUBLIC_URL",
    "",
    _public_url,
    "https://… (http:// sur la machine elle-même), sans barre finale, ou rien",
    "Début de nos URL vu du dehors : les liens en sont faits, et les jetons doivent le nommer.",
)
DATABASE = Setting(
    "PARCOURS_DATABASE",
    "",
    _database,
    "le chemin d’un fichier sur un disque de cette machine, ou postgresql://…",
    "Où sont gardées les déclarations ; sans elle, un fichier du dossier personnel de l’utilisateur.",
)
KEYS = Setting(
    "PARCOURS_KEYS",
    "",
    str,
    "le chemin d’un dossier que nul autre ne lit",
    "Où sont nos clés de signature (`parcours keys`) ; sans elle, un dossier personnel de l’utilisateur.",
)
RETENTION_PREPARED = _whole(
    "PARCOURS_RETENTION_PREPARED_DAYS",
    90,
    1,
    36_500,
    "Jours pendant lesquels une déclaration jamais signée est gardée après sa dernière étape.",
)
RETENTION = _whole(
    "PARCOURS_RETENTION_DAYS",
    1826,
    1,
    36_500,
    "Jours pendant lesquels toute autre déclaration est gardée après sa dernière étape : cinq ans.",
)

ANNUAIRE_KEY = Setting(
    "PARCOURS_ANNUAIRE_KEY",
    "",
    _directory_key,
    "une clé d’API de 1 à 255 caractères ASCII visibles, ou rien",
    "Clé de l’API de l’Annuaire Santé ; sans elle, rien ne lui est demandé.",
)
ANNUAIRE_URL = Setting(
    "PARCOURS_ANNUAIRE_URL",
    "https://gateway.api.esante.gouv.fr/fhir/v2",
    _directory_url,
    "une adresse https (http : cette machine seulement)",
    "Base FHIR de l’Annuaire Santé, version 2.",
)
ANNUAIRE_CACHE = Setting(
    "PARCOURS_ANNUAIRE_CACHE",
    "",
    str,
    "le chemin d’un fichier sur un disque de cette machine",
    "Où est gardé trente jours ce qu’a dit l’Annuaire Santé ; sans elle, un fichier du dossier personnel.",
)

SETTINGS: tuple[Setting[int] | Setting[float] | Setting[str], ...] = (
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_DEPTH,
    HOST,
    PORT,
    WORKERS,
    GATE_SAMPLE,
    S3704_PDF,
    CLIENTS,
    PUBLIC_URL,
    DATABASE,
    KEYS,
    RETENTION_PREPARED,
    RETENTION,
    ANNUAIRE_KEY,
    ANNUAIRE_URL,
    ANNUAIRE_CACHE,
)


def policy_variable(politique: Politique) -> str:
    """The variable that sets a policy: ``eloignement`` is ``PARCOURS_POLICY_ELOIGNEMENT``."""
    return POLICY_PREFIX + politique.nom.upper().replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one service. ``SettingsError`` when they do not fit together."""

    max_bytes: int = MAX_BYTES.default
    max_entries: int = MAX_ENTRIES.default
    max_depth: int = MAX_DEPTH.default
    host: str = HOST.default
    port: int = PORT.default
    workers: int = WORKERS.default
    gate_sample: float = GATE_SAMPLE.default
    s3704_pdf: str = S3704_PDF.default
    clients: str = CLIENTS.default
    public_url: str = PUBLIC_URL.default
    database: str = field(default_factory=user_database, repr=False)  # a URL may hold a password
    keys: str = field(default_factory=user_keys)
    retention_prepared_days: int = RETENTION_PREPARED.default
    retention_days: int = RETENTION.default
    annuaire_key: str = field(default=ANNUAIRE_KEY.default, repr=False)
    annuaire_url: str = ANNUAIRE_URL.default
    annuaire_cache: str = field(default_factory=user_directory_cache)
    politiques: Politiques = field(default_factory=Politiques)

    def __post_init__(self) -> None:
        if is_loopback(self.host):
            return
        # Nobody can be told apart without a clients file: then only this machine may ask.
        if not self.clients:
            raise SettingsError(
                f"{HOST.name} : sans fichier de clients ({CLIENTS.name}), le service n’écoute que sur une "
                "adresse de bouclage (127.0.0.1, ::1 ou localhost)."
            )
        if not self.public_url:
            raise SettingsError(f"{PUBLIC_URL.name} : exigée dès que le service n’écoute plus en bouclage.")

    @property
    def url(self) -> str:
        """How the start of our URLs reads from outside: what was set, else where this service listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Settings:
        """Settings of this environment; an unknown ``PARCOURS_`` variable is an error."""
        _refuse_unknown(environment)
        return cls(
            max_bytes=MAX_BYTES.read(environment),
            max_entries=MAX_ENTRIES.read(environment),
            max_depth=MAX_DEPTH.read(environment),
            host=HOST.read(environment),
            port=PORT.read(environment),
            workers=WORKERS.read(environment),
            gate_sample=GATE_SAMPLE.read(environment),
            s3704_pdf=S3704_PDF.read(environment),
            clients=CLIENTS.read(environment),
            public_url=PUBLIC_URL.read(environment),
            database=DATABASE.read(environment) or user_database(),
            keys=KEYS.read(environment) or user_keys(),
            retention_prepared_days=RETENTION_PREPARED.read(environment),
            retention_days=RETENTION.read(environment),
            annuaire_key=ANNUAIRE_KEY.read(environment),
            annuaire_url=ANNUAIRE_URL.read(environment),
            annuaire_cache=ANNUAIRE_CACHE.read(environment) or user_directory_cache(),
            politiques=_policies(environment),
        )


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS} | {policy_variable(p) for p in POLITIQUES}
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(
            f"{', '.join(unknown)} : variable inconnue ; connues : {', '.join(sorted(known))}."
        )


def _policies(environment: Mapping[str, str]) -> Politiques:
    chosen = {}
    for politique in POLITIQUES:
        variable = policy_variable(politique)
        if variable in environment:
            chosen[politique.nom] = environment[variable]
            _check_policy(politique, environment[variable])
    return Politiques.from_mapping(chosen)


def _check_policy(politique: Politique, value: str) -> None:
    try:
        Politiques.from_mapping({politique.nom: value})
    except SettingsError:
        pass
    else:
        return
    raise SettingsError(
        f"{policy_variable(politique)} : valeur refusée ; accepté : {', '.join(politique.choix)}."
    )
