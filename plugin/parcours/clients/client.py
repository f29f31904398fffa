"""One client: a doctor's software, and what its row of the clients file says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from parcours.clients.scopes import EVERYTHING, Rights
from parcours.registration import Registration
from parcours.remote.bridge import Bridge
from parcours.remote.endpoints import Endpoint
from parcours.remote.keys import Keys

NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client. ``tenant`` is whose data it speaks for: ours, never a word of a request.

    ``tenants``: what the ``tenant`` claim says → ours, for a client that serves several; ``tenant`` is
    then empty until a token has said which. At most one of ``keys`` and ``jwks`` is there.
    ``certificate``: the SHA-256 of its TLS certificate, 64 hexadecimal digits, or nothing.
    ``rights``: what it may do at most. ``users``: the RPPS numbers of the practice's professionals, who may
    sign in by themselves. ``quota``: what each of its practices may ask per minute; ``None``:
    ``PARCOURS_QUOTA``.
    ``options``: the client's defaults for ``davinci-crd.configuration``. ``smart``: how its authorization
    server knows us, for one that launches this service or lets it read on its own. ``bridge``: where it
    takes declarations that were signed.
    """

    id: str
    issuer: str
    tenant: str
    tenants: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    keys: Keys = field(default_factory=lambda: NOTHING)
    jwks: Endpoint | None = None
    certificate: str = ""
    rights: Rights = EVERYTHING
    users: frozenset[str] = frozenset()
    quota: int | None = None
    fhir_base: Endpoint | None = None
    origins: frozenset[str] = frozenset()
    options: Mapping[str, bool | int] = field(default_factory=lambda: NOTHING)
    smart: Registration | None = None
    bridge: Bridge | None = None

    @property
    def launched_from(self) -> frozenset[str]:
        """The FHIR server that a launch must name, for a client that launches this service."""
        return frozenset({self.fhir_base.url.rstrip("/")} if self.smart and self.fhir_base else ())

    def of_tenant(self, claim: object) -> Client | None:
        """This client, speaking for the tenant that a token claims; ``None`` when it may not."""
        if not self.tenants:
            return self if claim in (None, self.tenant) else None
        ours = self.tenants.get(claim) if isinstance(claim, str) else None
        return replace(self, tenant=ours) if ours else None

    def for_practice(self, tenant: str) -> Client | None:
        """This client, speaking for a practice by our name of it; ``None`` when it does not, or no more."""
        if not self.tenants:
            return self if tenant == self.tenant else None
        return replace(self, tenant=tenant) if tenant in self.tenants.values() else None


DEVELOPMENT = Client(id="local", issuer="", tenant="local")
"""Whoever asks when there is no clients file: somebody on this machine."""
