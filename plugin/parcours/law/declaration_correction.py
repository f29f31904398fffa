"""What a person corrects on a prepared declaration: fields typed or vouched for, and who then signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from parcours.domain import declaration_texts as textes
from parcours.domain.calendar import Naissance
from parcours.domain.decision import Reponse
from parcours.domain.declaration import FACULTATIFS, Champ, Declaration, Etat, Id
from parcours.domain.declaration_facts import (
    Assure,
    Beneficiaire,
    FaitsDeclaration,
    Lien,
    Lu,
    Representant,
)
from parcours.law import identifiers
from parcours.law.declaration import a_demander
from parcours.law.declaration_rules import Signataires, signataires
from parcours.law.registry import Droit

Valeur = str | dt.date | None
_SIRET: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What decides who signs, beside age: is the beneficiary insured himself, who represents him. No name."""

    lui_meme: bool | None = None
    liens: tuple[Lien, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person says of some fields, by link id: another value (``None`` empties it), or "it is right".

    ``qui``: that person, in words.
    """

    valeurs: Mapping[str, Valeur]
    verifies: frozenset[str]
    qui: str


def corriger(
    declaration: Declaration, correction: Correction, situation: Situation, droit: Droit
) -> Declaration:
    """The declaration with what a person typed or checked; who signs follows the date of birth.

    A number typed with a wrong key is doubtful, unless the same person vouches for it.
    """
    corrected = replace(
        declaration, champs=tuple(_corrige(champ, correction) for champ in declaration.champs)
    )
    born = corrected.champ(Id.BENEFICIAIRE_NAISSANCE).valeur
    if born == declaration.champ(Id.BENEFICIAIRE_NAISSANCE).valeur:
        return corrected
    return _avec_signataires(corrected, born, situation, droit)


def _corrige(champ: Champ, correction: Correction) -> Champ:
    typed = correction.valeurs.get(champ.id, champ.valeur)
    vouched = champ.id in correction.verifies
    if typed == champ.valeur:
        known = vouched and champ.etat is Etat.DOUTEUX
        return replace(champ, etat=Etat.CONNU, pourquoi=None, garant=correction.qui) if known else champ
    if typed is None:
        empty = Champ(id=champ.id, garant=correction.qui)
        return (
            empty if champ.id in FACULTATIFS else replace(empty, etat=Etat.MANQUANT, pourquoi=textes.EFFACE)
        )
    doute = None if vouched else _doute(champ.id, typed)
    etat = Etat.DOUTEUX if doute else Etat.CONNU
    return Champ(id=champ.id, valeur=typed, etat=etat, pourquoi=doute, garant=correction.qui)


def _doute(identifiant: str, valeur: Valeur) -> str | None:
    check = _CHECKS.get(identifiant)
    return check(valeur) if check and isinstance(valeur, str) else None


def _defaut_numero(numero: str) -> str | None:
    passage = textes.NUMERO_PASSAGE if identifiers.de_passage(numero) else None
    return identifiers.defaut_nir(numero) or passage


def _defaut_structure(numero: str) -> str | None:
    """AM and FINESS numbers share nine characters, and their key; a FINESS number may hold letters."""
    return identifiers.defaut_siret(numero) if len(numero) == _SIRET else identifiers.defaut_finess(numero)


_CHECKS: Final[Mapping[str, Callable[[str], str | None]]] = {
    Id.ASSURE_NUMERO: _defaut_numero,
    Id.MEDECIN_RPPS: identifiers.defaut_rpps,
    Id.MEDECIN_STRUCTURE: _defaut_structure,
}
NUMEROS: Final = frozenset(_CHECKS)
"""Fields that are numbers: people put spaces in them."""


def _avec_signataires(
    declaration: Declaration, naissance: Valeur, situation: Situation, droit: Droit
) -> Declaration:
    faits = _faits(declaration, naissance, situation)
    qui = signataires(faits, droit.du_jour(declaration.jour).parametres)
    return replace(
        declaration,
        choisit=qui.choisit,
        signatures=(*qui.signatures, declaration.signatures[-1]),  # the doctor's, whoever the patient is
        a_demander=tuple(a_demander(faits, qui, declaration.nature)),
        champs=tuple(
            _representant(champ, qui) if champ.id == Id.REPRESENTANT else champ
            for champ in declaration.champs
        ),
    )


def _representant(champ: Champ, qui: Signataires) -> Champ:
    """Left empty it is missing when somebody else must sign, and only then; a name is never taken away."""
    if champ.valeur is not None:
        return champ
    if qui.representant is Reponse.OUI:
        return Champ(id=champ.id, etat=Etat.MANQUANT, pourquoi=textes.REPRESENTANT_ABSENT)
    return Champ(id=champ.id)


def _faits(declaration: Declaration, naissance: Valeur, situation: Situation) -> FaitsDeclaration:
    born = Lu(Naissance(naissance, naissance), "") if isinstance(naissance, dt.date) else None
    return FaitsDeclaration(
        jour=declaration.jour,
        beneficiaire=Beneficiaire(naissance=born),
        assure=Assure(lui_meme=situation.lui_meme),
        representants=tuple(
            Representant(lien=lien, nom=None, prenom=None, chemin="") for lien in situation.liens
        ),
    )
