"""What becomes of a declaration once prepared: its states, and who may follow whom.

It leaves the practice only once a person has signed, and it ends for good: nothing follows an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class EtatDeclaration(StrEnum):
    """Where a declaration stands."""

    PREPAREE = "preparee"
    SIGNEE = "signee"
    TRANSMISE = "transmise"
    ENREGISTREE = "enregistree"
    REFUSEE = "refusee"
    ANNULEE = "annulee"


SUITES: Mapping[EtatDeclaration, frozenset[EtatDeclaration]] = {
    EtatDeclaration.PREPAREE: frozenset({EtatDeclaration.SIGNEE, EtatDeclaration.ANNULEE}),
    EtatDeclaration.SIGNEE: frozenset({EtatDeclaration.TRANSMISE, EtatDeclaration.ANNULEE}),
    EtatDeclaration.TRANSMISE: frozenset(
        {EtatDeclaration.ENREGISTREE, EtatDeclaration.REFUSEE, EtatDeclaration.ANNULEE}
    ),
    EtatDeclaration.ENREGISTREE: frozenset(),
    EtatDeclaration.REFUSEE: frozenset(),
    EtatDeclaration.ANNULEE: frozenset(),
}
"""The moves that are lawful. On the espace pro signing and transmitting are one gesture: two moves here."""

LIBELLES_ETATS: Mapping[EtatDeclaration, str] = {
    EtatDeclaration.PREPAREE: "Préparée",
    EtatDeclaration.SIGNEE: "Signée",
    EtatDeclaration.TRANSMISE: "Transmise",
    EtatDeclaration.ENREGISTREE: "Enregistrée par la caisse",
    EtatDeclaration.REFUSEE: "Refusée par la caisse",
    EtatDeclaration.ANNULEE: "Annulée",
}
"""What people read."""


def peut_suivre(avant: EtatDeclaration, apres: EtatDeclaration) -> bool:
    """May a declaration in state ``avant`` move to ``apres``?"""
    return apres in SUITES[avant]
