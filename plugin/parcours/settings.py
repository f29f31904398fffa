"""What can be set from outside: each setting named, typed, bounded and explained, once.

The law is not a setting. A named reading of the law is (``PARCOURS_POLICY_…``), and every answer
that it touched says so.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from parcours.errors import SettingsError
from parcours.law.policies import POLITIQUES, Politique, Politiques

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


def is_loopback(host: str) -> bool:
    """Does this name or address reach this machine only?"""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _loopback(text: str) -> str:
    if not is_loopback(text):
        raise ValueError
    return text


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
    _loopback,
    "127.0.0.1, ::1 ou localhost",
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

S3704_PDF = Setting(
    "PARCOURS_S3704_PDF",
    "",
    str,
    "le chemin d’un PDF à champs, ou rien",
    "Formulaire officiel à remplir à la place du nôtre ; son tableau de champs est à côté, en .toml.",
)

SETTINGS: tuple[Setting[int] | Setting[str], ...] = (
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_DEPTH,
    HOST,
    PORT,
    WORKERS,
    S3704_PDF,
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
    s3704_pdf: str = S3704_PDF.default
    politiques: Politiques = field(default_factory=Politiques)

    def __post_init__(self) -> None:
        # Nobody can be told apart without a clients file: then only this machine may ask.
        if not is_loopback(self.host):
            raise SettingsError(
                f"{HOST.name} : sans fichier de clients, le service n’écoute que sur une adresse de bouclage "
                f"({HOST.accepted})."
            )

    @property
    def url(self) -> str:
        """Where this service listens, as the start of a URL."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

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
            s3704_pdf=S3704_PDF.read(environment),
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
