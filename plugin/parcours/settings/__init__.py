"""What can be set from outside.

The law is not a setting. A named reading of the law is (``PARCOURS_POLICY_…``), and every answer
that it touched says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from parcours.errors import SettingsError
from parcours.law.policies import POLITIQUES, Politique, Politiques
from parcours.settings.forms import is_loopback
from parcours.settings.places import user_database, user_directory_cache, user_keys
from parcours.settings.table import (
    ANNUAIRE_CACHE,
    ANNUAIRE_KEY,
    ANNUAIRE_URL,
    CERTIFICATE_HEADER,
    CLIENTS,
    DATABASE,
    GATE_SAMPLE,
    HOST,
    KEYS,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ENTRIES,
    METRICS_TOKEN_FILE,
    PORT,
    PROXY,
    PUBLIC_URL,
    QUOTA,
    RETENTION,
    RETENTION_AUDIT,
    RETENTION_PREPARED,
    S3704_PDF,
    SESSION_IDLE,
    SESSION_LIFE,
    SETTINGS,
    WORKERS,
)

__all__ = [
    "ANNUAIRE_KEY",
    "CERTIFICATE_HEADER",
    "CLIENTS",
    "DATABASE",
    "HOST",
    "KEYS",
    "METRICS_TOKEN_FILE",
    "PORT",
    "QUOTA",
    "SETTINGS",
    "WORKERS",
    "Settings",
    "is_loopback",
    "policy_variable",
]

PREFIX = "PARCOURS_"
POLICY_PREFIX = "PARCOURS_POLICY_"


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
    proxy: str = PROXY.default
    certificate_header: str = CERTIFICATE_HEADER.default
    session_idle_minutes: int = SESSION_IDLE.default
    session_hours: int = SESSION_LIFE.default
    quota: int = QUOTA.default
    database: str = field(default_factory=user_database, repr=False)  # a URL may hold a password
    keys: str = field(default_factory=user_keys)
    retention_prepared_days: int = RETENTION_PREPARED.default
    retention_days: int = RETENTION.default
    retention_audit_days: int = RETENTION_AUDIT.default
    annuaire_key: str = field(default=ANNUAIRE_KEY.default, repr=False)
    annuaire_url: str = ANNUAIRE_URL.default
    annuaire_cache: str = field(default_factory=user_directory_cache)
    metrics_token_file: str = METRICS_TOKEN_FILE.default
    politiques: Politiques = field(default_factory=Politiques)

    def __post_init__(self) -> None:
        if self.certificate_header and not self.proxy:
            raise SettingsError(f"{PROXY.name} : exigée par {CERTIFICATE_HEADER.name} : qui croire ?")
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

    @property
    def proxies(self) -> frozenset[str]:
        """The addresses that are believed when they say from whom a request comes."""
        return frozenset(self.proxy.split(",")) - {""}

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
            proxy=PROXY.read(environment),
            certificate_header=CERTIFICATE_HEADER.read(environment),
            session_idle_minutes=SESSION_IDLE.read(environment),
            session_hours=SESSION_LIFE.read(environment),
            quota=QUOTA.read(environment),
            database=DATABASE.read(environment) or user_database(),
            keys=KEYS.read(environment) or user_keys(),
            retention_prepared_days=RETENTION_PREPARED.read(environment),
            retention_days=RETENTION.read(environment),
            retention_audit_days=RETENTION_AUDIT.read(environment),
            annuaire_key=ANNUAIRE_KEY.read(environment),
            annuaire_url=ANNUAIRE_URL.read(environment),
            annuaire_cache=ANNUAIRE_CACHE.read(environment) or user_directory_cache(),
            metrics_token_file=METRICS_TOKEN_FILE.read(environment),
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
