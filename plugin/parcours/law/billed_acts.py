"""The acts of a bill, and what goes with each: supplements, displacement allowances.

Neither is an act: with the act they accompany they bear one rate, one cap, one participation forfaitaire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parcours.domain.facts import ActeFacture
from parcours.law.cas import Cas

ACTES_AU_PLUS = 99
"""Times that one act may be charged on a line; beyond it somebody meant something else."""

QUANTITE_ABSURDE = f"la quantité facturée n'est pas un nombre entier de 1 à {ACTES_AU_PLUS}"


@dataclass(frozen=True, slots=True)
class Groupe:
    """One line of an act, charged once or several times, with what accompanies it.

    ``nombre``: how many acts, ``None`` when the quantity is none. ``remarques``: how lines were counted.
    """

    lignes: tuple[ActeFacture, ...]
    principal: ActeFacture
    nombre: int | None
    remarques: tuple[str, ...]


def groupes(cas: Cas) -> Iterator[Groupe]:
    """Each act with what follows it and is no act; what comes before the first act goes with it."""
    lignes: list[ActeFacture] = []
    for acte in cas.visite.actes_factures:
        if not accompagne(acte, cas) and any(not accompagne(a, cas) for a in lignes):
            yield _groupe(lignes, cas)
            lignes = []
        lignes.append(acte)
    if lignes:
        yield _groupe(lignes, cas)


def accompagne(acte: ActeFacture, cas: Cas) -> bool:
    """Is this line a supplement or a displacement allowance, hence no act?"""
    codes = cas.parametres.codes
    return acte.code in codes("supplements") or acte.code in codes("deplacements")


def nombre_de_fois(acte: ActeFacture) -> int | None:
    """How many times a line is charged; ``None`` when that is no number of times."""
    entier = acte.quantite == int(acte.quantite) and 1 <= acte.quantite <= ACTES_AU_PLUS
    return int(acte.quantite) if entier else None


def _groupe(lignes: list[ActeFacture], cas: Cas) -> Groupe:
    acte = next((ligne for ligne in lignes if not accompagne(ligne, cas)), None)
    if acte is None:
        return Groupe(
            tuple(lignes), lignes[0], 1, ("majoration ou indemnité sans acte : comptée comme un acte",)
        )
    nombre = nombre_de_fois(acte)
    return Groupe(tuple(lignes), acte, nombre, tuple(_remarques(acte, nombre, cas)))


def _remarques(acte: ActeFacture, nombre: int | None, cas: Cas) -> Iterator[str]:
    if acte.nomenclature == "ngap" and acte.code not in cas.parametres.codes("actes"):
        yield f"ligne {acte.sequence} : lettre clé inconnue, comptée comme un acte"
    if nombre is not None and nombre > 1:
        yield f"{nombre} actes, chacun pour une part égale de la base"
