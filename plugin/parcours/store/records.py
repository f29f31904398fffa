"""What goes into the store and what comes out of it. Instants are aware, and in UTC once read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from parcours.domain.declaration_states import EtatDeclaration
from parcours.store.sessions import LIMITS, Limits

Comparison = Literal["eq", "ge", "gt", "le", "lt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One version of a declaration: the state reached, and who said so. Version 1 is ``preparee``."""

    version: int
    etat: str
    quand: dt.datetime
    qui: str
    """Who acted, in words."""
    client: str
    """Who asked the service."""
    recu: str | None = None
    """The receipt number of the caisse, when one came with this transition."""
    note: str | None = None
    """Why, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A transition asked for; the store gives it its version."""

    etat: str
    quand: dt.datetime
    qui: str
    client: str
    recu: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nouvelle:
    """A declaration to keep. ``cle``, ``sujet`` and the two ``empreinte`` are SHA-256 in hexadecimal."""

    id: str
    """Random (uuid4): nobody guesses the id of another."""
    cle: str
    """Idempotency: the same key gives the same declaration."""
    empreinte_requete: str
    """Of the canonical request: what tells a replay from a key that is used twice."""
    sujet: str
    """Of patient and doctor: at most one ``preparee`` for each, in a tenant."""
    patient: str
    """The reference as received, by which a person is exported or erased."""
    jour: dt.date
    contenu: bytes
    pdf: bytes
    empreinte: str
    """Of the content of the form."""
    quand: dt.datetime
    qui: str
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrigee:
    """What replaces a declaration that was prepared, for the same patient and doctor; see ``Nouvelle``."""

    id: str
    cle: str
    contenu: bytes
    pdf: bytes
    empreinte: str
    quand: dt.datetime
    qui: str
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is kept of one declaration, but its PDF. ``transitions``: oldest first, never empty."""

    id: str
    patient: str
    jour: dt.date
    contenu: bytes
    empreinte: str
    transitions: tuple[Transition, ...]

    @property
    def version(self) -> int:
        """The last version."""
        return self.transitions[-1].version

    @property
    def etat(self) -> EtatDeclaration:
        """Where it stands."""
        return EtatDeclaration(self.transitions[-1].etat)

    @property
    def modifie(self) -> dt.datetime:
        """When it last moved."""
        return self.transitions[-1].quand

    @property
    def recu(self) -> str | None:
        """The last receipt number given."""
        return next((t.recu for t in reversed(self.transitions) if t.recu), None)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a key already gave, and for which request."""

    dossier: Dossier
    empreinte_requete: str


@dataclass(frozen=True, slots=True)
class Creation:
    """The declaration of a key; ``created`` when this very call made it."""

    dossier: Dossier
    created: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """All that is kept of one declaration, to be handed out."""

    tenant: str
    dossier: Dossier
    pdf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What is looked for: every criterion given must hold. ``None``: no criterion; empty: nothing fits."""

    ids: frozenset[str] | None = None
    patients: frozenset[str] | None = None
    etats: frozenset[str] | None = None
    recus: frozenset[str] | None = None
    modifie: tuple[tuple[Comparison, dt.datetime], ...] = ()
    """Bounds of the last transition: ``("ge", t)`` is "at ``t`` or later"."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found, the last moved first; ``total`` counts all of it."""

    total: int
    dossiers: tuple[Dossier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many days after its last transition a declaration is kept; how long a session lasts."""

    preparees: int = 90
    """Never signed, whatever became of it."""
    autres: int = 1826
    sessions: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Tally:
    """How many times a service was answered this, for this reason. No patient, no comment."""

    service: str
    outcome: str
    reason: str | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Declarations to hand over or to erase: those of a patient, by any of his references, or one by its id.

    ``tenant``: of one practice only.
    """

    references: frozenset[str] = frozenset()
    id: str | None = None
    tenant: str | None = None
