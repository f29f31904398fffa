"""Who may ask: the file that ``PARCOURS_CLIENTS`` names, read once at the start.

A client is a doctor's software: the issuer of its tokens, its keys, whose data it speaks for, and the
one FHIR server that may be called for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from parcours.clients.client import DEVELOPMENT, Client
from parcours.clients.psc import ProSanteConnect
from parcours.clients.reading import read_clients

__all__ = ["DEVELOPMENT", "DEVELOPMENT_MODE", "Client", "Clients"]

DEVELOPMENT_MODE = (
    "MODE DÉVELOPPEMENT : sans fichier de clients (PARCOURS_CLIENTS), aucun jeton n’est demandé ; "
    "le service n’écoute que sur cette machine."
)
"""What is said of it at the start."""


class Clients:
    """All clients. None at all is development mode."""

    def __init__(self, clients: Iterable[Client] = (), psc: ProSanteConnect | None = None) -> None:
        self._all = tuple(clients)
        self.psc = psc
        """How people sign in at Pro Santé Connect itself, when they may."""
        self._by_issuer = {client.issuer: client for client in self if client.issuer}
        self._by_certificate = {client.certificate: client for client in self if client.certificate}
        self._by_user = {rpps: client for client in self for rpps in client.users}
        self.origins = frozenset(origin for client in self for origin in client.origins)

    def __iter__(self) -> Iterator[Client]:
        return iter(self._all)

    def __bool__(self) -> bool:
        return bool(self._all)

    def by_issuer(self, issuer: object) -> Client | None:
        """The client whose tokens say exactly this."""
        return self._by_issuer.get(issuer) if isinstance(issuer, str) else None

    def by_certificate(self, digest: str) -> Client | None:
        """The client whose TLS certificate has this SHA-256."""
        return self._by_certificate.get(digest)

    def by_user(self, rpps: str | None) -> Client | None:
        """The client in whose practice the professional of this RPPS number works."""
        return self._by_user.get(rpps) if rpps else None

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
        return cls(*read_clients(path)) if path else cls()
