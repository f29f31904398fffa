"""The path of a visit: the questions of the code table in order, their answers and what these rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from parcours.domain.decision import FaitRetenu, Motif, Position, Reponse


class Role(StrEnum):
    """What a question did for the verdict."""

    DECIDE = "decide"
    """It alone gives position and codes."""
    PEUT_DECIDER = "peut-decider"
    """One of several that may still decide: something is missing, or was stated and then denied."""
    ECARTEE = "ecartee"
    """It was answered no, and the next one asked."""
    NON_ATTEINTE = "non-atteinte"
    """A question above it holds: its answer, though given, changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegleInterrogee:
    """One legal ground that was asked: the text in force that day, and what it answered."""

    motif: Motif
    reponse: Reponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Etape:
    """One row of the code table (1 to 22) as a short question.

    ``faits`` are the known facts that it looks at, ``manquants`` the names of those for want of which the
    answer is unknown; ``contredite``: somebody stated this ground, and another stated fact denies it.
    """

    rang: int
    question: str
    reponse: Reponse
    role: Role
    contredite: bool
    faits: tuple[FaitRetenu, ...]
    manquants: tuple[str, ...]
    regles: tuple[RegleInterrogee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupeEtapes:
    """Questions that a reader takes together, in order."""

    titre: str
    etapes: tuple[Etape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chemin:
    """How the verdict was reached: every question that the law of that day asks, in order."""

    position: Position
    situation: str | None
    groupes: tuple[GroupeEtapes, ...]

    @property
    def etapes(self) -> tuple[Etape, ...]:
        """All questions, in order."""
        return tuple(etape for groupe in self.groupes for etape in groupe.etapes)

    @property
    def decisive(self) -> Etape | None:
        """The question that decides alone; ``None`` when several may still do so."""
        return next((etape for etape in self.etapes if etape.role is Role.DECIDE), None)
